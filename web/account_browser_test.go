package web

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/community/introduction"
	"halqa/migrations/testdb"
	"halqa/web/browsertest"
)

// country is a town with the demonstration's real places, on a database that commits.
func country(t *testing.T) (*town, account.Organisation) {
	t.Helper()
	w := &town{db: testdb.Clone(t), mails: &accounttest.Mails{}}
	err := w.db.RunInTx(context.Background(), nil, func(ctx context.Context, tx bun.Tx) error {
		var places account.Places
		var axes account.Axes
		for name, into := range map[string]any{"places": &places, "axes": &axes} {
			raw, err := os.ReadFile("../cmd/halqa/demo/" + name + ".json")
			if err != nil {
				return err
			}
			if err := json.Unmarshal(raw, into); err != nil {
				return err
			}
		}
		if err := account.LoadPlaces(ctx, tx, places); err != nil {
			return err
		}
		return account.LoadAxes(ctx, tx, axes)
	})
	if err != nil {
		t.Fatal(err)
	}
	service := account.New(w.db, account.Options{Mail: w.mails.Keep})
	w.deps = Deps{Account: service, Introductions: introduction.New(w.db, nil), SetLanguage: service.SetLanguage, Live: NewHub(),
		Authenticate: func(ctx context.Context, token string) (account.Actor, error) {
			a, _, err := service.Actor(ctx, token)
			return a, err
		}}
	offices, err := service.Offices(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	w.office = offices[0]
	org := func(name string) account.Organisation {
		return accounttest.Organisation(t, w.db, name, w.office, func(o *account.Organisation) {
			o.Governorate, o.Axes = "TN-11", []string{"environment", "youth"}
			o.Description = "Des jardins partagés dans les écoles de la Médina.\nحدائق مشتركة في مدارس المدينة."
		})
	}
	org("Oasis Vivante")
	return w, org("جمعية واحة الأمل")
}

// TestAccountsInABrowser signs somebody up, in French on a desktop and in Arabic on a phone, and looks at every page on
// the way, as an office then sees it too.
func TestAccountsInABrowser(t *testing.T) {
	w, org := country(t)
	site := serve(t, w.deps)
	for _, c := range []struct {
		width                       int
		lang, address, search, name string
	}{
		{1280, "fr", "amal@example.org", "oasis", "Amal Ben Salah"},
		{360, "ar", "sami@example.org", "واحه", "سامي الطرابلسي"},
	} {
		b := browsertest.New(t, c.width, c.lang, false)
		look := func(name string) { b.Check(); b.Shot(name) }
		b.Open(site + "/sign-up")
		look("sign-up")
		b.Type("#f-name", c.name)
		b.Type("#f-email", "nobody")
		browsertest.Eval[any](b, `document.querySelector("#f-email").type = "text"; document.querySelector("form[data-form]").noValidate = true; null`)
		b.Type("#f-password", "court")
		browsertest.Eval[any](b, `document.querySelector("[name=organisation][value=join]").click(); null`)
		b.Type("#f-organisation_search", c.search)
		b.Wait("[name=organisation_id]")
		b.Click("[name=organisation_id]")
		look("sign-up-joining")
		b.Click("main form .button.block")
		b.Wait("#f-email-error")
		b.Said() // Chromium reports a 422 as an error
		look("sign-up-refused")
		browsertest.Eval[any](b, fmt.Sprintf(`document.querySelector("#f-email").value = %q; document.querySelector("#f-governorate").value = "TN-11"; null`, c.address))
		b.Type("#f-password", phrase)
		b.Click("main form .button.block")
		b.Wait(".oops")
		look("check-mail")

		b.Open(site + w.mails.Last(t, c.address).Data["path"])
		look("confirm")
		b.Click("main form .button.block")
		b.Wait(".bell")
		b.Said() // the home isn't there in this test
		b.Open(site + "/profile")
		b.WaitText("main", c.address)
		look("profile")
		b.Open(site + "/organisations/join?q=" + c.search)
		look("join")
		b.Open(site + "/organisations/new")
		look("new-organisation")
		b.Open(fmt.Sprintf("%s/organisations/%d", site, org.ID))
		look("organisation")
	}
	w.lookAtTheDesk(t, site, org)
}

// lookAtTheDesk looks at the queue of an office and at the organisation's page of its administrator.
func (w *town) lookAtTheDesk(t *testing.T, site string, org account.Organisation) {
	ctx := context.Background()
	p, err := w.deps.Account.AddPerson(ctx, account.Newcomer{Name: "Nadia Gharbi", Email: "nadia@example.org", Language: "fr", Password: phrase})
	if err != nil {
		t.Fatal(err)
	}
	asker := accounttest.Actor(t, w.db, "Mounir Chebbi")
	_, err = w.deps.Account.CreateOrganisation(ctx, asker, account.NewOrganisation{Name: "Radio Médina", Kind: "media",
		Governorate: "TN-11", Description: "إذاعة جمعياتية يديرها شبّان الحيّ."})
	if err != nil {
		t.Fatal(err)
	}
	accounttest.Member(t, w.db, p.ID, org.ID)
	accounttest.Member(t, w.db, asker.PersonID, org.ID)
	accounttest.Grant(t, w.db, p.ID, account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: w.office.ID})
	accounttest.Grant(t, w.db, p.ID, account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID})
	for _, c := range []struct {
		width int
		lang  string
	}{{1280, "fr"}, {360, "ar"}} {
		if err := w.deps.Account.SetLanguage(ctx, account.Actor{PersonID: p.ID}, c.lang); err != nil {
			t.Fatal(err)
		}
		b := browsertest.New(t, c.width, c.lang, false)
		b.Open(site + "/sign-in?next=/desk/organisations")
		b.Check()
		b.Shot("sign-in")
		b.Type("#f-email", "nadia@example.org")
		b.Type("#f-password", phrase)
		b.Click("main form .button.block")
		b.Click(".decision summary")
		b.Check()
		b.Shot("desk-organisations")
		b.Open(fmt.Sprintf("%s/organisations/%d", site, org.ID))
		b.Check()
		b.Shot("organisation-administrator")
	}
}
