package web

import (
	"context"
	"fmt"

	"halqa/community/account"
	"halqa/web/views"
)

// waitingFor lists what waits for a person's decision, with where to take it: first people, then papers, then machines.
func (s *site) waitingFor(ctx context.Context, p views.Page) (list []views.Waiting, err error) {
	l := waitingList{page: p}
	for _, add := range []func(context.Context, account.Actor, *waitingList) error{
		s.waitingPeople, s.waitingSeats, s.waitingTalk, s.waitingMachines} {
		if err := add(ctx, p.Actor, &l); err != nil {
			return nil, err
		}
	}
	return l.list, nil
}

// waitingList collects what waits; nothing waits where the count is 0.
type waitingList struct {
	page views.Page
	list []views.Waiting
}

func (l *waitingList) add(icon, key string, n int, href string) {
	if n > 0 {
		l.list = append(l.list, views.Waiting{Icon: icon, Text: l.page.N(key, n), Href: href})
	}
}

// addHere adds what waits in each of some places; the address is a pattern that takes what at tells of the place.
func (l *waitingList) addHere(icon, key string, places []account.WaitingHere, at func(account.WaitingHere) string) {
	for _, w := range places {
		l.list = append(l.list, views.Waiting{Icon: icon, Text: l.page.N(key, w.Count), Name: w.Name, Title: w.Title, Href: at(w)})
	}
}

// waitingPeople are organisations to validate, and people who ask to join, to enter or to get to know each other.
func (s *site) waitingPeople(ctx context.Context, a account.Actor, l *waitingList) error {
	if s.Introductions != nil {
		n, err := s.Introductions.Waiting(ctx, a)
		if err != nil {
			return err
		}
		l.add("people", "myhome.wait_introductions", n, "/introductions")
	}
	w, err := s.Account.Waiting(ctx, a)
	if err != nil {
		return err
	}
	l.add("desk", "myhome.wait_organisations", w.Organisations, "/desk/organisations")
	l.add("people", "myhome.wait_memberships", w.Memberships, "/desk/organisations")
	l.addHere("people", "myhome.wait_memberships", w.Own, func(w account.WaitingHere) string { return fmt.Sprintf("/organisations/%d", w.ID) })
	l.addHere("spaces", "myhome.wait_entries", w.Spaces, func(w account.WaitingHere) string { return views.SpaceURL(w.Key) + "/manage/members" })
	return nil
}

// waitingSeats are registrations to approve.
func (s *site) waitingSeats(ctx context.Context, a account.Actor, l *waitingList) error {
	if s.Enrolment == nil {
		return nil
	}
	w, err := s.Enrolment.Waiting(ctx, a)
	if err != nil {
		return err
	}
	l.addHere("ticket", "myhome.wait_seats", w.Organisations, func(w account.WaitingHere) string { return fmt.Sprintf("/organisations/%d/seats", w.ID) })
	l.addHere("ticket", "myhome.wait_seats", w.Seminars, func(w account.WaitingHere) string { return fmt.Sprintf("/desk/seminars/%d", w.ID) })
	return nil
}

// waitingTalk are reported messages and proposed documents.
func (s *site) waitingTalk(ctx context.Context, a account.Actor, l *waitingList) error {
	if s.Community != nil {
		n, err := s.Community.Waiting(ctx, a)
		if err != nil {
			return err
		}
		l.add("flag", "myhome.wait_reports", n, "/moderation")
		if n, err = s.Community.HeldWaiting(ctx, a); err != nil {
			return err
		}
		l.add("clock", "guard.wait_home", n, "/moderation/held")
	}
	if s.Library == nil {
		return nil
	}
	proposed, err := s.Library.WaitingAnywhere(ctx, a)
	if err != nil {
		return err
	}
	l.addHere("file", "myhome.wait_documents", proposed, func(w account.WaitingHere) string { return views.SpaceURL(w.Key) + "/library" })
	return nil
}

// waitingMachines are events that no consumer could handle.
func (s *site) waitingMachines(ctx context.Context, a account.Actor, l *waitingList) error {
	if s.Engine.Dead == nil || !a.Can(account.AdministerPlatform, account.Scope{}) {
		return nil
	}
	dead, err := s.Engine.Dead(ctx, a)
	if err != nil {
		return err
	}
	l.add("alert", "myhome.wait_dead", len(dead), "/admin/events")
	return nil
}
