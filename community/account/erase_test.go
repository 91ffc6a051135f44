package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
)

// leaver is somebody who is in everything of this package.
func leaver(t *testing.T, b *bench) (account.Actor, string) {
	t.Helper()
	accounttest.Office(t, b.db, "gafsa")
	session := signedUp(t, b, newcomer())
	actor, _, err := b.Actor(ctx, session)
	must(t, err)
	return actor, session
}

func TestEraseClosesTheAccountAtOnce(t *testing.T) {
	b := setup(t)
	actor, session := leaver(t, b)
	_, err := b.CreateOrganisation(ctx, actor, account.NewOrganisation{Name: "Association des oasis", Kind: "association", Governorate: "XX-gafsa",
		Description: "Nous gardons les oasis de la région depuis longtemps."})
	must(t, err)
	must(t, b.SendReset(ctx, "amal@example.org", account.Client{}))
	reset := b.link(t, "reset", "amal@example.org")

	must(t, b.Erase(ctx, actor, account.Erasing{Password: phrase, Sure: true}, account.Client{}))

	if m := b.mails.Last(t, "amal@example.org"); m.Kind != "erased" || m.PersonID != 0 || m.Data["name"] != "Amal Ben Salah" {
		t.Errorf("the last mail is %+v", m)
	}
	if _, _, err := b.Actor(ctx, session); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("their session: %v", err)
	}
	if _, err := b.Reset(ctx, reset, phrase+" neuve", account.Client{}); !errors.Is(err, account.ErrTokenExpired) {
		t.Errorf("a link from before: %v", err)
	}
	for _, from := range []string{"profile", "token", "attempt where key like '%amal%'", "membership where state <> 'ended'",
		"organisation where state = 'requested'", "role_grant where revoked_at is null and role = 'organisation_administrator'"} {
		if n := b.count(t, from); n != 0 {
			t.Errorf("%s: %d", from, n)
		}
	}
	if n := b.published(t, events.AccountErased{}.EventType()); n != 1 {
		t.Errorf("announced %d times", n)
	}
	if _, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{}); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("signing in: %v", err)
	}
	signedUp(t, b, newcomer()) // the address is free again
}

func TestEraseAsksForProof(t *testing.T) {
	b := setup(t)
	actor, _ := leaver(t, b)
	erase := func(e account.Erasing) error { return b.Erase(ctx, actor, e, account.Client{}) }
	must(t, b.SendEraseLink(ctx, actor, account.Client{}))
	code := b.mails.Last(t, "amal@example.org").Data["path"]
	code = code[strings.LastIndex(code, "=")+1:]
	other := newcomer()
	other.Email = "sami@example.org"
	sami, _, err := b.Actor(ctx, signedUp(t, b, other))
	must(t, err)
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"not sure", erase(account.Erasing{Password: phrase}), "sure:erase.error_sure"},
		{"wrong password", erase(account.Erasing{Password: "autre chose", Sure: true}), "password:password_wrong"},
		{"no password", erase(account.Erasing{Sure: true}), "password:password_wrong"},
		{"invented code", erase(account.Erasing{Code: "x", Sure: true}), "code:erase.error_code"},
		{"code of another", b.Erase(ctx, sami, account.Erasing{Code: code, Sure: true}, account.Client{}), "code:erase.error_code"},
	} {
		if got := strings.Join(fields(tt.err), " "); got != tt.want {
			t.Errorf("%s: %q (%v), want %q", tt.name, got, tt.err, tt.want)
		}
	}
	if err := b.Erase(ctx, account.Actor{}, account.Erasing{Sure: true}, account.Client{}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
	if b.count(t, "erasure") != 0 {
		t.Fatal("somebody is erased without proof")
	}
	must(t, erase(account.Erasing{Code: code, Sure: true}))
	for range 20 {
		err = b.Erase(ctx, sami, account.Erasing{Password: "devinette", Sure: true}, account.Client{})
	}
	if !errors.Is(err, account.ErrTooMany) {
		t.Errorf("guessing for ever: %v", err)
	}
}

func TestEraseKeepsTheLastAdministrator(t *testing.T) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	n := newcomer()
	p, err := b.CreateAdministrator(ctx, n)
	must(t, err)
	admin, err := b.ActorOf(ctx, p.ID)
	must(t, err)
	sure := account.Erasing{Password: n.Password, Sure: true}
	if err := b.Erase(ctx, admin, sure, account.Client{}); !errors.Is(err, account.ErrLastAdministrator) || !errors.Is(err, account.ErrConflict) {
		t.Errorf("the last administrator: %v", err)
	}
	if o, err := b.EraseOutlook(ctx, admin); err != nil || !o.LastAdministrator {
		t.Errorf("outlook: %+v, %v", o, err)
	}
	n.Email = "second@example.org"
	_, err = b.CreateAdministrator(ctx, n)
	must(t, err)
	if o, err := b.EraseOutlook(ctx, admin); err != nil || o.LastAdministrator {
		t.Errorf("outlook with another one: %+v, %v", o, err)
	}
	must(t, b.Erase(ctx, admin, sure, account.Client{}))
}

// TestEraseGoesOnAfterAFailure has a step fail, the process die within one, and then all go well.
func TestEraseGoesOnAfterAFailure(t *testing.T) {
	b := setup(t)
	actor, _ := leaver(t, b)
	must(t, b.Erase(ctx, actor, account.Erasing{Password: phrase, Sure: true, Texts: true}, account.Client{}))
	if n, err := b.DoErasures(ctx, []account.EraseStep{func(context.Context, account.Erased) error { return errors.New("full disk") }}); n != 0 || err == nil {
		t.Errorf("a step that fails: %d, %v", n, err)
	}
	var got []account.Erased
	note := func(_ context.Context, e account.Erased) error { got = append(got, e); return nil }
	if n, err := b.DoErasures(ctx, []account.EraseStep{note}); n != 0 || err != nil || got != nil {
		t.Errorf("at once after it: %d, %v, %v", n, err, got)
	}
	b.now = b.now.Add(5 * time.Second)
	dying, die := context.WithCancel(ctx)
	_, _ = b.DoErasures(dying, []account.EraseStep{note, func(context.Context, account.Erased) error { die(); return context.Canceled }})
	if b.count(t, "erasure where done_at is null and was is not null") != 1 || b.count(t, "person where id = ?", actor.PersonID) != 1 {
		t.Error("it is taken for done")
	}
	b.now = b.now.Add(2 * time.Minute)
	n, err := b.DoErasures(ctx, []account.EraseStep{note})
	if n != 1 || err != nil || len(got) != 2 {
		t.Fatalf("in the end: %d, %v, %v", n, err, got)
	}
	if e := got[1]; strings.Join(e.Names, "+") != "Amal Ben Salah" || e.Email != "amal@example.org" || !e.Texts || len(e.IDs) != 1 || e.IDs[0] != actor.PersonID {
		t.Errorf("a step sees %+v", e)
	}
	if b.count(t, "person where id = ?", actor.PersonID) != 0 || b.count(t, "erasure where done_at is not null and was is null") != 1 {
		t.Error("the row is still there, or what it said")
	}
}
