package account_test

import (
	"context"
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
)

// mask gives Rim a pseudonym in the space of the court.
func (c *court) mask(t *testing.T) account.Actor {
	t.Helper()
	_, err := c.db.ExecContext(ctx, `update space set pseudonyms = true where id = ?`, c.space.ID)
	must(t, err)
	c.space.Pseudonyms = true
	var masked account.Actor
	must(t, c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		masked, err = account.Masked(ctx, tx, c.rim, c.space, c.now)
		return err
	}))
	c.rim = accounttest.Reload(t, c.db, c.rim.PersonID)
	return masked
}

func TestWhoMayLookBehindAPseudonym(t *testing.T) {
	c := openCourt(t, setup(t))
	mask := c.mask(t).PersonID
	stranger := accounttest.Actor(t, c.db, "Stranger", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice,
		ScopeID: accounttest.Office(t, c.db, "bizerte").ID})
	why := account.NewLook{Cause: "danger", Words: "Elle dit qu'on la menace."}
	for _, a := range []account.Actor{c.animator, c.rim, stranger, c.peer} {
		if found, err := c.LookBehind(ctx, a, mask, why); !errors.Is(err, account.ErrForbidden) || found.ID != 0 {
			t.Errorf("%s is told %+v, %v", a.Name, found, err)
		}
	}
	if _, err := c.LookBehind(ctx, account.Actor{}, mask, why); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
	if _, err := c.LookBehind(ctx, c.office, c.rim.PersonID, why); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("behind a person: %v", err)
	}
	if _, err := c.LookBehind(ctx, c.office, mask, account.NewLook{Cause: "curiosity"}); len(fields(err)) != 2 {
		t.Errorf("without a reason: %v", err)
	}
	if n := c.count(t, "pseudonym_look"); n != 0 {
		t.Errorf("%d looks are kept of those refused", n)
	}
	found, err := c.LookBehind(ctx, c.office, mask, why)
	if err != nil || found.ID != c.rim.PersonID || found.Name != "Rim" {
		t.Fatalf("the office is told %+v, %v", found, err)
	}
	if c.published(t, events.PseudonymLookedBehind{}.EventType()) != 1 {
		t.Error("the look isn't announced once")
	}
	own, err := c.OwnPseudonyms(ctx, c.rim)
	if err != nil || len(own) != 1 || len(own[0].Looks) != 1 || own[0].Looks[0].By != "Office" || own[0].Looks[0].Words != why.Words {
		t.Errorf("whose it is sees %+v, %v", own, err)
	}
	lines, _, err := c.Audit(ctx, c.admin, account.AuditFilter{Kind: "lookups"})
	if err != nil || len(lines) != 1 || lines[0].What != "pseudonym_looked_behind" || lines[0].By != "Office" || lines[0].Person == "Rim" {
		t.Errorf("the audit says %+v, %v", lines, err)
	}
}

// A pseudonym is a person to what is written alone: nobody finds it, gives it a role, or sees it in a list.
func TestPseudonymIsInNoList(t *testing.T) {
	c := openCourt(t, setup(t))
	masked := c.mask(t)
	name := accounttest.Reload(t, c.db, masked.PersonID).Name
	list, n, err := c.AdministeredPeople(ctx, c.admin, account.PeopleFilter{})
	must(t, err)
	for _, p := range list {
		if p.ID == masked.PersonID {
			t.Errorf("it is one of the %d people", n)
		}
	}
	if found, err := c.FindPeople(ctx, c.admin, name, 10); err != nil || len(found) != 0 {
		t.Errorf("roles are offered to %+v, %v", found, err)
	}
	if _, err := c.PersonSheet(ctx, c.admin, masked.PersonID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("its sheet: %v", err)
	}
	if _, err := c.Acquaintance(ctx, c.rim, masked.PersonID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("its card: %v", err)
	}
}

func TestBanOfAPseudonymIsOneOfThePerson(t *testing.T) {
	c := openCourt(t, setup(t))
	masked := c.mask(t)
	_, err := c.decide(c.admin, masked, account.Ban, account.OverPlatform)
	must(t, err)
	if err := account.MayWrite(ctx, c.db, c.rim.PersonID, c.space, c.now); !errors.Is(err, account.ErrSuspended) {
		t.Errorf("under their name: %v", err)
	}
	if list, err := c.OwnMeasures(ctx, c.rim); err != nil || len(list) != 1 {
		t.Errorf("they see %+v, %v", list, err)
	}
	if list, _, err := c.Measures(ctx, c.admin, false, 1); err != nil || len(list) != 1 || list[0].Person == "Rim" {
		t.Errorf("those who decide see %+v, %v", list, err)
	}
}

func TestSpaceSaysWhetherItHasPseudonyms(t *testing.T) {
	c := openCourt(t, setup(t))
	sp := c.space
	sp.Description, sp.Version, sp.Pseudonyms = events.Text{}, 1, true
	must(t, c.EditSpace(ctx, c.animator, sp))
	if now, err := c.SpaceByID(ctx, sp.ID); err != nil || now.Pseudonyms {
		t.Errorf("its moderator decides it: %+v, %v", now, err)
	}
	sp.Version++
	must(t, c.EditSpace(ctx, c.office, sp))
	if now, err := c.SpaceByID(ctx, sp.ID); err != nil || !now.Pseudonyms {
		t.Errorf("its office can't: %+v, %v", now, err)
	}
}
