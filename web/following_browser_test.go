package web

import (
	"fmt"
	"testing"

	"halqa/community/notify"
	"halqa/web/browsertest"
)

// TestFollowingInABrowser looks at the button of a thread and of a space, opened, at what is chosen and at what is told.
func TestFollowingInABrowser(t *testing.T) {
	w, _, _, thread := busyAgora(t)
	w.deps.Notify = notify.New(w.db, notify.Options{Render: Letters(nil), PublicURL: "https://halqa.example"})
	w.deps.Unread = w.deps.Notify.Unread
	ctx := t.Context()
	for _, query := range []string{
		`insert into follow (person_id, subject, subject_id, level, changed_at) select p.id, 'thread', t.id, 'watch', now() from person p, thread t`,
		`insert into attention (person_id, rhythm, due_at) select id, 'once', now() from person`,
		`insert into notification (person_id, event_id, kind, data, at, thread_id, post_id, delivery)
			select p.id, gen_random_uuid(), 'post_followed', json_build_object('thread', t.title, 'thread_id', t.id, 'person_id', t.author_id), now(), t.id, n, 'waiting'
			from person p, thread t, generate_series(1, 3) n`,
	} {
		_, err := w.db.ExecContext(ctx, query)
		mustDo(t, err)
	}
	base := serve(t, w.deps)
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		_, err := w.db.ExecContext(ctx, `update person set language = ?`, c.lang)
		mustDo(t, err)
		b := browsertest.New(t, c.width, c.lang, c.dark)
		for _, page := range []struct{ name, path string }{{"follow-notifications", "/notifications"}, {"follow-choices", "/notifications/choices"},
			{"follow-forum", "/spaces/financement/forum"}, {"follow-thread", fmt.Sprintf("/threads/%d", thread)}} {
			enter(b, base, "leila")
			b.Open(base + page.path)
			b.Check()
			if page.name == "follow-forum" || page.name == "follow-thread" { // opened, the menu lies over what is below, in part
				b.Click(".follow > summary")
				b.CheckPart(".follow")
			}
			b.Shot(page.name)
		}
	}
}
