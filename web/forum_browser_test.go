package web

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/browsertest"
)

// busyAgora is a forum with threads in two languages, a report, a hidden post and one that is gone, and Leïla who moderates.
func busyAgora(t *testing.T) (w *town, base string, leila string, thread int64) {
	t.Helper()
	w, _ = country(t)
	ctx, now := t.Context(), time.Now().Add(-30*24*time.Hour)
	var clock sync.Mutex // pages are asked for at the same time
	talk := community.New(w.db, func() time.Time {
		clock.Lock()
		defer clock.Unlock()
		now = now.Add(3 * time.Hour)
		return now
	})
	w.deps.Community, w.deps.Courses, w.deps.Enrolment = talk, courses.New(w.db, nil), enrolment.New(w.db, nil)
	sp := accounttest.Space(t, w.db, "financement", w.office.ID, func(sp *account.Space) {
		sp.Name = events.Text{"fr": "Financement", "ar": "التمويل", "en": "Funding"}
		sp.Description = events.Text{"fr": "Trouver l’argent d’un projet, et en rendre compte.", "ar": "إيجاد تمويل المشروع وتقديم الحساب عنه."}
		sp.Hue = 38
	})
	person := func(name string, grants ...account.Grant) account.Actor {
		a := accounttest.Actor(t, w.db, name, grants...)
		_, err := w.db.ExecContext(ctx, `insert into space_member (space_id, person_id, since) values (?, ?, ?)`, sp.ID, a.PersonID, now)
		mustDo(t, err)
		return accounttest.Reload(t, w.db, a.PersonID)
	}
	mustDo(t, talk.SetGuard(ctx, accounttest.Actor(t, w.db, "Admin", account.Grant{Role: account.Administrator, Kind: account.OverPlatform}), sp.ID, community.Guard{})) // newcomers may write links
	amel, sami := person("Amel Trabelsi"), person("سامي الهمامي")
	moderator := person("Leïla Ben Amor", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: w.office.ID})
	start := func(who account.Actor, kind community.Kind, title, body string) int64 {
		t.Helper()
		th, err := talk.StartThread(ctx, who, community.NewThread{SpaceID: sp.ID, Kind: kind, Title: title, Body: body})
		mustDo(t, err)
		return th.ID
	}
	reply := func(who account.Actor, to int64, body string, answers int64) int64 {
		t.Helper()
		p, err := talk.Reply(ctx, who, community.NewReply{ThreadID: to, Body: body, ReplyTo: answers})
		mustDo(t, err)
		return p.ID
	}
	start(amel, community.Discussion, "Présentez-vous ici", "Bonjour à toutes et à tous.")
	start(sami, community.Question, "كيف نُقنع البلدية بتمويل نشاط ثقافي؟", "نحن جمعية صغيرة.")
	thread = start(amel, community.Question, "Quelles pièces joindre à une demande de subvention ?",
		"Nous répondons à notre **premier** appel à projets.\n\n- le budget\n- les statuts\n- الرائد الرسمي\n\nنحتاج إلى أمثلة بالعربية من فضلكم، ولو كانت قديمة.")
	first := reply(sami, thread, "أنصحكم بملف من ثلاث صفحات:\n\n1. تقديم الجمعية\n2. الميزانية، انظروا https://example.org/modele-de-budget\n3. رزنامة", 0)
	reply(amel, thread, "> [سامي الهمامي](/posts/1)\n>\n> أنصحكم بملف من ثلاث صفحات\n\nMerci ! Le modèle est `budget.xlsx` ?", first)
	spam := reply(sami, thread, "Gagnez **1000 dinars** par jour : https://example.com/gagner", 0)
	mustDo(t, talk.Accept(ctx, amel, first, true))
	_, err := talk.EditPost(ctx, sami, first, community.Edit{Body: "أنصحكم بملف من أربع صفحات:\n\n1. تقديم الجمعية\n2. الميزانية، انظروا https://example.org/modele-de-budget\n3. رزنامة Excel"})
	mustDo(t, err)
	_, err = talk.StartThread(ctx, amel, community.NewThread{SpaceID: sp.ID, Kind: community.Experience, Title: "Un potager dans une école de Métlaoui",
		Sheet: community.Sheet{Context: "Une école de 120 élèves, sans budget.", Action: "1. Convaincre la directrice\n2. Semer en mars",
			Result: "40 élèves s’en occupent toute l’année.", Lesson: "ابدؤوا صغارًا: أربعة أمتار مربّعة تكفي في السنة الأولى.", Contact: "Amel, 20 000 000"}})
	mustDo(t, err)
	start(moderator, community.Announcement, "Rencontre des associations le 3 mars", "À la maison de la culture, à 15 h.")
	mustDo(t, talk.Report(ctx, amel, community.NewReport{PostID: spam, Reason: "spam", Note: "Ce n’est pas son style, compte piraté ?"}))
	mustDo(t, talk.Report(ctx, sami, community.NewReport{PostID: first, Reason: "other"}))
	hidden := reply(amel, thread, "Un message trop vif.", 0)
	mustDo(t, talk.HidePost(ctx, moderator, hidden, "Restons courtois."))
	gone := reply(sami, thread, "Erreur", 0)
	_, err = talk.DeletePost(ctx, sami, gone)
	mustDo(t, err)
	pinned := start(moderator, community.Discussion, "Les règles du forum", "Soyons utiles.")
	mustDo(t, talk.Pin(ctx, moderator, pinned, true))
	mustDo(t, talk.Lock(ctx, moderator, pinned, true))
	for _, name := range []string{"subvention", "الميزانية", "Statuts"} {
		mustDo(t, talk.ListTag(ctx, moderator, sp.ID, name))
	}
	mustDo(t, talk.TagThread(ctx, moderator, thread, []string{"subvention", "الميزانية", "appel 2026"}))
	people := map[string]int64{"leila": moderator.PersonID, "amel": amel.PersonID}
	w.deps.Authenticate = func(ctx context.Context, session string) (account.Actor, error) {
		if people[session] == 0 {
			return account.Actor{}, nil
		}
		return w.deps.Account.ActorOf(ctx, people[session])
	}
	return w, serve(t, w.deps), "leila", thread
}

func TestForumInABrowser(t *testing.T) {
	w, base, session, thread := busyAgora(t)
	var first, spam, told int64
	mustDo(t, w.db.NewRaw(`select thread_id from experience`).Scan(t.Context(), &told))
	mustDo(t, w.db.NewRaw(`select min(id) from post where thread_id = ?`, thread).Scan(t.Context(), &first))
	mustDo(t, w.db.NewRaw(`select id from post where body like 'Gagnez%'`).Scan(t.Context(), &spam))
	pages := []struct{ name, path string }{{"forum-poll", fmt.Sprintf("/threads/%d", votedOn(t, w))},
		{"forum", "/spaces/financement/forum"}, {"forum-space", "/spaces/financement"}, {"forum-unread", "/spaces/financement/forum?show=unread"},
		{"forum-history", fmt.Sprintf("/posts/%d/history", first+1)}, {"forum-experiences", "/spaces/financement/experiences"}, {"forum-experience", fmt.Sprintf("/threads/%d", told)},
		{"forum-experience-form", "/spaces/financement/experiences/new"}, {"forum-new", "/spaces/financement/forum/new"}, {"forum-thread", fmt.Sprintf("/threads/%d", thread)},
		{"forum-quote", fmt.Sprintf("/threads/%d?quote=%d", thread, spam)}, {"forum-report", fmt.Sprintf("/posts/%d/report", spam)},
		{"forum-hide", fmt.Sprintf("/posts/%d/hide", first)}, {"forum-moderation", "/moderation"}, {"forum-decided", "/moderation?show=decided"},
		{"forum-tags", "/spaces/financement/forum/tags"}, {"forum-retag", fmt.Sprintf("/threads/%d/tags", thread)}, {"forum-organise", fmt.Sprintf("/threads/%d/organise", thread)}, {"forum-home", "/home"},
	}
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		_, err := w.db.ExecContext(t.Context(), `update person set language = ?`, c.lang)
		mustDo(t, err)
		_, err = w.db.ExecContext(t.Context(), `delete from thread_read`)
		mustDo(t, err)
		b := browsertest.New(t, c.width, c.lang, c.dark)
		enter(b, base, session)
		for _, page := range pages {
			b.Open(base + page.path)
			if strings.Contains(page.name, "thread") || strings.HasSuffix(page.name, "new") {
				b.Wait(".toolbar")
			}
			b.Shot(page.name)
			b.Check()
		}
	}
}

func enter(b *browsertest.Browser, base, session string) {
	b.T.Helper()
	_, err := chromedp.Call(b.Ctx, cdp.SetCookie, cdp.SetCookieParams{Name: "halqa_session", Value: session, URL: base})
	mustDo(b.T.(*testing.T), err)
}

// votedOn is a thread with a poll in which everybody of the forum chose something.
func votedOn(t *testing.T, w *town) int64 {
	t.Helper()
	var ids []int64
	var space int64
	mustDo(t, w.db.NewRaw(`select id from space where key = 'financement'`).Scan(t.Context(), &space))
	mustDo(t, w.db.NewRaw(`select person_id from space_member where space_id = ? order by person_id`, space).Scan(t.Context(), &ids))
	var people []account.Actor
	for _, id := range ids {
		people = append(people, accounttest.Reload(t, w.db, id))
	}
	th, err := w.deps.Community.StartThread(t.Context(), people[0], community.NewThread{SpaceID: space, Kind: community.Voting, Title: "Quel jour se voir ?",
		Poll: community.NewPoll{Text: "À Gafsa, à 15 h.", Options: []string{"Samedi 12, après la réunion des comités de quartier", "الأحد 13"}, Choices: 2, Open: true, Shown: community.ShownAlways}})
	mustDo(t, err)
	var post int64
	var options []int64
	mustDo(t, w.db.NewRaw(`select min(id) from post where thread_id = ?`, th.ID).Scan(t.Context(), &post))
	mustDo(t, w.db.NewRaw(`select id from poll_option where post_id = ? order by id`, post).Scan(t.Context(), &options))
	for i, p := range people {
		mustDo(t, w.deps.Community.Vote(t.Context(), p, post, options[:1+i%2]))
	}
	return th.ID
}

// TestNamingInABrowser names somebody as one does on a phone: @, letters, a touch.
func TestNamingInABrowser(t *testing.T) {
	_, base, _, thread := busyAgora(t)
	b := browsertest.New(t, 360, "ar", false)
	enter(b, base, "amel")
	b.Open(fmt.Sprintf("%s/threads/%d", base, thread))
	b.Wait(".toolbar:not([hidden])")
	b.Type("#f-body", "Merci @leila")
	b.WaitText("[data-mentions] [aria-selected=true]", "Leïla Ben Amor")
	b.Click("[data-mentions] [role=option]")
	b.WaitFor(`/^Merci \[@Leïla Ben Amor\]\(\/people\/\d+\) $/.test(document.querySelector("#f-body").value)`)
}

// TestWritingInABrowser uses the tools, the preview, the draft that outlives its page, a quotation and the dialog.
func TestWritingInABrowser(t *testing.T) {
	w, base, _, thread := busyAgora(t)
	b := browsertest.New(t, 1280, "fr", false)
	enter(b, base, "amel")
	here := fmt.Sprintf("%s/threads/%d", base, thread)
	b.Open(here)
	b.Wait(".toolbar")
	b.Type("#f-body", "Bonjour")
	browsertest.Eval[any](b, `(document.querySelector("#f-body").select(), null)`)
	b.Click(`[data-tool="bold"]`)
	b.WaitFor(`document.querySelector("#f-body").value === "**Bonjour**"`)
	b.Click(`[data-tool="list"]`)
	b.WaitFor(`document.querySelector("#f-body").value === "- **Bonjour**"`)
	b.Click(`[data-tool="list"]`)
	b.WaitFor(`document.querySelector("#f-body").value === "**Bonjour**"`)
	b.Click("[data-look]")
	b.WaitText(".preview strong", "Bonjour")
	browsertest.Eval[any](b, `(document.querySelector("#f-body").select(), null)`)
	b.Click(`[data-tool="table"]`)
	b.WaitFor(`document.querySelector("#f-body").value.startsWith("| Colonne 1 | Colonne 2 |\n| --- | --- |\n| **Bonjour** |")`)
	browsertest.Eval[any](b, `(() => { const area = document.querySelector("#f-body"); area.value = "Poste\tMontant\nSemences, plants\t120"; area.select(); return null; })()`)
	b.Click(`[data-tool="table"]`)
	b.WaitFor(`document.querySelector("#f-body").value === "| Poste | Montant |\n| --- | --- |\n| Semences, plants | 120 |\n\n"`)
	b.Click("[data-look]")
	b.WaitText(".preview td", "Semences, plants")
	b.Shot("forum-table")
	b.Check()
	browsertest.Eval[any](b, `(() => { const area = document.querySelector("#f-body"); area.value = "**Bonjour**"; area.dispatchEvent(new Event("input", {bubbles: true})); return null; })()`)
	b.Click(`[data-deed="quote"]`)
	b.WaitFor(`document.querySelector("#f-body").value.startsWith("**Bonjour**\n\n> [Amel Trabelsi]")`)
	b.WaitFor(`document.querySelector("[name=reply_to]").value !== "0"`)
	b.WaitText("[data-kept-state]", "Brouillon enregistré")
	b.Open(here)
	b.WaitText(".draft", "Votre brouillon est revenu")
	b.WaitFor(`document.querySelector("#f-body").value.startsWith("**Bonjour**")`)
	b.Shot("forum-draft")
	b.Click(".compose > .actions .button")
	b.WaitText(".notice.good", "Votre réponse est publiée")
	b.WaitFor(`document.querySelector("#f-body").value === ""`)
	b.Open(here)
	b.WaitFor(`!document.querySelector(".draft") && document.querySelector("#f-body").value === ""`)
	b.Click(`[data-deed="report"]`)
	b.Wait("dialog[open]")
	b.Shot("forum-dialog")
	b.Check()
	b.Click(`dialog [value="insult"]`)
	b.Click("dialog .button")
	b.WaitText(".notice.good", "Merci")
	n := 0
	mustDo(t, w.db.NewRaw(`select count(*) from post_report where reason = 'insult'`).Scan(t.Context(), &n))
	if n != 1 {
		t.Errorf("%d reports arrived", n)
	}
}
