package views

import "halqa/enrolment"

// CircleView is what the page of a circle says of its seminar; Seminar is nil for somebody who may not see its page.
type CircleView struct {
	Seminar *enrolment.Card
	Told    bool // the person hears of what is said, by a seat or as a trainer
}

// SeminarURL is the address of a seminar's page.
func SeminarURL(id int64) string { return seminarURL(id) }

func circleURL(seminarID int64) string { return seminarURL(seminarID) + "/talk" }
