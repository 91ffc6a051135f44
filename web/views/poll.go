package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"halqa/community"
)

// Voting is what somebody chose of what a post asks, when it was refused; its PostID is 0 for none.
type Voting struct {
	Form
	PostID int64
}

// PollsURL is where polls of a space are asked.
func PollsURL(key string) string { return SpaceURL(key) + "/polls" }

// chosen tells whether an option is chosen in the form of a poll.
func (v ThreadView) chosen(o community.PollOption) bool {
	if v.Voting.PostID == o.PostID {
		return slices.Contains(v.Voting.All("vote"), ms(o.ID))
	}
	return o.Mine
}

// voteError is what was wrong with the vote on a post, or "".
func (v ThreadView) voteError(postID int64) string {
	if v.Voting.PostID != postID {
		return ""
	}
	return v.Voting.Error("vote")
}

// pollKind is the control with which one chooses.
func pollKind(p community.Poll) string {
	if p.Choices == 1 {
		return "radio"
	}
	return "checkbox"
}

// chosenBy names those who chose an option of an open poll, as far as there are not too many.
func (p Page) chosenBy(o community.PollOption) string {
	var who []string
	for _, name := range o.Names {
		who = append(who, p.Isolate(name))
	}
	if more := o.Votes - len(o.Names); more > 0 {
		who = append(who, p.N("poll.more", more))
	}
	return p.And(who)
}

// pollMost says how many options one may choose.
func (p Page) pollMost(poll community.Poll) string {
	if poll.Choices == 1 {
		return p.T("poll.choose_one")
	}
	return p.N("poll.choose", poll.Choices)
}

// pollWho says whether others are told who chose what.
func (p Page) pollWho(open bool) string {
	if open {
		return p.T("poll.is_open")
	}
	return p.T("poll.is_anonymous")
}

// pollEnd says until when one votes; "" when there is no end.
func (p Page) pollEnd(poll community.Poll) string {
	switch {
	case poll.Over:
		return p.T("poll.closed_on", "Date", p.DateTime(poll.Until()))
	case poll.Until().IsZero():
		return ""
	}
	return p.T("poll.until", "Date", p.DateTime(poll.Until()))
}

func (p Page) choicesOptions() []Option {
	options := []Option{{Value: "1", Label: p.T("poll.choices_one")}}
	for n := 2; n <= community.MaxOptions; n++ {
		options = append(options, Option{Value: strconv.Itoa(n), Label: p.N("poll.choices_many", n)})
	}
	return options
}

func (p Page) openOptions() []Option {
	return []Option{{Value: "no", Label: p.T("poll.anonymous"), Hint: p.T("poll.anonymous_hint")}, {Value: "yes", Label: p.T("poll.open"), Hint: p.T("poll.open_hint")}}
}

func (p Page) shownOptions() []Option {
	var options []Option
	for _, w := range community.PollShowns {
		options = append(options, Option{Value: string(w), Label: p.T("poll.shown_" + string(w))})
	}
	return options
}

// pollFields are the values that the form of a poll begins with.
type pollFields struct {
	title, options, choices, shown, closes string
}

func pollBlank() pollFields { return pollFields{choices: "1", shown: string(community.ShownAlways)} }

func pollAs(v PostFormView) pollFields {
	p := v.Post.Poll
	f := pollFields{title: v.Talk.Title, choices: strconv.Itoa(p.Choices), shown: string(p.Shown)}
	for _, o := range p.Options {
		f.options += o.Label + "\n"
	}
	if f.options = strings.TrimSuffix(f.options, "\n"); !p.ClosesAt.IsZero() {
		f.closes = v.Stamp(p.ClosesAt)[:len(time.DateOnly)]
	}
	return f
}
