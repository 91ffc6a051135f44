package web

import (
	"fmt"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/web/browsertest"
)

// TestAdministrationInABrowser looks at every page of the administration, in French on a desktop, in Arabic on a phone, and
// once in the dark.
func TestAdministrationInABrowser(t *testing.T) {
	w, org := country(t)
	ctx := t.Context()
	admin, err := w.deps.Account.CreateAdministrator(ctx, account.Newcomer{Name: "Nabil Chebbi", Email: "nabil@example.org", Language: "fr",
		Password: phrase, Governorate: "TN-11"})
	if err != nil {
		t.Fatal(err)
	}
	actor := accounttest.Reload(t, w.db, admin.ID)
	people := []account.Actor{}
	for _, name := range []string{"Rim Jaziri", "سامي الطرابلسي", "Samia Ben Youssef"} {
		people = append(people, accounttest.Actor(t, w.db, name))
	}
	accounttest.Member(t, w.db, people[0].PersonID, org.ID)
	sp, err := w.deps.Account.CreateSpace(ctx, actor, account.Space{Name: events.Text{"fr": "Eau et jardins", "ar": "ماء وحدائق", "en": "Water and gardens"},
		Description: events.Text{"fr": "Partager l’eau, faire pousser.", "ar": "نتقاسم الماء ونزرع."}, Visibility: account.ByRequest, Hue: 140})
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID},
		{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: w.office.ID}, {Role: account.ProgrammeManager, Kind: account.OverPlatform}} {
		if err := w.deps.Account.Grant(ctx, actor, people[i].PersonID, g); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.deps.Account.Revoke(ctx, actor, people[2].PersonID, account.Grant{Role: account.ProgrammeManager, Kind: account.OverPlatform}); err != nil {
		t.Fatal(err)
	}
	for _, p := range people[:2] {
		if _, err := w.deps.Account.JoinSpace(ctx, p, sp.Key); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.deps.Account.AddSpaceMember(ctx, actor, sp.ID, people[0].PersonID); err != nil {
		t.Fatal(err)
	}
	if err := w.deps.Account.OfferAxis(ctx, actor, "environment", false); err != nil {
		t.Fatal(err)
	}
	site := serve(t, w.deps)
	pages := map[string]string{
		"admin": "/admin", "roles": "/admin/roles", "roles-revoked": "/admin/roles?revoked=1", "grant": "/admin/roles/new?q=sam",
		"grant-to": fmt.Sprintf("/admin/roles/new?person=%d", people[0].PersonID), "people": "/admin/people",
		"person": fmt.Sprintf("/admin/people/%d", people[0].PersonID), "organisations": "/admin/organisations",
		"edit-organisation": fmt.Sprintf("/organisations/%d/edit", org.ID), "offices": "/admin/offices",
		"office": fmt.Sprintf("/admin/offices/%d", w.office.ID), "governorate": "/admin/governorates/TN-11", "spaces": "/admin/spaces",
		"space-new": "/admin/spaces/new", "space-manage": "/spaces/" + sp.Key + "/manage", "space-members": "/spaces/" + sp.Key + "/manage/members",
		"audit": "/admin/audit", "axes": "/admin/axes", "axis": "/admin/axes/youth/edit",
	}
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{1280, "fr", false}, {360, "ar", false}, {360, "fr", true}} {
		if err := w.deps.Account.SetLanguage(ctx, actor, c.lang); err != nil {
			t.Fatal(err)
		}
		b := browsertest.New(t, c.width, c.lang, c.dark)
		b.Open(site + "/sign-in?next=/admin")
		b.Type("#f-email", admin.Email)
		b.Type("#f-password", phrase)
		b.Click("main form .button.block")
		b.Wait(".grid")
		for name, path := range pages {
			b.Open(site + path)
			b.Check()
			b.Shot("admin-" + name)
		}
		b.Open(site + "/admin/spaces/new")
		browsertest.Eval[any](b, `{const f = document.querySelector("#f-hue"); f.value = "20"; f.dispatchEvent(new Event("input", {bubbles: true})); null}`)
		b.WaitFor(`document.querySelector(".hue-field").classList.contains("h1") && document.querySelector(".hue-field [fill^='hsl(20']")`)
	}
}
