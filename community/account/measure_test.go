package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/migrations/testdb"
)

// court is a bench with a space of an office and those who judge.
type court struct {
	*bench
	space                              account.Space
	rim, animator, office, admin, peer account.Actor
}

func openCourt(t *testing.T, b *bench) *court {
	t.Helper()
	o := accounttest.Office(t, b.db, "sfax")
	c := &court{bench: b, space: accounttest.Space(t, b.db, "sfax", o.ID)}
	grant := func(name string, role account.Role, kind account.ScopeKind, id int64) account.Actor {
		return accounttest.Actor(t, b.db, name, account.Grant{Role: role, Kind: kind, ScopeID: id})
	}
	c.rim = accounttest.Actor(t, b.db, "Rim")
	c.animator = grant("Animator", account.SpaceModerator, account.OverSpace, c.space.ID)
	c.peer = grant("Peer", account.SpaceModerator, account.OverSpace, c.space.ID)
	c.office = grant("Office", account.OfficeModerator, account.OverOffice, o.ID)
	c.admin = grant("Admin", account.Administrator, account.OverPlatform, 0)
	return c
}

func (c *court) decide(by, about account.Actor, act account.Act, kind account.ScopeKind) (account.Measure, error) {
	n := account.NewMeasure{PersonID: about.PersonID, SpaceID: c.space.ID, Kind: kind, Act: act, Cause: "insult", Words: "Restons polis."}
	if act == account.Suspend {
		n.Days = 7
	}
	_, n.Seen, _ = c.MeasuresAbout(ctx, by, about.PersonID)
	return c.Measure(ctx, by, n)
}

// Who may take which measure against whom: role × scope × role.
func TestWhoMayTakeMeasures(t *testing.T) {
	c := openCourt(t, setup(t))
	stranger := accounttest.Actor(t, c.db, "Stranger", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice,
		ScopeID: accounttest.Office(t, c.db, "bizerte").ID})
	manager := accounttest.Actor(t, c.db, "Manager", account.Grant{Role: account.ProgrammeManager, Kind: account.OverPlatform})
	who := map[string]account.Actor{"rim": c.rim, "animator": c.animator, "peer": c.peer, "office": c.office, "admin": c.admin,
		"stranger": stranger, "manager": manager}
	may := map[string]map[account.ScopeKind]string{
		"animator": {account.OverSpace: "rim"},
		"peer":     {account.OverSpace: "rim"},
		"office":   {account.OverSpace: "rim animator peer", account.OverOffice: "rim animator peer"},
		"admin": {account.OverSpace: "rim animator peer office stranger manager", account.OverOffice: "rim animator peer office stranger manager",
			account.OverPlatform: "rim animator peer office stranger manager"},
	}
	for by, judge := range who {
		for about, person := range who {
			for _, kind := range []account.ScopeKind{account.OverSpace, account.OverOffice, account.OverPlatform, account.OverOrganisation} {
				_, err := c.decide(judge, person, account.Warn, kind)
				want := strings.Contains(" "+may[by][kind]+" ", " "+about+" ")
				if want && err != nil || !want && !errors.Is(err, account.ErrForbidden) {
					t.Errorf("%s warns %s over %s: %v", by, about, kind, err)
				}
			}
		}
	}
	if _, err := c.decide(account.Actor{}, c.rim, account.Warn, account.OverSpace); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
}

func TestAMeasureSaysWhatIsWrongWithIt(t *testing.T) {
	c := openCourt(t, setup(t))
	_, err := c.Measure(ctx, c.animator, account.NewMeasure{PersonID: c.rim.PersonID, SpaceID: c.space.ID, Kind: account.OverSpace, Act: account.Suspend, Days: 1000})
	if got := fields(err); len(got) != 3 {
		t.Errorf("wrong: %s", got)
	}
	if c.count(t, "measure") != 0 {
		t.Error("it was kept")
	}
}

func TestASuspensionEndsByItself(t *testing.T) {
	b := setup(t)
	c := openCourt(t, b)
	elsewhere := accounttest.Space(t, b.db, "elsewhere", 0)
	m, err := c.decide(c.animator, c.rim, account.Suspend, account.OverSpace)
	must(t, err)
	refused := func(sp account.Space, at time.Time) bool {
		t.Helper()
		err := account.MayWrite(ctx, b.db, c.rim.PersonID, sp, at)
		var s account.Suspended
		if errors.As(err, &s) {
			return errors.Is(err, account.ErrForbidden) && s.Until.Equal(m.Until)
		}
		must(t, err)
		return false
	}
	if !refused(c.space, m.Until.Add(-time.Second)) || refused(c.space, m.Until) || refused(elsewhere, m.At) {
		t.Error("it doesn't hold where and while it should")
	}
	_, err = c.decide(c.office, c.rim, account.Ban, account.OverOffice)
	must(t, err)
	if err := account.MayWrite(ctx, b.db, c.rim.PersonID, c.space, m.Until.AddDate(9, 0, 0)); !errors.Is(err, account.ErrSuspended) {
		t.Errorf("years after a ban: %v", err)
	}
}

func TestAnAppealGoesToSomebodyElse(t *testing.T) {
	c := openCourt(t, setup(t))
	m, err := c.decide(c.animator, c.rim, account.Suspend, account.OverSpace)
	must(t, err)
	is := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	is("upheld before an appeal", c.DecideMeasure(ctx, c.peer, m.ID, false, "Non."), account.ErrConflict)
	is("another appeals", c.Appeal(ctx, c.peer, m.ID, "Moi aussi"), account.ErrNotFound)
	is("a visitor appeals", c.Appeal(ctx, account.Actor{}, m.ID, "?"), account.ErrSignInRequired)
	if err := c.Appeal(ctx, c.rim, m.ID, " "); len(fields(err)) != 1 {
		t.Errorf("an appeal without words: %v", err)
	}
	is("the appeal", c.Appeal(ctx, c.rim, m.ID, "C'était une citation."), nil)
	is("a second one", c.Appeal(ctx, c.rim, m.ID, "Encore."), account.ErrConflict)
	is("who decided answers it", c.DecideMeasure(ctx, c.animator, m.ID, false, "Non."), account.ErrForbidden)
	is("the person lifts it", c.DecideMeasure(ctx, c.rim, m.ID, true, "Oui."), account.ErrForbidden)
	for name, want := range map[string]int{"animator": 0, "peer": 1, "office": 1, "admin": 1} {
		a := map[string]account.Actor{"animator": c.animator, "peer": c.peer, "office": c.office, "admin": c.admin}[name]
		if n, err := c.WaitingAppeals(ctx, a); err != nil || n != want {
			t.Errorf("%d appeals wait for %s, %v", n, name, err)
		}
	}
	if err := c.DecideMeasure(ctx, c.peer, m.ID, false, ""); len(fields(err)) != 1 {
		t.Errorf("an answer without words: %v", err)
	}
	is("another upholds it", c.DecideMeasure(ctx, c.peer, m.ID, false, "La règle est la même pour tous."), nil)
	is("again", c.DecideMeasure(ctx, c.office, m.ID, false, "Non."), account.ErrConflict)
	is("who decided lifts it all the same", c.DecideMeasure(ctx, c.animator, m.ID, true, "Vous aviez raison."), nil)
	is("they write", account.MayWrite(ctx, c.db, c.rim.PersonID, c.space, m.At.Add(time.Second)), nil)
	own, err := c.OwnMeasures(ctx, c.rim)
	if err != nil || len(own) != 1 || own[0].Answer != "Vous aviez raison." || own[0].Place["fr"] != "Espace sfax" {
		t.Errorf("they see %+v, %v", own, err)
	}
}

func TestTheListOfMeasuresIsScoped(t *testing.T) {
	c := openCourt(t, setup(t))
	for _, kind := range []account.ScopeKind{account.OverSpace, account.OverOffice, account.OverPlatform} {
		_, err := c.decide(c.admin, c.rim, account.Warn, kind)
		must(t, err)
	}
	for name, want := range map[string]int{"animator": 1, "office": 2, "admin": 3} {
		a := map[string]account.Actor{"animator": c.animator, "office": c.office, "admin": c.admin}[name]
		list, more, err := c.Measures(ctx, a, false, 1)
		if err != nil || more || len(list) != want {
			t.Errorf("%s sees %d, %v", name, len(list), err)
		}
		if list, _, err := c.Measures(ctx, a, true, 1); err != nil || len(list) != 0 {
			t.Errorf("%s sees appeals: %v, %v", name, list, err)
		}
	}
	if _, _, err := c.Measures(ctx, c.rim, false, 1); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("who moderates nothing: %v", err)
	}
}

func TestABanFromThePlatformEndsSessions(t *testing.T) {
	b := setup(t)
	c := openCourt(t, b)
	p, err := b.AddPerson(ctx, account.Newcomer{Name: "Rayen", Email: "rayen@example.org", Language: "ar", Password: phrase})
	must(t, err)
	session, err := b.SignIn(ctx, p.Email, phrase, account.Client{})
	must(t, err)
	m, err := c.decide(c.admin, accounttest.Reload(t, b.db, p.ID), account.Ban, account.OverPlatform)
	must(t, err)
	if _, _, err := b.Actor(ctx, session); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("the session: %v", err)
	}
	var refused account.Banned
	if _, err := b.SignIn(ctx, p.Email, phrase, account.Client{}); !errors.As(err, &refused) || refused.Token == "" {
		t.Fatalf("signs in: %v", err)
	}
	if _, err := b.SignIn(ctx, p.Email, "not the phrase at all", account.Client{}); !errors.Is(err, account.ErrWrongPassword) {
		t.Errorf("somebody else learns of it: %v", err)
	}
	must(t, b.SendMagicLink(ctx, p.Email, account.Client{}))
	if _, err := b.UseMagicLink(ctx, b.link(t, "magic", p.Email), account.Client{}); !errors.As(err, &refused) {
		t.Errorf("a link: %v", err)
	}
	if got, err := b.MeasureOf(ctx, refused.Token); err != nil || got.ID != m.ID || got.Words == "" {
		t.Errorf("they read %+v, %v", got, err)
	}
	if _, err := b.MeasureOf(ctx, ""); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("no secret: %v", err)
	}
	must(t, b.AppealBan(ctx, refused.Token, "Ce n'était pas moi."))
	if err := b.AppealBan(ctx, refused.Token, "Encore."); !errors.Is(err, account.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	other := accounttest.Actor(t, b.db, "Other", account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	must(t, b.DecideMeasure(ctx, other, m.ID, true, "Votre compte avait été volé."))
	if _, err := b.SignIn(ctx, p.Email, phrase, account.Client{}); err != nil {
		t.Errorf("after it was lifted: %v", err)
	}
}

func TestTwoModeratorsTakeOneMeasure(t *testing.T) {
	c := openCourt(t, on(testdb.Clone(t)))
	judges := []account.Actor{c.animator, c.peer, c.office, c.admin}
	onlyOne(t, together(len(judges), func(i int) error {
		_, err := c.Measure(ctx, judges[i], account.NewMeasure{PersonID: c.rim.PersonID, SpaceID: c.space.ID, Kind: account.OverSpace, Act: account.Suspend,
			Days: 7, Cause: "spam", Words: "Publicité."})
		return err
	}), account.ErrStale)
	if n := c.count(t, "measure"); n != 1 {
		t.Errorf("%d measures", n)
	}
}
