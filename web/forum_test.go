package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/courses"
)

// agora is a town with a forum: an open space of Gafsa and one by invitation of Sousse.
type agora struct {
	*town
	open, closed account.Space
}

func openAgora(t *testing.T) *agora {
	t.Helper()
	a := &agora{town: settle(t)}
	a.deps.Community = community.New(a.db, func() time.Time { return a.now })
	a.deps.Courses = courses.New(a.db, nil)
	sousse := accounttest.Office(t, a.db, "sousse")
	a.open = accounttest.Space(t, a.db, "projets", a.office.ID)
	a.closed = accounttest.Space(t, a.db, "cercle", sousse.ID, func(sp *account.Space) { sp.Visibility = account.ByInvitation })
	return a
}

// later moves the clock, so that nobody writes too fast.
func (a *agora) later() { a.now = a.now.Add(15 * time.Minute) }

func (a *agora) start(t *testing.T, v *visitor, title string) string {
	t.Helper()
	a.later()
	answer := v.send("/spaces/projets/forum/new", url.Values{"kind": {"question"}, "title": {title}, "body": {"Nous **débutons**.\n\nنحن مبتدئون."}})
	expect(t, answer, 303, "/threads/")
	return answer.Header.Get("Location")
}

var postID = regexp.MustCompile(`id="post-(\d+)"`)

func posts(body string) (paths []string) {
	for _, m := range postID.FindAllStringSubmatch(body, -1) {
		paths = append(paths, "/posts/"+m[1])
	}
	return paths
}

func TestTalkingInAForum(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	expect(t, a.visitor(t).get("/spaces/projets/forum"), 200, "La première discussion est à ouvrir", `aria-current="page"`)
	expect(t, a.visitor(t).get("/spaces/projets/forum/new"), 303, "/sign-in?next=")
	expect(t, amel.get("/spaces/projets/forum/new"), 200, `name="nonce"`, "forum")
	expect(t, amel.send("/spaces/projets/forum/new", url.Values{"kind": {"question"}, "title": {" "}, "body": {"Gardé"}}), 422, "Donnez un titre", "Gardé")
	expect(t, amel.send("/spaces/projets/forum/new", url.Values{"do": {"preview"}, "title": {"T"}, "body": {"Du **gras**"}}), 200, "<strong>gras</strong>", "Voici ce que les autres")

	here := a.start(t, amel, "Comment suivre un budget ?")
	expect(t, a.visitor(t).get(here), 200, "<strong>débutons</strong>", `<p dir="auto">نحن مبتدئون.</p>`, "Connectez-vous pour répondre")
	a.later()
	reply := sami.send(here+"/reply", url.Values{"body": {"Un tableau <script>alert(1)</script>"}, "nonce": {"7d444840-9dc0-11d1-b245-5ffdce74fad2"}})
	expect(t, reply, 303, here+"#post-")
	again := sami.send(here+"/reply", url.Values{"body": {"Un tableau"}, "nonce": {"7d444840-9dc0-11d1-b245-5ffdce74fad2"}})
	if again.Header.Get("Location") != reply.Header.Get("Location") {
		t.Error("sent twice, the reply is written twice")
	}
	page := amel.get(here).body
	if strings.Contains(page, "<script>alert") || !strings.Contains(page, "&lt;script&gt;") || len(posts(page)) != 2 {
		t.Error("the reply is drawn wrongly")
	}
	expect(t, sami.send(here+"/reply", url.Values{"body": {"\u200b"}}), 422, "Écrivez votre message")
	second := posts(page)[1]
	expect(t, amel.get(here+"?quote="+strings.TrimPrefix(second, "/posts/")), 200, "> [Sami]("+second+")", "> Un tableau", `name="reply_to" value="`+strings.TrimPrefix(second, "/posts/"))
	expect(t, amel.get(second), 303, here+"#post-")
	expect(t, sami.get(second+"/edit"), 200, "Un tableau <script>")
	expect(t, sami.send(second+"/edit", url.Values{"body": {"Un tableur"}}), 303, here)
	expect(t, amel.get(here), 200, "Un tableur", "modifié")
	expect(t, amel.get(second+"/edit"), 403)
	expect(t, amel.send(second+"/delete", url.Values{}), 403)
	expect(t, amel.get("/spaces/projets/forum?show=unanswered"), 200, "Toutes les questions ont une réponse")
	expect(t, sami.send(second+"/delete", url.Values{}), 303, here)
	expect(t, amel.get(here), 200, "Message supprimé par la personne")
	expect(t, amel.send(posts(page)[0]+"/delete", url.Values{}), 303, "/spaces/projets/forum")
	expect(t, amel.get(here), 404)
}

func TestUnreadIsFoundAndRead(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	here := a.start(t, amel, "Qui vient ?")
	a.later()
	reply := sami.send(here+"/reply", url.Values{"body": {"Moi"}}).Header.Get("Location")
	expect(t, amel.get("/spaces/projets/forum?show=unread"), 200, "Qui vient ?", "1 non lu")
	expect(t, amel.get(here+"/unread"), 303, reply)
	fragment := a.visitor(t)
	fragment.cookies, fragment.app = amel.cookies, amel.app
	fragment.header.Set("Halqa-Fragment", "1")
	expect(t, fragment.get(here), 200, "Nouveau")
	expect(t, amel.get("/spaces/projets/forum?show=unread"), 200, "Qui vient ?")
	last := strings.TrimPrefix(reply, here+"#post-")
	expect(t, amel.send(here+"/read", url.Values{"post": {last}}), 204)
	expect(t, amel.get("/spaces/projets/forum?show=unread"), 200, "Vous avez tout lu")
	expect(t, amel.get(here+"/unread"), 303, here)
	a.later()
	sami.send(here+"/reply", url.Values{"body": {"Et elle"}})
	expect(t, amel.get(here), 200, "Et elle", "Nouveau")
	expect(t, amel.get("/spaces/projets/forum?show=unread"), 200, "Vous avez tout lu")
}

func TestModerating(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	moderator, _ := a.person(t, "Moez", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.office.ID})
	elsewhere, _ := a.person(t, "Hela", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.closed.OfficeID})
	here := a.start(t, amel, "Achetez !")
	post := posts(amel.get(here).body)[0]
	expect(t, sami.get(post+"/report"), 200, "publicité", "Nous")
	expect(t, sami.send(post+"/report", url.Values{"note": {"Regardez"}}), 422, "Choisissez une raison", "Regardez")
	expect(t, sami.send(post+"/report", url.Values{"reason": {"spam"}, "note": {"Regardez"}}), 303, here)
	expect(t, sami.get("/moderation"), 403)
	expect(t, elsewhere.get("/moderation"), 200, "Rien à décider")
	expect(t, moderator.get("/moderation"), 200, "Achetez !", "Regardez", "Sami", "/moderation"+post)
	expect(t, elsewhere.send("/moderation"+post, url.Values{"do": {"hide"}}), 403)
	expect(t, moderator.get("/moderation?space=99999"), 403)
	expect(t, moderator.get("/moderation?page=-3&decision=x&space=no"), 200, "Achetez !")
	expect(t, moderator.get("/moderation?show=decided&decision=kept&page=7"), 200, "Rien n’est encore décidé", `name="decision"`)
	expect(t, elsewhere.get(post+"/hide"), 403)
	expect(t, moderator.send("/moderation"+post, url.Values{"do": {"burn"}}), 400)
	expect(t, moderator.send("/moderation"+post, url.Values{"do": {"hide"}, "note": {"Publicité"}, "space": {"7"}, "page": {"2"}}), 303, "→ /moderation?page=2&space=7")
	expect(t, moderator.send("/moderation"+post, url.Values{"do": {"keep"}}), 303, "→ /moderation")
	expect(t, moderator.get("/moderation"), 200, "Moez a déjà décidé", "masqué")
	expect(t, moderator.get("/moderation?show=decided"), 200, "Masqué par", "Moez")
	expect(t, sami.get(here), 404)
	expect(t, amel.get(here), 200, "Cette discussion est masquée", "Raison : ", "Publicité")
	expect(t, amel.get(post+"/edit"), 409, "Ce message est masqué")
	expect(t, moderator.send(post+"/restore", url.Values{}), 303, here)
	expect(t, sami.get(here), 200, "Achetez !")
	expect(t, moderator.send(here+"/lock", url.Values{"on": {"yes"}}), 303, here)
	expect(t, moderator.send(here+"/pin", url.Values{"on": {"yes"}}), 303, here)
	a.later()
	expect(t, sami.send(here+"/reply", url.Values{"body": {"Trop tard"}}), 409, "Cette discussion est verrouillée")
	expect(t, sami.get("/spaces/projets/forum"), 200, "Épinglée", "Verrouillée")
	expect(t, sami.send(here+"/pin", url.Values{"on": {"no"}}), 403)
	expect(t, moderator.get(post+"/hide"), 200, "masque toute la discussion")
	expect(t, moderator.send(post+"/hide", url.Values{"note": {strings.Repeat("x", 501)}}), 422, "500 caractères")
}

// TestForumRoutes asks every route as everybody, in a space they may not know of.
func TestForumRoutes(t *testing.T) {
	a := openAgora(t)
	member, m := a.person(t, "Amel")
	moderator, mod := a.person(t, "Moez", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.closed.OfficeID})
	thread, err := a.deps.Community.StartThread(t.Context(), mod, community.NewThread{SpaceID: a.closed.ID, Kind: community.Discussion, Title: "Entre nous", Body: "Secret"})
	mustDo(t, err)
	talk, err := a.deps.Community.Thread(t.Context(), mod, thread.ID, 0)
	mustDo(t, err)
	_, err = a.db.ExecContext(t.Context(), `insert into space_member (space_id, person_id, since) values (?, ?, now())`, a.closed.ID, m.PersonID)
	mustDo(t, err)
	stranger, _ := a.person(t, "Sami")
	gafsa, _ := a.person(t, "Hela", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.office.ID})
	here, post := fmt.Sprintf("/threads/%d", thread.ID), fmt.Sprintf("/posts/%d", talk.Lines[0].ID)
	for _, r := range []struct {
		method, path                                string
		visitor, stranger, gafsa, member, moderator int
	}{
		{"GET", "/spaces/cercle/forum", 404, 404, 404, 200, 200},
		{"GET", "/spaces/cercle/forum/new", 303, 404, 404, 200, 200},
		{"POST", "/spaces/cercle/forum/new", 303, 404, 404, 422, 422},
		{"GET", here, 404, 404, 404, 200, 200},
		{"GET", here + "/unread", 303, 404, 404, 303, 303},
		{"POST", here + "/reply", 303, 404, 404, 422, 422},
		{"POST", here + "/read", 303, 404, 404, 204, 204},
		{"POST", here + "/pin", 303, 403, 404, 403, 303},
		{"POST", here + "/lock", 303, 403, 404, 403, 303},
		{"GET", post, 404, 404, 404, 303, 303},
		{"GET", post + "/edit", 303, 404, 404, 403, 200},
		{"POST", post + "/edit", 303, 404, 404, 403, 422},
		{"GET", post + "/report", 303, 404, 404, 200, 200},
		{"POST", post + "/report", 303, 404, 404, 422, 422},
		{"GET", post + "/hide", 303, 403, 404, 403, 200},
		{"POST", post + "/hide", 303, 403, 404, 403, 303},
		{"POST", post + "/restore", 303, 403, 404, 403, 303},
		{"GET", "/moderation", 303, 403, 200, 403, 200},
		{"POST", "/moderation" + post, 303, 403, 400, 403, 400},
		{"POST", "/preview", 303, 200, 200, 200, 200},
		{"POST", post + "/delete", 303, 404, 404, 403, 303},
		{"GET", "/threads/x", 404, 404, 404, 404, 404},
		{"GET", "/posts/99999999", 404, 404, 404, 404, 404},
	} {
		for who, c := range map[string]struct {
			*visitor
			want int
		}{"visitor": {a.visitor(t), r.visitor}, "stranger": {stranger, r.stranger}, "gafsa": {gafsa, r.gafsa}, "member": {member, r.member}} {
			askAs(t, who, c.visitor, r.method, r.path, c.want)
		}
		askAs(t, "moderator", moderator, r.method, r.path, r.moderator) // last: what they do changes what others see
		a.later()
	}
}

func askAs(t *testing.T, who string, v *visitor, method, path string, want int) {
	t.Helper()
	var got answer
	if method == "GET" {
		got = v.get(path)
	} else {
		got = v.send(path, url.Values{})
	}
	if got.StatusCode != want {
		t.Errorf("%s %s as %s: %d, want %d", method, path, who, got.StatusCode, want)
	}
	if (want == 403 || want == 404) && strings.Contains(got.body, "Entre nous") {
		t.Errorf("%s %s tells %s of the thread", method, path, who)
	}
}

func TestPreview(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	expect(t, amel.send("/preview", url.Values{"body": {"**oui** [x](javascript:alert(1))"}}), 200, "<strong>oui</strong>")
	if got := amel.send("/preview", url.Values{"body": {"[x](javascript:alert(1)) <img src=x onerror=alert(1)>"}}); strings.Contains(got.body, "href") || strings.Contains(got.body, "<img") {
		t.Errorf("the preview draws %s", got.body)
	}
	expect(t, amel.send("/preview", url.Values{"body": {" "}}), 200, "Écrivez d’abord")
}

func TestChoosingAnAnswer(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	here := a.start(t, amel, "Comment suivre un budget ?")
	a.later()
	expect(t, sami.send(here+"/reply", url.Values{"body": {"Avec un tableur"}}), 303, here)
	reply := posts(amel.get(here).body)[1]
	if page := sami.get(here).body; strings.Contains(page, "/accept") {
		t.Error("who answers is offered to accept")
	}
	expect(t, amel.get(here), 200, reply+"/accept", "Retenir cette réponse")
	expect(t, sami.send(reply+"/accept", url.Values{"on": {"true"}}), 403)
	expect(t, amel.send(reply+"/accept", url.Values{"on": {"perhaps"}}), 400)
	expect(t, amel.send(reply+"/accept", url.Values{"on": {"true"}}), 303, here)
	expect(t, a.visitor(t).get(here), 200, "Réponse retenue, de Sami")
	expect(t, a.visitor(t).get("/spaces/projets/forum?show=solved"), 200, "Comment suivre un budget ?", "Résolue")
	expect(t, amel.send(reply+"/accept", url.Values{"on": {"false"}}), 303, here)
	expect(t, a.visitor(t).get("/spaces/projets/forum?show=solved"), 200, "Aucune question résolue")
}

func TestTellingAnExperience(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	expect(t, a.visitor(t).get("/spaces/projets/experiences"), 200, "La première fiche est à écrire")
	expect(t, amel.get("/spaces/projets/experiences/new"), 200, `name="lesson"`)
	sheet := url.Values{"title": {"Un potager"}, "context": {"Une école"}, "action": {"Semer"}, "result": {" "}, "lesson": {"Commencer **petit**"}, "contact": {"amel@example.org"}}
	expect(t, amel.send("/spaces/projets/experiences/new", sheet), 422, "Écrivez quelques mots", "Commencer **petit**")
	sheet.Set("result", "40 élèves")
	answer := amel.send("/spaces/projets/experiences/new", sheet)
	expect(t, answer, 303, "/threads/")
	here := answer.Header.Get("Location")
	expect(t, amel.get(here), 200, "Leçon apprise", "<strong>petit</strong>", "amel@example.org")
	if strings.Contains(a.visitor(t).get(here).body, "amel@example.org") {
		t.Error("a visitor is told whom to ask")
	}
	expect(t, a.visitor(t).get("/spaces/projets/experiences?words=semer"), 200, "Un potager", "<strong>petit</strong>")
	expect(t, a.visitor(t).get("/spaces/projets/experiences?words=ruche"), 200, "Aucune fiche ne correspond")
	post := posts(amel.get(here).body)[0]
	expect(t, amel.get(post+"/edit"), 200, "40 élèves", `name="contact"`)
	sheet.Set("result", "50 élèves")
	expect(t, amel.send(post+"/edit", sheet), 303, here)
	expect(t, a.visitor(t).get(here), 200, "50 élèves", "modifié")
}

func TestVersionsOfAPost(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	here := a.start(t, amel, "Comment suivre un budget ?")
	post := posts(amel.get(here).body)[0]
	expect(t, a.visitor(t).get(post+"/history"), 200, "Aucune version antérieure")
	expect(t, amel.send(post+"/edit", url.Values{"title": {"Comment suivre un budget ?"}, "body": {"Nous **commençons**.\n\nنحن مبتدئون."}}), 303, here)
	expect(t, a.visitor(t).get(here), 200, post+"/history")
	expect(t, a.visitor(t).get(post+"/history"), 200, "<del>débutons</del>", "<ins>commençons</ins>", `<p dir="auto"><span>نحن مبتدئون.</span></p>`)
}

func TestThankingForAPost(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	here := a.start(t, amel, "Comment suivre un budget ?")
	post := posts(amel.get(here).body)[0]
	if strings.Contains(amel.get(here).body, "/thank") {
		t.Error("who wrote is offered to thank")
	}
	expect(t, sami.get(here), 200, post+"/thank", "Merci")
	expect(t, amel.send(post+"/thank", url.Values{}), 403)
	expect(t, sami.send(post+"/thank", url.Values{"on": {"true"}}), 303, here)
	expect(t, amel.get(here), 200, "Utile à 1 personne")
	expect(t, sami.send(post+"/thank", url.Values{"on": {"false"}}), 303, here)
	if strings.Contains(amel.get(here).body, "Utile à") {
		t.Error("thanks taken back still count")
	}
}

func TestTagging(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	moderator, _ := a.person(t, "Moez", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.office.ID})
	expect(t, moderator.get("/spaces/projets/forum/tags"), 200, "Aucune étiquette")
	expect(t, amel.get("/spaces/projets/forum/tags"), 403)
	expect(t, moderator.send("/spaces/projets/forum/tags", url.Values{"name": {" "}}), 422, "Écrivez l’étiquette")
	for _, name := range []string{"Budget", "مناصرة"} {
		expect(t, moderator.send("/spaces/projets/forum/tags", url.Values{"name": {name}}), 303, "/spaces/projets/forum/tags")
	}
	a.later()
	here := amel.send("/spaces/projets/forum/new", url.Values{"kind": {"question"}, "title": {"Un tableau ?"}, "body": {"B"}, "tags": {"Budget"}}).Header.Get("Location")
	expect(t, a.visitor(t).get(here), 200, "<bdi>Budget</bdi>")
	expect(t, amel.get(here+"/tags"), 200, `value="Budget" checked`, "مناصرة")
	expect(t, amel.send(here+"/tags", url.Values{"tags": {"Budget", "libre"}}), 422, "n’est pas dans la liste")
	expect(t, moderator.send(here+"/tags", url.Values{"tags": {"مناصرة"}, "more": {"libre ، à part"}}), 303, here)
	page := a.visitor(t).get("/spaces/projets/forum").body
	tag := regexp.MustCompile(`\?tag=(\d+)`).FindStringSubmatch(page)
	if tag == nil || strings.Contains(page, ">Budget<") {
		t.Fatalf("the list offers %v", tag)
	}
	expect(t, a.visitor(t).get("/spaces/projets/forum?tag="+tag[1]), 200, "Un tableau ?", "Discussions étiquetées")
	expect(t, a.visitor(t).get("/spaces/projets/forum?show=solved&tag="+tag[1]), 200, "Aucune discussion ici avec cette étiquette")
	expect(t, moderator.send("/tags/"+tag[1]+"/rename", url.Values{"name": {"budget"}}), 422, "déjà une étiquette")
	expect(t, moderator.send("/tags/"+tag[1]+"/drop", url.Values{}), 303, "/spaces/projets/forum/tags")
	expect(t, a.visitor(t).get("/spaces/projets/forum?tag="+tag[1]), 200, "Un tableau ?")
	expect(t, moderator.get("/spaces/projets/forum/tags"), 200, "Hors liste")
}

func TestOrganisingAForum(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	moderator, _ := a.person(t, "Moez", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.office.ID})
	first, second := a.start(t, amel, "Un budget ?"), a.start(t, amel, "Un tableau ?")
	a.later()
	reply := amel.send(second+"/reply", url.Values{"body": {"Trouvé"}}).Header.Get("Location")
	post := "/posts/" + reply[strings.LastIndex(reply, "-")+1:]
	expect(t, amel.get(first+"/organise"), 403)
	expect(t, moderator.get(second+"/organise"), 200, "Séparer des messages", "Trouvé", "Vous n’animez pas d’autre espace")
	expect(t, moderator.send(second+"/move", url.Values{"space": {""}}), 422, "Choisissez un espace")
	expect(t, moderator.send(second+"/merge", url.Values{"other": {"/threads/x"}}), 422, "Donnez l’adresse", "/threads/x")
	expect(t, moderator.send(second+"/merge", url.Values{"other": {second}}), 422, "Donnez l’adresse")
	expect(t, moderator.send(second+"/merge", url.Values{"other": {" https://halqa.example" + first + "?from=3#post-9 "}}), 303, first)
	expect(t, a.visitor(t).get(second), 301, first)
	expect(t, amel.get(second+"/unread"), 301, first)
	expect(t, a.visitor(t).get(post), 303, first+"#post-")
	a.later()
	expect(t, amel.send(second+"/reply", url.Values{"body": {"Encore"}}), 303, first)
	expect(t, moderator.send(first+"/split", url.Values{"title": {" "}}), 422, "Donnez un titre", "Cochez au moins un message")
	apart := moderator.send(first+"/split", url.Values{"title": {"À part"}, "posts": {strings.TrimPrefix(post, "/posts/")}, "onward": {"yes"}})
	expect(t, apart, 303, "/threads/")
	expect(t, a.visitor(t).get(apart.Header.Get("Location")), 200, "Séparée de", "Un budget ?", "Encore")
	expect(t, a.visitor(t).get(first), 200, "Des messages sont maintenant dans", "À part")
	expect(t, moderator.send(first+"/archive", url.Values{"on": {"yes"}}), 303, first)
	expect(t, a.visitor(t).get(first), 200, "Archivée")
	if strings.Contains(a.visitor(t).get("/spaces/projets/forum").body, "Un budget ?") {
		t.Error("what is archived is listed")
	}
	expect(t, a.visitor(t).get("/spaces/projets/forum?show=archived"), 200, "Un budget ?")
}

func TestSuggestingWhomToName(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, who := a.person(t, "Sami")
	expect(t, a.visitor(t).get("/spaces/projets/mentions?q=ame"), 303, "/sign-in")
	expect(t, sami.get("/spaces/cercle/mentions?q=ame"), 404)
	expect(t, sami.get("/spaces/projets/mentions?q=ame"), 200, `data-text="[@Amel](/people/`)
	expect(t, amel.get("/spaces/projets/mentions?q=sami"), 200, fmt.Sprintf(`](/people/%d)"`, who.PersonID))
	if got := amel.get("/spaces/projets/mentions?q=s").body; strings.Contains(got, "option") {
		t.Errorf("one letter finds %s", got)
	}
}

// An act on several posts tells what became of each, and is refused beside the form when nothing was chosen.
func TestDecidingOnManyAtOnce(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	moderator, _ := a.person(t, "Moez", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.office.ID})
	here := a.start(t, amel, "Achetez !")
	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Achetez encore"}}), 303, here)
	both := posts(amel.get(here).body)
	for _, post := range both {
		expect(t, sami.send(post+"/report", url.Values{"reason": {"spam"}}), 303, here)
	}
	first, second := strings.TrimPrefix(both[0], "/posts/"), strings.TrimPrefix(both[1], "/posts/")
	expect(t, moderator.get("/moderation"), 200, "Vous vous en occupez", `form="bulk"`, "Lesquels")
	expect(t, moderator.send("/moderation"+both[0], url.Values{"do": {"assign"}, "to": {"0"}}), 303, "→ /moderation")
	expect(t, moderator.get("/moderation?who=nobody"), 200, "Achetez !", "Personne ne s’en occupe")
	expect(t, moderator.send("/moderation"+both[0], url.Values{"do": {"take"}}), 303, "→ /moderation")
	expect(t, moderator.send("/moderation/batches", url.Values{"which": {"chosen"}, "do": {"hide"}, "note": {"Publicité"}}), 422,
		"Choisissez au moins un message", "Publicité", "Achetez !")
	expect(t, moderator.send("/moderation/batches", url.Values{"which": {"chosen"}, "post": {first}, "do": {"keep"}}), 303, "→ /moderation/batches/1")
	expect(t, moderator.send("/moderation/batches", url.Values{"which": {"chosen"}, "post": {first, second}, "do": {"hide"}}), 303, "→ /moderation/batches/2")
	expect(t, moderator.get("/moderation/batches/2"), 200, "C’est terminé", "Déjà décidé par", "Fait", "Masquée")
	expect(t, sami.get("/moderation/batches/2"), 403)
	expect(t, moderator.send("/moderation"+both[1], url.Values{"do": {"restore"}}), 303, "→ /moderation")
	expect(t, moderator.send("/moderation/batches", url.Values{"which": {"all"}, "do": {"hide"}}), 422, "Choisissez au moins un message")
}
