package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// tunis is where the tests are: an hour ahead of UTC, so that a slip between the two shows.
var tunis = time.FixedZone("Tunis", 3600)

// at is a moment of 2026 in Tunis.
func at(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, tunis)
}

// say is a Texts that shows the language, the key and the arguments.
func say(lang, key string, args ...any) string {
	var b strings.Builder
	b.WriteString(lang + "." + strings.TrimPrefix(key, "monitoring."))
	for i := 1; i < len(args); i += 2 {
		fmt.Fprintf(&b, " %v", args[i])
	}
	return b.String()
}

// story is a small programme: two offices with a space each, and people.
type story struct {
	t              testing.TB
	ctx            context.Context
	db             bun.IDB
	service        *Service
	gafsa, tunis   int64 // offices
	budget, rights int64 // spaces
	events         []events.Event
	payloads       []dated
}

// dated is a payload with when it happened.
type dated struct {
	at time.Time
	events.Payload
}

func newStory(t testing.TB, db bun.IDB) *story {
	t.Helper()
	s := &story{t: t, ctx: context.Background(), db: db, service: New(db, Options{Texts: say, Location: tunis,
		Now: func() time.Time { return at(11, 22, 9) }})}
	s.gafsa = s.id(`insert into office (key, name) values ('gafsa', '{"fr": "Gafsa", "ar": "قفصة"}') returning id`)
	s.tunis = s.id(`insert into office (key, name) values ('tunis', '{"fr": "Tunis", "ar": "تونس"}') returning id`)
	s.exec(`insert into governorate (code, office_id, name) values ('TN-71', ?, '{"fr": "Gafsa", "ar": "قفصة"}'),
		('TN-11', ?, '{"fr": "Tunis", "ar": "تونس"}')`, s.gafsa, s.tunis)
	s.budget = s.id(`insert into space (key, office_id, name) values ('budget', null, '{"fr": "Budget"}') returning id`)
	s.rights = s.id(`insert into space (key, office_id, name) values ('droits', ?, '{"fr": "Droits"}') returning id`, s.tunis)
	return s
}

func (s *story) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.ctx, query, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) id(query string, args ...any) int64 {
	s.t.Helper()
	var id int64
	if err := s.db.NewRaw(query, args...).Scan(s.ctx, &id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// person adds somebody; gender, governorate may be "".
func (s *story) person(name, gender, governorate string, born int) int64 {
	s.t.Helper()
	return s.id(`insert into person (name, email, gender, governorate, birth_year)
		values (?, ?, nullif(?, ''), nullif(?, ''), nullif(?, 0)) returning id`,
		name, uuid.NewString()+"@example.org", gender, governorate, born)
}

func (s *story) member(personID int64, organisation, kind string) {
	s.t.Helper()
	id := s.id(`insert into organisation (name, kind, governorate, office_id, state)
		values (?, ?, 'TN-71', ?, 'validated') returning id`, organisation, kind, s.gafsa)
	s.exec("insert into membership (person_id, organisation_id, state) values (?, ?, 'active')", personID, id)
}

// happened announces p at a time.
func (s *story) happened(when time.Time, p events.Payload) {
	s.t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		s.t.Fatal(err)
	}
	s.payloads = append(s.payloads, dated{when, p})
	s.events = append(s.events, events.Event{Seq: int64(len(s.events) + 1), ID: uuid.NewString(), Type: p.EventType(),
		Key: p.EventKey(), Time: when, Data: data})
}

// hear has the consumer handle everything that happened so far, and forgets it.
func (s *story) hear() {
	s.t.Helper()
	hear(s.t, s.db, s.service, s.events)
	s.events = s.events[:0:0]
}

func hear(t interface{ Fatal(...any) }, db bun.IDB, service *Service, list []events.Event) {
	consumer := service.Consumers()[0]
	err := db.RunInTx(context.Background(), nil, func(ctx context.Context, tx bun.Tx) error {
		return consumer.Hear(ctx, tx, list...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seminar announces a seminar of two sessions.
func (s *story) seminar(id, office, space int64, first time.Time, modules ...int64) events.SeminarChanged {
	p := events.SeminarChanged{SeminarID: id, OfficeID: office, SpaceID: space, State: "published", Capacity: 20,
		Title: events.Text{"fr": fmt.Sprintf("Séminaire %d", id), "ar": fmt.Sprintf("ندوة %d", id)},
		Sessions: []events.SeminarSession{{ID: id * 10, StartsAt: first, EndsAt: first.Add(3 * time.Hour)},
			{ID: id*10 + 1, StartsAt: first.AddDate(0, 0, 1), EndsAt: first.AddDate(0, 0, 1).Add(3 * time.Hour)}},
		Modules: modules}
	s.happened(first.AddDate(0, -2, 0), p)
	return p
}

func (s *story) module(id int64) {
	s.happened(at(1, 1, 8), events.ModulePublished{ModuleID: id, SpaceID: s.budget,
		Title: events.Text{"fr": fmt.Sprintf("Module %d", id), "ar": fmt.Sprintf("وحدة %d", id)}})
}

func (s *story) progress(when time.Time, person, module int64, percent int) {
	s.happened(when, events.ModuleProgressed{PersonID: person, ModuleID: module, SpaceID: s.budget, Percent: percent})
}

func (s *story) completion(when time.Time, person, module int64) {
	s.happened(when, events.ModuleCompleted{PersonID: person, ModuleID: module, SpaceID: s.budget,
		Title: events.Text{"fr": fmt.Sprintf("Module %d", module), "ar": fmt.Sprintf("وحدة %d", module)}, CompletedAt: when})
}

func (s *story) unlock(when time.Time, person, seminar int64) {
	s.happened(when, events.SeminarUnlocked{PersonID: person, SeminarID: seminar})
}

func (s *story) registration(when time.Time, id, person, seminar int64, from, state, reason string) {
	s.happened(when, events.RegistrationChanged{RegistrationID: id, PersonID: person, SeminarID: seminar, From: from,
		State: state, Reason: reason})
}

func (s *story) attendance(when time.Time, person, seminar, session int64, present bool) {
	s.happened(when, events.AttendanceRecorded{PersonID: person, SeminarID: seminar, SessionID: session, Present: present})
}

// lines reads the journey as actor.
func (s *story) lines(actor account.Actor, f Filter) []Line {
	s.t.Helper()
	var list []Line
	if err := s.service.EachLine(s.ctx, actor, f, func(l Line) error { list = append(list, l); return nil }); err != nil {
		s.t.Fatal(err)
	}
	return list
}

var manager = account.Actor{PersonID: 1, Name: "Salma", Grants: []account.Grant{{Role: account.ProgrammeManager, Kind: account.OverPlatform}}}

func moderator(office int64) account.Actor {
	return account.Actor{PersonID: 2, Name: "Nizar", Grants: []account.Grant{{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: office}}}
}
