package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"halqa/community/account"
	"halqa/enrolment/monitoring"
	"halqa/events"
	"halqa/web/locale"
)

// IndicatorsView is the page of indicators.
type IndicatorsView struct {
	Page
	Form Form // the filter as it was asked for
	monitoring.Dashboard
	Zone *time.Location
}

// monthsShown is how many months the page draws; the workbook has them all.
const monthsShown = 12

func (v IndicatorsView) lead() string {
	if v.WholePlatform {
		return v.T("monitoring.lead_platform")
	}
	names := make([]string, len(v.Offices))
	for i, o := range v.Offices {
		names[i] = v.named(o.Name)
	}
	return v.T("monitoring.lead_offices", "Offices", v.And(names))
}

// named is an authored text in the page's language, or in one that it has.
func (p Page) named(t events.Text) string {
	s, _ := t.In(p.Lang())
	return s
}

func (v IndicatorsView) options(all string, list []monitoring.Choice) []Option {
	options := []Option{{Label: v.T(all)}}
	for _, c := range list {
		options = append(options, Option{Value: strconv.FormatInt(c.ID, 10), Label: v.named(c.Name)})
	}
	return options
}

// period is a shortcut to a span of days, keeping the other filters.
type period struct {
	key, href string
	current   bool
}

func (v IndicatorsView) periods() []period {
	now := v.Now
	if v.Zone != nil {
		now = now.In(v.Zone)
	}
	year := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location())
	from, to := monitoring.Quarter(now)
	before, until := monitoring.Quarter(from.AddDate(0, 0, -1))
	return []period{
		v.period("monitoring.everything", time.Time{}, time.Time{}),
		v.period("monitoring.quarter_this", from, to),
		v.period("monitoring.quarter_last", before, until),
		v.period("monitoring.year_this", year, year.AddDate(1, 0, -1)),
	}
}

func (v IndicatorsView) period(key string, from, to time.Time) period {
	q := url.Values{}
	for name, t := range map[string]time.Time{"from": from, "to": to} {
		if !t.IsZero() {
			q.Set(name, t.Format(time.DateOnly))
		}
	}
	current := v.Form.Get("from") == q.Get("from") && v.Form.Get("to") == q.Get("to")
	for _, name := range []string{"office", "space"} {
		if value := v.Form.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	href := "/indicators"
	if len(q) > 0 {
		href += "?" + q.Encode()
	}
	return period{key, href, current}
}

func (v IndicatorsView) funnel() Chart {
	c := Chart{ID: "funnel", Title: v.T("monitoring.funnel_title"), Note: v.T("monitoring.funnel_note"),
		LabelHeader: v.T("monitoring.step"), ValueHeader: v.T("monitoring.people")}
	all := v.Figures.People[monitoring.Reached]
	for _, stage := range monitoring.Stages {
		n := v.Figures.People[stage]
		b := Bar{Label: v.T("monitoring.stage_" + stage.Key()), Value: n}
		if all > 0 {
			b.Text = v.T("monitoring.share", "Number", n, "Percent", v.Percent(n*100/all))
		}
		c.Bars = append(c.Bars, b)
	}
	return c
}

// monthly is a chart over months. Only some months are named under it, so that names never touch.
type monthly struct {
	Chart
	axis []monthLabel
}

// monthLabel is a name under a column, or nothing; the year is added where it begins.
type monthLabel struct{ month, year string }

// months draws one thing that people did by month, all charts on the same months.
func (v IndicatorsView) months(id, title string, of func(monitoring.Month) int) monthly {
	note := v.T("monitoring.month_note")
	list := v.Figures.ByMonth
	if len(list) > monthsShown {
		list = list[len(list)-monthsShown:]
		note += " " + v.T("monitoring.month_recent")
	}
	c := monthly{Chart: Chart{ID: id, Title: title, Note: note, LabelHeader: v.T("monitoring.month"), ValueHeader: v.T("monitoring.people")}}
	l := v.In(v.Zone)
	every := (len(list) + 5) / 6
	for i, m := range list {
		year := strconv.Itoa(m.First.Year())
		c.Bars = append(c.Bars, Bar{Label: l.Month(m.First) + " " + year, Value: of(m)})
		var label monthLabel
		if i%every == 0 {
			label.month = l.ShortMonth(m.First)
			if i == 0 || m.First.Year() != list[i-every].First.Year() {
				label.year = year
			}
		}
		c.axis = append(c.axis, label)
	}
	return c
}

// summary says in words what the chart draws.
func (c monthly) summary(p Page) string {
	words := make([]string, len(c.Bars))
	for i, b := range c.Bars {
		words[i] = b.Label + ": " + p.Number(b.Value)
	}
	return c.Title + " – " + strings.Join(words, "; ")
}

// breakdown is one way to share people out: a chart of those reached, and a table of every step behind it.
type breakdown struct {
	Chart
	labels []string // of the groups; the chart draws the first ones only
	groups []monitoring.Group
}

// groupsShown is how many groups a chart draws; the table behind has them all.
const groupsShown = 10

func (v IndicatorsView) breakdowns() []breakdown {
	f := v.Figures
	return []breakdown{
		v.breakdown("gender", "monitoring.by_gender", f.ByGender, func(k string) string { return v.T("monitoring.gender_" + k) }),
		v.breakdown("age", "monitoring.by_age", f.ByAge, func(k string) string { return v.T("monitoring.age_" + k) }),
		v.breakdown("governorate", "monitoring.by_governorate", f.ByGovernorate, func(k string) string { return v.named(v.Places.Governorates[k]) }),
		v.breakdown("kind", "monitoring.by_kind", f.ByKind, func(k string) string { return v.T("monitoring.kind_" + k) }),
	}
}

func (v IndicatorsView) breakdown(id, title string, groups []monitoring.Group, label func(string) string) breakdown {
	b := breakdown{groups: groups, Chart: Chart{ID: id, Title: v.T(title), Note: v.T("monitoring.breakdown_note"),
		LabelHeader: v.T("monitoring.category"), ValueHeader: v.T("monitoring.people")}}
	for _, g := range groups {
		said := v.T("monitoring.unsaid")
		switch {
		case g.Key != "":
			said = label(g.Key)
		case id == "kind":
			said = v.T("monitoring.kind_none")
		}
		b.labels = append(b.labels, said)
		b.Bars = append(b.Bars, Bar{Label: said, Value: g.Counts[monitoring.Reached]})
	}
	if len(b.Bars) > groupsShown+2 {
		b.Bars = b.Bars[:groupsShown]
		b.Note += " " + v.T("monitoring.breakdown_first", "Number", groupsShown)
	}
	return b
}

// mayPrepare tells whether the reader could make the seminar that is missing.
func (v IndicatorsView) mayPrepare() bool { return v.Actor.CanSomewhere(account.RunSeminars) }

func (v IndicatorsView) languageOptions() []Option {
	var options []Option
	for _, lang := range locale.Languages {
		options = append(options, Option{Value: lang, Label: locale.Names[lang], Lang: lang})
	}
	return options
}

// kept are the filters that an export keeps.
func (v IndicatorsView) kept() []string {
	return slices.DeleteFunc([]string{"from", "to", "office", "space"}, func(name string) bool { return v.Form.Get(name) == "" })
}

func moduleTitle(p Page, m monitoring.Module) events.Text {
	if m.Title.String() == "" {
		return p.Said(strings.TrimSpace(p.T("monitoring.module_untitled", "Number", strconv.FormatInt(m.ID, 10))))
	}
	return m.Title
}
