package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"halqa/cmd/halqa/demo"
	"halqa/community"
	"halqa/community/account"
	"halqa/community/library"
	"halqa/community/library/librarytest"
	"halqa/web/browsertest"
	"halqa/web/locale"
)

// firstDays are what the people of the demonstration do on their first day: entries of their menus, which begin with a
// slash, and links of the page that they came to. Films come last.
var firstDays = map[string][]string{
	"learner": {"/spaces", `.cover[href^="/spaces/"]`, `.tabs a[href$="/forum"]`, `.tabs a[href$="/library"]`, `.tabs a[href$="/people"]`,
		`.tabs a`, `a[href^="/modules/"]`, "/seminars", `a[href^="/seminars/"]`, "/library", "/people", "/my/seats", "/profile", "/home",
		`a[href^="/lessons/"]`},
	"organisation administrator": {"/profile", `a[href^="/organisations/"]`, `a[href$="/edit"]`, "/people", `.tabs a[href="/organisations"]`, "/seminars"},
	"space moderator": {"/author", `.written h2 a`, `a[href^="/author/modules/"]`, "/moderation", "/admin", `a[href="/admin/spaces"]`,
		`a[href$="/manage"]`, `a[href$="/manage/members"]`, "/spaces"},
	"office moderator (Gafsa)": {"/desk", `a[href^="/desk/seminars/"]:not([href$="/new"])`, `a[href$="/attendance"]`, "/desk", `a[href="/desk/organisations"]`,
		"/moderation", "/indicators", "/admin", `a[href="/admin/people"]`, `a[href^="/admin/people/"]`},
	"trainer":           {"/desk", `a[href^="/desk/seminars/"]`, `a[href$="/sheet"]`, "/seminars"},
	"programme manager": {"/indicators", "/seminars", "/spaces"},
	"administrator": {"/admin", `a[href="/admin/roles"]`, `a[href="/admin/roles/new"]`, "/admin", `a[href="/admin/offices"]`, "/admin",
		`a[href="/admin/audit"]`, "/admin", `a[href="/admin/events"]`, "/admin", `a[href="/admin/system"]`, "/indicators", "/desk"},
}

// TestFirstDaysInABrowser has everybody of the demonstration spend their first day on it, in Arabic on a phone and in French
// on a desk. What they click leads on; and whatever else is within their reach is asked for, so that nothing they may
// see is a dead end, untranslated, or out of everybody's reach.
func TestFirstDaysInABrowser(t *testing.T) {
	p := runDemo(t)
	p.liven()
	reach := p.newReach(t)
	for _, c := range []struct {
		lang  string
		width int
		each  int // pages of one kind that are asked for
	}{{"ar", 360, 1}, {"fr", 1280, 2}} {
		reach.walk(t, c.lang, "", c.each)
		b := browsertest.New(t, c.width, c.lang, false)
		for _, who := range demo.SignIns {
			t.Run(c.lang+" "+who.Role, func(t *testing.T) {
				p.check(p.p.account.SetLanguage(p.ctx, p.called(who.Email), c.lang))
				reach.walk(t, c.lang, who.Email, c.each)
				p.window(t, b.For(t), c.width, c.lang).spendDay(who)
			})
		}
	}
	reach.complete(t)
}

// called is somebody of the demonstration.
func (p *program) called(email string) account.Actor {
	p.t.Helper()
	var id int64
	p.check(p.p.db.NewRaw(`select id from person where email = ?`, email).Scan(p.ctx, &id))
	actor, err := p.p.account.ActorOf(p.ctx, id)
	p.check(err)
	return actor
}

// liven has the learner begin a thread, the organisation's administrator answer, and the learner report the answer,
// beside a document.
func (p *program) liven() {
	p.t.Helper()
	amel, hedi := p.called("amel@demo.example"), p.called("president@demo.example")
	spaces, err := p.p.account.Spaces(p.ctx, amel)
	p.check(err)
	for _, sp := range spaces {
		if sp.Key != "funding" {
			continue
		}
		thread, err := p.p.community.StartThread(p.ctx, amel, community.NewThread{SpaceID: sp.ID, Kind: community.Question, Title: "Qui vient mardi ?", Body: "Dites-le ici."})
		p.check(err)
		page, err := p.p.community.Thread(p.ctx, amel, thread.ID, 0)
		p.check(err)
		_, err = p.p.community.EditPost(p.ctx, amel, page.Lines[0].ID, community.Edit{Title: thread.Title, Body: "Dites-le ici, merci."})
		p.check(err)
		reply, err := p.p.community.Reply(p.ctx, hedi, community.NewReply{ThreadID: thread.ID, Body: "Achetez mon tapis."})
		p.check(err)
		_, err = p.p.library.Give(p.ctx, p.called("admin@demo.example"), sp.ID, library.Draft{Title: spelled("Modèle de budget"), Kind: "guide",
			Languages: []string{"fr"}}, "budget.pdf", bytes.NewReader(librarytest.File("pdf")))
		p.check(err)
		p.check(p.p.community.Report(p.ctx, amel, community.NewReport{PostID: reply.ID, Reason: "spam"}))
	}
}

// spendDay signs in and takes each step.
func (w window) spendDay(who demo.SignIn) {
	w.t.Helper()
	w.Open(w.p.base + "/")
	w.Click(`.tools a[href^="/sign-in"]`)
	w.Type("#f-email", who.Email)
	w.Type("#f-password", demo.Password)
	w.Click("main form button.block")
	w.at("/home")
	w.stand("home")
	w.Click(".bell")
	w.at("/notifications")
	w.stand("notifications")
	for i, step := range firstDays[who.Role] {
		if strings.HasPrefix(step, "/") {
			w.menu(step)
		} else {
			w.take(step)
		}
		w.stand(fmt.Sprint(strings.Fields(who.Role)[0], "-", i))
	}
}

// take clicks a link of the page's content and waits for the page behind it.
func (w window) take(link string) {
	w.t.Helper()
	w.mark()
	w.Click("main " + link)
	w.WaitFor(`!window.kept && document.readyState === "complete"`)
}

// stand looks around on a page that was come to: it is in the reader's language and fits, and there is a way on.
func (w window) stand(name string) {
	w.t.Helper()
	found := browsertest.Eval[string](w.Browser, `[document.documentElement.lang, document.documentElement.dir,
		!!document.querySelector("main a[href], main form"), document.querySelectorAll(".mainnav [aria-current], .tools [aria-current], .tools .here").length > 0].join(" ")`)
	if want := w.lang + " " + locale.Dir(w.lang) + " true true"; found != want {
		w.t.Errorf("%s at %s: language, direction, a way on, its place in the menu: %s", name, browsertest.Eval[string](w.Browser, "location.pathname"), found)
	}
	w.CheckFit()
	w.Shot("day-" + name)
}
