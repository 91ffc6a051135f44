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

	"halqa/community"
	"halqa/community/account"
	"halqa/community/introduction"
	"halqa/community/library"
	"halqa/community/notify"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/events"
)

// ErrNotEmpty says that the database already holds people, whom a demonstration would get mixed up with.
var ErrNotEmpty = errors.New("the database isn't empty")

// Options are what a demonstration is loaded with.
type Options struct {
	DB            *bun.DB
	Media         *media.Folder
	Library       *library.Folder
	Talks         func(bun.IDB, func() time.Time) *community.Service // the forum, as the platform has it, on another clock
	Consumers     func(*community.Service) []events.Consumer         // of every package, with this forum: the bus isn't running yet
	Reindex       func(context.Context) (int, error)                 // makes the search anew; may be nil
	Zone          *time.Location                                     // in which the demonstration's days and hours are
	People        int                                                // beside the cast of people.toml; 300 when 0
	Storied       int                                                // how many of them have a life of their own, the rest only being there; 300 when 0, and never fewer than 96
	Organisations int                                                // 59 when 0; those beyond are made up
	Posts         int                                                // in the forums, made up of what was written there; those that were written when 0
	Now           time.Time
	Say           func(what string) // told what is being done
}

// How big the demonstration is when nobody asks for numbers, and the smallest for which all its stories have their people.
const (
	usualPeople        = 300
	fewestPeople       = 96
	usualOrganisations = 59
)

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
	clock         time.Time
	account       *account.Service
	courses       *courses.Service
	enrolment     *enrolment.Service
	community     *community.Service
	library       *library.Service
	notify        *notify.Service
	introductions *introduction.Service
	consumers     []events.Consumer
	firstDay      time.Time // midnight, in the zone, of the day it is loaded on
	hash          string    // of Password

	offices    map[string]int64 // by key
	codes      []string         // of the governorates
	officeOf   map[string]int64 // by governorate
	spaceTexts []space
	spaces     map[string]account.Space
	modules    map[string]module              // by key
	people     []*player                      // the cast, then the crowd
	crowdFrom  int                            // where the crowd begins
	byEmail    map[string]*player             // everybody
	organised  map[string][]founded           // by governorate
	questions  map[int64][]enrolment.Question // by seminar
	twins      map[string]int64               // the first seminar of each twin of seminars.toml
	schedule   []action
}

// player is a person of the demonstration, once they exist.
type player struct {
	person
	id      int64
	number  int            // in the order of the casting, from 1
	arrives int            // the day their account was made
	founder bool           // asked for an organisation
	learns  bool           // plays something
	women   bool           // is in the space of that name
	asked   map[int64]bool // seminars they asked a seat in
}

func newStage(o Options) *stage {
	if o.People == 0 {
		o.People = usualPeople
	}
	if o.Storied == 0 {
		o.Storied = usualPeople
	}
	o.People = max(o.People, fewestPeople)
	o.Storied = max(min(o.Storied, o.People), fewestPeople)
	if o.Organisations == 0 {
		o.Organisations = usualOrganisations
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	s := &stage{Options: o, offices: map[string]int64{}, officeOf: map[string]int64{}, spaces: map[string]account.Space{},
		modules: map[string]module{}, byEmail: map[string]*player{},
		twins: map[string]int64{}, questions: map[int64][]enrolment.Question{}, organised: map[string][]founded{}}
	local := o.Now.In(o.Zone)
	s.firstDay = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, o.Zone)
	now := func() time.Time { return s.clock }
	noMail := func(context.Context, bun.Tx, account.Mail) error { return nil }
	s.account = account.New(o.DB, account.Options{Mail: noMail, Now: now})
	s.courses = courses.New(o.DB, now)
	s.enrolment = enrolment.New(o.DB, now)
	s.community = o.Talks(o.DB, now)
	s.consumers = o.Consumers(s.community)
	s.introductions = introduction.New(o.DB, now)
	s.library = library.New(o.DB, o.Library, now)
	s.notify = notify.New(o.DB, notify.Options{Now: now, Zone: o.Zone})
	return s
}

// play sets the stage, then lets everybody act.
func (s *stage) play(ctx context.Context) error {
	type step struct {
		say string
		do  func(context.Context) error
	}
	steps := []step{
		{"places and spaces", s.setPlaces},
		{"people", s.castPeople},
		{"modules", s.publishModules},
		{"organisations", s.organise},
		{"people who get to know each other", s.introduce},
		{"three months of learning, talk and seminars", s.live},
	}
	if s.scaled() {
		steps = append(steps, step{"more of everything", s.scale})
	}
	ctx = s.at(ctx, -90, 8)
	for _, step := range steps {
		s.Say(step.say)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.say, err)
		}
	}
	return events.Drain(ctx, s.DB, s.consumers)
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
