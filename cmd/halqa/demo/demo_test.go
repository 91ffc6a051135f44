package demo_test

import (
	"testing"
	"time"

	"halqa/cmd/halqa/demo"
	"halqa/community/account"
	"halqa/community/notify"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/enrolment/monitoring"
	"halqa/events"
	"halqa/migrations/testdb"

	"github.com/uptrace/bun"
)

func load(t *testing.T, db *bun.DB) {
	t.Helper()
	folder, err := media.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var consumers []events.Consumer
	consumers = append(consumers, enrolment.New(db, nil).Consumers()...)
	consumers = append(consumers, monitoring.New(db, monitoring.Options{}).Consumers()...)
	consumers = append(consumers, notify.New(db, notify.Options{}).Consumers()...)
	zone, err := time.LoadLocation("Africa/Tunis")
	if err != nil {
		t.Fatal(err)
	}
	err = demo.Load(t.Context(), demo.Options{DB: db, Media: folder, Consumers: consumers, Zone: zone,
		Now: time.Date(2026, 3, 10, 12, 0, 0, 0, zone)})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDemonstrationKeepsTheRules(t *testing.T) {
	db := testdb.Clone(t)
	load(t, db)
	ctx := t.Context()
	breaches, err := enrolment.Audit(ctx, db, time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
	if err != nil || len(breaches) > 0 {
		t.Fatalf("breaches %v, error %v", breaches, err)
	}
	for query, least := range map[string]int{
		`select count(*) from completion`:                                                            20,
		`select count(*) from unlock`:                                                                20,
		`select count(*) from registration where state = 'waitlisted'`:                               1,
		`select count(*) from registration where state = 'attended'`:                                 5,
		`select count(*) from registration where state = 'absent'`:                                   1,
		`select count(*) from registration where state = 'cancelled'`:                                1,
		`select count(*) from organisation where state = 'requested'`:                                3,
		`select count(*) from organisation where state = 'validated'`:                                20,
		`select count(*) from notification`:                                                          30,
		`select count(distinct date_trunc('month', completed_at)) from journey_progress`:             2,
		`select count(*) from journey_attendance`:                                                    5,
		`select count(*) from person p where not exists (select from played where person_id = p.id)`: 5,
	} {
		var n int
		if err := db.NewRaw(query).Scan(ctx, &n); err != nil || n < least {
			t.Errorf("%s: %d, at least %d wanted (%v)", query, n, least, err)
		}
	}
	actor, err := account.New(db, account.Options{}).ActorOf(ctx, 1)
	if err != nil || actor.Name != "Amel Zouari" {
		t.Errorf("person 1 is %q (%v)", actor.Name, err)
	}
}

func TestInterruptedDemonstrationBeginsAgain(t *testing.T) {
	db := testdb.Clone(t)
	load(t, db)
	count := func() (n int) {
		if err := db.NewRaw(`select count(*) from person`).Scan(t.Context(), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	load(t, db) // finished: left as it is
	if _, err := db.ExecContext(t.Context(), `update demo set finished_at = null`); err != nil {
		t.Fatal(err)
	}
	load(t, db)
	if n := count(); n != before {
		t.Errorf("%d people after an interruption, %d before", n, before)
	}
}
