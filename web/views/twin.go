package views

import "halqa/enrolment"

// TwinsView is where an office says which seminars take place at once in several places.
type TwinsView struct {
	Page
	enrolment.View
	Form    Form
	Choices []enrolment.Card // what could be a twin
}

func twinsURL(seminarID int64) string { return deskURL(seminarID) + "/twins" }

// choices are what could be a twin, by place.
func (v TwinsView) choices() []Option {
	var all []Option
	for _, c := range v.Choices {
		all = append(all, Option{Value: ms(c.ID), Label: c.Venue, Hint: v.Named(c.Title) + " · " + v.DateTime(c.StartsAt)})
	}
	return all
}

// keeps tells whether the person would lose a seat by changing to here.
func (v SeminarView) keeps() bool {
	taken := v.Taken()
	return v.Left() == 0 && taken != nil && taken.Mine.HoldsSeat()
}

// asks is where a registration is sent: to ask for a seat, or to exchange the one at a twin.
func (v SeminarView) asks() string { return asksAt(v.View) }

func asksAt(v enrolment.View) string {
	if v.Taken() != nil {
		return seminarURL(v.ID) + "/switch"
	}
	return seminarURL(v.ID) + "/register"
}

// freeTwins are the twins with a seat for the person, of a seminar that has none.
func (v SeminarView) freeTwins() []enrolment.Card {
	var free []enrolment.Card
	for _, c := range v.Others {
		if v.Left() == 0 && (v.Mine == nil || !v.Mine.HoldsSeat()) && c.Left() > 0 && c.Refusal(v.Now) == nil {
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
