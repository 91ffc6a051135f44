package web

import (
	"context"
	"fmt"
	"testing"

	"halqa/enrolment"
	"halqa/events"
	"halqa/migrations/testdb"
	"halqa/web/browsertest"
)

// TestGatesInABrowser builds a nested rule by its buttons, looks at its effect, and at the pages that say it.
func TestGatesInABrowser(t *testing.T) {
	f := openFairIn(t, settleIn(t, testdb.Clone(t)))
	f.tell(t, events.ModulePublished{ModuleID: f.module, SpaceID: f.space, Title: events.Text{"fr": "Monter un budget", "ar": "إعداد ميزانية"}})
	f.tell(t, events.ModulePublished{ModuleID: 2, SpaceID: f.space, Title: events.Text{"fr": "Animer une réunion participative avec les habitants"}})
	sem := f.seminar(t, 3, enrolment.Rule{Mode: enrolment.AtLeast, K: 2, Of: []enrolment.Rule{budgetDone(f),
		{Kind: enrolment.Progressed, ModuleID: 2, Percent: 60},
		{Mode: enrolment.Any, Of: []enrolment.Rule{{Kind: enrolment.Contributed, SpaceID: f.space, As: enrolment.Replies, Count: 2},
			{Kind: enrolment.Belongs, Kinds: []string{"association", "network"}, Governorates: []string{"XX-gafsa"}}}}}})
	learner, a := f.person(t, "Amel")
	f.tell(t, events.ModuleCompleted{PersonID: a.PersonID, ModuleID: 2, SpaceID: f.space, CompletedAt: f.now})
	f.tell(t, events.ModuleCompleted{PersonID: a.PersonID, ModuleID: f.module, SpaceID: f.space, CompletedAt: f.now})
	f.tell(t, events.ModuleProgressed{PersonID: a.PersonID, ModuleID: 2, SpaceID: f.space, Percent: 80})
	reg, err := f.deps.Enrolment.Register(context.Background(), a, sem.ID)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := f.person(t, "Sami")
	server := serve(t, f.deps)
	desk := fmt.Sprintf("%s/desk/seminars/%d", server, sem.ID)
	for _, look := range []struct {
		width int
		lang  string
		dark  bool
	}{{1280, "fr", false}, {360, "ar", false}, {360, "fr", true}, {1280, "ar", true}} {
		b := browsertest.New(t, look.width, look.lang, look.dark)
		if _, err := f.db.NewRaw(`update person set language = ?`, look.lang).Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
		open := func(who *visitor, name, path string) {
			t.Helper()
			signInAs(b, server, who.cookies["halqa_session"])
			b.Open(path)
			b.Check()
			b.Shot(name)
		}
		open(f.staff, "gate-desk", desk)
		open(f.staff, "gate-why", fmt.Sprintf("%s/registrations/%d?on=%s&at=23:00", desk, reg.ID, f.now.Format("2006-01-02")))
		open(f.staff, "gate-builder", desk+"/gates/register")
		browsertest.Eval[string](b, `document.querySelector("#f-add_0").value = "never_attended"`)
		b.Click(`[value="add 0"]`)
		b.Wait(`[name="seminar_4"]`)
		b.Click(`[value="group 3"]`)
		b.Wait(`[name="need_3.3"]`)
		b.Click(`main form > .actions .button[value="preview"]`)
		b.Wait(".notice.bad")
		b.Shot("gate-refused")
		b.Said() // of the refusal's status
		b.Click(`[value="remove 3.3"]`)
		b.WaitFor(`document.querySelector("#f-need_0") && !document.querySelector('[name="need_3.3"]')`)
		b.Click(`[value="remove 4"]`)
		b.WaitFor(`document.querySelector("#f-need_0") && !document.querySelector('[name="seminar_4"]')`)
		browsertest.Eval[string](b, `document.querySelector("#f-need_0").value = "all"`)
		b.Click(`main form > .actions .button[value="preview"]`)
		b.Wait(".gate-effect")
		b.Check()
		b.Shot("gate-effect")
		open(other, "gate-locked", fmt.Sprintf("%s/seminars/%d", server, sem.ID))
		open(learner, "gate-seat", fmt.Sprintf("%s/seminars/%d", server, sem.ID))
	}
}
