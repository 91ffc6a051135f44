package views_test

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"halqa/community/notify"
	"halqa/enrolment/monitoring"
	"halqa/events"
	"halqa/web/locale"
	"halqa/web/views"
)

var (
	_ = register("indicators", func(p views.Page) templ.Component { return views.Indicators(indicators(p)) })
	_ = register("indicators/empty", func(p views.Page) templ.Component {
		return views.Indicators(views.IndicatorsView{Page: p, Zone: time.UTC})
	})
	_ = register("indicators/nothing found", func(p views.Page) templ.Component {
		v := views.IndicatorsView{Page: p, Zone: time.UTC, Form: views.Form{Values: url.Values{"from": {"yesterday"}},
			Errors: []views.FieldError{{Field: "from", Text: p.T("monitoring.error_date")}}}}
		v.Offices = indicators(p).Offices[:1]
		return views.Indicators(v)
	})
	_ = register("notifications", func(p views.Page) templ.Component {
		return views.Notifications(views.NotificationsView{Page: p, List: news(), Number: 1, More: true})
	})
	_ = register("notifications/empty", func(p views.Page) templ.Component { return views.Notifications(views.NotificationsView{Page: p}) })
	_ = register("mailbox", func(p views.Page) templ.Component {
		return views.Mailbox(views.MailboxView{Page: p, List: []notify.Mailed{mailed(p, notify.MailWritten), mailed(p, notify.MailFailed)}, Demo: true})
	})
	_ = register("mailbox/empty", func(p views.Page) templ.Component { return views.Mailbox(views.MailboxView{Page: p}) })
	_ = register("mail", func(p views.Page) templ.Component {
		return views.Mail(views.MailView{Page: p, Mail: mailed(p, notify.MailQueued)})
	})
)

var budget = text("Monter un budget", "إعداد ميزانية", "Building a budget")

// indicators is a dashboard of a full year.
func indicators(p views.Page) views.IndicatorsView {
	seminar := &monitoring.Seminar{ID: 3, OfficeID: 1, SpaceID: 2, Title: text("Chercher des fonds à Gafsa", "البحث عن التمويل بقفصة", "Raising funds in Gafsa"),
		State: "published", Capacity: 24, FirstAt: now.AddDate(0, 0, 12)}
	off := &monitoring.Seminar{ID: 4, OfficeID: 2, Title: events.Text{"fr": "Plaidoyer local"}, State: "cancelled", Capacity: 20}
	all := monitoring.Counts{1240, 961, 702, 655, 410, 388, 301}
	part := func(of int) (c monitoring.Counts) {
		for i := range c {
			c[i] = all[i] * of / 100
		}
		return c
	}
	group := func(key string, of int) monitoring.Group { return monitoring.Group{Key: key, Counts: part(of)} }
	v := views.IndicatorsView{Page: p, Zone: time.UTC, Form: views.Form{Values: url.Values{"from": {"2026-01-01"}, "to": {"2026-12-31"}}}}
	v.Wide, v.WholePlatform = true, true
	v.Offices = []monitoring.Choice{{ID: 1, Name: text("Bureau de Gafsa", "مكتب قفصة", "Gafsa office")}, {ID: 2, Name: text("Bureau de Tunis", "مكتب تونس", "Tunis office")}}
	v.Spaces = []monitoring.Choice{{ID: 2, Name: projects}, {ID: 5, Name: text("Plaidoyer", "المناصرة", "Advocacy")}}
	v.Places = monitoring.Places{Offices: map[int64]events.Text{1: v.Offices[0].Name, 2: v.Offices[1].Name},
		Governorates: map[string]events.Text{"TN-71": text("Gafsa", "قفصة", "Gafsa"), "TN-11": text("Tunis", "تونس", "Tunis")}}
	v.Figures = monitoring.Figures{Lines: 1873, People: all,
		ByGender:      []monitoring.Group{group("female", 56), group("male", 38), group("", 6)},
		ByAge:         []monitoring.Group{group("under_18", 0), group("18_24", 22), group("25_34", 34), group("35_49", 21), group("50_over", 8), group("", 15)},
		ByGovernorate: []monitoring.Group{group("TN-71", 61), group("TN-11", 35), group("", 4)},
		ByKind:        []monitoring.Group{group("association", 55), group("network", 12), group("public_actor", 9), group("social_enterprise", 7), group("media", 4), group("donor", 2), group("other", 1), group("", 10)},
		BySeminar:     []monitoring.SeminarFigures{{Seminar: seminar, Counts: part(60)}, {Seminar: off, Counts: part(10)}},
		ByModule: []monitoring.ModuleFigures{{Module: monitoring.Module{ID: 1, Title: budget}, Started: 961, Completed: 702, Percent: 71},
			{Module: monitoring.Module{ID: 9}}},
	}
	for i := range 14 {
		v.Figures.ByMonth = append(v.Figures.ByMonth, monitoring.Month{First: time.Date(2025, time.Month(10+i), 1, 0, 0, 0, 0, time.UTC),
			Started: 20 + i*i%37*4, Completed: 12 + i*7%31*3, Registered: i * 5 % 23})
	}
	return v
}

// news is a notification of every kind.
func news() []notify.Notification {
	var list []notify.Notification
	for i, kind := range notify.Kinds {
		n := notify.Notification{ID: int64(i + 1), Kind: kind, At: now.Add(-time.Duration(i) * 7 * time.Hour), Organisation: "جمعية الأمل",
			Data: notify.Data{Title: budget, Place: 3, SeminarID: 3, ModuleID: 1, OrganisationID: 4, PostID: 5, ThreadID: 6}}
		if i%2 == 0 {
			n.Person = "Leïla Ben Amor"
		}
		if i > 3 {
			n.ReadAt = now
		}
		list = append(list, n)
	}
	for i, together := range []int{2, 3, 5, 14} { // thanks that are gathered
		list = append(list, notify.Notification{ID: int64(100 + i), Kind: notify.PostThanked, At: now, Data: notify.Data{PostID: 5, Thread: "Qui vient ؟"},
			Person: "Leïla Ben Amor", Before: "سامي", Together: together, Fresh: together})
	}
	return list
}

func mailed(p views.Page, state string) notify.Mailed {
	id := int64(len(state))
	return notify.Mailed{ID: id, To: "leila@example.org", State: state, CreatedAt: now, Error: "552 mailbox full",
		Letter: notify.Letter{Language: "ar", Dir: locale.Dir("ar"), Subject: "فُتحت لك ندوة «Budget»", Greeting: "مرحبًا ليلى،",
			Paragraphs: []string{"استوفيت الشروط."}, Action: "التسجيل", URL: "http://127.0.0.1:8080/seminars/3", Closing: "إلى اللقاء", Footer: "حلقة"}}
}
