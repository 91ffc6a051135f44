package web

import (
	"testing"
	"time"

	"halqa/enrolment"
	"halqa/web/views"
)

func TestWhatIsWithinReachComesFirst(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	card := func(id, office int64, eligible bool, held int) enrolment.Card {
		var c enrolment.Card
		c.ID, c.OfficeID, c.Capacity, c.Held, c.Decision.Eligible = id, office, 2, held, eligible
		c.StartsAt, c.EndsAt = now.AddDate(0, 0, 7), now.AddDate(0, 0, 8)
		return c
	}
	all := withinReach(views.Page{Now: now}, []enrolment.Card{card(1, 2, true, 0), card(2, 1, false, 0), card(3, 1, true, 2), card(4, 1, true, 1)}, 1)
	for i, want := range []int64{4, 3, 2, 1} {
		if all[i].ID != want {
			t.Errorf("place %d is for seminar %d, want %d", i, all[i].ID, want)
		}
	}
}
