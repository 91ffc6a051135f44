package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Request is what a person says when they register.
type Request struct {
	OrganisationID int64 // the one they come for; 0: their first one, if they are of any
	Answers        Answers
}

// Register asks for a seat: RegisterFor without saying more.
func (s *Service) Register(ctx context.Context, actor account.Actor, seminarID int64) (Registration, error) {
	return s.RegisterFor(ctx, actor, seminarID, Request{})
}

// asking is somebody who registers, on their way.
type asking struct {
	ctx   context.Context
	actor account.Actor
	Request
	reg Registration
	err error
}

// RegisterFor asks for a seat: confirmed when one is free and nobody who waits could take it, else the next place on the
// waiting list, or to be approved first. Asking twice gives the same registration. It returns account.ErrSignInRequired,
// account.ErrNotFound, ErrCancelled, ErrStarted, ErrClosed, ErrNotOpen, account.Invalid for an organisation that isn't
// theirs, account.Invalids about the questions, Twinned, or NotEligible with what is missing, judged from the facts heard so far.
//
// Those who ask at the same moment are let in together, in the order in which they came: the seminar is locked and read,
// and the disk waited for, once for all of them.
func (s *Service) RegisterFor(ctx context.Context, actor account.Actor, seminarID int64, q Request) (Registration, error) {
	if !actor.SignedIn() {
		return Registration{}, account.ErrSignInRequired
	}
	a := &asking{ctx: ctx, actor: actor, Request: q, err: errors.New("register: nobody was let in")}
	if together == 0 {
		s.letIn(ctx, seminarID, []*asking{a})
	} else {
		s.crowdAt(seminarID).Do(ctx, a)
	}
	return a.reg, a.err
}

func (s *Service) crowdAt(seminarID int64) *account.Gatherer[*asking] {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.crowds[seminarID]
	if g == nil {
		g = account.NewGatherer(together, func(ctx context.Context, batch []*asking) { s.letIn(ctx, seminarID, batch) })
		s.crowds[seminarID] = g
	}
	return g
}

// letInTime bounds one batch.
const letInTime = 10 * time.Second

// letIn registers a batch in one transaction. If something fails it, each is registered alone, so that nobody's mishap is
// another's.
func (s *Service) letIn(ctx context.Context, seminarID int64, batch []*asking) {
	ctx, cancel := context.WithTimeout(ctx, letInTime)
	defer cancel()
	batch = slices.DeleteFunc(slices.Clone(batch), (*asking).gone)
	if len(batch) == 0 {
		return
	}
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
	}
	err := s.inTx(ctx, "register", func(ctx context.Context, tx bun.Tx) error { return s.letAllIn(ctx, tx, seminarID, batch) })
	if err == nil {
		return
	}
	for _, a := range batch {
		a.reg, a.err = Registration{}, err
		if len(batch) > 1 && ctx.Err() == nil {
			a.err = s.inTx(ctx, "register", func(ctx context.Context, tx bun.Tx) error { return s.letAllIn(ctx, tx, seminarID, []*asking{a}) })
		}
	}
}

// gone tells whether somebody's request ended before their turn came.
func (a *asking) gone() bool {
	if a.ctx.Err() != nil {
		a.err = a.ctx.Err()
	}
	return a.ctx.Err() != nil
}

// letAllIn gives each their answer. An error is of the whole transaction.
func (s *Service) letAllIn(ctx context.Context, tx bun.Tx, seminarID int64, batch []*asking) error {
	sem, err := findSeminar(ctx, tx, seminarID, seminarLock)
	if errors.Is(err, account.ErrNotFound) {
		for _, a := range batch {
			a.err = fmt.Errorf("register: %w", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	space, err := account.FindSpace(ctx, tx, sem.SpaceID)
	if err != nil {
		return err
	}
	if sem.floor, err = s.openFloor(ctx, tx, sem, batch); err != nil {
		return err
	}
	here, err := s.present(ctx, tx, sem, batch)
	if err != nil {
		return err
	}
	regs := make([]*Registration, len(batch))
	for n, a := range batch {
		if regs[n], a.err = s.letOneIn(ctx, tx, sem, space, a, here); a.err == nil {
			here[a.actor.PersonID] = true
			continue
		}
		if !isAnswer(a.err) {
			return a.err
		}
		a.err = fmt.Errorf("register: %w", a.err)
	}
	if err := s.write(ctx, tx, sem); err != nil {
		return err
	}
	for n, a := range batch {
		if regs[n] != nil {
			a.reg = *regs[n]
		}
	}
	return nil
}

// present takes everybody's turn to be judged, in the one order, and tells who is registered already.
func (s *Service) present(ctx context.Context, tx bun.Tx, sem Seminar, batch []*asking) (map[int64]bool, error) {
	people := peopleOf(batch)
	if err := shareGates(ctx, tx); err != nil {
		return nil, err
	}
	slices.Sort(people)
	if err := lockPeople(ctx, tx, people); err != nil {
		return nil, err
	}
	var ids []int64
	err := tx.NewRaw(`select person_id from registration where seminar_id = ? and person_id = any (?::bigint[]) and state <> 'cancelled'`,
		sem.ID, pgdialect.Array(people)).Scan(ctx, &ids)
	here := map[int64]bool{}
	for _, id := range ids {
		here[id] = true
	}
	if err == nil {
		err = sem.floor.learn(ctx, tx, sem, people)
	}
	if err == nil {
		sem.floor.away, err = away(ctx, tx, sem, people)
	}
	return here, err
}

func (s *Service) letOneIn(ctx context.Context, tx bun.Tx, sem Seminar, space account.Space, a *asking, here map[int64]bool) (*Registration, error) {
	if !space.ReadableBy(a.actor) {
		return nil, fmt.Errorf("seminar %d: %w", sem.ID, sem.unseen(a.actor, space))
	}
	if here[a.actor.PersonID] {
		if err := s.write(ctx, tx, sem); err != nil {
			return nil, err
		}
		return s.active(ctx, tx, sem, a.actor.PersonID)
	}
	if err := sem.Refusal(s.now()); err != nil {
		return nil, err
	}
	return s.enter(ctx, tx, sem, a.actor.PersonID, a.Request, a.actor)
}

// isAnswer tells an answer, given before anything was written, from a failure.
func isAnswer(err error) bool {
	_, invalid := account.InvalidsOf(err)
	for _, answer := range []error{account.ErrNotFound, account.ErrForbidden, account.ErrSignInRequired, ErrNotEligible, ErrTwin, ErrCancelled, ErrStarted, ErrClosed, ErrNotOpen} {
		invalid = invalid || errors.Is(err, answer)
	}
	return invalid
}
