package web

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/events"
)

func TestNotificationsAreReadAndFollowed(t *testing.T) {
	j := newJourney(t)
	if a := j.as(j.amel, "ar").get("/notifications"); a.StatusCode != 200 || !strings.Contains(a.body, "لا جديد الآن") {
		t.Errorf("empty page: %d", a.StatusCode)
	}
	consumers := j.deps.Notify.Consumers()
	j.hear(consumers, events.ModuleCompleted{PersonID: j.amel, ModuleID: 7, Title: events.Text{"fr": "Monter un budget", "ar": "إعداد ميزانية"}})
	j.hear(consumers, events.SeminarUnlocked{PersonID: j.amel, SeminarID: 1, Title: events.Text{"fr": "<b>Plaidoyer"}})
	v := j.as(j.amel, "fr")
	page := v.get("/notifications").body
	if !strings.Contains(page, "Module terminé") || !strings.Contains(page, "&lt;b&gt;Plaidoyer") || strings.Count(page, "Nouveau") != 2 {
		t.Error("the page in French isn't")
	}
	if a := j.as(j.amel, "ar").get("/notifications"); !strings.Contains(a.body, "أتممت وحدة «إعداد ميزانية»") {
		t.Error("the page in Arabic isn't")
	}
	v = j.as(j.amel, "fr")
	first := regexp.MustCompile(`/notifications/\d+`).FindString(page)
	if a := v.get(first); a.StatusCode != 303 || a.Header.Get("Location") != "/seminars/1" {
		t.Errorf("%s leads with %d to %s", first, a.StatusCode, a.Header.Get("Location"))
	}
	if n := strings.Count(v.get("/notifications").body, "Nouveau"); n != 1 {
		t.Errorf("%d are new after one was opened", n)
	}
	if a := j.as(j.person("Sami"), "fr").get(first); a.StatusCode != 404 {
		t.Errorf("somebody else's notification: %d", a.StatusCode)
	}
	upTo := regexp.MustCompile(`name="up_to" value="(\d+)"`).FindStringSubmatch(page)
	if a := v.post("/notifications/read", url.Values{"csrf": {v.token()}, "up_to": {upTo[1]}}); a.StatusCode != 303 {
		t.Fatalf("marking all as read: %d", a.StatusCode)
	}
	if a := v.get("/notifications"); strings.Contains(a.body, "Nouveau") || strings.Contains(a.body, "up_to") {
		t.Error("something is still new, or there is still a button")
	}
	if a := j.as(0, "fr").get("/notifications"); a.StatusCode != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/sign-in") {
		t.Errorf("a visitor: %d", a.StatusCode)
	}
}

func TestTheMailbox(t *testing.T) {
	j := newJourney(t)
	admin := j.person("Admin", account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	err := j.tx.RunInTx(j.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return notify.Enqueue(ctx, tx, notify.Mail{Key: "k", To: "amel@example.org", Language: "ar", Kind: "magic",
			Data: notify.Data{Name: "أمل", Path: "/magic/secret"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	a := j.as(admin, "fr").get("/mailbox")
	if a.StatusCode != 200 || !strings.Contains(a.body, "رابط الدخول") || !strings.Contains(a.body, "vous administrez la plateforme") {
		t.Errorf("the mailbox: %d", a.StatusCode)
	}
	one := regexp.MustCompile(`/mailbox/\d+`).FindString(a.body)
	if a := j.as(admin, "fr").get(one); !strings.Contains(a.body, `href="https://halqa.example/magic/secret"`) || !strings.Contains(a.body, `lang="ar" dir="rtl"`) {
		t.Error("the mail lacks its link or its direction")
	}
	for who, want := range map[int64]int{0: 303, j.amel: 403, j.moderator(j.gafsa): 403} {
		if a := j.as(who, "fr").get(one); a.StatusCode != want {
			t.Errorf("person %d gets %d, want %d", who, a.StatusCode, want)
		}
	}
	if a := j.as(admin, "fr").get("/mailbox/x"); a.StatusCode != 404 {
		t.Errorf("no such mail: %d", a.StatusCode)
	}
	j.deps.Notify = notify.New(j.tx, notify.Options{Render: Letters(nil), Demo: true})
	if a := j.as(0, "en").get("/mailbox"); a.StatusCode != 200 || !strings.Contains(a.body, "Demonstration") {
		t.Errorf("a visitor of a demonstration: %d", a.StatusCode)
	}
	j.deps.Notify = notify.New(j.tx, notify.Options{Render: Letters(nil), Demo: true, SMTP: true})
	if a := j.as(admin, "en").get("/mailbox"); a.StatusCode != 404 {
		t.Errorf("while mails leave by SMTP: %d", a.StatusCode)
	}
}
