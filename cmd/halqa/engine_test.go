package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"halqa/community/account"
	"halqa/events/eventstest"
)

// TestLookingAfterTheEngine brings an event to its end, sees it in the pages, sends it again, and rebuilds a consumer.
func TestLookingAfterTheEngine(t *testing.T) {
	s := openSite(t)
	bus := eventstest.New(t, s.p.db, s.p.consumers())
	bus.Settle()
	if _, err := s.p.db.ExecContext(s.ctx, `with m as (delete from consumed where (consumer, event_id) in
		(select consumer, event_id from consumed order by consumer, event_id limit 1) returning *)
		insert into failure (consumer, event_id, attempts, error, dead_at)
		select consumer, event_id, 8, 'no <b>luck</b> today', now() from m`); err != nil {
		t.Fatal(err)
	}
	admin := s.signedIn(t, "admin")
	page := admin.open("/admin/events")
	admin.sees(page, "no <b>luck</b> today")
	admin.submit(admin.form(page, "/admin/events/dead"))
	bus.Settle()
	page = admin.open("/admin/events")
	admin.sees(page, "Aucun échec")
	admin.submit(admin.form(page, "/admin/events/replay"))
	bus.Settle()
	admin.sees(admin.open("/admin/audit?kind=system"), "Reconstruction de", "Événements en échec renvoyés", "Nabil")
	admin.sees(admin.open("/admin/system"), "PostgreSQL", "15.", "development")

	e := engine{p: s.p, data: t.TempDir(), nats: func() string { return "" }}
	for _, a := range []account.Actor{{}, s.moderator, s.manager, s.actorOf(s.person("learner"))} {
		want := account.ErrForbidden
		if !a.SignedIn() {
			want = account.ErrSignInRequired
		}
		_, status := e.status(s.ctx, a)
		_, dead := e.dead(s.ctx, a)
		_, retry := e.retry(s.ctx, a)
		_, system := e.system(s.ctx, a)
		for _, err := range []error{status, dead, retry, system, e.replay(s.ctx, a, "enrolment_facts")} {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", a.Name, err, want)
			}
		}
	}
	for _, kind := range []string{"media", "library", "attachments"} {
		if err := os.MkdirAll(filepath.Join(e.data, kind), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(e.data, kind, "file"), []byte("12345"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if system, err := e.system(s.ctx, s.admin); err != nil || system.MediaFiles != 3 || system.MediaBytes != 15 {
		t.Errorf("kept: %d files of %d bytes (%v)", system.MediaFiles, system.MediaBytes, err)
	}
	if err := e.replay(s.ctx, s.admin, "notify"); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("notifications are replayed: %v", err)
	}
	if err := e.replay(s.ctx, s.admin, "x'"); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("an unknown consumer is replayed: %v", err)
	}
}
