package web

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/community/introduction"
	"halqa/community/notify"
	"halqa/migrations/testdb"
)

// town is an application over a database of its own, with one office and the mails it sends.
type town struct {
	db     bun.IDB
	deps   Deps
	mails  *accounttest.Mails
	office account.Office
	now    time.Time
}

func settle(t *testing.T) *town { return settleIn(t, testdb.Tx(t)) }

func settleIn(t *testing.T, db bun.IDB) *town {
	t.Helper()
	w := &town{db: db, mails: &accounttest.Mails{}, now: time.Now()}
	w.office = accounttest.Office(t, w.db, "gafsa")
	service := account.New(w.db, account.Options{Mail: w.mails.Keep, Now: func() time.Time { return w.now }})
	w.deps = Deps{Account: service, Introductions: introduction.New(w.db, func() time.Time { return w.now }), SetLanguage: service.SetLanguage,
		Authenticate: func(ctx context.Context, token string) (account.Actor, error) {
			a, _, err := service.Actor(ctx, token)
			return a, err
		}}
	return w
}

func (w *town) visitor(t *testing.T) *visitor {
	t.Helper()
	return arrive(t, w.deps)
}

// person signs somebody in, with grants.
func (w *town) person(t *testing.T, name string, grants ...account.Grant) (*visitor, account.Actor) {
	t.Helper()
	address := strings.ToLower(name) + "@example.org"
	p, err := w.deps.Account.AddPerson(context.Background(), account.Newcomer{Name: name, Email: address, Language: "fr", Password: phrase})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range grants {
		accounttest.Grant(t, w.db, p.ID, g)
	}
	v := w.visitor(t)
	if a := v.send("/sign-in", url.Values{"email": {address}, "password": {phrase}}); a.StatusCode != 303 {
		t.Fatalf("sign in answers %d", a.StatusCode)
	}
	return v, accounttest.Reload(t, w.db, p.ID)
}

// send posts a form with its token.
func (v *visitor) send(path string, form url.Values) answer {
	v.t.Helper()
	form.Set("csrf", v.token())
	return v.post(path, form)
}

const phrase = "une phrase assez longue"

func expect(t *testing.T, a answer, status int, contains ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("status %d, want %d", a.StatusCode, status)
	}
	where := html.UnescapeString(a.body) + " → " + a.Header.Get("Location")
	for _, s := range contains {
		if !strings.Contains(where, s) {
			t.Errorf("no %q on the page", s)
		}
	}
}

func TestSignUpConfirmSignOutSignIn(t *testing.T) {
	w := settle(t)
	v := w.visitor(t)
	expect(t, v.get("/sign-up"), 200, "Créer mon compte")
	expect(t, v.send("/sign-up", url.Values{"name": {"Amal"}, "email": {"Amal@example.org"}, "password": {phrase}, "language": {"fr"},
		"governorate": {"XX-gafsa"}, "organisation": {"none"}, "birth_year": {"1990"}}), 303, "→ /check-mail")
	expect(t, v.get("/check-mail"), 200, "Message envoyé à Amal@example.org")
	link := w.mails.Last(t, "amal@example.org").Data["path"]
	expect(t, v.get(link), 200, "Bonjour Amal")
	expect(t, v.get(link), 200, "Confirmer et entrer")
	expect(t, v.send(link, url.Values{}), 303, "→ /home")
	expect(t, v.get("/profile"), 200, "amal@example.org", "1990", "Bienvenue")
	expect(t, v.get("/sign-in?next=/spaces"), 303, "→ /spaces")
	expect(t, v.send("/sign-out", url.Values{}), 303, "→ /")
	expect(t, v.get("/profile"), 303, "→ /sign-in?next=%2Fprofile")
	expect(t, v.send(link, url.Values{}), 409, "Ce lien a déjà servi")
	expect(t, v.send("/sign-in", url.Values{"email": {"amal@example.org"}, "password": {phrase}, "next": {"/seminars?x=1"}}), 303, "→ /seminars?x=1")
	expect(t, v.get("/profile"), 200, "cet appareil")
}

func TestARefusedSignUpLosesNothing(t *testing.T) {
	v := settle(t).visitor(t)
	a := v.send("/sign-up", url.Values{"name": {"أمل"}, "email": {"amal"}, "password": {"court"}, "language": {"ar"},
		"governorate": {"XX-gafsa"}, "gender": {"female"}, "birth_year": {"mille"}, "organisation": {"create"},
		"organisation_name": {"Radio"}, "organisation_description": {"<b>Une radio</b>"}})
	expect(t, a, 422, `value="أمل"`, `value="amal"`, `value="Radio"`, "<b>Une radio</b>", "Il faut au moins 10 caractères",
		"Cette adresse n’a pas la bonne forme", "Quatre chiffres", `value="XX-gafsa" selected`, `href="#f-organisation_kind"`)
	if strings.Contains(a.body, "court") || strings.Contains(a.body, "<b>Une") {
		t.Error("the page shows the password, or what was typed as markup")
	}
}

func TestSignUpFindsTheOrganisation(t *testing.T) {
	w := settle(t)
	one := accounttest.Organisation(t, w.db, "Réseau des Oasis", w.office)
	accounttest.Organisation(t, w.db, "Oasis Vivante", w.office)
	v := w.visitor(t)
	form := func(search, id string) url.Values {
		return url.Values{"name": {"Amal"}, "email": {"amal@example.org"}, "password": {phrase}, "language": {"fr"},
			"governorate": {"XX-gafsa"}, "organisation": {"join"}, "organisation_search": {search}, "organisation_id": {id}}
	}
	expect(t, v.send("/sign-up", form("oasis", "")), 422, "Choisissez la vôtre", "Oasis Vivante", "Réseau des Oasis")
	expect(t, v.send("/sign-up", form("nothing", "")), 422, "Aucune organisation validée ne porte ce nom")
	expect(t, v.send("/sign-up", form("reseau des oasis", "")), 303)
	expect(t, v.get(w.mails.Last(t, "amal@example.org").Data["path"]), 200)
	expect(t, v.send("/sign-up", form("x", fmt.Sprint(one.ID))), 303)
	expect(t, v.get("/organisations/found?q=OASIS"), 200, "Oasis Vivante", "Association · gafsa")
	if a := v.get("/organisations/found?q=OASIS"); strings.Contains(a.body, "<html") {
		t.Error("what is found comes with a whole page")
	}
}

func TestSignInRefusals(t *testing.T) {
	w := settle(t)
	w.person(t, "Amal")
	v := w.visitor(t)
	wrong := url.Values{"email": {"amal@example.org"}, "password": {"not it"}, "next": {"/spaces"}}
	for range 10 {
		expect(t, v.send("/sign-in", wrong), 422, "Adresse ou mot de passe incorrect", `value="amal@example.org"`, `value="/spaces"`)
	}
	a := v.send("/sign-in", url.Values{"email": {"amal@example.org"}, "password": {phrase}})
	expect(t, a, 429, "Réessayez dans 15 minutes", `value="amal@example.org"`)
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	expect(t, v.send("/magic", url.Values{"email": {"amal@example.org"}}), 303, "→ /check-mail")
	expect(t, v.send(w.mails.Last(t, "amal@example.org").Data["path"], url.Values{}), 303, "→ /home")
}

func TestNobodyIsSentElsewhereAfterSigningIn(t *testing.T) {
	w := settle(t)
	w.person(t, "Amal")
	for _, next := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", ""} {
		v := w.visitor(t)
		expect(t, v.get("/sign-in?next="+url.QueryEscape(next)), 200)
		expect(t, v.send("/sign-in", url.Values{"email": {"amal@example.org"}, "password": {phrase}, "next": {next}}), 303, "→ /home")
	}
}

func TestAccountFormsNeedTheirToken(t *testing.T) {
	w := settle(t)
	v, _ := w.person(t, "Amal")
	for _, path := range []string{"/sign-in", "/sign-up", "/sign-out", "/magic", "/reset", "/confirm/x", "/profile", "/profile/password",
		"/profile/sign-out-everywhere", "/organisations/new", "/organisations/join", "/organisations/1/leave"} {
		if a := v.post(path, url.Values{}); a.StatusCode != 403 {
			t.Errorf("%s without its token answers %d", path, a.StatusCode)
		}
	}
	expect(t, v.get("/profile"), 200)
}

func TestDeadLinks(t *testing.T) {
	w := settle(t)
	w.person(t, "Amal")
	v := w.visitor(t)
	for path, text := range map[string]string{"/confirm/x": "Il valait trois jours", "/magic/x": "Il valait une demi-heure", "/reset/x": "Il valait une heure"} {
		expect(t, v.get(path), 404, "Ce lien n’est plus valable", text)
		expect(t, v.send(path, url.Values{"password": {phrase}}), 404, text)
	}
	expect(t, v.send("/magic", url.Values{"email": {"amal@example.org"}}), 303)
	w.now = w.now.Add(31 * time.Minute)
	expect(t, v.get(w.mails.Last(t, "amal@example.org").Data["path"]), 404, "Ce lien n’est plus valable")
	expect(t, v.send("/magic", url.Values{"email": {"nobody@example.org"}}), 303, "→ /check-mail")
	expect(t, v.send("/magic", url.Values{"email": {"nobody"}}), 422, "n’a pas la bonne forme")
}

func TestResettingAPassword(t *testing.T) {
	w := settle(t)
	old, _ := w.person(t, "Amal")
	v := w.visitor(t)
	expect(t, v.get("/reset"), 200)
	expect(t, v.send("/reset", url.Values{"email": {"amal@example.org"}}), 303)
	link := w.mails.Last(t, "amal@example.org").Data["path"]
	expect(t, v.send(link, url.Values{"password": {"court"}}), 422, "Il faut au moins 10 caractères")
	expect(t, v.send(link, url.Values{"password": {"une tout autre phrase"}}), 303, "→ /home")
	expect(t, v.get("/profile"), 200)
	expect(t, old.get("/profile"), 303, "→ /sign-in")
	expect(t, old.get("/sign-in"), 200) // a session that is over is no loop
}

func TestChangingTheProfile(t *testing.T) {
	w := settle(t)
	w.deps.Notify = notify.New(w.db, notify.Options{Render: Letters(nil)})
	v, _ := w.person(t, "Amal")
	before := v.cookies["halqa_session"]
	expect(t, v.send("/profile", url.Values{"name": {""}, "language": {"fr"}, "birth_year": {"x"}}), 422)
	expect(t, v.send("/profile", url.Values{"name": {"أمل"}, "language": {"ar"}, "governorate": {"XX-gafsa"}}), 303, "→ /profile")
	expect(t, v.get("/profile"), 200, `dir="rtl"`, `value="أمل"`, "حُفظت معلوماتك")
	expect(t, v.send("/profile/password", url.Values{"current": {"wrong"}, "password": {"une tout autre phrase"}}), 422, "ليست هذه كلمة السرّ الحالية")
	expect(t, v.send("/profile/password", url.Values{"current": {phrase}, "password": {"une tout autre phrase"}}), 303, "→ /profile")
	if v.cookies["halqa_session"] == before {
		t.Error("the session wasn't renewed")
	}
	expect(t, v.get("/profile"), 200)
	expect(t, v.send("/profile/sign-out-everywhere", url.Values{}), 303, "→ /")
	expect(t, v.get("/profile"), 303)
}

func TestTheSessionCookieIsSafe(t *testing.T) {
	w := settle(t)
	w.person(t, "Amal")
	w.deps.PublicURL = &url.URL{Scheme: "https", Host: "halqa.example"}
	v := w.visitor(t)
	a := v.send("/sign-in", url.Values{"email": {"amal@example.org"}, "password": {phrase}})
	for _, c := range a.Cookies() {
		if strings.HasSuffix(c.Name, "halqa_session") {
			if c.Name != "__Host-halqa_session" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
				t.Errorf("cookie %+v", c)
			}
			return
		}
	}
	t.Error("no session cookie")
}

func TestOrganisationsFromRequestToMember(t *testing.T) {
	w := settle(t)
	moderator, _ := w.person(t, "Moderator", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: w.office.ID})
	sami, samiActor := w.person(t, "Sami")
	rim, rimActor := w.person(t, "Rim")
	expect(t, sami.get("/desk/organisations"), 403)
	expect(t, sami.get("/organisations/new"), 200)
	expect(t, sami.send("/organisations/new", url.Values{"organisation_name": {"Radio du Bassin"}}), 422, `value="Radio du Bassin"`)
	expect(t, sami.send("/organisations/new", url.Values{"organisation_name": {"Radio du Bassin"}, "organisation_kind": {"media"},
		"organisation_governorate": {"XX-gafsa"}}), 303, "→ /profile")
	expect(t, sami.get("/profile"), 200, "Radio du Bassin", "En attente du bureau")

	own, err := w.deps.Account.OwnOrganisations(context.Background(), samiActor)
	if err != nil || len(own) != 1 {
		t.Fatalf("own organisations are %v, %v", own, err)
	}
	page, desk := fmt.Sprintf("/organisations/%d", own[0].ID), fmt.Sprintf("/desk/organisations/%d", own[0].ID)
	expect(t, rim.get(page), 404)
	expect(t, sami.get(page), 200, "Bureau gafsa étudie cette demande")
	expect(t, moderator.get("/desk/organisations"), 200, "Radio du Bassin", "sami@example.org", "Média")
	expect(t, moderator.send(desk, url.Values{"decision": {"refuse"}}), 422, "Dites pourquoi")
	expect(t, moderator.send(desk, url.Values{"decision": {"accept"}}), 303, "→ /desk/organisations")
	expect(t, moderator.get("/desk/organisations"), 200, "«\u00a0Radio du Bassin\u00a0» est validée", "Aucune organisation n’attend")
	expect(t, moderator.send(desk, url.Values{"decision": {"accept"}}), 409)

	expect(t, rim.get("/organisations/join?q=radio"), 200, "Radio du Bassin")
	expect(t, rim.send("/organisations/join", url.Values{"organisation_id": {fmt.Sprint(own[0].ID)}}), 303, "→ /profile")
	expect(t, rim.send("/organisations/join", url.Values{"organisation_id": {"999999"}}), 422)
	expect(t, moderator.get("/desk/organisations"), 200, "Rim", "souhaite rejoindre")
	expect(t, sami.get(page), 200, "Rim", "Accepter")
	member := fmt.Sprintf("%s/members/%d", page, rimActor.PersonID)
	expect(t, rim.send(member, url.Values{"decision": {"accept"}}), 403)
	expect(t, sami.send(member, url.Values{"decision": {"refuse"}, "reason": {" "}}), 422, "Dites pourquoi")
	expect(t, sami.send(member, url.Values{"decision": {"accept"}}), 303, "→ "+page)
	expect(t, sami.get(page), 200, "Rim est maintenant membre")
	expect(t, sami.send(page+"/administrators", url.Values{"person": {fmt.Sprint(rimActor.PersonID)}}), 303)
	expect(t, rim.get(page), 200, "Personne n’attend de réponse")
	expect(t, rim.send(page+"/leave", url.Values{}), 303, "→ /profile")
	if a := accounttest.Reload(t, w.db, rimActor.PersonID); a.CanSomewhere(account.ManageOrganisation) {
		t.Error("who left still administers")
	}
}

func TestLimitsCountNetworks(t *testing.T) {
	for addr, want := range map[string]string{"198.51.100.7": "198.51.100.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64"} {
		if got := network(netip.MustParseAddr(addr)); got != want {
			t.Errorf("network of %s is %s", addr, got)
		}
	}
}
