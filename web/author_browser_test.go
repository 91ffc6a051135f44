package web

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	cdp "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"halqa/courses"
	"halqa/events"
	"halqa/migrations/testdb"
	"halqa/web/browsertest"
)

// TestAuthorsPagesInABrowser looks at every page of authors, in French on a desktop and in Arabic on a phone.
func TestAuthorsPagesInABrowser(t *testing.T) {
	w := newStudio(t, testdb.Clone(t))
	ctx := context.Background()
	module := w.video.ModuleID
	reading, err := w.Courses.AddLesson(ctx, w.moez, module, courses.Lesson{Kind: courses.Reading, Title: events.Text{"fr": "Lire un budget", "ar": "قراءة ميزانية"},
		Body: events.Text{"fr": "# Pourquoi un budget\n\nUn budget dit **ce que l’on veut faire**, en chiffres.\n\n- les activités ;\n- les [modèles](/spaces).\n\nالميزانية تقول ما نريد أن نفعله بالأرقام.\n\n> On ne finance que ce qui est compté.\n\n| Poste | Dinars |\n|---|---|\n| Salle | 300 |"}})
	mustDo(t, err)
	soon, err := w.Courses.StartLesson(ctx, w.moez, module, courses.Video, events.Text{"fr": "Bientôt"})
	mustDo(t, err)
	_, err = w.Courses.CreateModule(ctx, w.moez, courses.NewModule{SpaceID: w.moez.Grants[0].ScopeID, Title: events.Text{"ar": "وحدة جديدة"}})
	mustDo(t, err)
	server := serve(t, w.Deps)
	pages := map[string]string{
		"author-modules": "/spaces/funding/modules", "author-new": fmt.Sprintf("/author/modules/new?space=%d", w.moez.Grants[0].ScopeID),
		"author-module": fmt.Sprintf("/author/modules/%d", module), "author-draft": fmt.Sprintf("/author/modules/%d", module+1),
		"author-video": fmt.Sprintf("/author/lessons/%d", w.video.ID), "author-quiz": fmt.Sprintf("/author/lessons/%d?lang=ar", w.quiz.ID),
		"author-reading": fmt.Sprintf("/author/lessons/%d", reading.ID), "author-empty": fmt.Sprintf("/author/lessons/%d", soon.ID),
		"author-preview": fmt.Sprintf("/author/lessons/%d/preview", reading.ID), "reading": fmt.Sprintf("/lessons/%d", reading.ID),
	}
	for _, look := range []struct {
		width int
		lang  string
		dark  bool
	}{{1280, "fr", false}, {360, "ar", false}, {360, "fr", true}} {
		b := browsertest.New(t, look.width, look.lang, look.dark)
		signInAs(b, server, "moez")
		w.moez.Language = look.lang
		for name, path := range pages {
			b.Open(server + path)
			b.Check()
			b.Shot(name)
		}
	}
}

func signInAs(b *browsertest.Browser, server, token string) {
	b.T.Helper()
	_, err := chromedp.Call(b.Ctx, cdp.SetCookie, cdp.SetCookieParams{Name: "halqa_session", Value: token, URL: server})
	mustDo(b.T.(*testing.T), err)
}

// TestUploadInABrowser sends a film with the bar, and a page that calls itself a film.
func TestUploadInABrowser(t *testing.T) {
	w := newStudio(t, testdb.Clone(t))
	server := serve(t, w.Deps)
	b := browsertest.New(t, 360, "fr", false)
	signInAs(b, server, "moez")
	b.Open(server + fmt.Sprintf("/author/lessons/%d", w.video.ID))
	const form = `form[data-upload][action$="/tracks/en/file"]:has([value="240p"])`
	browsertest.Eval[bool](b, `(document.querySelector('#track-en details').open = true)`)
	put := func(expression string) {
		browsertest.Eval[bool](b, `(async () => { const d = new DataTransfer(); d.items.add(new File([`+expression+`], "film.mp4"));
			const f = document.querySelector('`+form+`'); f.querySelector('[type=file]').files = d.files; f.requestSubmit(); return true })()`)
	}
	put(`"<script>alert(1)</script>"`)
	b.WaitText(form+" [data-error]", "ni un MP4")
	b.Shot("author-upload-refused")
	blob, err := w.store.Put(bytes.NewReader(demoFile(t, "budget-1.fr.240p.mp4")))
	mustDo(t, err)
	put(`await (await fetch("/media/` + blob.Name + `")).blob()`)
	b.WaitText(".notice.good", "Le fichier est en place")
	b.WaitText("#track-en .files", "Film")
	b.Shot("author-upload-done")
}
