package views_test

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

func init() {
	for name, state := range seminarStates {
		register("seminar/"+name, func(p views.Page) templ.Component { return views.Seminar(seminarView(p, state)) })
	}
	for name, state := range map[string]struct {
		held int
		mine enrolment.Standing
	}{"free": {3, enrolment.Confirmed}, "full, with a seat there": {20, enrolment.Confirmed}, "full, waiting there": {20, enrolment.Waitlisted}, "full, and nowhere": {20, ""}} {
		register("seminar/twins/"+name, func(p views.Page) templ.Component {
			v := seminarView(p, func(c *enrolment.Card) { c.Held, c.Decision.Eligible = state.held, true })
			if v.Card.Held == 20 {
				v.Wait.Reason = enrolment.WaitFull
			}
			twin := twinOf(v.Card)
			if twin.Held, twin.Wait = 3, (enrolment.Wait{}); state.mine != "" {
				twin.Mine = &enrolment.Registration{ID: 8, State: state.mine, Place: 2}
			}
			v.Others = []enrolment.Card{twin}
			return views.Seminar(v)
		})
	}
	register("seminars", func(p views.Page) templ.Component {
		return views.Seminars(views.SeminarsView{Page: p, Months: views.ByMonth(p, seminarCards()), Offices: choices(p, 3), Spaces: choices(p, 4),
			Governorates: choices(p, 3), Number: 1, More: true})
	})
	for _, show := range []string{"", "around", "open", "mine"} {
		register("seminars/empty/"+show, func(p views.Page) templ.Component {
			return views.Seminars(views.SeminarsView{Page: p, Filter: views.Form{Values: url.Values{"show": {show}}}})
		})
	}
	register("seminars/around", func(p views.Page) templ.Component {
		p.Actor.Governorate = "TN-71"
		return views.Seminars(views.SeminarsView{Page: p, Filter: views.Form{Values: url.Values{"show": {"around"}}}})
	})
	register("seminars/filtered", func(p views.Page) templ.Component {
		return views.Seminars(views.SeminarsView{Page: p, Filter: views.Form{Values: url.Values{"office": {"1"}}},
			Feeds: []views.Feed{feed("office", "Gafsa"), feed("space", "قفصة")}})
	})
	register("seats", func(p views.Page) templ.Component {
		return views.Seats(views.SeatsView{Page: p, Coming: seminarCards(), Past: seminarCards()[:1], Feed: feed("mine", "✓")})
	})
	register("seats/empty", func(p views.Page) templ.Component { return views.Seats(views.SeatsView{Page: p}) })
}

var somePapers = []enrolment.Paper{
	{ID: 1, SeminarID: 7, Title: "Support du matin", Blob: "aa.pdf", Name: "x.pdf", Bytes: 120_000, AddedAt: now},
	{ID: 2, SeminarID: 7, Title: "دليل الميزانية", URL: "https://example.org/guide", AddedAt: now},
}

func feed(name, label string) views.Feed {
	return views.Feed{Name: name, Label: label, URL: "https://halqa.example/offices/1/calendar.ics?lang=fr"}
}

func choices(p views.Page, n int) (all []views.Option) {
	for i := range n {
		all = append(all, views.Option{Value: p.Number(i), Label: p.Number(i)})
	}
	return all
}

func degrees(d float64) *float64 { return &d }

// workshop is a seminar in twelve days, of two sessions and 20 seats.
func workshop() enrolment.Card {
	start := now.AddDate(0, 0, 12)
	return enrolment.Card{
		Seminar: enrolment.Seminar{
			ID: 12, OfficeID: 1, SpaceID: 2, State: enrolment.Published, Capacity: 20, Version: 3, GateVersion: 2, Zone: "Africa/Tunis",
			Title:       text("Monter un budget qui tient", "إعداد ميزانية متماسكة", "A budget that holds"),
			Description: text("Le matin : cas pratiques.\nL’après-midi : vos budgets.", "صباحًا: حالات تطبيقية.\nبعد الظهر: ميزانياتكم.", "Morning: cases.\nAfternoon: your budgets."),
			Venue:       "Maison des associations", Address: "12, avenue Habib Bourguiba",
			Languages: []string{"fr", "ar"}, Covered: []string{"travel", "meals"}, Latitude: degrees(34.425), Longitude: degrees(8.784),
			Costs:      text("Écrivez au bureau.", "اكتبوا إلى المكتب.", "Write to the office."),
			Directions: text("Louage jusqu’à la place, puis 5 minutes à pied.", "لواج إلى الساحة ثم خمس دقائق.", "Louage to the square, then five minutes."),
			Trainers:   []enrolment.Trainer{{Name: "Hédi Mansour", About: "Comptable d’associations"}, {Name: "ليلى", PersonID: 4}},
			StartsAt:   start, EndsAt: start.Add(30 * time.Hour), CancelReason: "",
			Sessions: []enrolment.Session{
				{ID: 31, SeminarID: 12, StartsAt: start, EndsAt: start.Add(6 * time.Hour)},
				{ID: 32, SeminarID: 12, StartsAt: start.Add(24 * time.Hour), EndsAt: start.Add(30 * time.Hour)},
			},
		},
		OfficeName: text("Gafsa", "قفصة", "Gafsa"), GovernorateName: text("Gafsa", "قفصة", "Gafsa"),
		SpaceKey: "projets", SpaceName: projects, SpaceHue: 205, Held: 13, Decision: enrolment.Decision{Eligible: true},
	}
}

var twoOfThree = enrolment.Rule{Mode: enrolment.AtLeast, K: 2, Of: []enrolment.Rule{
	{Kind: enrolment.Completed, ModuleID: 1}, {Kind: enrolment.Progressed, ModuleID: 2, Percent: 60}, {Kind: enrolment.Completed, ModuleID: 3}}}

// seminarStates are the situations that a seminar's page tells apart.
var seminarStates = map[string]func(c *enrolment.Card){
	"open":      func(*enrolment.Card) {},
	"locked":    lock,
	"counting":  lock,
	"full":      func(c *enrolment.Card) { c.Held, c.Waiting = 20, 4 },
	"confirmed": func(c *enrolment.Card) { c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Confirmed} },
	"waiting": func(c *enrolment.Card) {
		c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Waitlisted, Place: 3}
	},
	"waiting for kept seats": func(c *enrolment.Card) {
		c.Quotas, c.PerOrganisation, c.OfferHours, c.ReservedUntil = quotas, 2, 24, now.AddDate(0, 0, 5)
		c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Waitlisted, Place: 3, Wait: enrolment.Wait{Reason: enrolment.WaitReserved, Quotas: quotas[:2]}}
	},
	"kept": func(c *enrolment.Card) {
		c.Quotas, c.Wait = quotas, enrolment.Wait{Reason: enrolment.WaitReserved, Quotas: quotas[:1]}
	},
	"requested": func(c *enrolment.Card) { c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Requested} },
	"pending":   func(c *enrolment.Card) { c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Pending} },
	"conditional": func(c *enrolment.Card) {
		c.Attend, c.AttendBy = twoOfThree, now.AddDate(0, 0, 6)
		c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Conditional}
		c.Conflicts = []enrolment.Conflict{{SeminarID: 13, Title: budget, State: enrolment.Confirmed}}
	},
	"offered": func(c *enrolment.Card) {
		c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Offered, OfferUntil: now.Add(20 * time.Hour)}
	},
	"not open":  func(c *enrolment.Card) { c.OpensAt, c.Approval = now.AddDate(0, 0, 2), enrolment.ByBoth },
	"attended":  func(c *enrolment.Card) { c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Present} },
	"absent":    func(c *enrolment.Card) { c.Mine = &enrolment.Registration{ID: 5, State: enrolment.Absent} },
	"draft":     func(c *enrolment.Card) { c.State = enrolment.Draft },
	"cancelled": func(c *enrolment.Card) { c.State, c.CancelReason = enrolment.Cancelled, "Inondations" },
	"closed":    func(c *enrolment.Card) { c.ClosesAt = now.AddDate(0, 0, -1) },
	"started":   func(c *enrolment.Card) { c.StartsAt = now.Add(-time.Hour) },
	"over":      func(c *enrolment.Card) { c.StartsAt, c.EndsAt = now.Add(-2*time.Hour), now.Add(-time.Hour) },
}

var quotas = []enrolment.Quota{
	{Trait: enrolment.ByGender, Values: []string{"female"}, Min: 8},
	{Trait: enrolment.ByOrganisation, Values: []string{"public_actor"}, Min: 3, Max: 6},
	{Trait: enrolment.ByAge, Values: []string{"0", "35"}, Max: 10},
	{Trait: enrolment.ByGovernorate, Values: []string{"TN-71", "TN-72"}, Min: 2},
}

func lock(c *enrolment.Card) {
	c.Gate = twoOfThree
	c.Decision = enrolment.Decide(twoOfThree, enrolment.Facts{{Kind: enrolment.Completed, ID: 1}: 1})
}

func seminarCards() []enrolment.Card {
	var all []enrolment.Card
	for i, name := range []string{"open", "locked", "full", "confirmed", "waiting", "cancelled"} {
		c := workshop()
		c.ID = int64(12 + i)
		seminarStates[name](&c)
		all = append(all, c)
	}
	return all
}

func seminarView(p views.Page, change func(*enrolment.Card)) views.SeminarView {
	v := views.SeminarView{Page: p, View: enrolment.View{Card: workshop(), Runs: true}}
	change(&v.Card)
	v.Page.Title, _ = v.View.Title.In(p.Lang())
	v.Page = v.Belong("projets", 205, projects)
	if !v.Decision.Eligible || v.State == enrolment.Draft {
		v.Summary = p.N("seminars.progress", 2, "Have", 1)
		v.Steps, v.Words = gateSteps(p), p.N("seminars.group_at_least", 2)
		v.Way = shortWay(p)
	}
	if v.Mine != nil || v.Decision.Eligible && v.Held < 20 {
		v.AttendSteps, v.AttendWords = gateSteps(p), p.N("seminars.group_at_least", 2)
		v.AttendWay = &views.Way{Steps: shortWay(p).Steps[:1]}
		v.AttendMet = v.Mine != nil && v.Mine.State == enrolment.Waitlisted
	}
	if v.Mine != nil && v.Mine.HoldsSeat() {
		v.Papers, v.Shares = somePapers, true
	}
	if v.Counting {
		v.Way = &views.Way{}
	}
	v.MayGroup, v.Places = true, views.Regions{"TN-71": text("Gafsa", "قفصة", "Gafsa"), "TN-72": text("Tozeur", "توزر", "Tozeur")}
	v.Organisations = []enrolment.Choice{{ID: 1, Name: "Association des jeunes"}, {ID: 2, Name: "جمعية الواحة"}}
	v.Absences = enrolment.Absences{Count: 2, Limit: 2, Months: 12}
	if v.State == enrolment.Cancelled {
		v.Last = &enrolment.Registration{ID: 5, State: enrolment.Withdrawn}
	}
	if v.Left() == 0 {
		v.Last = &enrolment.Registration{ID: 5, State: enrolment.Withdrawn, CancelReason: "Doublon", CancelledBy: 99}
	}
	return v
}

func shortWay(p views.Page) *views.Way {
	rest := p.T("seminars.rest", "Time", p.Duration(7*time.Minute), "Weight", p.Bytes(6_100_000))
	return &views.Way{Steps: []views.Next{{Title: budget, Href: "/modules/2", Detail: rest}, {Title: p.Said(p.T("gates.belongs"))}},
		Total: p.T("gates.in_all", "Time", p.Duration(7*time.Minute), "Weight", p.Bytes(6_100_000))}
}

func gateSteps(p views.Page) []views.Step {
	return []views.Step{
		{Done: true, Title: text("Le cadre logique", "الإطار المنطقي", "The logical framework"), Href: "/modules/1", Detail: p.T("seminars.step_completed"), Percent: 100},
		{Title: budget, Href: "/modules/2", Percent: 40,
			Detail: p.T("seminars.step_progress", "Need", p.Percent(60), "Have", p.Percent(40)) + " · " + p.T("seminars.rest", "Time", p.Duration(7*time.Minute), "Weight", p.Bytes(6_100_000))},
		{Title: events.Text{"fr": "Animer une réunion"}, Href: "/modules/3", Detail: p.N("seminars.rest_quizzes", 1)},
	}
}
