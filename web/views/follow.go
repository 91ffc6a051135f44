package views

import (
	"fmt"
	"slices"
	"strconv"

	"halqa/community/notify"
)

// FollowView is how much a person hears of a space, a thread or somebody; with ID 0 there is nothing to choose.
type FollowView struct {
	Subject notify.Subject
	ID      int64
	Level   notify.Level
	Post    string // of a space that is a mailing list to them: the address at which they begin a thread, or ""
	Hushed  bool   // they want no mail of what they follow: nothing comes from a list either
}

// FollowedLine is a subject that a person made a choice about.
type FollowedLine struct {
	FollowView
	Title, Href string
}

func (f FollowView) icon() string {
	if f.Level == notify.Mute {
		return "hide"
	}
	return "bell"
}

// now is the present choice in words, on the button; label is a choice, hint what it means.
func (f FollowView) now(p Page) string { return p.T("notify.following_" + string(f.Level)) }

func (f FollowView) label(p Page, l notify.Level) string {
	return p.T("notify.follow_" + string(f.Subject) + "_" + string(l))
}

func (f FollowView) hint(p Page, l notify.Level) string {
	return p.T("notify.follow_" + string(f.Subject) + "_" + string(l) + "_hint")
}

// AttentionForm is a person's attention as the form of the choices carries it.
func AttentionForm(a notify.Attention, topics []notify.Choice) Form {
	f := Form{Values: map[string][]string{"mailed": {}, "rhythm": {string(a.Rhythm)}, "budget": {strconv.Itoa(a.Budget)},
		"quiet_from": {"21"}, "quiet_until": {"7"}}}
	if a.Hushed {
		f.Values.Set("hushed", "yes")
		f.Values.Set("quiet_from", strconv.Itoa(a.Quiet.From))
		f.Values.Set("quiet_until", strconv.Itoa(a.Quiet.Until))
	}
	if !a.Unthanked {
		f.Values.Set("thanks", "yes")
	}
	for _, c := range topics {
		if c.Mailed {
			f.Values.Add("mailed", string(c.Topic))
		}
		if c.Pushed {
			f.Values.Add("pushed", string(c.Topic))
		}
	}
	return f
}

func (v MailChoicesView) rhythms() (all []Option) {
	for _, r := range notify.Rhythms {
		if r == notify.Pushed && len(v.Devices) == 0 && v.Load.Rhythm != notify.Pushed { // for whom there is nothing to push to
			continue
		}
		all = append(all, Option{Value: string(r), Label: v.T("notify.rhythm_" + string(r)), Hint: v.T("notify.rhythm_" + string(r) + "_hint")})
	}
	return all
}

func (v MailChoicesView) hours() (all []Option) {
	for h := range 24 {
		all = append(all, Option{Value: strconv.Itoa(h), Label: fmt.Sprintf("%02d:00", h)})
	}
	return all
}

func (v MailChoicesView) budgets() (all []Option) {
	list := []int{1, 2, 3, 5, 10, 20, 50}
	if b := v.Load.Budget; b > 0 && !slices.Contains(list, b) {
		list = append(list, b)
		slices.Sort(list)
	}
	for _, n := range list {
		all = append(all, Option{Value: strconv.Itoa(n), Label: v.N("notify.budget_mails", n)})
	}
	return all
}
