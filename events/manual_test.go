package events_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

func TestDuplicatesAndDisorderDoNothing(t *testing.T) {
	tx := testdb.Tx(t)
	prepareLedger(t, tx)
	b := eventstest.New(t, tx, []events.Consumer{ledger("a", progressed), ledger("b", progressed, completed)},
		eventstest.Twice(), eventstest.Shuffled(3))
	publish(t, tx, 40)
	publishOne(t, tx, events.ModuleCompleted{PersonID: 1})
	b.Settle()
	if a, b := heard(t, tx, "a"), heard(t, tx, "b"); a != 40 || b != 41 {
		t.Errorf("heard %d and %d events, want 40 and 41", a, b)
	}
}

func TestEventReachesTheHandlerWhole(t *testing.T) {
	tx := testdb.Tx(t)
	want := events.ModuleCompleted{PersonID: 4, ModuleID: 2, Title: events.Text{"ar": "ميزانية", "fr": "Budget"}}
	var got events.Event
	b := eventstest.New(t, tx, []events.Consumer{{
		Name: "reader", Types: []string{completed},
		Handle: func(_ context.Context, _ bun.Tx, e events.Event) error { got = e; return nil },
	}})
	publishOne(t, tx, want)
	b.Settle()
	p, err := events.Decode[events.ModuleCompleted](got)
	if err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("got %+v, %v; want %+v", p, err, want)
	}
	if got.Key != "person.4" || got.Seq == 0 || got.Time.IsZero() {
		t.Errorf("envelope %+v", got)
	}
}

// flaky fails for as long as broken is set.
func flaky(broken *bool, failure func() error) events.Consumer {
	c := ledger("flaky", progressed)
	write := c.Handle
	c.Handle = func(ctx context.Context, tx bun.Tx, e events.Event) error {
		if err := write(ctx, tx, e); err != nil {
			return err
		}
		if *broken {
			return failure()
		}
		return nil
	}
	return c
}

func TestDeadLetters(t *testing.T) {
	for name, failure := range map[string]func() error{
		"error": func() error { return errors.New("no luck") },
		"panic": func() error { panic("no luck") },
	} {
		t.Run(name, func(t *testing.T) {
			tx := testdb.Tx(t)
			prepareLedger(t, tx)
			broken := true
			b := eventstest.New(t, tx, []events.Consumer{flaky(&broken, failure), ledger("sound", progressed)},
				eventstest.AllowDead())
			publish(t, tx, 3)
			b.Settle()
			dead := deadLetters(t, tx)
			if len(dead) != 3 || dead[0].Consumer != "flaky" || dead[0].Attempts != 3 || dead[0].Event.Type != progressed {
				t.Fatalf("dead letters: %+v", dead)
			}
			if flaky, sound := heard(t, tx, "flaky"), heard(t, tx, "sound"); flaky != 0 || sound != 3 {
				t.Fatalf("heard %d and %d, want 0 and 3: a failed handler leaves nothing", flaky, sound)
			}

			broken = false
			retry(t, tx, 1, dead[0].ID)
			b.Settle()
			if left := deadLetters(t, tx); len(left) != 2 || heard(t, tx, "flaky") != 1 {
				t.Fatalf("after a retry %d dead letters and %d effects, want 2 and 1", len(left), heard(t, tx, "flaky"))
			}
			retry(t, tx, 0, dead[0].ID) // not a dead letter any more
			retry(t, tx, 2)
			b.Settle()
			if left := deadLetters(t, tx); len(left) != 0 || heard(t, tx, "flaky") != 3 || heard(t, tx, "sound") != 3 {
				t.Fatalf("after the second retry: %+v", left)
			}
			if n := count(t, tx, `select count(*) from failure`); n != 0 {
				t.Errorf("%d failures are still recorded", n)
			}
		})
	}
}

func TestRetriedLetterDiesAgain(t *testing.T) {
	tx := testdb.Tx(t)
	prepareLedger(t, tx)
	broken := true
	b := eventstest.New(t, tx, []events.Consumer{flaky(&broken, func() error { return errors.New("no luck") })}, eventstest.AllowDead())
	publish(t, tx, 1)
	b.Settle()
	retry(t, tx, 1)
	b.Settle()
	dead := deadLetters(t, tx)
	if len(dead) != 1 || dead[0].Attempts != 3 || dead[0].ReplayedAt.IsZero() {
		t.Errorf("dead letters: %+v", dead)
	}
}

func TestReplayRebuilds(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	rebuilt, other := ledger("rebuilt", progressed), ledger("other", progressed)
	b := eventstest.New(t, db, []events.Consumer{rebuilt, other})
	publish(t, db, 700) // more than one batch
	b.Settle()
	before := count(t, db, `select sum(hashtext(l::text)) from ledger l`)
	if err := events.RequestReplay(t.Context(), db, rebuilt); err != nil {
		t.Fatal(err)
	}
	if n := heard(t, db, "rebuilt"); n != 0 {
		t.Errorf("%d effects are left after the reset", n)
	}
	if s := statusOf(t, db, "rebuilt"); !s.Replaying || s.Lag != 700 || s.ReplayAskedAt.IsZero() {
		t.Errorf("status during the replay: %+v", s)
	}
	b.Settle()
	if after := count(t, db, `select sum(hashtext(l::text)) from ledger l`); after != before {
		t.Error("the replay built something else")
	}
	if s := statusOf(t, db, "rebuilt"); s.Replaying || s.Lag != 0 {
		t.Errorf("status after the replay: %+v", s)
	}
	if n := heard(t, db, "other"); n != 700 {
		t.Errorf("the other consumer has %d effects, want 700", n)
	}
}

func TestEffectsAreNotReplayed(t *testing.T) {
	tx := testdb.Tx(t)
	mails := ledger("mails", progressed)
	mails.Reset = nil
	if err := events.RequestReplay(t.Context(), tx, mails); !errors.Is(err, events.ErrNotReplayable) {
		t.Errorf("replay: %v", err)
	}
}

func TestHistoryOfNewConsumersAndTypes(t *testing.T) {
	tx := testdb.Tx(t)
	prepareLedger(t, tx)
	mails := func(types ...string) events.Consumer {
		c := ledger("mails", types...)
		c.Reset = nil
		return c
	}
	eventstest.New(t, tx, []events.Consumer{ledger("old", progressed), mails(progressed)}).Settle()
	publish(t, tx, 5)
	publishOne(t, tx, events.ModuleCompleted{PersonID: 1})

	// A later version, whose bus has lost everything: old and mails hear one more type, and there is a new consumer.
	eventstest.New(t, tx, []events.Consumer{
		ledger("old", progressed, completed), mails(progressed, completed), ledger("new", completed),
	}).Settle()
	for name, want := range map[string]int{"old": 6, "mails": 5, "new": 1} {
		if got := heard(t, tx, name); got != want {
			t.Errorf("%s heard %d events, want %d", name, got, want)
		}
	}
	publishOne(t, tx, events.ModuleCompleted{PersonID: 2})
	eventstest.New(t, tx, []events.Consumer{mails(progressed, completed)}).Settle()
	if got := heard(t, tx, "mails"); got != 6 {
		t.Errorf("mails heard %d events, want 6: new ones of the added type count", got)
	}
}

func TestPublishRefuses(t *testing.T) {
	tx := testdb.Tx(t)
	for name, p := range map[string]events.Payload{
		"too long":      events.ModuleCompleted{Title: events.Text{"fr": string(make([]byte, 300<<10))}},
		"no type":       odd(""),
		"spaces":        odd("courses.module completed"),
		"reserved type": odd("again.mails"),
		"wildcard":      odd("courses.*"),
	} {
		if err := events.Publish(t.Context(), tx, p); err == nil {
			t.Errorf("%s: published", name)
		}
	}
}

type odd string

func (o odd) EventType() string { return string(o) }
func (o odd) EventKey() string  { return "" }

func TestConsumersAreChecked(t *testing.T) {
	good := ledger("good", progressed)
	for name, consumers := range map[string][]events.Consumer{
		"bad name": {ledger("Not good", progressed)},
		"twice":    {good, good},
		"no types": {ledger("good")},
		"bad type": {ledger("good", "courses.>")},
		"repeated": {ledger("good", progressed, progressed)},
		"handler":  {{Name: "good", Types: []string{progressed}}},
	} {
		if _, err := events.Start(t.Context(), events.Config{Consumers: consumers}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestForget(t *testing.T) {
	tx := testdb.Tx(t)
	prepareLedger(t, tx)
	b := eventstest.New(t, tx, []events.Consumer{ledger("gone", progressed)})
	publish(t, tx, 2)
	b.Settle()
	if err := events.Forget(t.Context(), tx, "gone"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, tx, `select (select count(*) from consumed) + (select count(*) from consumer)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if err := events.Forget(t.Context(), tx, "gone"); !errors.Is(err, events.ErrUnknownConsumer) {
		t.Errorf("forget it again: %v", err)
	}
}

func deadLetters(t *testing.T, db bun.IDB) []events.DeadLetter {
	t.Helper()
	dead, err := events.Dead(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return dead
}

func retry(t *testing.T, db bun.IDB, want int, ids ...int64) {
	t.Helper()
	if n, err := events.RetryDead(t.Context(), db, ids...); n != want || err != nil {
		t.Fatalf("retried %d, %v; want %d", n, err, want)
	}
}

func statusOf(t *testing.T, db bun.IDB, consumer string) events.ConsumerStatus {
	t.Helper()
	report, err := events.Status(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Consumers {
		if c.Name == consumer {
			return c
		}
	}
	t.Fatalf("no consumer %s in %+v", consumer, report)
	return events.ConsumerStatus{}
}
