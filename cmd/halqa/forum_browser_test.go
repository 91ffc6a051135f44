package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/web"
	"halqa/web/browsertest"
)

// TestRepliesArriveLive has one person read and type while another replies, through the real bus: the reply appears in the
// open page, what is being typed stays, and what was looked at is read.
func TestRepliesArriveLive(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	cfg := testConfig(t, t.TempDir())
	cfg.PublicURL, _ = url.Parse(base)
	db := testdb.Clone(t)
	w := newWorld(t, db, cfg, nil)
	deps, err := w.p.deps(cfg, nil)
	w.check(err)
	deps.Log, deps.Live = quietly(), web.NewHub()
	ctx, stop := context.WithCancel(w.ctx)
	bus, err := events.Start(ctx, events.Config{DB: db, URL: testdb.URL(db), NATS: eventstest.Conn(t), Consumers: w.p.consumers(), Log: quietly()})
	w.check(err)
	w.check(watch(ctx, bus, deps.Live, quietly()))
	app := web.New(deps)
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() {
		deps.Live.Close()
		_ = app.ShutdownWithTimeout(5 * time.Second)
		_ = bus.Stop(w.ctx)
		stop()
	})

	amel, sami := w.actorOf(w.person("amel")), w.actorOf(w.person("sami"))
	thread, err := w.p.community.StartThread(ctx, amel, community.NewThread{SpaceID: w.space.ID, Kind: community.Question, Title: "Qui vient ?", Body: "Dites-le."})
	w.check(err)
	b := browsertest.New(t, 360, "fr", false)
	b.Open(base + "/sign-in")
	b.Type(`[name="email"]`, "amel@example.org")
	b.Type(`[name="password"]`, testPassword)
	b.Click(`main form button.button`)
	b.WaitFor(`location.pathname === "/home"`)
	b.Open(fmt.Sprintf("%s/threads/%d", base, thread.ID))
	b.WaitFor(`document.querySelectorAll(".post").length === 1`)
	b.Type("#f-body", "Je suis en train")
	reply := func(who account.Actor, body string) community.Post {
		p, err := w.p.community.Reply(ctx, who, community.NewReply{ThreadID: thread.ID, Body: body})
		w.check(err)
		return p
	}
	last := reply(sami, "Moi, avec **deux** collègues")
	b.WaitText("#talk", "deux collègues")
	b.WaitText("#bell .count", "1") // and is told of as well
	b.WaitFor(`document.activeElement.id === "f-body" && document.activeElement.value === "Je suis en train"`)
	b.WaitFor(fmt.Sprintf(`fetch("/threads/%d", {headers: {"Halqa-Fragment": "1"}}).then((r) => r.text()).then((p) => p.includes("post-%d") && !p.includes("/unread\""))`, thread.ID, last.ID))
	w.check(w.p.community.HidePost(ctx, w.admin, last.ID, ""))
	b.WaitText("#talk", "Message masqué")
	w.check(w.p.community.RestorePost(ctx, w.admin, last.ID))
	b.WaitText("#talk", "deux collègues")
	b.Check()
}
