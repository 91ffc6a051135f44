package account_test

import (
	"errors"
	"strings"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

func TestEraseForSomebodyWhoAsks(t *testing.T) {
	b := setup(t)
	gafsa, moderator := region(t, b, "gafsa")
	tunis := accounttest.Office(t, b.db, "tunis")
	admin := func(name string, kind account.ScopeKind, id int64) account.Actor {
		return accounttest.Actor(t, b.db, name, account.Grant{Role: account.Administrator, Kind: kind, ScopeID: id})
	}
	all, here, there := admin("Nabil", account.OverPlatform, 0), admin("Ici", account.OverOffice, gafsa.ID), admin("Ailleurs", account.OverOffice, tunis.ID)
	rim := accounttest.Person(t, b.db, "Rîm Jaziri", func(p *account.Person) { p.Governorate = "XX-gafsa" })
	high := accounttest.Person(t, b.db, "Hédi", func(p *account.Person) { p.Governorate = "XX-gafsa" })
	must(t, b.Grant(ctx, all, high.ID, account.Grant{Role: account.ProgrammeManager, Kind: account.OverPlatform}))
	asked := account.ErasingFor{Reason: "Par lettre, identité vérifiée", Sure: true}

	for who, c := range map[string]struct {
		by   account.Actor
		of   int64
		want error
	}{
		"a visitor":                         {account.Actor{}, rim.ID, account.ErrSignInRequired},
		"themselves":                        {accounttest.Reload(t, b.db, rim.ID), rim.ID, account.ErrForbidden},
		"a moderator of the office":         {moderator, rim.ID, account.ErrForbidden},
		"another office's administrator":    {there, rim.ID, account.ErrNotFound},
		"who administers, themselves":       {all, all.PersonID, account.ErrForbidden},
		"an office, of somebody everywhere": {here, high.ID, account.ErrForbidden},
	} {
		if err := b.EraseFor(ctx, c.by, c.of, asked); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", who, err, c.want)
		}
	}
	for _, tt := range []struct {
		e    account.ErasingFor
		want string
	}{
		{account.ErasingFor{}, "reason:erase.error_reason sure:erase.error_sure"},
		{account.ErasingFor{Reason: "Lettre de RIM JAZIRI", Sure: true}, "reason:erase.error_names"},
		{account.ErasingFor{Reason: "Écrit de rim@example.org", Sure: true}, "reason:erase.error_names"},
		{account.ErasingFor{Reason: strings.Repeat("x", 301), Sure: true}, "reason:long"},
	} {
		if err := b.EraseFor(ctx, here, rim.ID, tt.e); strings.Join(fields(err), " ") != tt.want {
			t.Errorf("%+v: %v, want %s", tt.e, err, tt.want)
		}
	}
	must(t, b.EraseFor(ctx, here, rim.ID, asked))
	if err := b.EraseFor(ctx, here, rim.ID, asked); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("again, before the row is gone: %v", err)
	}
	if m := b.mails.Last(t, rim.Email); m.Kind != "erased_for" {
		t.Errorf("the last mail is %+v", m)
	}
	_, err := b.DoErasures(ctx, nil)
	must(t, err)
	lines, _, err := b.Audit(ctx, all, account.AuditFilter{What: "account_erased_for"})
	must(t, err)
	if len(lines) != 1 || lines[0].By != "Ici" || lines[0].Person != "" || lines[0].Name["fr"] != asked.Reason {
		t.Errorf("the audit says %+v", lines)
	}
	if lines, _, err = b.Audit(ctx, moderator, account.AuditFilter{What: "account_erased_for"}); err != nil || len(lines) != 1 {
		t.Errorf("the office's audit says %+v, %v", lines, err)
	}
	if lines, _, err = b.Audit(ctx, there, account.AuditFilter{What: "account_erased_for"}); err != nil || len(lines) != 0 {
		t.Errorf("another office's audit says %+v, %v", lines, err)
	}
}
