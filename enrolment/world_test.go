package enrolment

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// world is the least that a seminar needs: two offices, a space, a clock that the test moves.
type world struct {
	*Service
	t               testing.TB
	db              bun.IDB
	clock           time.Time
	gafsa, sousse   int64         // offices
	space           int64         // national and open
	staff, outsider account.Actor // who run the seminars of Gafsa, and of Sousse
	people          int
}

var ctx = context.Background()

func newWorld(t testing.TB, db bun.IDB) *world {
	w := &world{t: t, db: db, clock: time.Date(2026, 5, 3, 9, 0, 0, 0, time.UTC)}
	w.Service = New(db, func() time.Time { return w.clock })
	w.gafsa = w.id(`insert into office (key, name) values ('gafsa', '{"fr": "Gafsa"}') returning id`)
	w.sousse = w.id(`insert into office (key, name) values ('sousse', '{"fr": "Sousse"}') returning id`)
	w.space = w.id(`insert into space (key, name, visibility) values ('projet', '{"fr": "Projet"}', 'open') returning id`)
	w.staff, w.outsider = w.moderator(w.gafsa), w.moderator(w.sousse)
	return w
}

func (w *world) id(query string, args ...any) (id int64) {
	w.t.Helper()
	if err := w.db.NewRaw(query, args...).Scan(ctx, &id); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return id
}

func (w *world) person() account.Actor {
	w.t.Helper()
	w.people++
	name := fmt.Sprintf("Person %d", w.people)
	id := w.id(`insert into person (name, email, email_confirmed_at) values (?, ?, now()) returning id`, name, name+"@example.org")
	return account.Actor{PersonID: id, Name: name, Language: "fr"}
}

func (w *world) moderator(office int64) account.Actor {
	a := w.person()
	a.Grants = []account.Grant{{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: office}}
	return a
}

// plan is a valid seminar of Gafsa in ten days, with two sessions.
func (w *world) plan(capacity int, gate Rule) Seminar {
	start := w.clock.Add(240 * time.Hour)
	return Seminar{
		OfficeID: w.gafsa, SpaceID: w.space, Title: events.Text{"fr": "Monter un budget"}, Description: events.Text{"fr": "…"},
		Venue: "Maison des jeunes", Zone: "Africa/Tunis", Capacity: capacity, Gate: gate,
		Sessions: []Session{
			{StartsAt: start.Add(24 * time.Hour), EndsAt: start.Add(27 * time.Hour)},
			{StartsAt: start, EndsAt: start.Add(3 * time.Hour)},
		},
	}
}

func (w *world) published(capacity int, gate Rule) Seminar {
	w.t.Helper()
	sem, err := w.Create(ctx, w.staff, w.plan(capacity, gate))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		w.t.Fatal(err)
	}
	return w.read(sem.ID)
}

func (w *world) read(id int64) Seminar {
	w.t.Helper()
	sem, err := findSeminar(ctx, w.db, id, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return sem
}

// open publishes modules to learners, so that gates may ask for them.
func (w *world) open(modules ...int64) {
	w.t.Helper()
	for _, id := range modules {
		w.tell(w.event(events.ModulePublished{ModuleID: id, SpaceID: w.space, Title: events.Text{"fr": fmt.Sprintf("Module %d", id)}}))
	}
}

// regate gives a seminar another gate to register.
func (w *world) regate(sem Seminar, rule Rule) Seminar {
	w.t.Helper()
	w.open(rule.Modules()...)
	_, err := w.SaveGate(ctx, w.staff, GateEdit{SeminarID: sem.ID, Use: ToRegister, Rule: rule, Version: sem.GateVersion})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.read(sem.ID)
}

// register fails the test when the person is refused.
func (w *world) register(a account.Actor, sem Seminar) Registration {
	w.t.Helper()
	reg, err := w.Register(ctx, a, sem.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return reg
}

func (w *world) event(p events.Payload) events.Event {
	data, err := json.Marshal(p)
	if err != nil {
		w.t.Fatal(err)
	}
	return events.Event{ID: uuid.Must(uuid.NewV7()).String(), Type: p.EventType(), Key: p.EventKey(), Time: w.clock, Data: data}
}

// tell delivers events to the fact consumer, each in its transaction.
func (w *world) tell(all ...events.Event) {
	w.t.Helper()
	for _, e := range all {
		err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.hear(ctx, tx, []events.Event{e}) })
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// learns has both consumers hear that somebody completed a module, as the bus would bring it.
func (w *world) learns(a account.Actor, module int64) error {
	err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return w.hear(ctx, tx, []events.Event{w.completes(a, module)})
	})
	if err != nil {
		return err
	}
	for _, p := range announced[events.AttendGateMet](w) {
		if p.PersonID != a.PersonID {
			continue
		}
		err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.hearCondition(ctx, tx, w.event(p)) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) completes(a account.Actor, module int64) events.Event {
	return w.event(events.ModuleCompleted{PersonID: a.PersonID, ModuleID: module, SpaceID: w.space,
		Title: events.Text{"fr": fmt.Sprintf("Module %d", module)}, CriterionVersion: 1, CompletedAt: w.clock})
}

func (w *world) progresses(a account.Actor, module int64, percent int) events.Event {
	return w.event(events.ModuleProgressed{PersonID: a.PersonID, ModuleID: module, SpaceID: w.space, Percent: percent})
}

// announced returns the payloads of type P in the outbox, in order.
func announced[P events.Payload](w *world) []P {
	w.t.Helper()
	var p P
	var rows []struct {
		Data json.RawMessage `bun:"type:jsonb"`
	}
	if err := w.db.NewRaw(`select data from outbox where type = ? order by seq`, p.EventType()).Scan(ctx, &rows); err != nil {
		w.t.Fatal(err)
	}
	all := make([]P, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Data, &all[i]); err != nil {
			w.t.Fatal(err)
		}
	}
	return all
}

// sound fails the test when an invariant is broken.
func (w *world) sound() {
	w.t.Helper()
	breaches, err := Audit(ctx, w.db, w.clock)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, b := range breaches {
		w.t.Error(b)
	}
}

func completed(module int64) Rule { return Rule{Kind: Completed, ModuleID: module} }

func progressed(module int64, percent int) Rule {
	return Rule{Kind: Progressed, ModuleID: module, Percent: percent}
}

func atLeast(k int, of ...Rule) Rule { return Rule{Mode: AtLeast, K: k, Of: of} }
