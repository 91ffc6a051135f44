package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	reader "github.com/emersion/go-ical"

	"halqa/community/notify"
	"halqa/enrolment"
	"halqa/web/locale"
)

// eventsOf reads an answer as a calendar does.
func eventsOf(t *testing.T, a answer) []reader.Event {
	t.Helper()
	if a.StatusCode != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/calendar") {
		t.Fatalf("status %d, %s", a.StatusCode, a.Header.Get("Content-Type"))
	}
	cal, err := reader.NewDecoder(bytes.NewReader([]byte(a.body))).Decode()
	if err != nil {
		t.Fatalf("%v in\n%s", err, a.body)
	}
	return cal.Events()
}

func TestCalendars(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 2, enrolment.Rule{})
	here := fmt.Sprintf("/seminars/%d", sem.ID)
	visitor := f.visitor(t)
	for _, path := range []string{here + "/calendar.ics", "/spaces/projets/calendar.ics", fmt.Sprintf("/offices/%d/calendar.ics?lang=ar", f.office.ID)} {
		list := eventsOf(t, visitor.get(path))
		if len(list) != 1 {
			t.Fatalf("%s has %d events", path, len(list))
		}
		start, err := list[0].DateTimeStart(nil)
		if err != nil || !start.Equal(f.now.Add(240*time.Hour).Truncate(time.Second)) {
			t.Errorf("%s begins at %s, error %v", path, start, err)
		}
	}
	if got := eventsOf(t, visitor.get(fmt.Sprintf("/offices/%d/calendar.ics", f.sousse.ID))); len(got) != 0 {
		t.Errorf("another office has %d events", len(got))
	}

	amel, _ := f.person(t, "Amel")
	expect(t, amel.send(here+"/register", url.Values{}), 303)
	page := amel.get("/my/seats").body
	address := regexp.MustCompile(`value="http://localhost(/calendar/[^"]+/halqa\.ics)"`).FindStringSubmatch(page)
	if address == nil {
		t.Fatal("no calendar on the page of seats")
	}
	if list := eventsOf(t, visitor.get(address[1])); len(list) != 1 || !strings.Contains(list[0].Props.Get("UID").Value, "-seat-") {
		t.Errorf("%d events in her calendar", len(list))
	}
	for _, spoilt := range []string{strings.Replace(address[1], ".0.", ".1.", 1), strings.Replace(address[1], "/halqa", "A/halqa", 1), "/calendar/x/halqa.ics",
		regexp.MustCompile(`/\d+\.`).ReplaceAllString(address[1], "/1."), "/calendar/" + strings.Repeat("1", 5000) + "/halqa.ics"} {
		if a := visitor.get(spoilt); a.StatusCode != 404 && spoilt != address[1] {
			t.Errorf("%.80s: %d", spoilt, a.StatusCode)
		}
	}
	expect(t, amel.send("/my/seats/calendar", url.Values{}), 303, "/my/seats")
	expect(t, visitor.get(address[1]), 404)
}

func TestTheListOfSeminarsNarrows(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 2, budgetDone(f))
	amel, _ := f.person(t, "Amel")
	month := locale.For("fr").In(f.deps.Zone).MonthOfYear(f.now.Add(240 * time.Hour))
	expect(t, amel.get("/seminars"), 200, "Atelier budget", month, "Ma région, mes espaces")
	expect(t, amel.get("/seminars?show=open"), 200, "Aucun séminaire ne vous est encore ouvert")
	expect(t, amel.get("/seminars?show=mine"), 200, "Vous n’avez pas encore de place")
	expect(t, amel.get("/seminars?show=around"), 200, "Où êtes-vous")
	expect(t, amel.get(fmt.Sprintf("/seminars?office=%d", f.sousse.ID)), 200, "Aucun séminaire ne répond à ces choix", fmt.Sprintf("webcal://localhost/offices/%d/calendar.ics", f.sousse.ID))
	expect(t, amel.get(fmt.Sprintf("/seminars?space=%d&page=7", f.space)), 303, fmt.Sprintf("→ /seminars?space=%d", f.space))
	expect(t, f.visitor(t).get("/seminars?show=mine"), 303, "/sign-in")
	expect(t, f.visitor(t).get("/seminars?show=nonsense&office=x&language=zz"), 200, "Atelier budget")
	expect(t, amel.get(fmt.Sprintf("/seminars/%d", sem.ID)), 200, "/calendar.ics?lang=fr", "Ajouter à mon agenda")
}

func TestMailsAreChosenAndEnded(t *testing.T) {
	j := newJourney(t)
	j.deps.Notify = notify.New(j.tx, notify.Options{Render: Letters(nil), PublicURL: "https://halqa.example",
		Secret: func() ([]byte, error) { return []byte("a secret for tests"), nil }, Demo: true,
		PushKeys: func() (notify.PushKeys, error) { return notify.PushKeys{Public: "BKey"}, nil }})
	amel := j.as(j.amel, "fr")
	chosen := func() int { return strings.Count(amel.get("/notifications/choices").body, "checked") }
	if n := chosen(); n != 10 {
		t.Errorf("%d are ticked by default", n)
	}
	expect(t, amel.get("/notifications/choices"), 200, "Toujours envoyés", "Choisissez un nouveau mot de passe")
	expect(t, amel.send("/notifications/choices", url.Values{"mailed": {"seats", "replies", "nonsense"}, "rhythm": {"once"}, "budget": {"3"}}), 303, "/notifications/choices")
	if n := chosen(); n != 2 {
		t.Errorf("%d are ticked after choosing two", n)
	}
	if strings.Contains(amel.get("/notifications/choices").body, `name="pushed"`) {
		t.Error("somebody without a device chooses what devices show")
	}
	if _, err := j.tx.ExecContext(j.ctx, `insert into push_device (person_id, endpoint, p256dh, auth, agent, created_at) values (?, 'https://push.example/7', 'k', 'a', '', now())`, j.amel); err != nil {
		t.Fatal(err)
	}
	if n := chosen(); n != 5 {
		t.Errorf("%d are ticked, three of them to be pushed", n)
	}
	expect(t, amel.send("/notifications/choices", url.Values{"mailed": {"seats", "nonsense"}, "devices": {"yes"}, "pushed": {"seats", "nonsense"}, "rhythm": {"once"}, "budget": {"3"}}), 303, "/notifications/choices")
	if n := chosen(); n != 3 {
		t.Errorf("%d are ticked after choosing one to be pushed", n)
	}
	if _, err := j.tx.ExecContext(j.ctx, `insert into mail (key, address, person_id, language, kind, data, next_at, created_at)
		values ('k', 'amel@example.org', ?, 'ar', 'thread_replied', '{}', now(), now())`, j.amel); err != nil {
		t.Fatal(err)
	}
	mailbox := j.as(0, "fr")
	one := mailbox.get(regexp.MustCompile(`/mailbox/\d+`).FindString(mailbox.get("/mailbox").body)).body
	link := regexp.MustCompile(`https://halqa\.example(/unsubscribe/[^"]+)"`).FindStringSubmatch(one)
	if link == nil {
		t.Fatal("the mail has no link to end such mails")
	}
	sami := j.as(j.person("Sami"), "en") // whoever opens it, it is hers
	if a := sami.get(link[1]); !strings.Contains(a.body, "@example.org") || chosen() != 3 {
		t.Errorf("the page says %.200s, and %d are ticked", a.body, chosen())
	}
	click := httptest.NewRequest(http.MethodPost, link[1], strings.NewReader("List-Unsubscribe=One-Click")) // as RFC 8058 has it
	click.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if a := arrive(t, j.deps).do(click); a.StatusCode != 200 || !strings.Contains(a.body, "C’est fait") {
		t.Errorf("one click: %d %.300s", a.StatusCode, a.body)
	}
	if page := amel.get("/notifications/choices").body; !regexp.MustCompile(`value="never"[^>]*checked`).MatchString(page) {
		t.Error("what she follows is mailed after she unsubscribed")
	}
	expect(t, j.as(0, "fr").get(link[1]), 200, "C’est déjà fait")
	for _, path := range []string{link[1] + "x", "/unsubscribe/" + strings.Repeat("A", 3000), "/unsubscribe/x.y"} {
		if a := j.as(0, "fr").post(path, url.Values{}); a.StatusCode != 404 {
			t.Errorf("%.60s: %d", path, a.StatusCode)
		}
	}
	for _, path := range []string{"/unsubscribe", "/unsubscribe/", link[1] + "/more", "/notifications/choices", "/notifications/read"} {
		if a := j.as(j.amel, "fr").post(path, url.Values{}); a.StatusCode != 403 {
			t.Errorf("%s without a token of ours: %d", path, a.StatusCode)
		}
	}
}

func TestNotificationsBeyondTheLastPage(t *testing.T) {
	j := newJourney(t)
	expect(t, j.as(j.amel, "fr").get("/notifications?page=4"), 303, "→ /notifications")
}
