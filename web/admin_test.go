package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"halqa/community/account"
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
