package web

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/events"
)

func TestFollowingFromThePages(t *testing.T) {
	a := openAgora(t)
	a.deps.Notify = notify.New(a.db, notify.Options{Render: Letters(nil), PublicURL: "https://halqa.example", Inbound: notify.Inbound{Domain: "halqa.example"},
		Secret: func() ([]byte, error) { return []byte("a secret for tests"), nil },
		Talk:   func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Qui vient ?", true, nil }})
	amel, _ := a.person(t, "Amel")
	_, sami := a.person(t, "Sami")
	here := a.start(t, amel, "Qui vient ?")
	thread := strings.TrimPrefix(here, "/threads/")
	expect(t, amel.get(here), 200, "Suivi : ce qui me touche", "Les réponses à mes messages", `name="back" value="`+here+`"`)
	expect(t, amel.get("/spaces/projets"), 200, "Suivi : ce qui me touche", "Les discussions où je participe")
	expect(t, amel.get("/spaces/projets/forum"), 200, "Les discussions où je participe")
	if page := a.visitor(t).get(here); strings.Contains(page.body, "Suivi :") {
		t.Error("a visitor may follow")
	}
	choose := func(subject, id, level, back string) answer {
		return amel.send("/follow", url.Values{"subject": {subject}, "id": {id}, "level": {level}, "back": {back}})
	}
	space := strconv.FormatInt(a.open.ID, 10)
	expect(t, choose("thread", thread, "watch", here), 303, "→ "+here)
	expect(t, amel.get(here), 200, "Suivi : chaque message")
	expect(t, choose("space", space, "mute", "https://elsewhere.example/"), 303, "→ /notifications/choices")
	expect(t, choose("person", strconv.FormatInt(sami.PersonID, 10), "mute", "//elsewhere.example"), 303, "→ /notifications/choices")
	expect(t, amel.get("/spaces/projets"), 200, "Suivi : rien")
	expect(t, amel.get("/notifications/choices"), 200, "Qui vient ?", "Sami", "Suivi : rien", "Suivi : chaque message")
	expect(t, choose("seminar", "1", "watch", here), 404)
	expect(t, choose("thread", thread, "shout", here), 404)
	expect(t, choose("space", space, "track", "/spaces/projets"), 303, "→ /spaces/projets")
	expect(t, amel.get("/spaces/projets"), 200, "Suivi : ce qui me touche")
	expect(t, choose("thread", thread, "list", here), 404)
	expect(t, choose("space", space, "list", "/spaces/projets"), 303, "→ /spaces/projets")
	expect(t, amel.get("/spaces/projets"), 200, "tout, par courriel", "écrivez à", `href="mailto:s-`)
	expect(t, amel.get("/notifications/choices"), 200, "tout, par courriel")
	expect(t, amel.send("/notifications/choices", url.Values{"rhythm": {"never"}, "budget": {"3"}}), 303)
	expect(t, amel.get("/spaces/projets"), 200, "rien ne partira")
	expect(t, a.visitor(t).send("/follow", url.Values{"subject": {"thread"}, "id": {thread}, "level": {"watch"}}), 303, "/sign-in")
}

func TestChoosingWhenToBeWrittenTo(t *testing.T) {
	a := openAgora(t)
	a.deps.Notify = notify.New(a.db, notify.Options{Render: Letters(nil), PublicURL: "https://halqa.example"})
	amel, _ := a.person(t, "Amel")
	save := func(rhythm, budget, from, until string) answer {
		return amel.send("/notifications/choices", url.Values{"rhythm": {rhythm}, "budget": {budget}, "hushed": {"yes"}, "quiet_from": {from},
			"quiet_until": {until}, "mailed": {"seats"}})
	}
	expect(t, amel.get("/notifications/choices"), 200, "Les discussions que je suis", "Vous n’avez rien réglé")
	expect(t, save("weekly", "3", "22", "6"), 303, "→ /notifications/choices")
	expect(t, amel.get("/notifications/choices"), 200, `value="22" selected`, `value="6" selected`, `value="3" selected`)
	expect(t, save("weekly", "3", "6", "6"), 422, "Choisissez deux heures différentes", `value="6" selected`)
	expect(t, save("weekly", "900", "22", "6"), 422, "Choisissez entre 1 et 50")
	expect(t, save("hourly", "3", "22", "6"), 404)
}

func TestThanksAreGatheredOnThePage(t *testing.T) {
	a := openAgora(t)
	a.deps.Notify = notify.New(a.db, notify.Options{Render: Letters(nil), PublicURL: "https://halqa.example"})
	amel, author := a.person(t, "Amel")
	for _, name := range []string{"Leïla", "Sami", "Mona", "Nour"} {
		_, by := a.person(t, name)
		_, err := a.db.ExecContext(context.Background(), `insert into notification (person_id, event_id, kind, data, at)
			values (?, gen_random_uuid(), 'post_thanked', jsonb_build_object('post_id', 5, 'person_id', ?::bigint, 'thread', 'Qui vient ?'), now())`, author.PersonID, by.PersonID)
		if err != nil {
			t.Fatal(err)
		}
	}
	if page := amel.get("/notifications"); strings.Count(page.body, `class="cover"`) != 1 {
		t.Error("four thanks are more than one line")
	}
	expect(t, amel.get("/notifications"), 200, "Nour, Mona et 2 autres vous remercient pour votre message dans")
	stale := regexp.MustCompile(`/notifications/\d+\?post=5`).FindString(amel.get("/notifications").body)
	if _, err := a.db.ExecContext(t.Context(), "delete from notification where id = (select max(id) from notification)"); err != nil {
		t.Fatal(err)
	}
	neighbour, _ := a.person(t, "Voisine")
	expect(t, amel.get(strings.TrimSuffix(stale, "?post=5")), 404)
	expect(t, neighbour.get(stale), 303, "→ /posts/5")
	expect(t, amel.get("/notifications"), 200, "Tout marquer")
	expect(t, amel.get(stale), 303, "→ /posts/5")
	if page := amel.get("/notifications"); strings.Contains(page.body, "Tout marquer") {
		t.Error("the thanks that are left are unread still")
	}
	const box = `name="thanks" value="yes"`
	expect(t, amel.get("/notifications/choices"), 200, box+" checked")
	expect(t, amel.send("/notifications/choices", url.Values{"rhythm": {"once"}, "budget": {"3"}}), 303)
	if page := amel.get("/notifications/choices"); strings.Contains(page.body, box+" checked") || !strings.Contains(page.body, box) {
		t.Error("turned off, the box is still ticked")
	}
}

func TestDevicesFromThePages(t *testing.T) {
	a := openAgora(t)
	a.deps.Notify = notify.New(a.db, notify.Options{Render: Letters(nil), PushKeys: func() (notify.PushKeys, error) {
		return notify.PushKeys{Public: "BKey", Private: "x"}, nil
	}})
	amel, _ := a.person(t, "Amel")
	expect(t, amel.get("/notifications/choices"), 200, `data-push="BKey"`, "push.", "M’avertir sur cet appareil")
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	mustDo(t, err)
	device := url.Values{"endpoint": {"https://push.example/1"}, "p256dh": {base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())}, "auth": {"AAAAAAAAAAAAAAAAAAAAAA"}}
	expect(t, amel.send("/notifications/devices", device), 303, "→ /notifications/choices#devices")
	page := amel.get("/notifications/choices")
	expect(t, page, 200, "Retirer", `value="push" checked`)
	id := regexp.MustCompile(`name="id" value="(\d+)"/?>\s*<button[^>]*aria-label="Retirer`).FindStringSubmatch(page.body)
	if id == nil {
		t.Fatal("no device to remove")
	}
	expect(t, amel.send("/notifications/devices/remove", url.Values{"id": {id[1]}}), 303)
	expect(t, amel.get("/notifications/choices"), 200, `value="once" checked`)
	expect(t, amel.send("/notifications/devices", url.Values{"endpoint": {"https://10.0.0.1/"}}), 303)
	expect(t, amel.get("/notifications/choices"), 200, "pas donné d’adresse utilisable")
}

// TestReadingAThreadReadsItsNews: what somebody has before their eyes is no news any more.
func TestReadingAThreadReadsItsNews(t *testing.T) {
	a := openAgora(t)
	a.deps.Notify = notify.New(a.db, notify.Options{Render: Letters(nil)})
	a.deps.Unread = a.deps.Notify.Unread
	amel, who := a.person(t, "Amel")
	here := a.start(t, amel, "Qui vient ?")
	post := strings.TrimPrefix(posts(amel.get(here).body)[0], "/posts/")
	for i := range 3 {
		_, err := a.db.ExecContext(t.Context(), `insert into notification (person_id, event_id, kind, data, at, thread_id, post_id, delivery)
			values (?, gen_random_uuid(), 'post_followed', ?, now(), ?, ?, 'waiting')`, who.PersonID, `{"thread": "Qui vient ?"}`, strings.TrimPrefix(here, "/threads/"), post)
		mustDo(t, err)
		if i == 0 {
			expect(t, amel.get("/notifications"), 200, "a écrit dans « Qui vient ? »")
		}
	}
	expect(t, amel.get("/notifications"), 200, "3 nouveaux messages dans « Qui vient ? »")
	expect(t, amel.get(here), 200)
	if n, err := a.deps.Notify.Unread(t.Context(), who); n != 0 || err != nil {
		t.Errorf("%d lines are unread, %v", n, err)
	}
}

// TestADigestSpeaksEveryLanguage writes a digest with the words that people read.
func TestADigestSpeaksEveryLanguage(t *testing.T) {
	j := newJourney(t)
	j.deps.Notify = notify.New(j.tx, notify.Options{Render: Letters(nil), PublicURL: "https://halqa.example", Demo: true})
	for lang, want := range map[string][]string{
		"fr": {"3 nouveaux messages dans ce que vous suivez", "2 nouveaux messages · Amel, سامي", "Nouvelle discussion, 1 message", "Voir mes notifications"},
		"ar": {"3 مشاركات جديدة في ما تتابعه", "مشاركتان جديدتان · ", "نقاش جديد بمشاركة واحدة"},
		"en": {"3 new posts in what you follow", "2 new posts · Amel, ", "New thread, 1 post"},
	} {
		complaints := listenTo(t)
		err := j.tx.RunInTx(j.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return notify.Enqueue(ctx, tx, notify.Mail{Key: "digest " + lang, To: "amel@example.org", Language: lang, Kind: notify.DigestMail,
				Data: notify.Data{Name: "Amel", Path: "/notifications", Digest: []notify.DigestSpace{{Name: events.Text{"fr": "Budget"}, Threads: []notify.DigestThread{
					{Title: "Qui vient ?", Posts: []int64{4, 9}, By: []string{"Amel", "سامي"}}, {Title: "من يأتي؟", Opened: true, Posts: []int64{12}}}}}}})
		})
		mustDo(t, err)
		list, err := j.deps.Notify.Mailbox(j.ctx, account.Actor{})
		mustDo(t, err)
		html, err := list[0].HTML()
		mustDo(t, err)
		all := strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "").Replace(list[0].Subject + html + list[0].Text())
		for _, text := range want {
			if !strings.Contains(all, text) {
				t.Errorf("%s: the digest lacks %s:\n%s", lang, text, list[0].Text())
			}
		}
		if strings.Contains(all, "notify.") || complaints.Len() > 0 {
			t.Errorf("%s: %s\n%s", lang, complaints, all)
		}
	}
}
