package account_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

func TestSignUpThenConfirm(t *testing.T) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	n := newcomer()
	n.Name, n.Email, n.Gender, n.BirthYear = "  Amal\tBen  Salah ", "Amal@Example.ORG", "female", 1990
	must(t, b.SignUp(ctx, n, account.Client{}))
	if got := b.count(t, "person"); got != 0 {
		t.Fatalf("%d people before the address is proved", got)
	}
	link := b.link(t, "confirm", "amal@example.org")
	name, err := b.CheckLink(ctx, account.ConfirmLink, link)
	if must(t, err); name != "Amal Ben Salah" {
		t.Errorf("the link greets %q", name)
	}
	session, err := b.Confirm(ctx, link, account.Client{})
	must(t, err)
	actor, _, err := b.Actor(ctx, session)
	must(t, err)
	me, err := b.Me(ctx, actor)
	must(t, err)
	if me.Name != "Amal Ben Salah" || me.Email != "amal@example.org" || me.Gender != "female" || me.BirthYear != 1990 ||
		me.Governorate != "XX-gafsa" || !me.EmailConfirmedAt.Equal(b.now) {
		t.Errorf("person is %+v", me)
	}
	if got := b.published(t, "account.person_confirmed"); got != 1 {
		t.Errorf("%d confirmations announced", got)
	}
	if got := b.count(t, "token where data <> '{}'"); got != 0 {
		t.Error("the used link still holds the sign-up")
	}
	if _, err := b.Confirm(ctx, link, account.Client{}); !errors.Is(err, account.ErrTokenUsed) {
		t.Errorf("used twice: %v", err)
	}
}

func TestSignUpAnswersTheSameForAKnownAddress(t *testing.T) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	signedUp(t, b, newcomer())
	n := newcomer()
	n.Name, n.Language = "Somebody Else", "ar"
	must(t, b.SignUp(ctx, n, account.Client{}))
	if m := b.mails.Last(t, n.Email); m.Kind != "already_registered" || m.Language != "ar" || m.Data["path"] != "/sign-in" {
		t.Errorf("mail is %+v", m)
	}
}

func TestTwoSignUpsOfOneAddress(t *testing.T) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	other := newcomer()
	other.Name, other.Password = "An Impostor", "the impostor's password"
	must(t, b.SignUp(ctx, other, account.Client{}))
	stale := b.link(t, "confirm", other.Email)
	signedUp(t, b, newcomer())
	if _, err := b.Confirm(ctx, stale, account.Client{}); !errors.Is(err, account.ErrTokenUsed) {
		t.Errorf("the other link: %v", err)
	}
	if _, err := b.SignIn(ctx, other.Email, other.Password, account.Client{}); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("the other password: %v", err)
	}
}

func TestConfirmTooLate(t *testing.T) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	n := newcomer()
	must(t, b.SignUp(ctx, n, account.Client{}))
	link := b.link(t, "confirm", n.Email)
	b.now = b.now.Add(73 * time.Hour)
	if _, err := b.Confirm(ctx, link, account.Client{}); !errors.Is(err, account.ErrTokenExpired) {
		t.Errorf("after three days: %v", err)
	}
	if _, err := b.Confirm(ctx, "unheard-of", account.Client{}); !errors.Is(err, account.ErrTokenExpired) {
		t.Errorf("an unknown link: %v", err)
	}
}

func TestSignUpFindsEverythingWrongAtOnce(t *testing.T) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	for name, c := range map[string]struct {
		change func(*account.Newcomer)
		want   []string
	}{
		"nothing":              {func(*account.Newcomer) {}, nil},
		"all empty":            {func(n *account.Newcomer) { *n = account.Newcomer{} }, []string{"name:name", "email:email", "password:password_short", "language:choice", "governorate:governorate"}},
		"long name":            {func(n *account.Newcomer) { n.Name = strings.Repeat("ن", 101) }, []string{"name:long"}},
		"name of spaces":       {func(n *account.Newcomer) { n.Name = " \u202e\n" }, []string{"name:name"}},
		"address as password":  {func(n *account.Newcomer) { n.Password = "AMAL@example.org" }, []string{"password:password_easy"}},
		"one letter":           {func(n *account.Newcomer) { n.Password = "aaaaaaaaaaaa" }, []string{"password:password_easy"}},
		"a row of digits":      {func(n *account.Newcomer) { n.Password = "0123456789" }, []string{"password:password_easy"}},
		"Arabic phrase":        {func(n *account.Newcomer) { n.Password = "كلمة سر طويلة" }, nil},
		"gender":               {func(n *account.Newcomer) { n.Gender = "x" }, []string{"gender:choice"}},
		"born tomorrow":        {func(n *account.Newcomer) { n.BirthYear = 2027 }, []string{"birth_year:birth_year"}},
		"elsewhere":            {func(n *account.Newcomer) { n.Governorate = "XX-nowhere" }, []string{"governorate:governorate"}},
		"unknown organisation": {func(n *account.Newcomer) { n.JoinID = 99999 }, []string{"organisation:organisation_unknown"}},
		"empty organisation": {func(n *account.Newcomer) { n.Create = &account.NewOrganisation{} },
			[]string{"organisation_name:name", "organisation_kind:kind", "organisation_governorate:governorate"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := newcomer()
			c.change(&n)
			if got := fields(b.SignUp(ctx, n, account.Client{})); !slices.Equal(got, c.want) {
				t.Errorf("wrong are %v, want %v", got, c.want)
			}
		})
	}
}

func TestSignUpWithAnOrganisation(t *testing.T) {
	b := setup(t)
	gafsa := accounttest.Office(t, b.db, "gafsa")
	known := accounttest.Organisation(t, b.db, "Les Amis de l'Oasis", gafsa)
	joins, creates := newcomer(), newcomer()
	joins.Email, joins.JoinID = "joins@example.org", known.ID
	creates.Create = &account.NewOrganisation{Name: "Radio du Bassin", Kind: "media", Governorate: "XX-gafsa"}
	creates.Email = "creates@example.org"
	joinedActor, _, err := b.Actor(ctx, signedUp(t, b, joins))
	must(t, err)
	createdActor, _, err := b.Actor(ctx, signedUp(t, b, creates))
	must(t, err)

	own, err := b.OwnOrganisations(ctx, joinedActor)
	must(t, err)
	if len(own) != 1 || own[0].ID != known.ID || own[0].Membership != account.MembershipRequested {
		t.Errorf("who joins has %+v", own)
	}
	own, err = b.OwnOrganisations(ctx, createdActor)
	must(t, err)
	if len(own) != 1 || own[0].Name != "Radio du Bassin" || own[0].State != account.OrganisationRequested || own[0].OfficeID != gafsa.ID {
		t.Errorf("who creates has %+v", own)
	}
	if b.published(t, "account.organisation_requested") != 1 || b.published(t, "account.membership_changed") != 1 {
		t.Error("requests were not announced once each")
	}
}

func TestAnOrganisationGoneMeanwhileKeepsNobodyOut(t *testing.T) {
	b := setup(t)
	gafsa := accounttest.Office(t, b.db, "gafsa")
	known := accounttest.Organisation(t, b.db, "Les Amis de l'Oasis", gafsa)
	n := newcomer()
	n.JoinID = known.ID
	must(t, b.SignUp(ctx, n, account.Client{}))
	_, err := b.db.ExecContext(ctx, `update organisation set state = 'refused'`)
	must(t, err)
	session, err := b.Confirm(ctx, b.link(t, "confirm", n.Email), account.Client{})
	must(t, err)
	if actor, _, err := b.Actor(ctx, session); err != nil || !actor.SignedIn() {
		t.Errorf("actor %+v, %v", actor, err)
	}
}

func TestMailsAreLimited(t *testing.T) {
	b := setup(t)
	for range 5 {
		must(t, b.SendMagicLink(ctx, "nobody@example.org", account.Client{}))
	}
	var tooMany account.TooMany
	if err := b.SendReset(ctx, "Nobody@example.org", account.Client{}); !errors.As(err, &tooMany) || tooMany.RetryAfter != time.Hour {
		t.Fatalf("the sixth mail: %v", err)
	}
	b.now = b.now.Add(time.Hour)
	must(t, b.SendReset(ctx, "nobody@example.org", account.Client{}))
	if got := b.mails.To("nobody@example.org"); len(got) != 0 {
		t.Errorf("an unknown address got %d mails", len(got))
	}
}
