package introduction_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/community/introduction"
	"halqa/events"
	"halqa/migrations/testdb"
)

const hello = "Bonjour, nous montons un projet sur l’eau à Gafsa."

var ctx = context.Background()

// village is people who may get to know each other, on a clock that tests move.
type village struct {
	*introduction.Service
	t                *testing.T
	db               bun.IDB
	now              time.Time
	amel, sami, mona account.Actor
}

func newVillage(t *testing.T, db bun.IDB) *village {
	v := &village{t: t, db: db, now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	v.Service = introduction.New(db, func() time.Time { return v.now })
	v.amel, v.sami, v.mona = v.person("Amel"), v.person("Sami"), v.person("Mona")
	return v
}

func (v *village) person(name string) account.Actor { return accounttest.Actor(v.t, v.db, name) }

func (v *village) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *village) asks(from, to account.Actor) int64 {
	v.t.Helper()
	id, err := v.Ask(ctx, from, to.PersonID, hello)
	v.must(err)
	return id
}

// refuses checks the message that a request is refused with.
func (v *village) refuses(from, to account.Actor, key string) {
	v.t.Helper()
	_, err := v.Ask(ctx, from, to.PersonID, hello)
	wrong, ok := account.InvalidsOf(err)
	if !ok || wrong[0].Key != key {
		v.t.Errorf("asking gives %v, want %s", err, key)
	}
}

func (v *village) one(of account.Actor) introduction.Entry {
	v.t.Helper()
	list, err := v.List(ctx, of)
	v.must(err)
	if len(list) == 0 {
		v.t.Fatal("nothing is listed")
	}
	return list[0]
}

func (v *village) told(eventType string) int {
	v.t.Helper()
	n, err := v.db.NewSelect().Table("outbox").Where("type = ?", eventType).Count(ctx)
	v.must(err)
	return int(n)
}

func TestAddressesAreShownOnlyOnceAccepted(t *testing.T) {
	v := newVillage(t, testdb.Tx(t))
	id := v.asks(v.amel, v.sami)
	for _, who := range []account.Actor{v.amel, v.sami} {
		if e := v.one(who); e.Email != "" || e.State != introduction.Asked || e.Message != hello {
			t.Errorf("before the answer person %d reads %+v", who.PersonID, e)
		}
	}
	if n, err := v.Waiting(ctx, v.sami); n != 1 || err != nil {
		t.Errorf("%d wait, %v", n, err)
	}
	v.refuses(v.amel, v.sami, "introduction.error_asked")
	v.refuses(v.sami, v.amel, "introduction.error_theirs")
	if err := v.Answer(ctx, v.amel, id, true, ""); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("answering one's own request: %v", err)
	}
	if err := v.Answer(ctx, v.mona, id, true, ""); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("answering somebody else's: %v", err)
	}
	v.must(v.Answer(ctx, v.sami, id, true, "Avec plaisir."))
	v.must(v.Answer(ctx, v.sami, id, true, "Avec plaisir.")) // pressed twice
	amels, samis := v.one(v.amel), v.one(v.sami)
	if !strings.Contains(amels.Email, "@") || amels.Email != samis.Own || samis.Email != amels.Own || amels.Answer != "Avec plaisir." || !amels.Mine() || samis.Mine() {
		t.Errorf("accepted: %+v and %+v", amels, samis)
	}
	if n := v.told(events.IntroductionAnswered{}.EventType()); n != 1 {
		t.Errorf("the answer was announced %d times", n)
	}
	if err := v.Answer(ctx, v.sami, id, false, ""); !errors.Is(err, account.ErrConflict) {
		t.Errorf("declining what was accepted: %v", err)
	}
	if err := v.Withdraw(ctx, v.amel, id); !errors.Is(err, account.ErrConflict) {
		t.Errorf("withdrawing what was accepted: %v", err)
	}
	v.refuses(v.amel, v.sami, "introduction.error_known")
	if list, err := v.List(ctx, v.mona); len(list) != 0 || err != nil {
		t.Errorf("somebody else reads %v, %v", list, err)
	}
}

func TestNobodyIsPestered(t *testing.T) {
	v := newVillage(t, testdb.Tx(t))
	id := v.asks(v.amel, v.sami)
	v.must(v.Answer(ctx, v.sami, id, false, "Pas en ce moment."))
	v.refuses(v.amel, v.sami, "introduction.error_declined")
	v.asks(v.sami, v.amel) // who declined may ask
	v.must(v.Withdraw(ctx, v.sami, v.one(v.sami).ID))
	if e := v.one(v.amel); e.State != introduction.Declined {
		t.Errorf("a withdrawn request is shown to who was asked: %+v", e)
	}
	v.now = v.now.Add(introduction.Pause + time.Hour)
	v.asks(v.amel, v.sami)
	for range introduction.MaxWaiting - 1 {
		v.asks(v.amel, v.person("Voisin"))
	}
	v.refuses(v.amel, v.mona, "introduction.error_waiting")
	v.now = v.now.Add(introduction.Patience)
	v.must(v.Sweep(ctx))
	if e := v.one(v.amel); e.State != introduction.Lapsed {
		t.Errorf("after %v it is %s", introduction.Patience, e.State)
	}
	for range introduction.MaxWeekly {
		p := v.person("Voisine")
		v.must(v.Withdraw(ctx, v.amel, v.asks(v.amel, p)))
	}
	v.refuses(v.amel, v.mona, "introduction.error_week")
	if _, err := v.Ask(ctx, v.mona, v.amel.PersonID, "Salut"); err == nil {
		t.Error("a word without a reason is taken")
	}
}

func TestPeopleChooseWhoMayAsk(t *testing.T) {
	v := newVillage(t, testdb.Tx(t))
	accounts := account.New(v.db, account.Options{})
	space := accounttest.Space(t, v.db, "eau", 0)
	card := func(name, reachable account.Audience) {
		v.must(accounts.UpdateCard(ctx, v.sami, account.Card{Reachable: reachable, Shown: map[account.CardField]account.Audience{account.CardName: name}}))
	}
	wants := func(what string, want error) {
		t.Helper()
		if _, err := v.Ask(ctx, v.amel, v.sami.PersonID, hello); !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	card(account.ToMembers, account.ToNobody)
	wants("who wants nobody to ask", account.ErrForbidden)
	card(account.ToMembers, account.ToSpaces)
	wants("who wants their spaces to ask", account.ErrForbidden)
	card(account.ToNobody, account.ToMembers)
	wants("who left the directory", account.ErrNotFound)
	if _, err := v.Ask(ctx, v.amel, v.amel.PersonID, hello); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("oneself: %v", err)
	}
	if _, err := v.Ask(ctx, account.Actor{}, v.mona.PersonID, hello); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
	card(account.ToMembers, account.ToSpaces)
	for _, who := range []account.Actor{v.amel, v.sami} {
		_, err := v.db.ExecContext(ctx, "insert into space_member (space_id, person_id) values (?, ?)", space.ID, who.PersonID)
		v.must(err)
	}
	v.amel = accounttest.Reload(t, v.db, v.amel.PersonID)
	wants("a member of their space", nil)
}

func TestBothAreAskedOnceHowItWent(t *testing.T) {
	v := newVillage(t, testdb.Tx(t))
	id := v.asks(v.amel, v.sami)
	if err := v.Tell(ctx, v.amel, id, introduction.Met); !errors.Is(err, account.ErrConflict) {
		t.Errorf("telling of what wasn't accepted: %v", err)
	}
	v.must(v.Answer(ctx, v.sami, id, true, ""))
	v.must(v.Tell(ctx, v.amel, id, introduction.Later))
	v.must(v.Sweep(ctx))
	if n := v.told(events.IntroductionDue{}.EventType()); n != 0 {
		t.Fatalf("asked %d times at once", n)
	}
	v.now = v.now.Add(introduction.FollowUp)
	v.must(v.Sweep(ctx))
	v.must(v.Sweep(ctx))
	var asked []string
	v.must(v.db.NewRaw("select data->>'ask' from outbox where type = ?", events.IntroductionDue{}.EventType()).Scan(ctx, &asked))
	if len(asked) != 1 || strings.Contains(asked[0], ",") {
		t.Errorf("asked %v, want only who said nothing", asked)
	}
	v.must(v.Tell(ctx, v.amel, id, introduction.Met))
	if err := v.Tell(ctx, v.amel, id, "peut-être"); err == nil {
		t.Error("anything goes for an outcome")
	}
	if e := v.one(v.amel); e.Outcome != introduction.Met {
		t.Errorf("amel said %q", e.Outcome)
	}
	if e := v.one(v.sami); e.Outcome != "" {
		t.Errorf("sami is said to have said %q", e.Outcome)
	}
}

func TestTwoWhoAskEachOtherAtOnce(t *testing.T) {
	v := newVillage(t, testdb.Clone(t))
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			from, to := v.amel, v.sami
			if i%2 == 1 {
				from, to = to, from
			}
			_, errs[i] = v.Ask(ctx, from, to.PersonID, hello)
		})
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if _, refused := account.InvalidsOf(err); err == nil {
			done++
		} else if !refused {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d requests wait between two people", done)
	}
}
