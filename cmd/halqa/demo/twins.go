package demo

import (
	"context"

	"halqa/community/account"
	"halqa/enrolment"
)

// twin makes a seminar the twin of the one before that has the same name for it.
func (s *stage) twin(ctx context.Context, moderator account.Actor, sem seminar, id int64) error {
	first, found := s.twins[sem.Twin]
	switch {
	case sem.Twin == "":
		return nil
	case !found:
		s.twins[sem.Twin] = id
		return nil
	}
	return s.enrolment.Twin(ctx, moderator, first, id)
}

// prefers is the governorate whose twin a person asks a seat at: that of Sidi Bouzid for those who live there and one in
// four of the others, Gafsa else.
func (s *stage) prefers(p *player) string {
	if p.Governorate == "TN-43" || p.Governorate != "TN-71" && p.number%4 == 0 {
		return "TN-43"
	}
	return "TN-71"
}

// planChange has somebody who has a seat at the smaller twin, and somebody who waits there, change to this one, where there
// is room.
func (s *stage) planChange(sem seminar, id *int64) {
	if sem.Twin == "" || sem.Governorate != "TN-43" {
		return
	}
	s.plan(-2, 12, func(ctx context.Context) error {
		moderator, err := s.actor(ctx, email(sem.Office))
		if err != nil {
			return err
		}
		view, err := s.enrolment.DeskSeminar(ctx, moderator, *id)
		if err != nil || len(view.Others) == 0 {
			return err
		}
		other, err := s.enrolment.DeskSeminar(ctx, moderator, view.Others[0].ID)
		for _, guests := range [][]enrolment.Guest{other.Holders, other.Queue} {
			if err == nil && len(guests) > 1 {
				err = s.change(ctx, guests[1].PersonID, *id)
			}
		}
		return err
	})
}

// change has somebody take their registration to a twin.
func (s *stage) change(ctx context.Context, personID, seminar int64) error {
	a, err := s.account.ActorOf(ctx, personID)
	if err == nil {
		_, err = s.enrolment.Switch(ctx, a, seminar, enrolment.Request{})
	}
	return err
}
