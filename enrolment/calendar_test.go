package enrolment

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// shown lists the ids of seminars that somebody finds in the calendar.
func (w *world) shown(a account.Actor, f Filter) []int64 {
	w.t.Helper()
	cards, _, err := w.Calendar(ctx, a, f)
	if err != nil {
		w.t.Fatal(err)
	}
	return idsOf(cards)
}

func idsOf(cards []Card) []int64 {
	ids := []int64{}
	for _, c := range cards {
		ids = append(ids, c.ID)
	}
	return ids
}

// spread publishes a seminar that begins so many days after the others, with something changed.
func (w *world) spread(days int, gate Rule, change func(*Seminar)) Seminar {
	w.t.Helper()
	plan := w.plan(1, gate)
	for i := range plan.Sessions {
		plan.Sessions[i].StartsAt = plan.Sessions[i].StartsAt.AddDate(0, 0, days)
		plan.Sessions[i].EndsAt = plan.Sessions[i].EndsAt.AddDate(0, 0, days)
	}
	change(&plan)
	by := w.staff
	if plan.OfficeID == w.sousse {
		by = w.outsider
	}
	sem, err := w.Create(ctx, by, plan)
	if err == nil {
		err = w.Service.Publish(ctx, by, sem.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return w.read(sem.ID)
}

func TestCalendarFilters(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.id(`insert into governorate (code, office_id, name) values ('TN-71', ?, '{"fr": "Gafsa"}') returning office_id`, w.gafsa)
	w.id(`insert into governorate (code, office_id, name) values ('TN-51', ?, '{"fr": "Sousse"}') returning office_id`, w.sousse)
	mine := w.id(`insert into space (key, name, visibility) values ('mien', '{"fr": "Mien"}', 'invitation') returning id`)
	asked := w.id(`insert into space (key, name, visibility) values ('demande', '{"fr": "Demande"}', 'request') returning id`)
	same := func(*Seminar) {}
	near := w.spread(0, Rule{}, func(s *Seminar) { s.Governorate = "TN-71" })
	gated := w.spread(1, completed(7), same)
	far := w.spread(2, Rule{}, func(s *Seminar) {
		s.OfficeID, s.Governorate, s.Title = w.sousse, "TN-51", events.Text{"ar": "ميزانية"}
	})
	w.staff.Spaces, w.outsider.Spaces = []int64{mine, asked}, []int64{mine, asked}
	circle := w.spread(3, Rule{}, func(s *Seminar) { s.OfficeID, s.SpaceID = w.sousse, mine })
	behind := w.spread(4, Rule{}, func(s *Seminar) { s.OfficeID, s.SpaceID = w.sousse, asked })
	draft, err := w.Create(ctx, w.staff, w.plan(1, Rule{}))
	if err != nil {
		t.Fatal(err)
	}

	amel := w.person()
	amel.Governorate, amel.Spaces = "TN-71", []int64{mine}
	w.register(amel, near)
	visitor := account.Actor{}
	for name, c := range map[string]struct {
		who    account.Actor
		filter Filter
		want   []int64
	}{
		"visitor":              {visitor, Filter{}, []int64{near.ID, gated.ID, far.ID}},
		"visitor, by space":    {visitor, Filter{SpaceID: mine}, []int64{}},
		"visitor, by request":  {visitor, Filter{SpaceID: asked}, []int64{}},
		"a member":             {amel, Filter{}, []int64{near.ID, gated.ID, far.ID, circle.ID}},
		"around":               {amel, Filter{Show: ShowAround}, []int64{near.ID, gated.ID, circle.ID}},
		"open":                 {amel, Filter{Show: ShowOpen}, []int64{far.ID, circle.ID}},
		"mine":                 {amel, Filter{Show: ShowMine}, []int64{near.ID}},
		"office":               {amel, Filter{OfficeID: w.sousse}, []int64{far.ID, circle.ID}},
		"governorate":          {amel, Filter{Governorate: "TN-51"}, []int64{far.ID}},
		"language":             {amel, Filter{Language: "ar"}, []int64{far.ID}},
		"open, in an office":   {amel, Filter{Show: ShowOpen, OfficeID: w.gafsa}, []int64{}},
		"the office of Sousse": {w.outsider, Filter{Show: ShowAround}, []int64{far.ID, circle.ID, behind.ID}},
		"nobody's region":      {w.person(), Filter{Show: ShowAround}, []int64{}},
	} {
		if got := w.shown(c.who, c.filter); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	w.tell(w.completes(amel, 7))
	if got := w.shown(amel, Filter{Show: ShowOpen}); !reflect.DeepEqual(got, []int64{gated.ID, far.ID, circle.ID}) {
		t.Errorf("after the module %v are open", got)
	}
	if _, _, err := w.Calendar(ctx, visitor, Filter{Show: ShowMine}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor's own: %v", err)
	}
	if got := w.shown(w.staff, Filter{}); len(got) != 5 {
		t.Errorf("the draft %d is among %v", draft.ID, got)
	}
}

func TestCalendarPages(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	for i := range PageSize + 3 {
		w.spread(i, Rule{}, func(*Seminar) {})
	}
	amel := w.person()
	for _, show := range []Show{ShowAll, ShowOpen} {
		first, more, err := w.Calendar(ctx, amel, Filter{Show: show})
		if err != nil || len(first) != PageSize || !more {
			t.Fatalf("%q: %d on the first page, more %v, error %v", show, len(first), more, err)
		}
		second, more, err := w.Calendar(ctx, amel, Filter{Show: show, Page: 1})
		if err != nil || len(second) != 3 || more || second[0].ID <= first[PageSize-1].ID {
			t.Fatalf("%q: %d on the second page, more %v, error %v", show, len(second), more, err)
		}
		if none, _, err := w.Calendar(ctx, amel, Filter{Show: show, Page: 9}); err != nil || len(none) != 0 {
			t.Fatalf("%q: %d on a page that isn't, error %v", show, len(none), err)
		}
	}
}

func TestFeedsTellOfWhatIsCalledOff(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	hidden := w.id(`insert into space (key, name, visibility) values ('clos', '{"fr": "Clos"}', 'request') returning id`)
	w.staff.Spaces = []int64{hidden}
	kept, off := w.published(1, Rule{}), w.published(1, Rule{})
	behind := w.spread(0, Rule{}, func(s *Seminar) { s.SpaceID = hidden })
	never, err := w.Create(ctx, w.staff, w.plan(1, Rule{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{off.ID, never.ID} {
		if err := w.CancelSeminar(ctx, w.staff, id, "Inondations"); err != nil {
			t.Fatal(err)
		}
	}
	feed := func(a account.Actor, f Filter) []int64 {
		t.Helper()
		cards, err := w.Feed(ctx, a, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cards {
			if len(c.Sessions) != 2 {
				t.Errorf("seminar %d has %d sessions", c.ID, len(c.Sessions))
			}
		}
		return idsOf(cards)
	}
	if got := feed(account.Actor{}, Filter{OfficeID: w.gafsa}); !reflect.DeepEqual(got, []int64{kept.ID, off.ID}) {
		t.Errorf("a visitor's calendar of the office has %v", got)
	}
	if got := feed(w.staff, Filter{SpaceID: hidden}); !reflect.DeepEqual(got, []int64{behind.ID}) {
		t.Errorf("a member's calendar of the space has %v", got)
	}
	w.clock = w.clock.AddDate(0, 2, 0)
	if got := feed(account.Actor{}, Filter{}); len(got) != 2 {
		t.Errorf("what was lately is forgotten: %v", got)
	}
	w.clock = w.clock.AddDate(0, 3, 0)
	if got := feed(account.Actor{}, Filter{}); len(got) != 0 {
		t.Errorf("what was long ago is kept: %v", got)
	}
}

func TestTheCalendarOfAPerson(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	amel, sami := w.person(), w.person()
	first, full, off := w.published(1, Rule{}), w.published(1, Rule{}), w.published(1, Rule{})
	w.register(sami, full)
	for _, sem := range []Seminar{first, full, off} {
		w.register(amel, sem)
	}
	if err := w.CancelSeminar(ctx, w.staff, off.ID, "Inondations"); err != nil {
		t.Fatal(err)
	}
	said := func(number int) string {
		t.Helper()
		cards, err := w.SeatsFeed(ctx, amel.PersonID, number)
		if err != nil {
			return fmt.Sprint(errors.Is(err, account.ErrNotFound))
		}
		text := ""
		for _, c := range cards {
			text += fmt.Sprintf("%d %s %s;", c.ID, c.State, c.Mine.State)
		}
		return text
	}
	want := fmt.Sprintf("%d published confirmed;%d published waitlisted;%d cancelled cancelled;", first.ID, full.ID, off.ID)
	if got := said(0); got != want {
		t.Errorf("her calendar has %s, want %s", got, want)
	}
	if err := w.RenewLink(ctx, amel); err != nil {
		t.Fatal(err)
	}
	if n, err := w.LinkNumber(ctx, amel); err != nil || n != 1 {
		t.Fatalf("renewed %d times, error %v", n, err)
	}
	if said(0) != "true" || said(2) != "true" || said(1) != want {
		t.Error("the old address works, or the new one doesn't")
	}
	if n, err := w.LinkNumber(ctx, sami); err != nil || n != 0 {
		t.Errorf("somebody else's was renewed %d times, error %v", n, err)
	}
	if err := w.RenewLink(ctx, account.Actor{}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor renews: %v", err)
	}
	if _, err := w.LinkNumber(ctx, account.Actor{}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor's calendar: %v", err)
	}
	w.clock = w.clock.Add(500 * 24 * time.Hour)
	if got := said(1); got != "" {
		t.Errorf("after a year and more it still has %s", got)
	}
}

func TestASeatIsReadForItsMail(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	amel := w.person()
	reg := w.register(amel, w.published(1, Rule{}))
	if err := w.Cancel(ctx, amel, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	card, err := w.Seat(ctx, reg.ID)
	if err != nil || card.Mine.State != Withdrawn || len(card.Sessions) != 2 || card.OfficeName["fr"] != "Gafsa" {
		t.Errorf("%+v, error %v", card, err)
	}
	if _, err := w.Seat(ctx, -1); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("no such registration: %v", err)
	}
}
