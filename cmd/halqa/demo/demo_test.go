package demo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"halqa/cmd/halqa/demo"
	"halqa/community"
	"halqa/community/account"
	"halqa/community/attachment"
	"halqa/community/library"
	"halqa/community/notify"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/enrolment/monitoring"
	"halqa/events"
	"halqa/migrations/testdb"

	"github.com/uptrace/bun"
)

var tunis = func() *time.Location {
	zone, err := time.LoadLocation("Africa/Tunis")
	if err != nil {
		panic(err)
	}
	return zone
}()

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, tunis)

func load(t *testing.T, db *bun.DB, o demo.Options) {
	t.Helper()
	var err error
	if o.Media, err = media.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if o.Library, err = library.OpenFolder(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	o.DB, o.Zone, o.Now = db, tunis, now
	files, err := attachment.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Talks = func(db bun.IDB, now func() time.Time) *community.Service {
		s := community.New(db, now)
		s.Files = files
		s.Circles = community.Circles{Has: enrolment.InCircle, Of: enrolment.CirclesOf, People: enrolment.CirclePeople,
			Find: func(ctx context.Context, db bun.IDB, id int64) (community.Circle, bool, error) {
				sem, found, err := enrolment.FindAnnounced(ctx, db, id)
				return community.Circle{SeminarID: sem.ID, OfficeID: sem.OfficeID, SpaceID: sem.SpaceID, Title: sem.Title}, found, err
			}}
		return s
	}
	o.Consumers = func(forum *community.Service) []events.Consumer {
		return slices.Concat(forum.Consumers(), enrolment.New(db, clock).Consumers(), monitoring.New(db, monitoring.Options{}).Consumers(),
			notify.New(db, notify.Options{Now: clock}).Consumers())
	}
	if err := demo.Load(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *bun.DB, query string) (n int) {
	t.Helper()
	if err := db.NewRaw(query).Scan(t.Context(), &n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// populated are what a demonstration shows, and at least how often.
var populated = map[string]int{
	`select count(*) from person`:                                                                                        310,
	`select count(distinct governorate) from person`:                                                                     24,
	`select count(*) from completion`:                                                                                    150,
	`select count(distinct module_id) from completion`:                                                                   4,
	`select count(*) from unlock`:                                                                                        100,
	`select count(*) from registration where state = 'waitlisted'`:                                                       5,
	`select count(*) from registration where state = 'attended'`:                                                         40,
	`select count(*) from registration where state = 'absent'`:                                                           5,
	`select count(*) from registration where state = 'cancelled'`:                                                        5,
	`select count(distinct office_id) from organisation where state = 'requested'`:                                       5,
	`select count(*) from organisation where state = 'validated'`:                                                        50,
	`select count(*) from organisation where state = 'refused'`:                                                          2,
	`select count(*) from membership where state = 'requested'`:                                                          10,
	`select count(*) from membership where state = 'active'`:                                                             150,
	`select count(*) from notification`:                                                                                  300,
	`select count(distinct date_trunc('month', completed_at)) from journey_progress`:                                     3,
	`select count(*) from journey_attendance`:                                                                            40,
	`select count(*) from person p where not exists (select from played where person_id = p.id)`:                         50,
	`select count(*) from thread`:                                                                                        35,
	`select count(*) from post where not opening`:                                                                        120,
	`select count(*) from thread where pinned_at is not null`:                                                            4,
	`select count(*) from thread where hidden`:                                                                           1,
	`select count(*) from post_report where decided_at is null`:                                                          1,
	`select count(*) from post_report where decided_at is not null`:                                                      11,
	`select count(*) from measure`:                                                                                       2,
	`select count(*) from measure where appealed_at is not null`:                                                         1,
	`select count(*) from thread_tag`:                                                                                    30,
	`select count(*) from attachment where post_id is not null`:                                                          2,
	`select count(*) from held_post where state = 'waiting'`:                                                             1,
	`select count(*) from post p join thread t on t.id = p.thread_id where t.seminar_id is not null and not p.opening`:   20,
	`select count(*) from registration_answer`:                                                                           20,
	`select count(*) from post where body like '> [%](/posts/%'`:                                                         2,
	`select count(*) from space_request`:                                                                                 3,
	`select count(*) from document where state = 'published'`:                                                            12,
	`select count(*) from document where state = 'proposed'`:                                                             2,
	`select count(*) from document where state = 'refused'`:                                                              1,
	`select count(*) from document where state = 'withdrawn'`:                                                            1,
	`select count(*) from profile`:                                                                                       200,
	`select count(*) from thread where kind = 'announcement'`:                                                            4,
	`select count(*) from thread where accepted_id is not null`:                                                          15,
	`select count(*) from experience`:                                                                                    8,
	`select count(*) from poll`:                                                                                          2,
	`select count(*) from post p join person a on a.id = p.author_id where a.mask_of is not null`:                        2,
	`select count(*) from poll_vote`:                                                                                     20,
	`select count(*) from post_thank`:                                                                                    80,
	`select count(*) from post_version`:                                                                                  2,
	`select count(*) from attention where rhythm <> 'once'`:                                                              4,
	`select count(*) from registration where state = 'conditional'`:                                                      3,
	`select count(*) from registration r join seminar s on s.id = seminar_id where twins > 0 and r.state = 'confirmed'`:  15,
	`select count(*) from registration r join seminar s on s.id = seminar_id where twins > 0 and r.state = 'waitlisted'`: 1,
	`select count(*) from registration r join seminar s on s.id = seminar_id where twins > 0 and r.state = 'cancelled'`:  2,
	`select count(*) from registration where state = 'requested'`:                                                        1,
	`select count(*) from registration where state = 'pending'`:                                                          2,
	`select count(*) from registration where state = 'offered'`:                                                          1,
	`select count(*) from seminar_quota`:                                                                                 4,
	`select count(*) from attestation`:                                                                                   5,
	`select count(*) from progress_sharing where agreed`:                                                                 10,
}

// impossible are what no use case would have let happen.
var impossible = []string{
	`select count(*) from outbox where published_at is null`,
	`select count(*) from post p join person a on a.id = p.author_id where p.created_at < a.created_at`,
	`select count(*) from registration r join person a on a.id = r.person_id where r.created_at < a.created_at`,
	`select count(*) from space_member m join person a on a.id = m.person_id where m.since < a.created_at`,
	`select count(*) from organisation o join person a on a.id = o.asked_by where o.asked_at < a.created_at`,
}

func TestDemonstrationKeepsTheRules(t *testing.T) {
	t.Parallel()
	db := testdb.Clone(t)
	load(t, db, demo.Options{})
	ctx := t.Context()
	breaches, err := enrolment.Audit(ctx, db, now)
	if err != nil || len(breaches) > 0 {
		t.Fatalf("breaches %v, error %v", breaches, err)
	}
	for query, least := range populated {
		if n := count(t, db, query); n < least {
			t.Errorf("%s: %d, at least %d wanted", query, n, least)
		}
	}
	for _, query := range impossible {
		if n := count(t, db, query); n > 0 {
			t.Errorf("%s: %d, none wanted", query, n)
		}
	}
	actor, err := account.New(db, account.Options{}).ActorOf(ctx, 1)
	if err != nil || actor.Name != "Amel Zouari" {
		t.Errorf("person 1 is %q (%v)", actor.Name, err)
	}
}

func TestInterruptedDemonstrationBeginsAgain(t *testing.T) {
	t.Parallel()
	db := testdb.Clone(t)
	small := demo.Options{People: 1}
	load(t, db, small)
	before, sum := count(t, db, `select count(*) from person`), digest(t, db)
	load(t, db, demo.Options{}) // finished: left as it is
	if _, err := db.ExecContext(t.Context(), `update demo set finished_at = null`); err != nil {
		t.Fatal(err)
	}
	load(t, db, small)
	if n := count(t, db, `select count(*) from person`); n != before {
		t.Errorf("%d people after an interruption, %d before", n, before)
	}
	if again := digest(t, db); again != sum {
		t.Errorf("the second time it was another demonstration: %s, %s the first time", again, sum)
	}
}

// digest sums up what the demonstration tells: who is who, what they wrote, learned and took part in, and when.
func digest(t *testing.T, db *bun.DB) (sum string) {
	t.Helper()
	err := db.NewRaw(`select md5(string_agg(line, ' ' order by line)) from (
		select concat_ws('|', 'person', case when mask_of is null then name end, email, governorate, created_at) as line from person
		union all select concat_ws('|', 'organisation', name, state, asked_by, decided_at) from organisation
		union all select concat_ws('|', 'post', t.title, p.author_id, body, p.created_at) from post p join thread t on t.id = thread_id
		union all select concat_ws('|', 'registration', seminar_id, person_id, state, created_at) from registration
		union all select concat_ws('|', 'completion', module_id, person_id, at) from completion
		union all select concat_ws('|', 'document', title, blob, state, decided_at) from document) lines`).Scan(t.Context(), &sum)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestBiggerDemonstration scales everything a little: what is made up keeps to the rules too.
func TestBiggerDemonstration(t *testing.T) {
	t.Parallel()
	db := testdb.Clone(t)
	load(t, db, demo.Options{People: 136, Storied: 1, Organisations: 64, Posts: 1200})
	for query, want := range map[string]int{
		`select count(*) from person where mask_of is null`:      148,
		`select count(*) from organisation`:                      64,
		`select count(*) from post where deleted_at is null`:     1200,
		`select count(*) from outbox where published_at is null`: 0,
		`select count(*) from thread where replies = 200`:        1,
		`select (select count(*) from post p join thread t on t.id = p.thread_id join person a on a.id = p.author_id
			where a.mask_of is null and t.seminar_id is null and p.hidden_at is null and p.deleted_at is null)
			- (select count(*) from fact where kind in ('started_thread', 'replied') and until is null and value = 1)`: 0,
	} {
		if n := count(t, db, query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
	breaches, err := enrolment.Audit(t.Context(), db, now)
	if err != nil || len(breaches) > 0 {
		t.Errorf("breaches %v, error %v", breaches, err)
	}
	list, err := community.New(db, nil).Threads(t.Context(), account.Actor{}, 1, community.Filter{})
	if err != nil || !slices.ContainsFunc(list.Rows, func(r community.Row) bool { return r.Title == demo.LongTitle && r.Replies == 200 }) {
		t.Errorf("the long thread isn't among %d threads (%v)", len(list.Rows), err)
	}
}
