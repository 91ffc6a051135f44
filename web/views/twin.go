package views

import "halqa/enrolment"

// TwinsView is where an office says which seminars take place at once in several places.
type TwinsView struct {
	Page
	enrolment.View
	Form     Form
	Answered int64 // the proposal whose answer Form is; 0 when it joins another seminar
	Choices  []enrolment.TwinChoice
	Talks    []enrolment.TwinTalk
}

// formOf is the form of a proposal, or with 0 the one that joins another seminar: empty unless it was refused.
func (v TwinsView) formOf(proposal int64) Form {
	if proposal != v.Answered {
		return Form{}
	}
	return v.Form
}

func twinsURL(seminarID int64) string { return deskURL(seminarID) + "/twins" }

// choices are what could be a twin, by place.
func (v TwinsView) choices() []Option {
	var all []Option
	for _, c := range v.Choices {
		o := Option{Value: ms(c.ID), Label: c.Venue, Hint: v.Named(c.Title) + " · " + v.DateTime(c.StartsAt)}
		if c.Proposes {
			o.Hint += " · " + v.T("twins.to_propose", "Office", v.Named(c.OfficeName))
		}
		all = append(all, o)
	}
	return all
}

// join is what the button says, and hint what choosing another office's seminar does: those that are run here come first.
func (v TwinsView) join() (button, hint string) {
	first, last := v.Choices[0].Proposes, v.Choices[len(v.Choices)-1].Proposes
	switch {
	case first:
		return v.T("twins.propose"), v.T("twins.propose_hint")
	case last:
		return v.T("twins.add_or_propose"), v.T("twins.propose_hint")
	}
	return v.T("twins.add"), ""
}

func proposalURL(seminarID int64, t enrolment.TwinTalk, act string) string {
	return twinsURL(seminarID) + "/" + ms(t.ID) + "/" + act
}

// talkState is where a proposal stands, to the side that reads it.
func (v TwinsView) talkState(t enrolment.TwinTalk) (Tone, string) {
	switch {
	case t.State == enrolment.ProposalDeclined:
		return Info, v.T("twins.state_declined")
	case t.State == enrolment.ProposalWithdrawn:
		return Info, v.T("twins.state_withdrawn")
	case t.Ours:
		return Info, v.T("twins.awaits")
	}
	return Warn, v.T("twins.to_answer")
}

// talkSaid is who did what last about a proposal, and when.
func (v TwinsView) talkSaid(t enrolment.TwinTalk) string {
	switch t.State {
	case enrolment.ProposalDeclined:
		return v.T("twins.declined_by", "Person", v.someone(t.To), "When", v.DateTime(t.DecidedAt))
	case enrolment.ProposalWithdrawn:
		return v.T("twins.withdrawn_by", "Person", v.someone(t.To), "When", v.DateTime(t.DecidedAt))
	}
	return v.T("twins.proposed_by", "Person", v.someone(t.By), "When", v.DateTime(t.ProposedAt))
}

// keeps tells whether the person would lose a seat by changing to here.
func (v SeminarView) keeps() bool { return v.seated() && (v.Left() == 0 || v.approves()) }

// seated tells whether the person has a seat at a twin.
func (v SeminarView) seated() bool {
	taken := v.Taken()
	return taken != nil && taken.Mine.HoldsSeat()
}

// approves tells whether somebody must agree before the person has a seat here.
func (v SeminarView) approves() bool { return v.Approval.Asks() && !v.Runs }

// twinTitle is what the person is at the twin where they are registered.
func (v SeminarView) twinTitle() string {
	switch {
	case v.seated():
		return v.T("twins.seat_title")
	case v.Taken() != nil && v.Taken().Mine.State == enrolment.Waitlisted:
		return v.T("twins.waiting_title")
	}
	return v.T("twins.elsewhere_title")
}

// twinText says what pressing the button here would change for them, or why there is none.
func (v SeminarView) twinText() string {
	switch {
	case v.seated() && v.approves():
		return v.T("twins.asks_here")
	case v.seated() && v.Left() == 0:
		return v.T("twins.full_here")
	case v.seated():
		return v.T("twins.change_text")
	case v.approves():
		return v.T("twins.ask_text")
	case v.Left() > 0:
		return v.T("twins.free_text")
	}
	return v.T("twins.wait_text")
}

// asks is where a registration is sent: to ask for a seat, or to exchange the one at a twin.
func (v SeminarView) asks() string { return asksAt(v.View) }

func asksAt(v enrolment.View) string {
	if v.Taken() != nil {
		return seminarURL(v.ID) + "/switch"
	}
	return seminarURL(v.ID) + "/register"
}

// freeTwins are the twins with a seat for the person, who has none yet, of a seminar that has none left.
func (v SeminarView) freeTwins() []enrolment.Card {
	var free []enrolment.Card
	for _, c := range v.Others {
		if v.Left() == 0 && !v.seated() && (v.Mine == nil || !v.Mine.HoldsSeat()) && c.Left() > 0 && c.Refusal(v.Now) == nil {
			free = append(free, c)
		}
	}
	return free
}

// twinSubjects are what changes the seats left at the twins.
func (v SeminarView) twinSubjects() string {
	s := "seminar:" + ms(v.ID)
	for _, c := range v.Others {
		s += " seminar:" + ms(c.ID)
	}
	return s
}
