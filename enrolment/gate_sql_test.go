package enrolment

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"halqa/migrations/testdb"
)

// crowd is some people with random facts, whose past is random too.
type crowd struct {
	*world
	pool
	people   []int64
	sessions map[int64]int64 // a session of each seminar
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{world: newWorld(t, testdb.Tx(t)), pool: aPool, sessions: map[int64]int64{}}
	c.seminars = nil
	for range 2 {
		sem := c.published(5, Rule{})
		c.seminars, c.sessions[sem.ID] = append(c.seminars, sem.ID), sem.Sessions[0].ID
	}
	for range 5 {
		c.people = append(c.people, c.person().PersonID)
	}
	return c
}

func (c *crowd) day(n int) time.Time { return c.clock.AddDate(0, 0, n) }

// scatter replaces all facts.
func (c *crowd) scatter(t *rapid.T) {
	if _, err := c.db.NewRaw(`delete from fact`).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(0, 40).Draw(t, "facts") {
		person, space := rapid.SampledFrom(c.people).Draw(t, "person"), int64(0)
		sub := Subject{Kind: rapid.SampledFrom([]Kind{Completed, Progressed, QuizScored, MemberOf, Validated, OrganisationKind,
			OrganisationPlace, StartedThread, Replied, Attended}).Draw(t, "fact")}
		value := rapid.IntRange(0, 1).Draw(t, "value")
		switch sub.Kind {
		case Progressed, QuizScored:
			sub.ID, value = rapid.SampledFrom(append(c.modules, c.quizzes...)).Draw(t, "id"), rapid.IntRange(0, 100).Draw(t, "percent")
		case Completed:
			sub.ID, value = rapid.SampledFrom(c.modules).Draw(t, "id"), 1
		case StartedThread, Replied:
			sub.ID, space = rapid.Int64Range(1, 99).Draw(t, "post"), rapid.SampledFrom(c.spaces).Draw(t, "space")
		case Attended:
			sub.ID = c.sessions[rapid.SampledFrom(c.seminars).Draw(t, "seminar")]
		default:
			sub.ID = rapid.Int64Range(1, 2).Draw(t, "organisation")
		}
		switch sub.Kind {
		case OrganisationKind:
			sub.Word, person, value = rapid.SampledFrom(c.kinds).Draw(t, "kind"), 0, 1
		case OrganisationPlace:
			sub.Word, person, value = rapid.SampledFrom(c.places).Draw(t, "place"), 0, 1
		case Validated:
			person = 0
		}
		since, lasts := rapid.IntRange(0, 9).Draw(t, "since"), rapid.IntRange(0, 9).Draw(t, "lasts")
		_, err := c.db.NewRaw(`insert into fact (event_id, person_id, kind, subject_id, word, value, since, until, space_id)
			values (gen_random_uuid(), nullif(?, 0), ?, ?, ?, ?, ?, ?, nullif(?, 0))`, person, sub.Kind, sub.ID, sub.Word, value,
			c.day(since), bun.NullTime{Time: endOf(c, since, lasts)}, space).Exec(ctx)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// endOf is when a fact ended; the shorter half of them never did.
func endOf(c *crowd, since, lasts int) time.Time {
	if lasts < 5 {
		return time.Time{}
	}
	return c.day(since + lasts)
}

// One by one in memory and in sets in the database, the same rule gives the same answers: now, and of any past day.
func TestSetsEqualOneByOne(t *testing.T) {
	c := newCrowd(t)
	rapid.Check(t, func(t *rapid.T) {
		rule := c.aRule(t, 3)
		c.scatter(t)
		at := time.Time{}
		if rapid.Bool().Draw(t, "then") {
			at = c.day(rapid.IntRange(0, 18).Draw(t, "day")).Add(time.Hour)
		}
		sql := compile(at)
		met := sql.condition(rule)
		var rows []verdict
		err := c.db.NewRaw(`select person.id as person_id, `+met+` as eligible from person`+sql.joins.String()+` where person.id in (?)`,
			append(sql.args, bun.List(c.people))...).Scan(ctx, &rows)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(c.people) {
			t.Fatalf("%d answers for %d people", len(rows), len(c.people))
		}
		together, err := evidenceOf(ctx, c.db, c.people, rule.Subjects(), at)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range rows {
			facts, named, err := factsAbout(ctx, c.db, v.PersonID, rule.Subjects(), at)
			if err != nil {
				t.Fatal(err)
			}
			if e := together[v.PersonID]; !maps.Equal(facts, e.Facts) || !slices.Equal(named, e.Events) {
				t.Errorf("person %d: %v by %v alone, %v by %v among others", v.PersonID, facts, named, e.Facts, e.Events)
			}
			if got := Decide(rule, facts).Eligible; got != v.Eligible {
				t.Errorf("person %d: %v one by one, %v in sets; %+v; %v", v.PersonID, got, v.Eligible, rule, facts)
			}
		}
	})
}

// bench is a seminar that 10,000 people may read, half of whom meet its gate, each with some twenty facts.
func bench(b *testing.B) (*world, Seminar, Rule) {
	w := newWorld(b, testdb.Clone(b))
	w.id(`with p as (insert into person (name, email, email_confirmed_at) select 'P' || n, 'p' || n || '@example.org', now()
			from generate_series(1, 10000) n returning id),
		f as (insert into fact (event_id, person_id, kind, subject_id, value, since, space_id)
			select gen_random_uuid(), id, 'completed', m, 1, now(), null::bigint from p, generate_series(1, 4) m where (id + m) % 3 > 0
			union all select gen_random_uuid(), id, 'progressed', m, s * 10, now(), null::bigint from p, generate_series(1, 2) m, generate_series(1, 6) s
			union all select gen_random_uuid(), id, 'replied', id * 10 + n, 1, now(), 1 from p, generate_series(1, 3) n where id % 4 = 0
			union all select gen_random_uuid(), id, 'member', id % 500 + 1, 1, now(), null::bigint from p returning 1)
		select count(*) from f`)
	w.id(`with f as (insert into fact (event_id, kind, subject_id, word, value, since)
			select gen_random_uuid(), kind, o, word, 1, now() from generate_series(1, 500) o,
				(values ('validated', ''), ('organisation_kind', 'association'), ('organisation_place', 'TN-71')) v (kind, word) returning 1)
		select count(*) from f`)
	if _, err := w.db.NewRaw(`analyze`).Exec(ctx); err != nil {
		b.Fatal(err)
	}
	old := Rule{Mode: All, Of: []Rule{completed(1), completed(2)}}
	rule := atLeast(2, completed(1), progressed(2, 50), Rule{Mode: Any, Of: []Rule{{Kind: Contributed, SpaceID: w.space, As: Replies, Count: 2}, completed(3)}},
		Rule{Kind: Belongs, Kinds: []string{"association"}}, Rule{Kind: MembersCompleted, ModuleID: 4, Count: 3})
	w.open(rule.Modules()...)
	return w, w.published(30, old), rule
}

// BenchmarkPreviewForMany tells what another rule changes for 10,000 people.
func BenchmarkPreviewForMany(b *testing.B) {
	w, sem, rule := bench(b)
	for b.Loop() {
		if _, err := w.PreviewGate(ctx, w.staff, GateEdit{SeminarID: sem.ID, Use: ToRegister, Rule: rule, Version: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSaveGateForMany saves another rule, decides it for 10,000 people and tells those it lets in.
func BenchmarkSaveGateForMany(b *testing.B) {
	w, sem, rule := bench(b)
	for i := 0; b.Loop(); i++ {
		next := rule
		next.K = 1 + i%3
		if _, err := w.SaveGate(ctx, w.staff, GateEdit{SeminarID: sem.ID, Use: ToRegister, Rule: next, Version: 1 + i}); err != nil {
			b.Fatal(err)
		}
	}
}
