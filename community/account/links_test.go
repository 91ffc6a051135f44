package account_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

func TestMagicLink(t *testing.T) {
	b, amal := registered(t)
	must(t, b.SendMagicLink(ctx, "Amal@example.org", account.Client{}))
	link := b.link(t, "magic", "amal@example.org")
	for range 3 { // looking, as mail scanners do, uses nothing up
		name, err := b.CheckLink(ctx, account.MagicLink, link)
		if must(t, err); name != "Amal Ben Salah" {
			t.Errorf("greets %q", name)
		}
	}
	if _, err := b.Reset(ctx, link, "another long phrase", account.Client{}); !errors.Is(err, account.ErrTokenExpired) {
		t.Errorf("used as another kind of link: %v", err)
	}
	session, err := b.UseMagicLink(ctx, link, account.Client{})
	must(t, err)
	if actor, _, err := b.Actor(ctx, session); err != nil || actor.PersonID != amal.PersonID {
		t.Errorf("signed in as %+v, %v", actor, err)
	}
	if _, err := b.UseMagicLink(ctx, link, account.Client{}); !errors.Is(err, account.ErrTokenUsed) {
		t.Errorf("used twice: %v", err)
	}
	if _, err := b.CheckLink(ctx, account.MagicLink, link); !errors.Is(err, account.ErrTokenUsed) {
		t.Errorf("looked at after use: %v", err)
	}
	must(t, b.SendMagicLink(ctx, "amal@example.org", account.Client{}))
	link = b.link(t, "magic", "amal@example.org")
	b.now = b.now.Add(30 * time.Minute)
	if _, err := b.UseMagicLink(ctx, link, account.Client{}); !errors.Is(err, account.ErrTokenExpired) {
		t.Errorf("after half an hour: %v", err)
	}
}

func TestMagicLinkProvesAnImportedAddress(t *testing.T) {
	b := setup(t)
	p := accounttest.Person(t, b.db, "Sami")
	_, err := b.db.ExecContext(ctx, `update person set email_confirmed_at = null`)
	must(t, err)
	must(t, b.SendMagicLink(ctx, p.Email, account.Client{}))
	_, err = b.UseMagicLink(ctx, b.link(t, "magic", p.Email), account.Client{})
	must(t, err)
	if b.count(t, "person where email_confirmed_at is not null") != 1 {
		t.Error("the address isn't confirmed")
	}
}

func TestAMagicLinkBeforeConfirmingSendsTheConfirmationAgain(t *testing.T) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	n := newcomer()
	must(t, b.SignUp(ctx, n, account.Client{}))
	first := b.link(t, "confirm", n.Email)
	must(t, b.SendMagicLink(ctx, n.Email, account.Client{}))
	second := b.link(t, "confirm", n.Email)
	if first == second {
		t.Fatal("the same link again")
	}
	_, err := b.Confirm(ctx, second, account.Client{})
	must(t, err)
	if _, err := b.SignIn(ctx, n.Email, n.Password, account.Client{}); err != nil {
		t.Errorf("with the password of the sign-up: %v", err)
	}
}

func TestReset(t *testing.T) {
	b, _ := registered(t)
	before, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	must(t, err)
	for range 10 {
		_, err = b.SignIn(ctx, "amal@example.org", "forgotten", account.Client{})
		if !errors.Is(err, account.ErrWrongPassword) {
			t.Fatal(err)
		}
	}
	must(t, b.SendMagicLink(ctx, "amal@example.org", account.Client{}))
	magic := b.link(t, "magic", "amal@example.org")
	must(t, b.SendReset(ctx, "amal@example.org", account.Client{}))
	link := b.link(t, "reset", "amal@example.org")
	if _, err := b.Reset(ctx, link, "short", account.Client{}); !slices.Equal(fields(err), []string{"password:password_short"}) {
		t.Fatalf("a short password: %v", err)
	}
	after, err := b.Reset(ctx, link, "une tout autre phrase", account.Client{})
	must(t, err)
	if _, _, err := b.Actor(ctx, after); err != nil {
		t.Errorf("the session that opens: %v", err)
	}
	if _, _, err := b.Actor(ctx, before); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("the session from before: %v", err)
	}
	if _, err := b.UseMagicLink(ctx, magic, account.Client{}); !errors.Is(err, account.ErrTokenUsed) {
		t.Errorf("a link from before: %v", err)
	}
	if _, err := b.SignIn(ctx, "amal@example.org", "une tout autre phrase", account.Client{}); err != nil {
		t.Errorf("the new password, after the old one failed ten times: %v", err)
	}
	if _, err := b.Reset(ctx, link, "encore une autre phrase", account.Client{}); !errors.Is(err, account.ErrTokenUsed) {
		t.Errorf("used twice: %v", err)
	}
}

func TestChangePassword(t *testing.T) {
	b, amal := registered(t)
	session, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	must(t, err)
	if _, err := b.ChangePassword(ctx, amal, "wrong", "une tout autre phrase", account.Client{}); !slices.Equal(fields(err), []string{"current:password_wrong"}) {
		t.Errorf("wrong current password: %v", err)
	}
	if _, err := b.ChangePassword(ctx, amal, phrase, "court", account.Client{}); !slices.Equal(fields(err), []string{"password:password_short"}) {
		t.Errorf("short new password: %v", err)
	}
	renewed, err := b.ChangePassword(ctx, amal, phrase, "une tout autre phrase", account.Client{Session: session})
	must(t, err)
	if _, _, err := b.Actor(ctx, session); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("the old session: %v", err)
	}
	if _, _, err := b.Actor(ctx, renewed); err != nil {
		t.Errorf("the new session: %v", err)
	}
	if _, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{}); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := b.ChangePassword(ctx, account.Actor{}, "", "une tout autre phrase", account.Client{}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
}

func TestProfile(t *testing.T) {
	b, amal := registered(t)
	accounttest.Office(t, b.db, "tunis")
	must(t, b.UpdateProfile(ctx, amal, account.Profile{Name: " أمل  بن صالح ", Language: "ar", Governorate: "XX-tunis", Gender: "female", BirthYear: 1991}))
	me, err := b.Me(ctx, amal)
	must(t, err)
	if me.Name != "أمل بن صالح" || me.Language != "ar" || me.Governorate != "XX-tunis" || me.Gender != "female" || me.BirthYear != 1991 {
		t.Errorf("profile is %+v", me)
	}
	err = b.UpdateProfile(ctx, amal, account.Profile{Language: "xx", Governorate: "XX-nowhere", Gender: "?", BirthYear: 1800})
	if got := fields(err); !slices.Equal(got, []string{"name:name", "language:choice", "gender:choice", "birth_year:birth_year", "governorate:governorate"}) {
		t.Errorf("wrong are %v", got)
	}
	must(t, b.SetLanguage(ctx, amal, "en"))
	if got := accounttest.Reload(t, b.db, amal.PersonID).Language; got != "en" {
		t.Errorf("language is %q", got)
	}
	if got := fields(b.SetLanguage(ctx, amal, "de")); !slices.Equal(got, []string{"language:choice"}) {
		t.Errorf("wrong are %v", got)
	}
}
