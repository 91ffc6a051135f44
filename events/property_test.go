package events_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// best is a projection as the domains have them: the highest percent of each person, recomputed from kept facts.
func best(stumbles func() bool) events.Consumer {
	return events.Consumer{
		Name: "best", Types: []string{progressed},
		Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
			p, err := events.Decode[events.ModuleProgressed](e)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `insert into fact_of_test values (?, ?)`, p.PersonID, p.Percent); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `insert into best select person, max(percent), count(*) from fact_of_test
				where person = ? group by person on conflict (person) do update set percent = excluded.percent, n = excluded.n`,
				p.PersonID)
			if err == nil && stumbles() {
				err = errors.New("stumbled")
			}
			return err
		},
		Reset: func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, `delete from fact_of_test; delete from best`)
			return err
		},
	}
}

// machine does to the bus what an unkind world may do, and compares the projection with what was published.
type machine struct {
	t        testing.TB
	tx       bun.Tx
	conn     *nats.Conn
	manual   *events.Manual
	consumer events.Consumer
	want     map[int64][2]int // by person: highest percent, number of events
	random   *rand.Rand
	stumbles int // of ten attempts
}

func newMachine(t testing.TB, seed uint64) *machine {
	m := &machine{t: t, tx: testdb.Tx(t), want: map[int64][2]int{}, random: rand.New(rand.NewPCG(seed, 0))}
	m.exec(`create table fact_of_test (person bigint, percent int); create table best (person bigint primary key, percent int, n int)`)
	m.consumer = together(best(func() bool { return m.random.IntN(10) < m.stumbles }))
	m.lose()
	return m
}

func (m *machine) exec(query string) {
	m.t.Helper()
	if _, err := m.tx.ExecContext(m.t.Context(), query); err != nil {
		m.t.Fatal(err)
	}
}

// lose replaces the bus by an empty one.
func (m *machine) lose() {
	m.conn = eventstest.Conn(m.t)
	m.restart()
}

// restart begins with what the bus still has.
func (m *machine) restart() {
	var err error
	m.manual, err = events.NewManual(m.t.Context(), m.tx, events.Config{
		NATS: m.conn, Consumers: []events.Consumer{m.consumer}, Attempts: 2, Memory: true,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, nil)
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) publish(person int64, percent int) {
	publishOne(m.t, m.tx, events.ModuleProgressed{PersonID: person, Percent: percent})
	was := m.want[person]
	m.want[person] = [2]int{max(was[0], percent), was[1] + 1}
}

func (m *machine) relay() {
	if _, err := m.manual.Relay(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) relayUnmarked() {
	if _, err := events.PublishUnmarked(m.t.Context(), m.tx, m.conn); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) sweep() {
	if _, err := m.manual.Sweep(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
}

// deliver hands out what waits, shuffled, some of it twice, some of it never, and some of it together.
func (m *machine) deliver() int {
	deliveries, err := m.manual.Fetch(m.t.Context(), m.consumer.Name, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	deliveries = append(deliveries, deliveries[:m.random.IntN(len(deliveries)+1)]...)
	m.random.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
	kept := deliveries[:len(deliveries)-m.random.IntN(len(deliveries)/3+1)]
	alone := m.random.IntN(len(kept) + 1)
	for _, d := range kept[:alone] {
		m.manual.Handle(m.t.Context(), d)
	}
	m.manual.HandleTogether(m.t.Context(), kept[alone:])
	return len(deliveries)
}

func (m *machine) replay() {
	if err := events.RequestReplay(m.t.Context(), m.tx, m.consumer); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) retryDead() {
	if _, err := events.RetryDead(m.t.Context(), m.tx); err != nil {
		m.t.Fatal(err)
	}
}

// settle lets the world be kind from now on.
func (m *machine) settle() {
	m.stumbles = 0
	m.retryDead()
	b := eventstest.New(m.t, m.tx, []events.Consumer{m.consumer})
	b.Settle()
}

func (m *machine) got() map[int64][2]int {
	rows, err := m.tx.QueryContext(m.t.Context(), `select person, percent, n from best`)
	if err != nil {
		m.t.Fatal(err)
	}
	defer rows.Close()
	got := map[int64][2]int{}
	for rows.Next() {
		var person int64
		var b [2]int
		if err := rows.Scan(&person, &b[0], &b[1]); err != nil {
			m.t.Fatal(err)
		}
		got[person] = b
	}
	return got
}

// judge is a testing.TB for one run of a property: it fails and cleans up that run.
type judge struct {
	testing.TB
	r *rapid.T
}

func (j judge) Cleanup(f func())             { j.r.Cleanup(f) }
func (j judge) Error(args ...any)            { j.r.Error(args...) }
func (j judge) Errorf(f string, args ...any) { j.r.Errorf(f, args...) }
func (j judge) Fatal(args ...any)            { j.r.Fatal(args...) }
func (j judge) Fatalf(f string, args ...any) { j.r.Fatalf(f, args...) }
func (j judge) FailNow()                     { j.r.FailNow() }

func TestProjectionEqualsDirectComputation(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := newMachine(judge{t, r}, rapid.Uint64().Draw(r, "seed"))
		publish := func() {
			m.publish(rapid.Int64Range(1, 4).Draw(r, "person"), rapid.IntRange(1, 20).Draw(r, "percent")*5)
		}
		acts := map[string]func(){
			"relay": m.relay, "relay unmarked": m.relayUnmarked, "sweep": m.sweep, "replay": m.replay, "retry": m.retryDead,
			"restart": m.restart, "lose": m.lose, "deliver": func() { m.deliver() }, "publish": publish, "publish more": publish,
			"stumble": func() { m.stumbles = rapid.IntRange(0, 8).Draw(r, "stumbles") },
		}
		names := slices.Sorted(maps.Keys(acts))
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 5, 25).Draw(r, "acts") {
			acts[name]()
		}
		m.settle()
		if got := m.got(); !maps.Equal(got, m.want) {
			r.Errorf("the projection has %v, want %v", got, m.want)
		}
	})
}
