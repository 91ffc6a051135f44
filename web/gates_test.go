package web

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// drawRule is a tree as somebody may leave it in the builder: right or wrong.
func drawRule(t *rapid.T, depth int) enrolment.Rule {
	if depth > 1 && rapid.Bool().Draw(t, "leaf") {
		id, n := rapid.Int64Range(0, 9).Draw(t, "id"), rapid.IntRange(0, 120).Draw(t, "number")
		r := enrolment.Rule{Kind: rapid.SampledFrom(enrolment.LeafKinds).Draw(t, "kind")}
		switch r.Kind {
		case enrolment.Completed:
			r.ModuleID = id
		case enrolment.Progressed:
			r.ModuleID, r.Percent = id, n
		case enrolment.QuizScored:
			r.LessonID, r.Percent = id, n
		case enrolment.Contributed:
			r.SpaceID, r.As = id, rapid.SampledFrom(enrolment.Contributions).Draw(t, "as")
			if r.As != enrolment.OneOfEach {
				r.Count = n
			}
		case enrolment.Attended, enrolment.NeverAttended:
			r.SeminarID = id
		case enrolment.MembersCompleted:
			r.ModuleID, r.Count = id, n
		case enrolment.Belongs:
			r.Kinds = rapid.SliceOfN(rapid.SampledFrom(account.OrganisationKinds), 1, 2).Draw(t, "kinds")
		}
		return r
	}
	r := enrolment.Rule{Mode: rapid.SampledFrom([]enrolment.Mode{enrolment.All, enrolment.Any, enrolment.AtLeast}).Draw(t, "mode")}
	if r.Mode == enrolment.AtLeast {
		r.K = rapid.IntRange(2, 5).Draw(t, "k")
	}
	if depth < enrolment.MaxDepth {
		for range rapid.IntRange(0, 3).Draw(t, "branches") {
			r.Of = append(r.Of, drawRule(t, depth+1))
		}
	}
	return r
}

// What the builder shows is what it reads back, whatever is in it.
func TestTheBuilderKeepsRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRule(t, 1)
		if back := readRule(ruleFields(r), "", 1); fingerprint(back) != fingerprint(r) {
			t.Errorf("%+v came back as %+v", r, back)
		}
	})
}

func TestBuilderButtons(t *testing.T) {
	root := asGroup(enrolment.Rule{})
	press := func(do string, add enrolment.Kind) string {
		f := views.Form{Values: url.Values{}}
		f.Values.Set("add_"+strings.TrimPrefix(strings.TrimPrefix(do, "add "), "group "), string(add))
		return change(&root, do, f)
	}
	for _, step := range []struct {
		do    string
		add   enrolment.Kind
		focus string
	}{{"add 0", enrolment.Completed, "1"}, {"group 0", "", "2"}, {"add 2", enrolment.QuizScored, "2.1"}, {"group 2", "", "2.2"},
		{"add 2.2", enrolment.Belongs, "2.2.1"}, {"add 9", enrolment.Completed, ""}, {"add 1", enrolment.Completed, ""}, {"remove 7.7", "", "7"},
		{"add 0", "nonsense", "3"}, {"remove 1", "", ""}} {
		if focus := press(step.do, step.add); focus != step.focus {
			t.Errorf("%s goes on at %q, want %q", step.do, focus, step.focus)
		}
	}
	want := enrolment.Rule{Mode: enrolment.All, Of: []enrolment.Rule{
		{Mode: enrolment.Any, Of: []enrolment.Rule{{Kind: enrolment.QuizScored, Percent: 60}, {Mode: enrolment.Any, Of: []enrolment.Rule{{Kind: enrolment.Belongs}}}}},
		{Kind: enrolment.Completed}}}
	if !reflect.DeepEqual(root, want) {
		t.Errorf("built %+v", root)
	}
}

var previewed = regexp.MustCompile(`name="previewed" value="([0-9a-f]+)"`)

func TestBuildingAGate(t *testing.T) {
	f := openFair(t)
	f.tell(t, events.ModulePublished{ModuleID: 2, SpaceID: f.space, Title: events.Text{"fr": "Animer une réunion"}})
	sem := f.seminar(t, 3, enrolment.Rule{})
	amel, a := f.person(t, "Amel")
	f.tell(t, events.ModuleCompleted{PersonID: a.PersonID, ModuleID: f.module, SpaceID: f.space, CompletedAt: f.now})
	_, b := f.person(t, "Sami")
	if _, err := f.deps.Enrolment.Register(context.Background(), b, sem.ID); err != nil {
		t.Fatal(err)
	}
	desk := fmt.Sprintf("/desk/seminars/%d", sem.ID)
	gate := desk + "/gates/register"
	expect(t, f.staff.get(gate), 200, "Aucune condition", "Module terminé", "Version 1", "Ajouter un groupe")
	v := url.Values{"of_0": {"0"}, "need_0": {"all"}, "version": {"1"}, "add_0": {"completed"}, "do": {"add 0"}}
	expect(t, f.staff.send(gate, v), 200, `name="module_1"`, "Animer une réunion", "Gestion de projet")
	v = url.Values{"of_0": {"2"}, "need_0": {"2"}, "version": {"1"}, "do": {"preview"}, "kind_1": {"completed"}, "module_1": {"1"}, "kind_2": {"progressed"},
		"module_2": {"2"}, "percent_2": {"120"}}
	expect(t, f.staff.send(gate, v), 422, "Donnez un pourcentage entre 1 et 100", `href="#f-gate_2"`, `value="120"`)
	v.Set("need_0", "1")
	v.Set("percent_2", "50")
	v.Set("do", "save") // unseen, it is only shown
	page := f.staff.send(gate, v)
	expect(t, page, 200, "Si vous enregistrez", "Sami", "gardent leur place", "1 personne inscrite")
	v.Set("previewed", previewed.FindStringSubmatch(page.body)[1])
	v.Set("release", "yes")
	expect(t, f.staff.send(gate, v), 422, "Donnez une raison", "Si vous enregistrez")
	v.Del("release")
	expect(t, f.staff.send(gate, v), 303, "→ "+desk)
	expect(t, f.staff.get(desk), 200, "Les conditions sont enregistrées", "Au moins une condition parmi", "suivi à 50", "Sami")
	expect(t, f.staff.get(gate), 200, "Version 2", "en vigueur", "Repartir de la version 1")
	expect(t, f.staff.send(gate, v), 409, "Quelqu’un d’autre a enregistré", `name="version" value="2"`)
	v.Set("version", "2")
	v.Set("do", "preview")
	expect(t, f.staff.send(gate, v), 200, "Ces conditions sont celles qui comptent déjà")
	v.Set("release", "yes")
	v.Set("reason", "Les conditions ont changé")
	v.Set("do", "save")
	expect(t, f.staff.send(gate, v), 303)
	expect(t, f.staff.get(desk), 200, "1 inscription annulée", "Les conditions ont changé")
	expect(t, f.staff.send(gate, url.Values{"version": {"2"}, "of_0": {"0"}, "do": {"restore 1"}}), 200, "Aucune condition", "Si vous enregistrez")

	attend := desk + "/gates/attend"
	expect(t, f.staff.get(attend), 200, "il suffit de venir")
	v = url.Values{"of_0": {"1"}, "need_0": {"all"}, "version": {"0"}, "do": {"preview"}, "kind_1": {"completed"}, "module_1": {"2"}}
	v.Set("previewed", previewed.FindStringSubmatch(f.staff.send(attend, v).body)[1])
	v.Set("do", "save")
	expect(t, f.staff.send(attend, v), 303)
	expect(t, amel.get(fmt.Sprintf("/seminars/%d", sem.ID)), 200, "Vous pouvez vous inscrire", "Avant de venir", "Animer une réunion")

	f.now = f.now.Add(time.Minute)
	f.tell(t, events.ModuleRetired{ModuleID: 2, SpaceID: f.space})
	for _, page := range []string{desk, attend} {
		expect(t, f.staff.get(page), 200, "demande un module retiré")
	}
}

func TestTheCheckListSaysEveryLeaf(t *testing.T) {
	f := openFair(t)
	other := f.seminar(t, 1, enrolment.Rule{})
	later := f.now.Add(400 * time.Hour)
	plan := enrolment.Seminar{OfficeID: f.office.ID, SpaceID: f.space, Title: events.Text{"fr": "Suite"}, Venue: "Ici", Zone: "Africa/Tunis", Capacity: 5,
		Sessions: []enrolment.Session{{StartsAt: later, EndsAt: later.Add(time.Hour)}}}
	plan.Gate = enrolment.Rule{Mode: enrolment.All, Of: []enrolment.Rule{budgetDone(f),
		{Kind: enrolment.QuizScored, LessonID: 4, Percent: 70},
		{Kind: enrolment.Contributed, SpaceID: f.space, As: enrolment.Threads, Count: 2}, {Kind: enrolment.Contributed, SpaceID: f.space, As: enrolment.OneOfEach},
		{Kind: enrolment.Attended, SeminarID: other.ID}, {Kind: enrolment.NeverAttended, SeminarID: other.ID + 1000},
		{Kind: enrolment.Belongs, Kinds: []string{"association", "network"}, Governorates: []string{"XX-gafsa"}},
		{Kind: enrolment.MembersCompleted, ModuleID: f.module, Count: 3}}}
	sem, err := f.deps.Enrolment.Create(context.Background(), f.moderator, plan)
	if err == nil {
		err = f.deps.Enrolment.Publish(context.Background(), f.moderator, sem.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	amel, _ := f.person(t, "Amel")
	words := []string{"2 discussions lancées dans « Gestion de projet »", "Une discussion lancée et une réponse", "Avoir participé à « Atelier budget »",
		"Ne pas avoir participé", "Être membre d’une organisation validée", "Association ou Réseau", "3 membres de votre organisation ont terminé « Monter un budget »"}
	expect(t, amel.get(fmt.Sprintf("/seminars/%d", sem.ID)), 200, append(words, "0 sur 2", "/spaces/projets/forum", "/organisations/join")...)
	expect(t, f.staff.get(fmt.Sprintf("/desk/seminars/%d", sem.ID)), 200, append(words, "Au moins 70")...)
}

func TestWhyAtAnotherMoment(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 3, budgetDone(f))
	_, a := f.person(t, "Amel")
	f.now = f.now.AddDate(0, 0, 2)
	f.tell(t, events.ModuleCompleted{PersonID: a.PersonID, ModuleID: f.module, SpaceID: f.space, CompletedAt: f.now})
	reg, err := f.deps.Enrolment.Register(context.Background(), a, sem.ID)
	if err != nil {
		t.Fatal(err)
	}
	guest := fmt.Sprintf("/desk/seminars/%d/registrations/%d", sem.ID, reg.ID)
	day := func(n int) string { // the next minute, so many days later
		return guest + f.now.In(f.deps.Zone).Add(time.Minute).AddDate(0, 0, n).Format("?at=15:04&on=2006-01-02")
	}
	expect(t, f.staff.get(guest), 200, "version 1", "Module terminé", "Et à une autre date")
	expect(t, f.staff.get(day(-1)), 200, "Non, le")
	expect(t, f.staff.get(day(0)), 200, "Oui, le", "D’après la version 1")
	expect(t, f.staff.get(day(0)+"&use=attend"), 200, "Oui, le", "Aucune condition n’était posée")
	expect(t, f.staff.get(day(-30)), 200, "Ce séminaire n’existait pas encore")
	expect(t, f.staff.get(guest+"?on=soon"), 200, "Donnez un jour et une heure")
}
