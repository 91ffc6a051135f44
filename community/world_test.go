package community

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
)

var ctx = context.Background()

// world is an office with an open space, another with one by request and one by invitation, and the people of each.
type world struct {
	*Service
	t     testing.TB
	db    bun.IDB
	clock time.Time

	gafsa, sousse                 account.Office
	open, request, invitation     account.Space // the first of Gafsa, the others of Sousse
	amel, sami                    account.Actor // members of all spaces, of none
	animator, gafsaMod, sousseMod account.Actor // of the open space, of the offices
	admin, manager                account.Actor
}

func newWorld(t testing.TB, db bun.IDB) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: time.Now().Truncate(time.Second)}
	w.Service = New(db, func() time.Time { return w.clock })
	w.gafsa, w.sousse = accounttest.Office(t, db, "gafsa"), accounttest.Office(t, db, "sousse")
	visible := func(v account.Visibility) func(*account.Space) {
		return func(sp *account.Space) { sp.Visibility = v }
	}
	w.open = accounttest.Space(t, db, "open", w.gafsa.ID)
	w.request = accounttest.Space(t, db, "request", w.sousse.ID, visible(account.ByRequest))
	w.invitation = accounttest.Space(t, db, "invitation", w.sousse.ID, visible(account.ByInvitation))
	w.amel = w.member("Amel", w.open, w.request, w.invitation)
	w.sami = accounttest.Actor(t, db, "Sami")
	grant := func(name string, role account.Role, kind account.ScopeKind, id int64) account.Actor {
		return accounttest.Actor(t, db, name, account.Grant{Role: role, Kind: kind, ScopeID: id})
	}
	w.animator = grant("Animator", account.SpaceModerator, account.OverSpace, w.open.ID)
	w.gafsaMod = grant("Gafsa", account.OfficeModerator, account.OverOffice, w.gafsa.ID)
	w.sousseMod = grant("Sousse", account.OfficeModerator, account.OverOffice, w.sousse.ID)
	w.admin = grant("Admin", account.Administrator, account.OverPlatform, 0)
	w.manager = grant("Manager", account.ProgrammeManager, account.OverPlatform, 0)
	return w
}

func (w *world) member(name string, spaces ...account.Space) account.Actor {
	w.t.Helper()
	p := accounttest.Person(w.t, w.db, name)
	for _, sp := range spaces {
		_, err := w.db.ExecContext(ctx, `insert into space_member (space_id, person_id, since) values (?, ?, ?)`, sp.ID, p.ID, w.clock.Add(-time.Hour))
		w.must(err)
	}
	return accounttest.Reload(w.t, w.db, p.ID)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// later moves the clock by a quarter of an hour, so that nobody writes too fast.
func (w *world) later() { w.clock = w.clock.Add(15 * time.Minute) }

func (w *world) thread(a account.Actor, sp account.Space) Thread {
	w.t.Helper()
	w.later()
	t, err := w.StartThread(ctx, a, NewThread{SpaceID: sp.ID, Kind: Question, Title: "Comment suivre un budget ?", Body: "Nous débutons."})
	w.must(err)
	return t
}

func (w *world) reply(a account.Actor, t Thread, body string) Post {
	w.t.Helper()
	w.later()
	p, err := w.Reply(ctx, a, NewReply{ThreadID: t.ID, Body: body})
	w.must(err)
	return p
}

func (w *world) read(a account.Actor, t Thread) Page {
	w.t.Helper()
	p, err := w.Thread(ctx, a, t.ID, 0)
	w.must(err)
	return p
}

func (w *world) opening(t Thread) Line { return w.read(w.admin, t).Lines[0] }

// announced lists the payloads of a type in the outbox, in order.
func announced[P events.Payload](w *world) []P {
	w.t.Helper()
	var p P
	var rows []struct {
		Data json.RawMessage `bun:"type:jsonb"`
	}
	w.must(w.db.NewRaw(`select data from outbox where type = ? order by seq`, p.EventType()).Scan(ctx, &rows))
	all := make([]P, len(rows))
	for i, r := range rows {
		w.must(json.Unmarshal(r.Data, &all[i]))
	}
	return all
}

// wants fails the test unless err is the wanted one.
func (w *world) wants(what string, err, want error) {
	w.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		w.t.Errorf("%s: %v, want %v", what, err, want)
	}
}
