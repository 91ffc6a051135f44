package web

import (
	"context"
	"fmt"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/community/notify"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/browsertest"
)

// TestCalendarInABrowser looks at the calendar, one's seats and one's mails, in French on a desk, in Arabic on a phone, and
// by night.
func TestCalendarInABrowser(t *testing.T) {
	w, _ := country(t)
	ctx := context.Background()
	w.now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return w.now }
	w.deps.Enrolment, w.deps.Courses = enrolment.New(w.db, now), courses.New(w.db, now)
	w.deps.Notify = notify.New(w.db, notify.Options{Render: Letters(nil), PublicURL: "https://halqa.example", Demo: true,
		Secret: func() ([]byte, error) { return []byte("a secret for tests"), nil }})
	w.deps.Unread = w.deps.Notify.Unread
	space := accounttest.Space(t, w.db, "local-democracy", 0, func(sp *account.Space) {
		sp.Name = events.Text{"fr": "Démocratie locale", "ar": "الديمقراطية المحلية"}
		sp.Hue = 92
	})
	me, err := w.deps.Account.AddPerson(ctx, account.Newcomer{Name: "Samia Ben Youssef", Email: "samia@example.org", Language: "fr", Password: phrase, Governorate: "TN-11"})
	mustDo(t, err)
	accounttest.Grant(t, w.db, me.ID, account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	samia := accounttest.Reload(t, w.db, me.ID)
	for i, title := range []events.Text{
		{"fr": "Du budget à la demande de subvention", "ar": "من الميزانية إلى طلب المنحة"}, {"fr": "La réunion participative", "ar": "الاجتماع التشاركي"},
		{"fr": "Écouter avant d’agir", "ar": "الإصغاء قبل الفعل"}, {"ar": "كتابة مشروع جماعي"}} {
		start := w.now.AddDate(0, 0, 6+19*i)
		sem, err := w.deps.Enrolment.Create(ctx, samia, enrolment.Seminar{OfficeID: w.office.ID, SpaceID: space.ID, Title: title, Venue: "Maison des associations, Gafsa",
			Zone: "Africa/Tunis", Capacity: 12, Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(6 * time.Hour)}}})
		mustDo(t, err)
		mustDo(t, w.deps.Enrolment.Publish(ctx, samia, sem.ID))
		if i == 1 {
			_, err = w.deps.Enrolment.Register(ctx, samia, sem.ID)
			mustDo(t, err)
		}
	}
	_, err = w.db.ExecContext(ctx, `insert into mail (key, address, person_id, language, kind, data, next_at, created_at)
		values ('k', 'samia@example.org', ?, 'fr', 'thread_replied', '{"name": "Samia", "thread": "Le vote", "path": "/posts/1"}', now(), now())`, me.ID)
	mustDo(t, err)
	box, err := w.deps.Notify.Mailbox(ctx, samia)
	mustDo(t, err)
	site := serve(t, w.deps)
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{1280, "fr", false}, {360, "ar", false}, {360, "fr", true}, {1280, "ar", true}} {
		mustDo(t, w.deps.Account.SetLanguage(ctx, account.Actor{PersonID: me.ID}, c.lang))
		b := browsertest.New(t, c.width, c.lang, c.dark)
		b.Open(site + "/sign-in?next=/seminars")
		b.Type("#f-email", "samia@example.org")
		b.Type("#f-password", phrase)
		b.Click("main form .button.block")
		b.Wait(".month")
		for _, page := range []struct{ name, path string }{
			{"seminars", "/seminars"}, {"seminars-office", fmt.Sprintf("/seminars?office=%d&language=fr", w.office.ID)}, {"seminars-around", "/seminars?show=around"},
			{"seminars-none", "/seminars?show=mine&language=en"}, {"seats", "/my/seats"}, {"seminar", "/seminars/1"}, {"choices", "/notifications/choices"},
			{"notifications", "/notifications"}, {"profile", "/profile"}, {"mail", fmt.Sprintf("/mailbox/%d", box[0].ID)},
			{"unsubscribe", box[0].FewerURL[len("https://halqa.example"):]},
		} {
			b.Open(site + page.path)
			b.Check()
			b.Shot("calendar-" + page.name)
		}
	}
}
