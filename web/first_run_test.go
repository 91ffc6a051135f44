package web

import (
	"net/url"
	"strings"
	"testing"

	"halqa/community/account/accounttest"
)

func TestTheFirstRun(t *testing.T) {
	w := settle(t)
	w.deps.FirstRun = &FirstRun{Code: "ABCD-EFGH"}
	v, late := w.visitor(t), w.visitor(t)
	// begin sends the form with the token of its page, the only one there is.
	begin := func(form url.Values) answer {
		page := v.get("/first-run").body
		_, after, _ := strings.Cut(page, `name="csrf-token" content="`)
		form.Set("csrf", after[:strings.Index(after, `"`)])
		return v.post("/first-run", form)
	}
	for _, path := range []string{"/", "/sign-in", "/sign-up", "/admin", "/spaces"} {
		expect(t, v.get(path), 303, "→ /first-run")
	}
	expect(t, late.get("/first-run"), 200)
	expect(t, v.post("/sign-up", url.Values{}), 303, "→ /first-run")
	expect(t, v.get("/first-run"), 200, "Premier démarrage", "Commencer")
	form := url.Values{"code": {"ABCD-EFGX"}, "name": {"Nabil"}, "email": {"nabil@example.org"}, "password": {phrase}}
	expect(t, begin(form), 422, "Ce n’est pas le code affiché", `value="nabil@example.org"`)
	form.Set("code", " abcd efgh ")
	form.Set("password", "court")
	expect(t, begin(form), 422, "Il faut au moins 10 caractères")
	form.Set("password", phrase)
	form.Del("csrf")
	expect(t, v.post("/first-run", form), 403) // without the token of the form
	expect(t, begin(form), 303, "→ /admin")
	expect(t, v.get("/admin"), 200, "Vous administrez maintenant toute la plateforme", "Créer un premier espace", "/admin/system")
	expect(t, v.get("/first-run"), 404)
	expect(t, late.send("/first-run", form), 404)
	expect(t, late.get("/sign-in"), 200)
	expect(t, late.get("/first-run"), 404)
}

func TestNoFirstRunAmongPeople(t *testing.T) {
	w := settle(t)
	accounttest.Person(t, w.db, "Somebody")
	w.deps.FirstRun = &FirstRun{Code: "ABCD-EFGH"}
	v := w.visitor(t)
	expect(t, v.get("/first-run"), 404)
	expect(t, v.get("/sign-in"), 200)
	w.deps.FirstRun = nil
	expect(t, w.visitor(t).get("/first-run"), 404)
}
