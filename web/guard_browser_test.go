package web

import (
	"fmt"
	"testing"
	"time"

	"halqa/community"
	"halqa/web/browsertest"
)

// TestWhatWaitsInABrowser looks at what waits as its author and as who moderates see it.
func TestWhatWaitsInABrowser(t *testing.T) {
	w, base, leila, thread := busyAgora(t)
	ctx := t.Context()
	clock := time.Now().Add(-72 * time.Hour)
	talk := community.New(w.db, func() time.Time { clock = clock.Add(20 * time.Hour); return clock })
	var amel, space int64
	mustDo(t, w.db.NewRaw(`select p.id, s.id from person p, space s where p.name like 'Amel%' and s.key = 'financement'`).Scan(ctx, &amel, &space))
	who, err := w.deps.Account.ActorOf(ctx, amel)
	mustDo(t, err)
	_, err = talk.StartThread(ctx, who, community.NewThread{SpaceID: space, Kind: community.Question, Title: "قرض سريع بلا ضمان", Body: "اتصلوا بنا", Trapped: true})
	mustDo(t, err)
	p, err := talk.Reply(ctx, who, community.NewReply{ThreadID: thread, Body: "Bonjour, voyez https://exemple.org/offre\n\nعرض محدود", Trapped: true})
	mustDo(t, err)
	_, err = w.db.ExecContext(ctx, `update thread set slow_minutes = 10 where id = ?`, thread)
	mustDo(t, err)
	_, err = w.db.ExecContext(ctx, `update held_post set why = '{first,word,link}' where id = ?`, p.Held)
	mustDo(t, err)
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		_, err := w.db.ExecContext(ctx, `update person set language = ?`, c.lang)
		mustDo(t, err)
		for _, page := range []struct{ who, name, path string }{
			{leila, "held-queue", "/moderation/held"}, {leila, "guard", "/spaces/financement/forum/guard"},
			{"amel", "held-own", fmt.Sprintf("/held/%d", p.Held)}, {"amel", "held-thread", fmt.Sprintf("/threads/%d", thread)}, {"amel", "held-forum", "/spaces/financement/forum"},
		} {
			b := browsertest.New(t, c.width, c.lang, c.dark)
			enter(b, base, page.who)
			b.Open(base + page.path)
			b.Shot(page.name)
			b.Check()
		}
	}
}
