package views

import (
	"strconv"

	"halqa/community"
	"halqa/community/account"
)

// OwnMeasuresView is the page of what was decided about its reader.
type OwnMeasuresView struct {
	Page
	List  []account.Measure
	Wrong int64 // the one whose appeal was refused, or 0
	Form  Form  // what was typed in it
}

// BanView tells somebody who can't sign in why.
type BanView struct {
	Page
	Measure account.Measure
	Form    Form
	Action  string
}

// MeasuresView lists the measures of the reader's scopes.
type MeasuresView struct {
	Page
	List    []account.Measure
	Appeals bool // only those whose appeal waits
	Waiting int  // appeals that the reader may answer
	Pager   Pager
	Wrong   int64 // the one whose answer was refused, or 0
	Form    Form
}

// MeasureView is the form with which a moderator takes a measure about who wrote a post.
type MeasureView struct {
	Page
	Accused community.Accused
	Form    Form
}

func (v MeasuresView) tabs() []Tab {
	return []Tab{
		{Href: "/moderation/measures", Label: v.T("measure.tab_all"), Current: !v.Appeals},
		{Href: "/moderation/measures?show=appeals", Label: v.T("measure.tab_appeals"), Current: v.Appeals, Count: v.Waiting},
	}
}

func (v MeasuresView) formOf(id int64) Form {
	if id == v.Wrong {
		return v.Form
	}
	return Form{}
}

// open tells whether the reader may still decide on a measure: one that lies behind is left as it is.
func (v MeasuresView) open(m account.Measure) bool {
	return m.Decision != "lifted" && m.MayLift(v.Actor) && (m.Waits() || m.Act == account.Warn || m.Live(v.Now))
}

func (v OwnMeasuresView) formOf(id int64) Form {
	if id == v.Wrong {
		return v.Form
	}
	return Form{}
}

func (v MeasureView) acts() []Option {
	var options []Option
	for _, a := range account.Acts {
		options = append(options, Option{Value: string(a), Label: v.T("measure.act_" + string(a)), Hint: v.T("measure.act_" + string(a) + "_hint")})
	}
	return options
}

func (v MeasureView) terms() []Option {
	var options []Option
	for _, days := range account.Terms {
		options = append(options, Option{Value: strconv.Itoa(days), Label: v.N("measure.days", days)})
	}
	return options
}

func (v MeasureView) causes() []Option {
	var options []Option
	for _, cause := range account.Causes {
		options = append(options, Option{Value: cause, Label: v.T("forum.reason_" + cause)})
	}
	return options
}

func (v MeasureView) scopes() []Option {
	var options []Option
	for _, kind := range v.Accused.Scopes {
		options = append(options, Option{Value: string(kind), Label: v.T("measure.over_"+string(kind), "Name", v.Named(v.Accused.Space.Name))})
	}
	return options
}

// firstScope is the narrowest scope: what is chosen unless somebody says otherwise.
func (v MeasureView) firstScope() string {
	if len(v.Accused.Scopes) == 0 {
		return ""
	}
	return string(v.Accused.Scopes[0])
}

// measureState says whether a measure holds, and how it looks.
func (p Page) measureState(m account.Measure) (Tone, string) {
	switch {
	case m.Decision == "lifted":
		return Good, p.T("measure.state_lifted")
	case m.Waits():
		return Warn, p.T("measure.state_appealed")
	case m.Act == account.Warn:
		return Info, p.T("measure.state_warned")
	case m.Live(p.Now) && m.Until.IsZero():
		return Bad, p.T("measure.state_lasting")
	case m.Live(p.Now):
		return Bad, p.T("measure.state_until", "Until", p.DateTime(m.Until))
	}
	return Info, p.T("measure.state_over")
}

// measurePlace is where a measure holds.
func (p Page) measurePlace(m account.Measure) string {
	return p.T("measure.in_"+string(m.Kind), "Name", p.Named(m.Place))
}

func measureAnchor(id int64) string { return "measure-" + strconv.FormatInt(id, 10) }
