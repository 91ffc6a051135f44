package views

import (
	"net/url"
	"strconv"
	"strings"

	"halqa/enrolment"
)

// SeminarsView is the calendar of coming seminars.
type SeminarsView struct {
	Page
	Months       []Month
	Filter       Form // SeminarFilters
	Offices      []Option
	Spaces       []Option
	Governorates []Option
	Feeds        []Feed // calendars of what is chosen
	Number       int    // of this page of the list, from 0
	More         bool   // whether there are later ones
}

// SeminarFilters are the fields of the calendar's filter.
var SeminarFilters = []string{"show", "office", "governorate", "space", "language"}

// Month is the seminars that begin in one month.
type Month struct {
	Name  string // "décembre 2026"
	Cards []enrolment.Card
}

// Feed is a calendar to subscribe to.
type Feed struct {
	Name  string // on the page
	Label string // whose it is
	URL   string // absolute
}

// Webcal is the address that has a calendar program open.
func (f Feed) Webcal() string {
	_, after, _ := strings.Cut(f.URL, "://")
	return "webcal://" + after
}

// ByMonth parts seminars, the soonest first, by the months of the page's time zone.
func ByMonth(p Page, cards []enrolment.Card) (months []Month) {
	for _, c := range cards {
		name := p.MonthOfYear(c.StartsAt)
		if len(months) == 0 || months[len(months)-1].Name != name {
			months = append(months, Month{Name: name})
		}
		last := &months[len(months)-1]
		last.Cards = append(last.Cards, c)
	}
	return months
}

// Link is the address of a page of the list with the same filters.
func (v SeminarsView) Link(number int) string { return v.link("page", pageNumber(number)) }

func pageNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// link is the address of the list with one thing changed, from its beginning.
func (v SeminarsView) link(name, value string) string {
	q := url.Values{}
	for _, key := range SeminarFilters {
		if had := v.Filter.Get(key); had != "" {
			q.Set(key, had)
		}
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return "/seminars"
	}
	return "/seminars?" + q.Encode()
}

// show is the tab that is open.
func (v SeminarsView) show() enrolment.Show { return enrolment.Show(v.Filter.Get("show")) }

func (v SeminarsView) tabs() (tabs []Tab) {
	for _, t := range []struct {
		show enrolment.Show
		key  string
	}{{enrolment.ShowAll, "seminars.show_all"}, {enrolment.ShowAround, "seminars.show_around"}, {enrolment.ShowOpen, "seminars.show_open"}, {enrolment.ShowMine, "seminars.show_mine"}} {
		tabs = append(tabs, Tab{Href: v.link("show", string(t.show)), Label: v.T(t.key), Current: v.show() == t.show})
	}
	return tabs
}

// narrowed tells whether a filter beside the tabs is in use.
func (v SeminarsView) narrowed() bool {
	for _, name := range SeminarFilters {
		if name != "show" && v.Filter.Get(name) != "" {
			return true
		}
	}
	return false
}

// homeless tells whether nothing says where the person is: no region, no space.
func (v SeminarsView) homeless() bool { return v.Actor.Governorate == "" && len(v.Actor.Spaces) == 0 }
