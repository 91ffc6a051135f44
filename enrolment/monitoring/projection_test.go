package monitoring

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// oneOfEach is a journey in which every fact is later corrected, repeated or overtaken.
func oneOfEach(s *story) (person int64) {
	person = s.person("Amel", "female", "TN-71", 1990)
	s.module(1)
	first := s.seminar(1, s.gafsa, s.budget, at(12, 1, 9), 1, 2)
	s.progress(at(10, 1, 8), person, 1, 5)
	s.progress(at(10, 2, 8), person, 1, 80)
	s.completion(at(10, 2, 9), person, 1)
	s.progress(at(10, 3, 8), person, 2, 20)
	s.unlock(at(10, 2, 10), person, 1)
	s.registration(at(10, 4, 8), 7, person, 1, "", "waitlisted", "asked")
	s.registration(at(10, 5, 8), 7, person, 1, "waitlisted", "confirmed", "promoted")
	s.registration(at(10, 6, 8), 7, person, 1, "confirmed", "cancelled", "by_person")
	s.registration(at(10, 7, 8), 8, person, 1, "", "confirmed", "asked")
	first.Title, first.Capacity, first.OfficeID = events.Text{"fr": "Déplacé"}, 30, s.tunis
	first.Modules = []int64{2, 1}
	s.happened(at(10, 8, 8), first)
	s.attendance(at(12, 1, 9), person, 1, 10, false)
	s.attendance(at(12, 1, 10), person, 1, 10, true)
	s.attendance(at(12, 2, 9), person, 1, 11, false)
	s.happened(at(12, 3, 8), events.ModulePublished{ModuleID: 1, Title: events.Text{"fr": "Nouveau titre"}})
	return person
}

// state is everything the projection holds.
func state(t testing.TB, db bun.IDB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, table := range []string{"journey_seminar", "journey_module", "journey_progress", "journey_unlock",
		"journey_registration", "journey_attendance"} {
		var text string
		err := db.NewRaw("select coalesce(string_agg(r::text, E'\n' order by r::text), '') from ? r", bun.Ident(table)).Scan(context.Background(), &text)
		if err != nil {
			t.Fatal(err)
		}
		all[table] = text
	}
	return all
}

func TestProjectionIsTheSameInAnyOrder(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	oneOfEach(s)
	heard := slices.Clone(s.events)
	s.hear()
	want := state(t, s.db)
	for table, rows := range want {
		if rows == "" {
			t.Fatalf("%s stayed empty: the story misses a fact", table)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		twice := append(slices.Clone(heard), heard...)
		order := rapid.Permutation(twice).Draw(rt, "order")
		resetAll(t, s)
		hear(rt, s.db, s.service, order)
		if got := state(t, s.db); !reflect.DeepEqual(got, want) {
			rt.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

func resetAll(t testing.TB, s *story) {
	t.Helper()
	err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return s.service.Consumers()[0].Reset(ctx, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	for table, rows := range state(t, s.db) {
		if rows != "" {
			t.Fatalf("%s is not empty after a reset", table)
		}
	}
}

func TestLineTellsTheWholeJourney(t *testing.T) {
	t.Run("in order", func(t *testing.T) {
		s := newStory(t, testdb.Tx(t))
		person := oneOfEach(s)
		s.hear()
		checkJourney(t, s, person)
	})
	t.Run("over the bus, twice and shuffled", func(t *testing.T) {
		s := newStory(t, testdb.Clone(t))
		person := oneOfEach(s)
		bus := eventstest.New(t, s.db, s.service.Consumers(), eventstest.Twice(), eventstest.Shuffled(11))
		err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			for _, p := range s.payloads {
				if err := events.Publish(events.Dated(ctx, p.at), tx, p.Payload); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		bus.Settle()
		checkJourney(t, s, person)
	})
}

// checkJourney wants the one line that oneOfEach adds up to.
func checkJourney(t *testing.T, s *story, person int64) {
	t.Helper()
	s.member(person, "Association Eau", "association")
	lines := s.lines(manager, Filter{})
	if len(lines) != 1 {
		t.Fatalf("%d lines, want 1", len(lines))
	}
	l := lines[0]
	if l.Name != "Amel" || l.Gender != "female" || l.Organisation != "Association Eau" || l.Kind != "association" || l.Governorate != "TN-71" {
		t.Errorf("person: %+v", l)
	}
	if l.Seminar.Title["fr"] != "Déplacé" || l.Seminar.Capacity != 30 || l.Seminar.OfficeID != s.tunis {
		t.Errorf("seminar: %+v", l.Seminar)
	}
	if len(l.Modules) != 2 {
		t.Fatalf("modules: %+v", l.Modules)
	}
	slices.SortFunc(l.Modules, func(a, b ModuleProgress) int { return int(a.ModuleID - b.ModuleID) })
	if m := l.Modules[0]; m.Percent != 80 || !m.FirstAt.Equal(at(10, 1, 8)) || m.CompletedAt == nil || !m.CompletedAt.Equal(at(10, 2, 9)) {
		t.Errorf("module 1: %+v", m)
	}
	if m := l.Modules[1]; m.Percent != 20 || m.CompletedAt != nil {
		t.Errorf("module 2: %+v", m)
	}
	if !l.UnlockedAt.Equal(at(10, 2, 10)) {
		t.Errorf("unlocked at %v", l.UnlockedAt)
	}
	r := l.Registration
	if r == nil || r.State != "confirmed" || !r.RequestedAt.Equal(at(10, 7, 8)) || !r.ConfirmedAt.Equal(at(10, 7, 8)) {
		t.Errorf("registration: %+v", r)
	}
	if !l.Present[10] || l.Present[11] || l.Attended() != 1 {
		t.Errorf("present: %v", l.Present)
	}
}

func TestLineExistsForProgressOrUnlockOrRegistration(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.seminar(1, s.gafsa, s.budget, at(12, 1, 9), 1)
	s.seminar(2, s.gafsa, s.budget, at(12, 2, 9)) // open to all
	learns, open, registers, elsewhere := s.person("A", "", "", 0), s.person("B", "", "", 0), s.person("C", "", "", 0), s.person("D", "", "", 0)
	s.progress(at(10, 1, 8), learns, 1, 5)
	s.unlock(at(10, 1, 8), open, 2)
	s.registration(at(10, 1, 8), 1, registers, 2, "", "waitlisted", "asked")
	s.progress(at(10, 1, 8), elsewhere, 99, 5)
	s.hear()
	var got [][2]int64
	for _, l := range s.lines(manager, Filter{}) {
		got = append(got, [2]int64{l.Seminar.ID, l.PersonID})
	}
	if want := [][2]int64{{1, learns}, {2, open}, {2, registers}}; !reflect.DeepEqual(got, want) {
		t.Errorf("lines %v, want %v", got, want)
	}
}
