package account_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

const phrase = "une phrase assez longue"

// registered is a bench with one person, amal@example.org, whose password is phrase.
func registered(t testing.TB) (*bench, account.Actor) {
	b := setup(t)
	accounttest.Office(t, b.db, "gafsa")
	p, err := b.AddPerson(ctx, newcomer())
	must(t, err)
	return b, accounttest.Reload(t, b.db, p.ID)
}

func TestSignIn(t *testing.T) {
	b, amal := registered(t)
	for name, c := range map[string]struct {
		email, password string
		want            error
	}{
		"right":             {"amal@example.org", phrase, nil},
		"other case":        {" AMAL@Example.org ", phrase, nil},
		"wrong password":    {"amal@example.org", phrase + "!", account.ErrWrongPassword},
		"empty password":    {"amal@example.org", "", account.ErrWrongPassword},
		"unknown address":   {"amel@example.org", phrase, account.ErrWrongPassword},
		"no address at all": {"amal", phrase, account.ErrWrongPassword},
	} {
		t.Run(name, func(t *testing.T) {
			session, err := b.SignIn(ctx, c.email, c.password, account.Client{Agent: "Firefox"})
			if !errors.Is(err, c.want) {
				t.Fatalf("error is %v, want %v", err, c.want)
			}
			if c.want != nil {
				return
			}
			actor, own, err := b.Actor(ctx, session)
			must(t, err)
			if actor.PersonID != amal.PersonID || own.Agent != "Firefox" {
				t.Errorf("signed in as %+v with %+v", actor, own)
			}
		})
	}
}

func TestAComposedPasswordIsTheSamePassword(t *testing.T) {
	b := setup(t)
	_, err := b.AddPerson(ctx, account.Newcomer{Name: "Zoé", Email: "zoe@example.org", Language: "fr", Password: "un été à Médenine"})
	must(t, err)
	if _, err := b.SignIn(ctx, "zoe@example.org", "un e\u0301te\u0301 a\u0300 Me\u0301denine", account.Client{}); err != nil {
		t.Errorf("decomposed: %v", err)
	}
}

func TestNobodySignsInWithoutAPassword(t *testing.T) {
	b := setup(t)
	p := accounttest.Person(t, b.db, "Sami")
	if _, err := b.SignIn(ctx, p.Email, "", account.Client{}); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("with no password: %v", err)
	}
	if _, err := b.SignIn(ctx, p.Email, "nobody", account.Client{}); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("with the stand-in's password: %v", err)
	}
}

func TestFailuresAreLimitedPerAccount(t *testing.T) {
	b, _ := registered(t)
	fail := func() error {
		_, err := b.SignIn(ctx, "amal@example.org", "wrong", account.Client{})
		return err
	}
	for range 9 {
		if err := fail(); !errors.Is(err, account.ErrWrongPassword) {
			t.Fatal(err)
		}
	}
	if _, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{}); err != nil {
		t.Fatalf("right after nine failures: %v", err)
	}
	for range 10 { // the success wiped the slate
		if err := fail(); !errors.Is(err, account.ErrWrongPassword) {
			t.Fatal(err)
		}
	}
	b.now = b.now.Add(5 * time.Minute)
	_, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	var tooMany account.TooMany
	if !errors.As(err, &tooMany) || !errors.Is(err, account.ErrTooMany) || tooMany.RetryAfter != 10*time.Minute {
		t.Fatalf("after ten failures even the right password: %v", err)
	}
	b.now = b.now.Add(10 * time.Minute)
	if _, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{}); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

func TestATrainingRoomSignsInFromOneAddress(t *testing.T) {
	b, _ := registered(t)
	for i := range 60 {
		room := account.Client{Address: "198.51.100.7"}
		if _, err := b.SignIn(ctx, fmt.Sprintf("typo%d@example.org", i), "wrong", room); !errors.Is(err, account.ErrWrongPassword) {
			t.Fatalf("mistake %d: %v", i, err)
		}
		if _, err := b.SignIn(ctx, "amal@example.org", phrase, room); err != nil {
			t.Fatalf("sign-in %d: %v", i, err)
		}
	}
	if got := b.count(t, "attempt where key like 'password:address:%'"); got != 60 {
		t.Errorf("%d attempts count against the room, want its 60 mistakes", got)
	}
	_, err := b.db.ExecContext(ctx, `insert into attempt (key, at) select 'password:address:198.51.100.7', ? from generate_series(1, 240)`, b.now)
	must(t, err)
	if _, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{Address: "198.51.100.7"}); !errors.Is(err, account.ErrTooMany) {
		t.Errorf("after 300 failures from one address: %v", err)
	}
	if _, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{Address: "203.0.113.1"}); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

func TestSessionsRotateAndSlide(t *testing.T) {
	b, amal := registered(t)
	first, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	must(t, err)
	second, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{Session: first})
	must(t, err)
	if _, _, err := b.Actor(ctx, first); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("the replaced session: %v", err)
	}
	for range 3 { // each visit within 30 days moves the end
		b.now = b.now.Add(20 * 24 * time.Hour)
		if _, _, err := b.Actor(ctx, second); err != nil {
			t.Fatal(err)
		}
	}
	b.now = b.now.Add(30 * 24 * time.Hour)
	if _, _, err := b.Actor(ctx, second); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("after a month away: %v", err)
	}
	must(t, b.Sweep(ctx))
	if got := b.count(t, "session where person_id = ?", amal.PersonID); got != 0 {
		t.Errorf("%d sessions after the sweep", got)
	}
}

func TestLastSeenIsCoarse(t *testing.T) {
	b, _ := registered(t)
	session, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	must(t, err)
	start := b.now
	seen := func(after time.Duration) time.Time {
		b.now = start.Add(after)
		_, _, err := b.Actor(ctx, session)
		must(t, err)
		var at time.Time
		must(t, b.db.NewRaw("select seen_at from session").Scan(ctx, &at))
		return at
	}
	if got := seen(59 * time.Minute); !got.Equal(start) {
		t.Errorf("seen within the hour: written as %s", got)
	}
	if got := seen(61 * time.Minute); !got.Equal(start.Add(61 * time.Minute)) {
		t.Errorf("seen after the hour: still %s", got)
	}
}

// TestHoldersOfOtherNodesAreForgotten ends a session elsewhere: what a node remembers of it lasts seconds.
func TestHoldersOfOtherNodesAreForgotten(t *testing.T) {
	b, _ := registered(t)
	session, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	must(t, err)
	if _, err := b.Holder(ctx, session); err != nil {
		t.Fatal(err)
	}
	_, err = b.db.NewRaw("delete from session").Exec(ctx)
	must(t, err)
	b.now = b.now.Add(3 * time.Second)
	if _, err := b.Holder(ctx, session); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("three seconds after the end of the session: %v", err)
	}
}

func TestSigningOut(t *testing.T) {
	b, amal := registered(t)
	var tokens []string
	for i := range 3 {
		b.now = b.now.Add(time.Minute)
		session, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{Agent: fmt.Sprintf("browser %d", i)})
		must(t, err)
		tokens = append(tokens, session)
	}
	if holder, err := b.Holder(ctx, tokens[1]); err != nil || holder.PersonID != amal.PersonID || holder.Language != amal.Language {
		t.Errorf("the holder is %+v, %v", holder, err)
	}
	must(t, b.SignOut(ctx, tokens[1]))
	must(t, b.SignOut(ctx, "no such session"))
	if _, err := b.Holder(ctx, tokens[1]); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a session that was left has a holder: %v", err)
	}
	if _, err := b.Holder(ctx, tokens[0]); err != nil {
		t.Error(err)
	}
	all, err := b.Sessions(ctx, amal)
	must(t, err)
	if len(all) != 2 || all[0].Agent != "browser 2" || all[1].Agent != "browser 0" {
		t.Errorf("sessions are %+v", all)
	}
	must(t, b.SignOutEverywhere(ctx, amal))
	for _, session := range tokens {
		if _, _, err := b.Actor(ctx, session); !errors.Is(err, account.ErrSignInRequired) {
			t.Errorf("a session lives on: %v", err)
		}
	}
}

func TestTokensAreStoredHashed(t *testing.T) {
	b, _ := registered(t)
	session, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	must(t, err)
	must(t, b.SendMagicLink(ctx, "amal@example.org", account.Client{}))
	link := b.link(t, "magic", "amal@example.org")
	for _, secret := range []string{session, link} {
		if len(secret) != 43 {
			t.Errorf("token %q has not 256 bits", secret)
		}
		if b.count(t, "session where session::text like ?", "%"+secret+"%")+b.count(t, "token where token::text like ?", "%"+secret+"%") != 0 {
			t.Error("a token can be read in the database")
		}
	}
}

func TestActorBringsEverything(t *testing.T) {
	b, amal := registered(t)
	tunis := accounttest.Office(t, b.db, "tunis")
	sp := accounttest.Space(t, b.db, "projets", tunis.ID)
	org := accounttest.Organisation(t, b.db, "Union", tunis)
	grants := []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform},
		{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: tunis.ID},
		{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID},
		{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID}}
	for _, g := range grants {
		accounttest.Grant(t, b.db, amal.PersonID, g)
	}
	accounttest.Member(t, b.db, amal.PersonID, org.ID)
	_, err := b.JoinSpace(ctx, amal, "projets")
	must(t, err)
	session, err := b.SignIn(ctx, "amal@example.org", phrase, account.Client{})
	must(t, err)
	got, _, err := b.Actor(ctx, session)
	must(t, err)
	want := account.Actor{PersonID: amal.PersonID, Name: "Amal Ben Salah", Language: "fr", Governorate: "XX-gafsa",
		Grants: grants, Spaces: []int64{sp.ID}, Organisations: []int64{org.ID}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("actor is\n%+v, want\n%+v", got, want)
	}
}
