// Package accounttest puts people and places into a test's database in one line each. What a test doesn't say is made up.
package accounttest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

var numbers atomic.Int64

// Office inserts an office which serves one governorate, of code "XX-" and the office's key.
func Office(t testing.TB, db bun.IDB, key string) account.Office {
	t.Helper()
	o := account.Office{Key: key, Name: events.Text{"fr": "Bureau " + key, "ar": "مكتب " + key, "en": key + " office"}}
	insert(t, db, &o)
	g := account.Governorate{Code: "XX-" + key, OfficeID: o.ID, Name: events.Text{"fr": key}}
	insert(t, db, &g)
	return o
}

// Space inserts an open space; officeID 0 makes it national. Options change it first.
func Space(t testing.TB, db bun.IDB, key string, officeID int64, options ...func(*account.Space)) account.Space {
	t.Helper()
	sp := account.Space{Key: key, OfficeID: officeID, Name: events.Text{"fr": "Espace " + key},
		Description: events.Text{}, Visibility: account.Open, Hue: 200}
	for _, option := range options {
		option(&sp)
	}
	insert(t, db, &sp)
	return sp
}

// Person inserts a person without a password, whose address is proved. Options change it first.
func Person(t testing.TB, db bun.IDB, name string, options ...func(*account.Person)) account.Person {
	t.Helper()
	p := account.Person{Name: name, Email: fmt.Sprintf("person%d@example.org", numbers.Add(1)), Language: "fr"}
	for _, option := range options {
		option(&p)
	}
	p.NameKey = account.Fold(p.Name)
	insert(t, db, &p)
	if _, err := db.ExecContext(context.Background(), `update person set email_confirmed_at = now() where id = ?`, p.ID); err != nil {
		t.Fatal(err)
	}
	return p
}

// Actor inserts a person who holds the given grants and returns them as an actor.
func Actor(t testing.TB, db bun.IDB, name string, grants ...account.Grant) account.Actor {
	t.Helper()
	p := Person(t, db, name)
	for _, g := range grants {
		Grant(t, db, p.ID, g)
	}
	return Reload(t, db, p.ID)
}

// Reload reads a person as an actor again, after something changed.
func Reload(t testing.TB, db bun.IDB, personID int64) account.Actor {
	t.Helper()
	a, err := account.New(db, account.Options{}).ActorOf(context.Background(), personID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Grant gives a person a role, whoever may.
func Grant(t testing.TB, db bun.IDB, personID int64, g account.Grant) {
	t.Helper()
	column := map[account.ScopeKind]string{account.OverOffice: "office_id", account.OverSpace: "space_id",
		account.OverOrganisation: "organisation_id", account.OverPlatform: "given_by"}[g.Kind]
	_, err := db.ExecContext(context.Background(), `insert into role_grant (person_id, role, kind, ?) values (?, ?, ?, nullif(?, 0))`,
		bun.Ident(column), personID, g.Role, g.Kind, g.ScopeID)
	if err != nil {
		t.Fatal(err)
	}
}

// Organisation inserts a validated association of an office, in its governorate. Options change it first.
func Organisation(t testing.TB, db bun.IDB, name string, o account.Office, options ...func(*account.Organisation)) account.Organisation {
	t.Helper()
	org := account.Organisation{Name: name, NameKey: account.Fold(name), Kind: "association", Governorate: "XX-" + o.Key,
		OfficeID: o.ID, Axes: []string{}, State: account.OrganisationValidated}
	for _, option := range options {
		option(&org)
	}
	insert(t, db, &org)
	return org
}

// Member makes a person an active member of an organisation.
func Member(t testing.TB, db bun.IDB, personID, organisationID int64) {
	t.Helper()
	insert(t, db, &account.Membership{PersonID: personID, OrganisationID: organisationID, State: account.MembershipActive})
}

// Mails keeps the mails that a service hands over. Its Keep is an account.Options.Mail.
type Mails struct {
	mu  sync.Mutex
	all []account.Mail
}

// Keep keeps a mail.
func (m *Mails) Keep(_ context.Context, _ bun.Tx, mail account.Mail) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, mail)
	return nil
}

// To lists the mails to an address, the oldest first.
func (m *Mails) To(address string) []account.Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	var to []account.Mail
	for _, mail := range m.all {
		if mail.To == address {
			to = append(to, mail)
		}
	}
	return to
}

// Last is the last mail to an address. The test fails when there is none.
func (m *Mails) Last(t testing.TB, address string) account.Mail {
	t.Helper()
	to := m.To(address)
	if len(to) == 0 {
		t.Fatalf("no mail to %s", address)
	}
	return to[len(to)-1]
}

func insert(t testing.TB, db bun.IDB, row any) {
	t.Helper()
	if _, err := db.NewInsert().Model(row).Exec(context.Background()); err != nil {
		t.Fatal(err)
	}
}
