package demo

import (
	"context"
	"errors"

	"halqa/community/account"
	"halqa/enrolment"
)

// planSeats has those who would come ask for a seat, a third of them early too: whoever isn't eligible yet is told so and
// tries again later. Some give the seat back.
func (s *stage) planSeats(n int, sem seminar, published int, id *int64) {
	last := min(sem.Days[0]-2, -1)
	if sem.End == "cancelled" {
		last = -3
	}
	for i, p := range s.crowd() {
		near := s.officeOf[p.Governorate] == s.offices[sem.Office]
		if !near && (i+n)%11 != 0 || !p.learns && i%4 != 0 || p.arrives >= last || s.spaces[sem.Space].Visibility != account.Open && !p.women {
			continue
		}
		if sem.Twin != "" && s.prefers(p) != sem.Governorate {
			continue
		}
		first := max(published+1+i%5, p.arrives+1)
		for _, day := range []int{first, max(first+1, last-i%4)} {
			if day >= first && day <= last && (day > first || i%3 == 0) {
				s.plan(day, 11+i%8, func(ctx context.Context) error { return s.tryFor(ctx, p, *id) })
			}
		}
		if i%9 == 4 || sem.OfferHours > 0 && i%2 == 0 {
			s.plan(last, 21, func(ctx context.Context) error { return s.giveBack(ctx, p, *id) })
		}
	}
}

// tryFor asks for a seat, unless the person has one.
func (s *stage) tryFor(ctx context.Context, p *player, seminar int64) error {
	if p.asked[seminar] {
		return nil
	}
	return s.as(ctx, p, func(a account.Actor) error {
		_, err := s.enrolment.RegisterFor(ctx, a, seminar, enrolment.Request{Answers: s.answers(p, seminar)})
		if errors.Is(err, enrolment.ErrNotEligible) {
			return nil
		}
		p.asked[seminar] = err == nil
		return err
	})
}

func (s *stage) giveBack(ctx context.Context, p *player, seminar int64) error {
	if !p.asked[seminar] {
		return nil
	}
	return s.as(ctx, p, func(a account.Actor) error {
		seats, err := s.enrolment.MySeats(ctx, a)
		for _, seat := range seats {
			if seat.ID == seminar && seat.Mine != nil && err == nil {
				err = s.enrolment.Cancel(ctx, a, seat.Mine.ID, "")
			}
		}
		return err
	})
}

// planApprovals has those who approve the seats of a seminar look at what waits, each day of the last week; some requests are left for
// the visitor of the demonstration.
func (s *stage) planApprovals(sem seminar, published int, id *int64) {
	if sem.Approval == "" {
		return
	}
	moderator := s.byEmail[email(sem.Office)]
	for day := max(published+2, -8); day <= -2; day++ {
		s.plan(day, 15, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) error { return s.approve(ctx, a, *id) })
		})
	}
}

// approve lets in two of three who wait for the office, refuses one in nine, and leaves the others for later.
func (s *stage) approve(ctx context.Context, moderator account.Actor, seminar int64) error {
	view, err := s.enrolment.DeskSeminar(ctx, moderator, seminar)
	if err != nil {
		return err
	}
	for _, guest := range view.Asking {
		switch {
		case guest.State != enrolment.Pending || guest.ID%3 == 0:
		case guest.ID%9 == 4:
			err = s.enrolment.Refuse(ctx, moderator, guest.ID, "Deux personnes de votre association sont déjà inscrites : laissons une place aux autres, la même journée revient au printemps.")
		default:
			_, err = s.enrolment.Approve(ctx, moderator, guest.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// planEnd lets a past seminar take place, with a few who don't come, and a cancelled one be cancelled.
func (s *stage) planEnd(moderator *player, sem seminar, id *int64) {
	if sem.End == "cancelled" {
		s.plan(-2, 16, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) error {
				return s.enrolment.CancelSeminar(ctx, a, *id, "La formatrice est empêchée ; une nouvelle date sera proposée en début d'année.")
			})
		})
	}
	for n, day := range sem.Days {
		if day >= 0 {
			continue
		}
		s.plan(day, sem.Hours[0]+1, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) error { return s.callRegister(ctx, a, *id, n) })
		})
	}
}

func (s *stage) callRegister(ctx context.Context, moderator account.Actor, seminar int64, session int) error {
	view, err := s.enrolment.DeskSeminar(ctx, moderator, seminar)
	if err != nil {
		return err
	}
	present := map[int64]bool{}
	for _, guest := range view.Holders {
		present[guest.ID] = (guest.ID+int64(session))%6 != 5
	}
	return s.enrolment.RecordAttendance(ctx, moderator, view.Sessions[session].ID, present)
}
