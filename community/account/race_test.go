package account_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/migrations/testdb"
)

// together runs f n times at once and returns the errors.
func together(n int, f func(i int) error) []error {
	all := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			all[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return all
}

// onlyOne checks that one of them succeeded and that the others failed with want.
func onlyOne(t *testing.T, all []error, want error) {
	t.Helper()
	succeeded := 0
	for _, err := range all {
		switch {
		case err == nil:
			succeeded++
		case !errors.Is(err, want):
			t.Errorf("error is %v, want %v", err, want)
		}
	}
	if succeeded != 1 {
		t.Errorf("%d succeeded, want 1", succeeded)
	}
}

func TestOneLinkUsedByManyAtOnce(t *testing.T) {
	b := on(testdb.Clone(t))
	p := accounttest.Person(t, b.db, "Amal")
	must(t, b.SendMagicLink(ctx, p.Email, account.Client{}))
	link := b.link(t, "magic", p.Email)
	onlyOne(t, together(8, func(int) error {
		_, err := b.UseMagicLink(ctx, link, account.Client{})
		return err
	}), account.ErrTokenUsed)
	if got := b.count(t, "session"); got != 1 {
		t.Errorf("%d sessions", got)
	}
}

func TestTwoSignUpsOfOneAddressConfirmedAtOnce(t *testing.T) {
	b := on(testdb.Clone(t))
	accounttest.Office(t, b.db, "gafsa")
	for _, err := range together(4, func(int) error { return b.SignUp(ctx, newcomer(), account.Client{}) }) {
		must(t, err)
	}
	var links []string
	for _, m := range b.mails.To(newcomer().Email) {
		links = append(links, m.Data["path"][len("/confirm/"):])
	}
	onlyOne(t, together(len(links), func(i int) error {
		_, err := b.Confirm(ctx, links[i], account.Client{})
		return err
	}), account.ErrTokenUsed)
	if b.count(t, "person") != 1 || b.published(t, "account.person_confirmed") != 1 || b.count(t, "token where used_at is null") != 0 {
		t.Error("not one person, announced once, with every link void")
	}
}

func TestTwoDecisionsAtOnce(t *testing.T) {
	b := on(testdb.Clone(t))
	_, moderator := region(t, b, "gafsa")
	creator := accounttest.Actor(t, b.db, "Sami")
	o, err := b.CreateOrganisation(ctx, creator, radio("XX-gafsa"))
	must(t, err)
	onlyOne(t, together(6, func(i int) error {
		return b.DecideOrganisation(ctx, moderator, o.ID, i%2 == 0, "non")
	}), account.ErrConflict)
	if b.published(t, "account.organisation_decided") != 1 || b.published(t, "account.membership_changed") != 1 {
		t.Error("not announced once")
	}
	org := accounttest.Organisation(t, b.db, "Oasis", account.Office{ID: o.OfficeID, Key: "gafsa"})
	must(t, b.JoinOrganisation(ctx, creator, org.ID))
	onlyOne(t, together(6, func(i int) error {
		return b.DecideMembership(ctx, moderator, org.ID, creator.PersonID, i%2 == 0, "non")
	}), account.ErrConflict)
}

func TestGuessesAtOncePassNoLimit(t *testing.T) {
	b := on(testdb.Clone(t))
	refused := 0
	for _, err := range together(16, func(int) error {
		_, err := b.SignIn(ctx, "amal@example.org", "wrong", account.Client{Address: "198.51.100.7"})
		return err
	}) {
		switch {
		case errors.Is(err, account.ErrTooMany):
			refused++
		case !errors.Is(err, account.ErrWrongPassword):
			t.Error(err)
		}
	}
	if refused != 6 {
		t.Errorf("%d of 16 guesses refused, want 6", refused)
	}
}

func TestManyPeopleSignInAtOnce(t *testing.T) {
	b := on(testdb.Clone(t))
	for i := range 4 {
		_, err := b.AddPerson(ctx, account.Newcomer{Name: "Somebody", Email: fmt.Sprintf("p%d@example.org", i), Language: "ar", Password: phrase})
		must(t, err)
	}
	for i, err := range together(40, func(i int) error {
		_, err := b.SignIn(ctx, fmt.Sprintf("p%d@example.org", i%4), phrase, account.Client{Address: "198.51.100.7"})
		return err
	}) {
		if err != nil && !errors.Is(err, account.ErrTooMany) { // ten of one person at once are at the limit
			t.Errorf("sign-in %d: %v", i, err)
		}
	}
	if left := b.count(t, "attempt"); left != 0 {
		t.Errorf("%d attempts left behind by successes", left)
	}
}

func TestTheLastTwoAdministratorsDismissEachOther(t *testing.T) {
	b := on(testdb.Clone(t))
	g := account.Grant{Role: account.Administrator, Kind: account.OverPlatform}
	pair := []account.Actor{accounttest.Actor(t, b.db, "First", g), accounttest.Actor(t, b.db, "Second", g)}
	onlyOne(t, together(2, func(i int) error { return b.Revoke(ctx, pair[i], pair[1-i].PersonID, g) }), account.ErrConflict)
}

func TestAPasswordChangeEndsEverySessionAlsoOneThatOpensMeanwhile(t *testing.T) {
	b := on(testdb.Clone(t))
	p, err := b.AddPerson(ctx, account.Newcomer{Name: "Amal", Email: "amal@example.org", Language: "fr", Password: phrase})
	must(t, err)
	amal := accounttest.Reload(t, b.db, p.ID)
	changed := ""
	for i, err := range together(6, func(i int) (err error) {
		if i == 0 {
			changed, err = b.ChangePassword(ctx, amal, phrase, "une tout autre phrase", account.Client{})
			return err
		}
		_, err = b.SignIn(ctx, p.Email, phrase, account.Client{})
		return err
	}) {
		if err != nil && (i == 0 || !errors.Is(err, account.ErrWrongPassword)) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if _, _, err := b.Actor(ctx, changed); err != nil || b.count(t, "session") != 1 {
		t.Errorf("%d sessions are open, want only the new one (%v)", b.count(t, "session"), err)
	}
}

func BenchmarkActor(b *testing.B) {
	s := on(testdb.Clone(b))
	gafsa := accounttest.Office(b, s.db, "gafsa")
	p, err := s.AddPerson(ctx, account.Newcomer{Name: "Amal", Email: "amal@example.org", Language: "fr", Password: phrase})
	must(b, err)
	accounttest.Grant(b, s.db, p.ID, account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: gafsa.ID})
	accounttest.Member(b, s.db, p.ID, accounttest.Organisation(b, s.db, "Oasis", gafsa).ID)
	for i := range 5 {
		sp := accounttest.Space(b, s.db, fmt.Sprintf("space-%d", i), gafsa.ID)
		_, err := s.JoinSpace(ctx, accounttest.Reload(b, s.db, p.ID), sp.Key)
		must(b, err)
	}
	session, err := s.SignIn(ctx, p.Email, phrase, account.Client{})
	must(b, err)
	for b.Loop() {
		if _, _, err := s.Actor(ctx, session); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSignIn(b *testing.B) {
	s := on(testdb.Clone(b))
	_, err := s.AddPerson(ctx, account.Newcomer{Name: "Amal", Email: "amal@example.org", Language: "fr", Password: phrase})
	must(b, err)
	for b.Loop() {
		if _, err := s.SignIn(ctx, "amal@example.org", phrase, account.Client{Address: "198.51.100.7"}); err != nil {
			b.Fatal(err)
		}
	}
}

// Of several people who save what they began from the same version, one does: for each thing that several may change.
func TestOneEditOfEachVersion(t *testing.T) {
	w := inCountry(t, on(testdb.Clone(t)))
	org := accounttest.Organisation(t, w.db, "Oasis", w.gafsa)
	sp, err := w.CreateSpace(ctx, w.admin, account.Space{Name: events.Text{"fr": "Jardins"}, Visibility: account.Open})
	must(t, err)
	axis, err := w.CreateAxis(ctx, w.admin, events.Text{"fr": "Eau douce"})
	must(t, err)
	name := func(i int) events.Text { return events.Text{"fr": fmt.Sprint("Nom ", i)} }
	for thing, edit := range map[string]func(i int) error{
		"space": func(i int) error { sp := sp; sp.Name = name(i); return w.EditSpace(ctx, w.admin, sp) },
		"organisation": func(i int) error {
			return w.EditOrganisation(ctx, w.admin, org.ID, 1, account.NewOrganisation{Name: name(i)["fr"], Kind: "association", Governorate: "XX-gafsa"})
		},
		"office": func(i int) error { return w.RenameOffice(ctx, w.admin, w.gafsa.ID, 1, name(i)) },
		"governorate": func(i int) error {
			return w.SetGovernorate(ctx, w.admin, account.Governorate{Code: "TN-71", OfficeID: w.gafsa.ID, Name: name(i)})
		},
		"axis": func(i int) error { return w.RenameAxis(ctx, w.admin, axis.Key, 1, name(i)) },
	} {
		t.Run(thing, func(t *testing.T) { onlyOne(t, together(6, edit), account.ErrStale) })
	}
}
