package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

var overAll = account.Grant{Role: account.Administrator, Kind: account.OverPlatform}

func (w *town) over(r account.Role) account.Grant {
	return account.Grant{Role: r, Kind: account.OverOffice, ScopeID: w.office.ID}
}

func TestGivingAndTakingRoles(t *testing.T) {
	w := settle(t)
	admin, me := w.person(t, "Nabil", overAll)
	_, rim := w.person(t, "Rim")
	learner, _ := w.person(t, "Learner")
	for _, path := range []string{"/admin", "/admin/roles", "/admin/roles/new", "/admin/people"} {
		expect(t, learner.get(path), 403)
		expect(t, w.visitor(t).get(path), 303, "/sign-in")
	}
	expect(t, admin.get("/admin"), 200, "/admin/roles", "/admin/people")
	expect(t, admin.get("/admin/roles"), 200, "Nabil", "Toute la plateforme", "par le programme")
	form := fmt.Sprintf("/admin/roles/new?person=%d", rim.PersonID)
	expect(t, admin.get("/admin/roles/new?q=rim"), 200, "rim@example.org", form)
	expect(t, admin.get("/admin/roles/new?q=zzz"), 200, "Personne ne correspond")
	expect(t, admin.get(form), 200, "Donner un rôle à Rim", "office:", "Bureau gafsa")
	give := func(role, place string) answer {
		return admin.send("/admin/roles/new", url.Values{"person": {fmt.Sprint(rim.PersonID)}, "role": {role}, "place": {place}})
	}
	office := fmt.Sprintf("office:%d", w.office.ID)
	expect(t, give("", ""), 422, "Choisissez un rôle", "Choisissez où il vaut")
	expect(t, give("space_moderator", office), 422, "Ce rôle se donne sur un espace", `value="space_moderator" checked`)
	expect(t, give("emperor", "platform"), 422, "Choisissez dans la liste")
	expect(t, give("trainer", "office:999999"), 404)
	expect(t, give("trainer", office), 303, "/admin/roles")
	expect(t, admin.get("/admin/roles"), 200, "a le rôle", "Formation", "par Nabil")
	revoke := url.Values{"person": {fmt.Sprint(rim.PersonID)}, "role": {"trainer"}, "place": {office}}
	expect(t, admin.send("/admin/roles/revoke", revoke), 303, "/admin/roles")
	expect(t, admin.send("/admin/roles/revoke", revoke), 404)
	expect(t, admin.get("/admin/roles?revoked=1"), 200, "Formation", "Rim")
	last := url.Values{"person": {fmt.Sprint(me.PersonID)}, "role": {"administrator"}, "place": {"platform"}}
	expect(t, admin.send("/admin/roles/revoke", last), 303, "/admin/roles")
	expect(t, admin.get("/admin/roles"), 200, "C’est le dernier rôle d’administration")
}

func TestReadingPeople(t *testing.T) {
	w := settle(t)
	admin, _ := w.person(t, "Nabil", overAll)
	moderator, _ := w.person(t, "Monia", w.over(account.OfficeModerator))
	amal := w.visitor(t)
	expect(t, amal.send("/sign-up", url.Values{"name": {"Amàl <b>"}, "email": {"amal@example.org"}, "password": {phrase}, "language": {"fr"},
		"governorate": {"XX-gafsa"}, "organisation": {"none"}, "gender": {"female"}, "birth_year": {"1990"}}), 303)
	expect(t, amal.send(w.mails.Last(t, "amal@example.org").Data["path"], url.Values{}), 303)
	expect(t, amal.get("/profile"), 200)

	a := moderator.get("/admin/people?q=amal")
	expect(t, a, 200, "Amàl <b>", "1 personne")
	for _, private := range []string{"amal@example.org", "1990", "<b>"} {
		if strings.Contains(a.body, private) {
			t.Errorf("the moderator sees %q", private)
		}
	}
	list := admin.get("/admin/people?q=amal%40example")
	expect(t, list, 200, "amal@example.org")
	expect(t, admin.get("/admin/people?q=%00%25&page=99999999999999999999&office=x&role=%27&governorate=%00"), 200, "Personne ne correspond")
	at := strings.Index(list.body, `href="/admin/people/`) + len(`href="`)
	person := list.body[at : at+strings.Index(list.body[at:], `"`)]
	a = moderator.get(person)
	expect(t, a, 200, "Amàl <b>")
	if strings.Contains(a.body, "amal@example.org") || strings.Contains(a.body, "sign-out\"><input") && strings.Contains(a.body, person+"/sign-out") {
		t.Error("the moderator sees the address, or may end sessions")
	}
	expect(t, moderator.send(person+"/sign-out", url.Values{}), 403)
	expect(t, admin.get(person), 200, "Déconnecter tous ses appareils", "amal@example.org")
	expect(t, admin.send(person+"/sign-out", url.Values{}), 303, person)
	expect(t, amal.get("/profile"), 303, "/sign-in")
	expect(t, moderator.get("/admin/people/999999"), 404)
}

func TestLookingAfterASpace(t *testing.T) {
	w := settle(t)
	moderator, _ := w.person(t, "Monia", w.over(account.OfficeModerator))
	admin, _ := w.person(t, "Nabil", overAll)
	rim, rimActor := w.person(t, "Rim")
	expect(t, rim.get("/admin/spaces/new"), 403)
	expect(t, moderator.get("/admin/spaces"), 200, "Aucun espace", "/admin/spaces/new")
	expect(t, moderator.get("/admin/spaces/new"), 200, "Sur invitation", "data-hue", "Bureau gafsa")
	form := url.Values{"name_fr": {" "}, "description_fr": {"<i>Eau</i>"}, "visibility": {"request"}, "office": {fmt.Sprint(w.office.ID)}, "hue": {"x"}}
	expect(t, moderator.send("/admin/spaces/new", form), 422, "Indiquez un nom", "<i>Eau</i>", `value="request" checked`)
	form.Set("name_fr", "Eau et jardins")
	form.Set("hue", "140")
	expect(t, moderator.send("/admin/spaces/new", form), 303, "/spaces/eau-et-jardins/manage/members")
	form.Set("office", "0")
	expect(t, moderator.send("/admin/spaces/new", form), 403)

	at := "/spaces/eau-et-jardins"
	people := at + "/manage/members"
	_, err := w.deps.Account.JoinSpace(t.Context(), rimActor, "eau-et-jardins")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, rim.get(at+"/manage"), 403)
	expect(t, moderator.get("/admin/spaces"), 200, "1 en attente", "Sur demande")
	expect(t, moderator.get(people), 200, "Rim", "Accepter")
	request := fmt.Sprintf("%s/requests/%d", people, rimActor.PersonID)
	expect(t, rim.send(request, url.Values{"decision": {"accept"}}), 403)
	expect(t, moderator.send(request, url.Values{"decision": {"accept"}}), 303, people)
	expect(t, moderator.send(request, url.Values{"decision": {"accept"}}), 409)
	expect(t, moderator.send(people, url.Values{"email": {"nabil@example.org"}}), 303, people)
	expect(t, moderator.send(people, url.Values{"email": {"nobody@example.org"}}), 422, "Personne sur Halqa n’a cette adresse", `value="nobody@example.org"`)
	expect(t, moderator.get(people), 200, "Rim", "Nabil", "2 membres")
	expect(t, moderator.send(fmt.Sprintf("%s/%d/remove", people, rimActor.PersonID), url.Values{}), 303, people)
	expect(t, moderator.get(at+"/manage"), 200, `value="Eau et jardins"`, `value="140"`)
	form.Set("name_ar", "ماء وحدائق")
	form.Set("office", fmt.Sprint(w.office.ID))
	expect(t, moderator.send(at+"/manage", version(1, form)), 303, at+"/manage")
	expect(t, admin.get(people), 200, "Personne n’anime encore", "/admin/roles/new?place=space")
	expect(t, admin.get("/spaces/nowhere/manage"), 404)
}

func TestOfficesInTheAdministration(t *testing.T) {
	w := settle(t)
	admin, _ := w.person(t, "Nabil", overAll)
	local, _ := w.person(t, "Local", w.over(account.Administrator))
	expect(t, admin.get("/admin/offices"), 200, "Bureau gafsa", "XX-gafsa", "/admin/offices/new")
	expect(t, admin.send("/admin/offices/new", url.Values{"name_fr": {""}}), 422, "Indiquez un nom")
	expect(t, admin.send("/admin/offices/new", url.Values{"name_fr": {"Bureau du Nord"}, "name_ar": {"مكتب الشمال"}}), 303, "/admin/offices")
	expect(t, admin.send("/admin/governorates/new", url.Values{"code": {"tn-9"}, "name_fr": {"Neuf"}, "office": {"0"}}), 422, "Choisissez dans la liste")
	expect(t, admin.send("/admin/governorates/new", url.Values{"code": {"tn-9"}, "name_fr": {"Neuf"}, "office": {fmt.Sprint(w.office.ID)}}), 303)
	expect(t, admin.get("/admin/governorates/TN-9"), 200, "Neuf")
	expect(t, admin.get("/admin/governorates/TN-10"), 404)
	expect(t, admin.send("/admin/governorates/TN-9", version(1, url.Values{"name_fr": {"Le Neuf"}, "office": {fmt.Sprint(w.office.ID)}})), 303)
	office := fmt.Sprintf("/admin/offices/%d", w.office.ID)
	expect(t, local.get("/admin/offices"), 200, "Le Neuf")
	expect(t, local.get(office), 200, "Bureau gafsa")
	expect(t, local.send(office, version(1, url.Values{"name_fr": {"Bureau de Gafsa"}})), 303)
	for _, path := range []string{"/admin/offices/new", "/admin/governorates/new", "/admin/governorates/TN-9"} {
		expect(t, local.get(path), 403)
		expect(t, local.send(path, url.Values{"name_fr": {"X"}}), 403)
	}
}

func TestAxesInTheAdministration(t *testing.T) {
	w := settle(t)
	admin, _ := w.person(t, "Nabil", overAll)
	local, _ := w.person(t, "Local", w.over(account.Administrator))
	expect(t, admin.get("/admin"), 200, "/admin/axes")
	expect(t, admin.get("/admin/axes"), 200, "Aucun domaine à choisir")
	expect(t, admin.send("/admin/axes/new", url.Values{"name_fr": {""}, "name_ar": {"  "}}), 422, "Indiquez un nom")
	for _, name := range []string{"New", "Eau"} {
		expect(t, admin.send("/admin/axes/new", url.Values{"name_fr": {name}}), 303, "/admin/axes")
	}
	expect(t, admin.get("/admin/axes/new/edit"), 200, `value="New"`) // its key is the word of another address
	expect(t, admin.send("/admin/axes/new/edit", version(1, url.Values{"name_fr": {"eau"}})), 422, "porte déjà ce nom", `value="eau"`)
	expect(t, admin.send("/admin/axes/new/edit", version(1, url.Values{"name_fr": {"Neuf"}, "name_ar": {"جديد"}})), 303)
	expect(t, admin.send("/admin/axes/eau/move", url.Values{"do": {"up"}}), 303)
	if list := admin.get("/admin/axes"); strings.Index(list.body, ">Eau<") > strings.Index(list.body, ">Neuf<") {
		t.Error("the water stayed below")
	}
	expect(t, admin.get("/organisations/new"), 200, `value="eau"`)
	expect(t, admin.send("/admin/axes/eau/offer", url.Values{"do": {"retire"}}), 303)
	expect(t, admin.get("/admin/axes"), 200, "Proposer à nouveau", "À traduire : arabe et anglais")
	if form := admin.get("/organisations/new"); strings.Contains(form.body, `value="eau"`) {
		t.Error("a retired axis is offered")
	}
	org := accounttest.Organisation(t, w.db, "Oasis", w.office, func(o *account.Organisation) { o.Axes = []string{"eau"} })
	expect(t, admin.get(fmt.Sprintf("/organisations/%d/edit", org.ID)), 200, "Eau (retiré)")
	expect(t, admin.get("/organisations"), 200, "Eau (retiré)")
	expect(t, admin.get("/admin/audit?kind=axes"), 200, "Domaine « Eau » retiré")
	for _, path := range []string{"/admin/axes", "/admin/axes/new", "/admin/axes/eau/edit"} {
		expect(t, local.get(path), 403)
	}
	expect(t, admin.get("/admin/axes/nothing/edit"), 404)
	expect(t, admin.send("/admin/axes/nothing/move", url.Values{}), 404)
}

func TestEditingOrganisationsInTheAdministration(t *testing.T) {
	w := settle(t)
	moderator, _ := w.person(t, "Monia", w.over(account.OfficeModerator))
	org := accounttest.Organisation(t, w.db, "Radio du Bassin", w.office)
	own, _ := w.person(t, "Sami", account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID})
	learner, _ := w.person(t, "Learner")
	edit := fmt.Sprintf("/organisations/%d/edit", org.ID)
	expect(t, moderator.get("/admin/organisations?q=RADIO&state=validated"), 200, "Radio du Bassin", edit, "/desk/organisations")
	expect(t, moderator.get("/admin/organisations?kind=media"), 200, "Aucune organisation ne correspond")
	expect(t, learner.get("/admin/organisations"), 403)
	expect(t, learner.get(edit), 403)
	expect(t, learner.send(edit, url.Values{}), 403)
	form := url.Values{"organisation_name": {""}, "organisation_kind": {"media"}, "organisation_governorate": {"XX-gafsa"}, "organisation_description": {"Une radio"}}
	expect(t, moderator.get(edit), 200, `value="Radio du Bassin"`)
	expect(t, moderator.send(edit, version(1, form)), 422, "Indiquez un nom", "Une radio")
	expect(t, own.send(edit, form), 303)
	expect(t, own.get(edit), 200, "Le bureau répond du nom", "Une radio")
	form.Set("organisation_name", "Radio Gafsa")
	expect(t, moderator.send(edit, version(2, form)), 303, strings.TrimSuffix(edit, "/edit"))
	expect(t, moderator.get(strings.TrimSuffix(edit, "/edit")), 200, "Radio Gafsa", "Média", edit)
}

func TestReadingTheAudit(t *testing.T) {
	w := settle(t)
	admin, _ := w.person(t, "Nabil", overAll)
	moderator, _ := w.person(t, "Monia", w.over(account.OfficeModerator))
	rimBrowser, rim := w.person(t, "Rim")
	expect(t, rimBrowser.get("/admin/audit"), 403)
	expect(t, moderator.get("/admin/audit"), 200, `<option value="`+string(w.over(account.OfficeModerator).Kind))
	expect(t, moderator.get("/admin/audit?place=office:999"), 403)
	expect(t, admin.send("/admin/roles/new", url.Values{"person": {fmt.Sprint(rim.PersonID)}, "role": {"programme_manager"}, "place": {"platform"}}), 303)
	expect(t, admin.get("/admin/audit"), 200, "Rôle « Responsable de programme » donné à Rim (Toute la plateforme)", "Nabil", "Compte ouvert : Rim")
	expect(t, admin.get(fmt.Sprintf("/admin/audit?person=%d&kind=roles", rim.PersonID)), 200, "Seulement Rim", "Responsable de programme")
	expect(t, admin.get("/admin/audit?kind=offices"), 200, "Rien ici")
	expect(t, admin.get("/admin/audit?from=soon&to=2026-02-31"), 422, "f-from-error", `value="soon"`)
	expect(t, admin.get("/admin/audit?person=-1&page=-5&kind=%00"), 200)
}
