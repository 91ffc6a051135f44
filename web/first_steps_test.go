package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/enrolment"
	"halqa/events"
)

func TestTheFirstStepsOfASpace(t *testing.T) {
	a := openAgora(t)
	office, who := a.person(t, "Monia", a.over(account.OfficeModerator))
	sp, err := a.deps.Account.CreateSpace(t.Context(), who, account.Space{OfficeID: a.office.ID, Visibility: account.Open, Name: events.Text{"fr": "Eau <vive>", "ar": "ماء"}})
	if err != nil {
		t.Fatal(err)
	}
	animator, her := a.person(t, "Animatrice", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID})
	amel, _ := a.person(t, "Amel")
	at := "/spaces/" + sp.Key
	ready := at + "/forum/new?ready=welcome"
	for name, v := range map[string]*visitor{"a learner": amel, "a visitor": a.visitor(t)} {
		if strings.Contains(v.get(at).body, `id="first-steps"`) {
			t.Errorf("%s is shown the first steps", name)
		}
	}
	if strings.Contains(amel.get(ready).body, "Bienvenue dans") {
		t.Error("a learner is given the word of welcome")
	}
	if strings.Contains(office.get("/spaces/projets").body, `id="first-steps"`) {
		t.Error("a space that isn't new begins")
	}
	expect(t, animator.get(at), 200, `id="first-steps"`, "Fait\u00a0: 1 sur 6", at+"/manage", "ready=welcome", "Laisser de côté")
	expect(t, animator.get(ready), 200, "Bienvenue dans l’espace Eau <vive>", "**Eau <vive>**", "مرحبًا بكم في فضاء", "\n---\n", `value="announcement" checked`)

	a.later()
	expect(t, animator.send(at+"/forum/new", url.Values{"kind": {"announcement"}, "title": {"Bienvenue"}, "body": {"Bonjour à toutes et à tous."}}), 303, "/threads/")
	expect(t, animator.get(at), 200, "Fait\u00a0: 2 sur 6")
	skip := url.Values{"kind": {"space"}, "place": {fmt.Sprint(sp.ID)}, "step": {"charter"}, "next": {at}}
	expect(t, amel.send("/first-steps/skip", skip), 403)
	expect(t, animator.send("/first-steps/skip", skip), 303, at)
	expect(t, animator.get(at), 200, "Fait\u00a0: 2 sur 5")
	expect(t, office.get(at), 200, "Fait\u00a0: 2 sur 6")
	skip.Set("step", "")
	skip.Set("next", "https://elsewhere.example/")
	expect(t, animator.send("/first-steps/skip", skip), 303, "/home")
	if strings.Contains(animator.get(at).body, `id="first-steps"`) {
		t.Error("the list comes back")
	}
	expect(t, office.get(at), 200, "first-steps")
	_ = her
}

func TestTheFirstStepsOfAnOrganisation(t *testing.T) {
	a := openAgora(t)
	_, sami := a.person(t, "Sami")
	_, office := a.person(t, "Monia", a.over(account.OfficeModerator))
	org := accounttest.Organisation(t, a.db, "Oasis", a.office, func(o *account.Organisation) {
		o.State, o.AskedBy, o.Description, o.Axes = account.OrganisationRequested, sami.PersonID, "", []string{}
	})
	_, err := a.db.ExecContext(t.Context(), `insert into membership (person_id, organisation_id, state) values (?, ?, 'requested')`, sami.PersonID, org.ID)
	mustDo(t, err)
	if err := a.deps.Account.DecideOrganisation(t.Context(), office, org.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("/organisations/%d", org.ID)
	own := a.visitor(t)
	expect(t, own.send("/sign-in", url.Values{"email": {"sami@example.org"}, "password": {phrase}}), 303)
	page := own.get(at)
	expect(t, page, 200, "Les premiers pas de votre organisation", "Fait\u00a0: 0 sur 5", at+"/edit", at+"/progress")
	if n := len(regexp.MustCompile(`name="step" value="(keepers|consent|)"`).FindAllString(page.body, -1)); n != 3 {
		t.Errorf("%d steps may be put aside", n)
	}
	_, err = a.db.ExecContext(t.Context(), `insert into progress_sharing (person_id, organisation_id, agreed, at) values (?, ?, false, now())`, sami.PersonID, org.ID)
	mustDo(t, err)
	_, err = a.db.ExecContext(t.Context(), `update organisation set description = 'Un jardin', axes = '{eau}' where id = ?`, org.ID)
	mustDo(t, err)
	expect(t, own.get(at), 200, "Fait\u00a0: 3 sur 5")
	a.person(t, "Rim")
	rim := a.visitor(t)
	expect(t, rim.send("/sign-in", url.Values{"email": {"rim@example.org"}, "password": {phrase}}), 303)
	if strings.Contains(rim.get(at).body, `id="first-steps"`) {
		t.Error("others are shown the first steps")
	}
}

func TestTheFirstStepsOfAnOffice(t *testing.T) {
	f := openFair(t)
	expect(t, f.staff.get("/desk"), 200, "Aucun séminaire à venir")
	if strings.Contains(f.staff.get("/desk").body, `id="first-steps"`) {
		t.Error("an office that isn't new begins")
	}
	_, err := f.db.ExecContext(t.Context(), `insert into beginning (kind, place_id, at) values ('office', ?, now()), ('office', ?, now())`, f.office.ID, f.sousse.ID)
	mustDo(t, err)
	page := f.staff.get("/desk")
	expect(t, page, 200, `id="first-steps"`, "Fait\u00a0: 2 sur 5", "/admin/spaces/new", "/desk/seminars/new")
	if strings.Count(page.body, "Les premiers pas du bureau") != 1 || strings.Contains(page.body, "/admin/roles/new") {
		t.Error("they are shown those of another office, or where they may not go")
	}
	f.seminar(t, 0, enrolment.Rule{})
	expect(t, f.staff.get("/desk"), 200, "Fait\u00a0: 2 sur 5") // a draft is none
	f.seminar(t, 3, enrolment.Rule{})
	expect(t, f.staff.get("/desk"), 200, "Fait\u00a0: 3 sur 5")
}
