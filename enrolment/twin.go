package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Twins are seminars that take place at once in several places. A person has one registration among them, whatever its
// state, and may exchange it for one at another: see Switch. Each twin has its own seats, rules and waiting list.

// maxTwins is how many seminars are twins at most.
const maxTwins = 12

// ErrTwin says that somebody is registered at a twin already; it is wrapped by Twinned. ErrTwinFull says that changing to
// another twin would cost them their seat, and that they keep it; ErrTwinAsks that it would exchange their seat for a request
// that somebody must approve there.
var (
	ErrTwin     = errors.New("registered at a twin")
	ErrTwinFull = errors.New("no seat at that twin")
	ErrTwinAsks = errors.New("that twin asks for an approval")
)

// Twinned refuses a registration at a seminar whose twin the person is registered at. It is an ErrTwin.
type Twinned struct{ SeminarID int64 }

func (e Twinned) Error() string { return fmt.Sprintf("%v: seminar %d", ErrTwin, e.SeminarID) }

// Is makes errors.Is(err, ErrTwin) hold.
func (e Twinned) Is(target error) bool { return target == ErrTwin }

// away finds which of some people are registered at a twin of the seminar, and at which. The caller has their turns, so that
// nobody registers them elsewhere meanwhile: each twin has a lock of its own, and a person's turn is one for all.
func away(ctx context.Context, db bun.IDB, sem Seminar, people []int64) (map[int64]int64, error) {
	if sem.Twins == 0 {
		return nil, nil
	}
	var rows []struct{ PersonID, SeminarID int64 }
	err := db.NewRaw(`select person_id, seminar_id from registration join seminar on seminar.id = seminar_id
		where seminar.twins = ? and seminar.id <> ? and person_id = any(?::bigint[]) and registration.state <> 'cancelled'`,
		sem.Twins, sem.ID, pgdialect.Array(people)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("registered at twins of seminar %d: %w", sem.ID, err)
	}
	all := map[int64]int64{}
	for _, r := range rows {
		all[r.PersonID] = r.SeminarID
	}
	return all, nil
}

// Twin makes two seminars, and the twins that each has, twins of each other. It needs the right to run both, which are of one
// space and overlap in time: account.Invalid (field other) refuses others, and those at which some people are registered
// twice. It returns ErrCancelled and ErrStarted for what can't be registered at any more.
func (s *Service) Twin(ctx context.Context, actor account.Actor, id, otherID int64) error {
	return s.inTx(ctx, "twin seminars", func(ctx context.Context, tx bun.Tx) error {
		return s.twin(ctx, tx, actor, id, otherID)
	})
}

func (s *Service) twin(ctx context.Context, tx bun.Tx, actor account.Actor, id, otherID int64) error {
	all, err := s.lockTwins(ctx, tx, actor, id, otherID)
	if err != nil {
		return err
	}
	if already, err := s.mayBeTwins(ctx, tx, all, id, otherID); already || err != nil {
		return err
	}
	return s.join(ctx, tx, actor, all)
}

// mayBeTwins refuses what can't be twins, of seminars that are locked with the twins that each has, and tells whether they are already.
func (s *Service) mayBeTwins(ctx context.Context, tx bun.Tx, all map[int64]Seminar, id, otherID int64) (already bool, err error) {
	a, b := all[id], all[otherID]
	refuse := func(key string, args map[string]any) (bool, error) {
		return false, account.Invalid{Field: "other", Key: key, Args: args}
	}
	switch {
	case id == otherID:
		return refuse("twins.error_twin", nil)
	case a.State == Cancelled || b.State == Cancelled:
		return false, ErrCancelled
	case !s.now().Before(a.StartsAt) || !s.now().Before(b.StartsAt):
		return false, ErrStarted
	case a.SpaceID != b.SpaceID:
		return refuse("twins.error_twin_space", nil)
	case !a.StartsAt.Before(b.EndsAt) || !b.StartsAt.Before(a.EndsAt):
		return refuse("twins.error_twin_time", nil)
	case len(all) > maxTwins:
		return refuse("twins.error_twin_many", map[string]any{"Max": maxTwins})
	case a.Twins != 0 && a.Twins == b.Twins:
		return true, nil
	}
	var twice int
	err = tx.NewRaw(`select count(*) from (select person_id from registration where seminar_id = any(?) and state <> 'cancelled'
		group by person_id having count(*) > 1) x`, pgdialect.Array(lockOrder(all))).Scan(ctx, &twice)
	if err == nil && twice > 0 {
		return refuse("twins.error_twin_people", map[string]any{"Count": twice})
	}
	return false, err
}

// Untwin takes a seminar from among its twins: who is registered there may register at them too. It needs the right to run it;
// doing it twice does nothing.
func (s *Service) Untwin(ctx context.Context, actor account.Actor, id int64) error {
	return s.inTx(ctx, "take a seminar from its twins", func(ctx context.Context, tx bun.Tx) error {
		all, err := s.lockTwins(ctx, tx, actor, id, id)
		if err != nil || all[id].Twins == 0 {
			return err
		}
		alone := map[int64]Seminar{id: all[id]}
		if len(all) == 2 { // nobody is the twin of nobody
			alone = all
		}
		return setTwins(ctx, tx, actor, alone, 0)
	})
}

// setTwins makes some seminars twins, or with 0 seminars alone, and announces those that everybody sees.
func setTwins(ctx context.Context, tx bun.Tx, actor account.Actor, all map[int64]Seminar, twins int64) error {
	ids := lockOrder(all)
	if _, err := tx.ExecContext(ctx, `update seminar set twins = nullif(?, 0) where id = any(?)`, twins, pgdialect.Array(ids)); err != nil {
		return fmt.Errorf("twins: %w", err)
	}
	for _, id := range ids {
		if sem := all[id]; sem.State == Published {
			if err := events.Publish(ctx, tx, sem.changed(actor)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Switch exchanges a person's registration at a twin for one at this seminar, in one transaction: they never have two, nor
// none. The seat that they leave goes to who waits for it, and here they come last, as everybody who registers. Whoever has a
// seat keeps it unless there is one for them here: ErrTwinFull, ErrTwinAsks. Somebody who isn't registered at a twin just registers, and
// asking twice gives the same registration. It returns the refusals of RegisterFor, and ErrStarted when the other has begun.
func (s *Service) Switch(ctx context.Context, actor account.Actor, seminarID int64, q Request) (Registration, error) {
	if !actor.SignedIn() {
		return Registration{}, account.ErrSignInRequired
	}
	var reg *Registration
	err := s.inTx(ctx, "switch to a twin", func(ctx context.Context, tx bun.Tx) (err error) {
		reg, err = s.exchange(ctx, tx, actor, seminarID, q)
		return err
	})
	if err != nil || reg == nil {
		return Registration{}, err
	}
	return *reg, nil
}

func (s *Service) exchange(ctx context.Context, tx bun.Tx, actor account.Actor, seminarID int64, q Request) (*Registration, error) {
	here, there, err := s.lockExchange(ctx, tx, actor, seminarID)
	if err != nil {
		return nil, err
	}
	if here.floor, err = s.openFloor(ctx, tx, here, []*asking{{actor: actor, Request: q}}); err != nil {
		return nil, err
	}
	if mine, err := s.active(ctx, tx, here, actor.PersonID); err != nil || mine != nil {
		return mine, err
	}
	if err := here.Refusal(s.now()); err != nil {
		return nil, err
	}
	left, err := s.quit(ctx, tx, there, actor)
	if err != nil {
		return nil, err
	}
	reg, err := s.enter(ctx, tx, here, actor.PersonID, q, actor)
	if err == nil {
		reg.leaves = left
		err = s.write(ctx, tx, here)
	}
	switch {
	case err != nil:
		return nil, err
	case left != 0 && reg.Asking():
		return nil, ErrTwinAsks
	case left != 0 && !reg.HoldsSeat():
		return nil, ErrTwinFull
	case there.ID != 0:
		err = s.promote(ctx, tx, there, actor) // not settle: it takes the turns of others, out of order
	}
	return reg, err
}

// quit withdraws the person's registration at a seminar, if they have one still, and returns its id if it held a seat, which
// isn't handed on yet.
func (s *Service) quit(ctx context.Context, tx bun.Tx, sem Seminar, actor account.Actor) (held int64, err error) {
	if sem.ID == 0 {
		return 0, nil
	}
	reg, err := s.active(ctx, tx, sem, actor.PersonID)
	switch {
	case err != nil || reg == nil:
		return 0, err
	case !s.now().Before(sem.StartsAt):
		return 0, ErrStarted
	case reg.HoldsSeat():
		held, reg.exchanged = reg.ID, true
	}
	reg.CancelledBy, reg.CancelReason = actor.PersonID, ""
	return held, s.move(ctx, tx, sem, reg, Withdrawn, "by_person", actor)
}

// lockExchange locks a seminar that the actor may read and the twin at which they are registered, in the order of their ids,
// then takes their turn. there is the zero Seminar when they are registered at none.
func (s *Service) lockExchange(ctx context.Context, tx bun.Tx, actor account.Actor, seminarID int64) (here, there Seminar, err error) {
	var other []int64
	err = tx.NewRaw(`select other.id from seminar join seminar other on other.twins = seminar.twins and other.id <> seminar.id
		join registration on registration.seminar_id = other.id and person_id = ? and registration.state <> 'cancelled'
		where seminar.id = ? limit 1`, actor.PersonID, seminarID).Scan(ctx, &other)
	if err != nil {
		return here, there, err
	}
	lockThere := func() {
		if err == nil && len(other) > 0 {
			there, err = findSeminar(ctx, tx, other[0], seminarLock)
		}
	}
	if len(other) > 0 && other[0] < seminarID {
		lockThere()
	}
	if err == nil {
		here, err = s.lockReadable(ctx, tx, actor, seminarID)
	}
	if there.ID == 0 {
		lockThere()
	}
	if err == nil && there.Twins != here.Twins && there.ID != 0 {
		there = Seminar{} // no twins any more: nothing to leave
	}
	if err == nil {
		err = lockPerson(ctx, tx, actor.PersonID)
	}
	return here, there, err
}

// addTwins reads the twins that the actor may see, each with what it is to them.
func (v *View) addTwins(ctx context.Context, s *Service, actor account.Actor) error {
	if v.Twins == 0 {
		return nil
	}
	err := s.db.NewRaw(cards+`where seminar.twins = ? and seminar.id <> ? and (seminar.state = 'published' or ?)
		order by seminar.starts_at, seminar.venue, seminar.id`, v.Seminar.Twins, v.ID, v.Runs).Scan(ctx, &v.Others)
	if err != nil {
		return fmt.Errorf("twins of seminar %d: %w", v.ID, err)
	}
	v.Others = slices.DeleteFunc(v.Others, func(c Card) bool {
		return c.SpaceID != v.SpaceID || c.State != Published && !actor.Can(account.RunSeminars, c.Scope())
	})
	return s.personalise(ctx, actor, v.Others)
}

// Taken is the twin at which the person is registered, or nil.
func (v View) Taken() *Card {
	for i := range v.Others {
		if v.Others[i].Mine != nil {
			return &v.Others[i]
		}
	}
	return nil
}
