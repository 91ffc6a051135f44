package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"context"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/migrations/testdb"
	"halqa/web"
)

// TestCrowdForSeats has more people than seats press the button at the same moment.
func TestCrowdForSeats(t *testing.T) { crowd(t, 80, 10) }

// crowd has many people register at once, over HTTP, for a few seats with quotas, and beside it, the same number through
// a handler that counts and then inserts. It logs how fast each answered, and checks that every seat went to somebody and
// none to two.
func crowd(t *testing.T, people, capacity int) {
	db := testdb.Clone(t)
	cfg := testConfig(t, dataFolder(t, t.TempDir()))
	w := newWorld(t, db, cfg, nil)
	kept := capacity / 3
	start := time.Now().AddDate(0, 0, 20).Truncate(time.Hour)
	sem, err := w.p.enrolment.Create(w.ctx, w.moderator, enrolment.Seminar{OfficeID: w.office, SpaceID: w.space.ID, Title: in3("Atelier budget"),
		Venue: "Maison de la culture", Zone: "Africa/Tunis", Capacity: capacity,
		Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(6 * time.Hour)}},
		Quotas:   []enrolment.Quota{{Trait: enrolment.ByGender, Values: []string{"female"}, Min: kept}, {Trait: enrolment.ByAge, Values: []string{"0", "35"}, Max: capacity / 2}}})
	w.check(err)
	w.check(w.p.enrolment.Publish(w.ctx, w.moderator, sem.ID))
	var ids []int64
	w.check(db.NewRaw(`insert into person (name, email, email_confirmed_at, governorate, gender, birth_year)
		select 'Person ' || n, 'crowd' || n || '@example.org', now(), ?, case n % 10 when 0 then 'female' else 'male' end, 1960 + n % 45
		from generate_series(1, ?) n returning id`, region, people).Scan(w.ctx, &ids))

	deps, err := w.p.deps(cfg, nil)
	w.check(err)
	deps.Log, deps.Live, deps.Limit = quietly(), web.NewHub(), nil
	deps.Authenticate = func(ctx context.Context, session string) (account.Actor, error) {
		id, err := strconv.ParseInt(session, 10, 64)
		if err != nil {
			return account.Actor{}, nil
		}
		return w.p.account.ActorOf(ctx, id)
	}
	base := serveCrowd(t, web.New(deps))
	page := fmt.Sprintf("%s/seminars/%d", base, sem.ID)
	tokens := make([]string, people)
	for i, id := range ids {
		tokens[i] = tokenOf(t, page, id)
	}
	ours := rushAll(people, func(i int) error {
		return press(page+"/register", ids[i], tokens[i], http.StatusSeeOther)
	})
	if ours.failed > 0 {
		t.Errorf("%d of %d weren't answered politely, such as: %v", ours.failed, people, ours.err)
	}
	desk, err := w.p.enrolment.DeskSeminar(w.ctx, w.moderator, sem.ID)
	w.check(err)
	if len(desk.Holders) != capacity || len(desk.Queue) != people-capacity {
		t.Errorf("%d seats held and %d waiting, want %d and %d", len(desk.Holders), len(desk.Queue), capacity, people-capacity)
	}
	if women := desk.Shares[0]; women.Held < kept {
		t.Errorf("%d women hold a seat, want %d at least", women.Held, kept)
	}
	breaches, err := enrolment.Audit(w.ctx, db, time.Now())
	w.check(err)
	for _, b := range breaches {
		t.Error(b)
	}
	naive, seats := countThenInsert(t, w, people, capacity)
	t.Logf("%d people for %d seats: %s; counting then inserting: %s, %d seats given", people, capacity, ours, naive, seats)
}

func serveCrowd(t *testing.T, app *fiber.App) string {
	t.Helper()
	s := &site{}
	listener := s.listen(t)
	go func() { _ = app.Listener(listener) }() // ends with the test
	t.Cleanup(func() { _ = app.Shutdown() })
	return s.base
}

var crowdToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// crowdClient keeps no connection: a crowd arrives from everywhere.
var crowdClient = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport: &http.Transport{DisableKeepAlives: true}}

func tokenOf(t *testing.T, page string, person int64) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "halqa_session", Value: strconv.FormatInt(person, 10)})
	res, err := crowdClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := crowdToken.FindSubmatch(body)
	if found == nil {
		t.Fatalf("no form for person %d: %d", person, res.StatusCode)
	}
	return string(found[1])
}

// press sends the form and wants a status.
func press(path string, person int64, token string, want int) error {
	r, err := http.NewRequest(http.MethodPost, path, strings.NewReader(url.Values{"csrf": {token}}.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "halqa_session", Value: strconv.FormatInt(person, 10)})
	res, err := crowdClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		return fmt.Errorf("person %d got %d", person, res.StatusCode)
	}
	return nil
}

// pace is how fast a crowd was answered.
type pace struct {
	whole  time.Duration
	each   []time.Duration // sorted
	failed int
	err    error // of one that failed
}

func (p pace) String() string {
	at := func(q int) time.Duration {
		return p.each[min(len(p.each)-1, len(p.each)*q/100)].Round(time.Millisecond)
	}
	return fmt.Sprintf("%.0f/s, p50 %s, p99 %s", float64(len(p.each))/p.whole.Seconds(), at(50), at(99))
}

// rushAll runs f(0) … f(n-1) at once and times each.
func rushAll(n int, f func(i int) error) pace {
	p := pace{each: make([]time.Duration, n)}
	var mu sync.Mutex
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-start
			began := time.Now()
			err := f(i)
			p.each[i] = time.Since(began)
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				p.failed, p.err = p.failed+1, err
			}
		})
	}
	began := time.Now()
	close(start)
	wait.Wait()
	p.whole = time.Since(began)
	slices.Sort(p.each)
	return p
}

// countThenInsert is how a seat is often given: count, compare, insert. It returns how many it gave.
func countThenInsert(t *testing.T, w *world, people, capacity int) (pace, int) {
	t.Helper()
	_, err := w.p.db.ExecContext(w.ctx, `create table naive_seat (person_id bigint not null, state text not null)`)
	w.check(err)
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/:person", func(c *fiber.Ctx) error {
		held := 0
		if err := w.p.db.NewRaw(`select count(*) from naive_seat where state = 'confirmed'`).Scan(c.UserContext(), &held); err != nil {
			return err
		}
		state := "waitlisted"
		if held < capacity {
			state = "confirmed"
		}
		_, err := w.p.db.ExecContext(c.UserContext(), `insert into naive_seat (person_id, state) values (?, ?)`, c.Params("person"), state)
		return err
	})
	base := serveCrowd(t, app)
	p := rushAll(people, func(i int) error { return press(fmt.Sprintf("%s/%d", base, i), int64(i), "", http.StatusOK) })
	if p.failed > 0 {
		t.Errorf("counting then inserting: %d failed, such as: %v", p.failed, p.err)
	}
	given := 0
	w.check(w.p.db.NewRaw(`select count(*) from naive_seat where state = 'confirmed'`).Scan(w.ctx, &given))
	return p, given
}
