// Package demo fills an empty platform with a demonstration: places, spaces, modules, organisations, people, and three
// months of what they did. Everything goes through the use cases, on a clock that is set to the day each thing happened,
// so the demonstration can't contradict the rules. It is the same each time, but for the day it is loaded on.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/events"
)

// ErrNotEmpty says that the database already holds people, whom a demonstration would get mixed up with.
var ErrNotEmpty = errors.New("the database isn't empty")

// Options are what a demonstration is loaded with.
type Options struct {
	DB        *bun.DB
	Media     *media.Folder
	Consumers []events.Consumer // of every package: the bus isn't running yet
	Zone      *time.Location    // in which the demonstration's days and hours are
	People    int               // beside those of SignIns; 60 when 0
	Now       time.Time
	Say       func(what string) // told what is being done
}

// Loaded tells whether the database holds a finished demonstration.
func Loaded(ctx context.Context, db *bun.DB) (bool, error) {
	done, err := db.NewSelect().Table("demo").Where("finished_at is not null").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a demonstration: %w", err)
	}
	return done, nil
}

// Load fills an empty database. One that was interrupted before is emptied first; one that was finished is left as it
// is. It returns ErrNotEmpty when there are people that no demonstration brought.
func Load(ctx context.Context, o Options) error {
	if done, err := Loaded(ctx, o.DB); err != nil || done {
		return err
	}
	if err := makeRoom(ctx, o.DB); err != nil {
		return err
	}
	if _, err := o.DB.ExecContext(ctx, `insert into demo (started_at) values (?)`, o.Now); err != nil {
		return fmt.Errorf("begin the demonstration: %w", err)
	}
	s := newStage(o)
	if err := s.play(ctx); err != nil {
		return fmt.Errorf("load the demonstration: %w", err)
	}
	if _, err := o.DB.ExecContext(ctx, `update demo set finished_at = ?`, o.Now); err != nil {
		return fmt.Errorf("end the demonstration: %w", err)
	}
	return nil
}

// makeRoom empties a database in which a demonstration was interrupted.
func makeRoom(ctx context.Context, db *bun.DB) error {
	interrupted, err := db.NewSelect().Table("demo").Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for a demonstration: %w", err)
	}
	if !interrupted {
		peopled, err := db.NewSelect().Table("person").Exists(ctx)
		if err == nil && peopled {
			err = ErrNotEmpty
		}
		return err
	}
	slog.Info("the last demonstration was interrupted: beginning again")
	_, err = db.ExecContext(ctx, `do $$ begin
		execute (select 'truncate ' || string_agg(quote_ident(tablename), ', ') || ' restart identity cascade'
			from pg_tables where schemaname = current_schema() and tablename not like 'goose%'); end $$`)
	if err != nil {
		return fmt.Errorf("empty an interrupted demonstration: %w", err)
	}
	return nil
}

// stage is a demonstration while it is loaded.
type stage struct {
	Options
	clock     time.Time
	account   *account.Service
	courses   *courses.Service
	enrolment *enrolment.Service

	offices   map[string]int64 // by key
	spaces    map[string]account.Space
	modules   map[string]module // by key
	people    []*player
	byEmail   map[string]*player
	schedule  []action
	firstDay  time.Time // midnight, in the zone, of the day it is loaded on
	organised map[string]int64
}

// player is a person of the demonstration, once they exist.
type player struct {
	person
	id      int64
	founder bool // asked for an organisation
}

func newStage(o Options) *stage {
	if o.People == 0 {
		o.People = 60
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	s := &stage{Options: o, offices: map[string]int64{}, spaces: map[string]account.Space{}, modules: map[string]module{},
		byEmail: map[string]*player{}, organised: map[string]int64{}}
	local := o.Now.In(o.Zone)
	s.firstDay = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, o.Zone)
	now := func() time.Time { return s.clock }
	noMail := func(context.Context, bun.Tx, account.Mail) error { return nil }
	s.account = account.New(o.DB, account.Options{Mail: noMail, Now: now})
	s.courses = courses.New(o.DB, now)
	s.enrolment = enrolment.New(o.DB, now)
	return s
}

// play sets the stage, then lets everybody act.
func (s *stage) play(ctx context.Context) error {
	steps := []struct {
		say string
		do  func(context.Context) error
	}{
		{"places and spaces", s.setPlaces},
		{"people", s.castPeople},
		{"modules", s.publishModules},
		{"organisations", s.organise},
		{"three months of learning and seminars", s.live},
	}
	ctx = s.at(ctx, -90, 8)
	for _, step := range steps {
		s.Say(step.say)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.say, err)
		}
	}
	return events.Drain(ctx, s.DB, s.Consumers)
}

// at sets the clock to an hour of a day counted from today, and returns a context that dates events by it.
// The future is never reached: it stops a minute before now.
func (s *stage) at(ctx context.Context, day, hour int) context.Context {
	s.clock = s.moment(day, hour, 0)
	if latest := s.Now.Add(-time.Minute); s.clock.After(latest) {
		s.clock = latest
	}
	return events.Dated(ctx, s.clock)
}

func (s *stage) moment(day, hour, minute int) time.Time {
	d := s.firstDay.AddDate(0, 0, day)
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, s.Zone)
}

// actor is a person as the use cases see them at this moment.
func (s *stage) actor(ctx context.Context, email string) (account.Actor, error) {
	p := s.byEmail[email]
	if p == nil {
		return account.Actor{}, fmt.Errorf("nobody is called %s", email)
	}
	return s.account.ActorOf(ctx, p.id)
}

// PrintSignIns tells how to enter the demonstration.
func PrintSignIns(w io.Writer) {
	for _, a := range SignIns {
		fmt.Fprintf(w, "    %-28s %s\n", a.Role, a.Email)
	}
	fmt.Fprintf(w, "    %-28s %s\n", "password of all of them", Password)
}
