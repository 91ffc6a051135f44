package demo

import (
	"context"
	"errors"

	"halqa/community/account"
	"halqa/enrolment"
)

// planSeats has those who would come ask for a seat, once or twice: whoever isn't eligible yet is told so and tries again
// later. Some give the seat back.
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
		first := max(published+1+i%5, p.arrives+1)
		for _, day := range []int{first, max(first+1, last-i%4)} {
			if day >= first && day <= last {
				s.plan(day, 11+i%8, func(ctx context.Context) error { return s.tryFor(ctx, p, *id) })
			}
		}
		if i%9 == 4 {
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
		_, err := s.enrolment.Register(ctx, a, seminar)
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
