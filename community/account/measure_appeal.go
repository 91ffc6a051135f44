package account

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

const measureColumns = `select m.id, m.person_id, coalesce(p.name, '') as person, m.act, m.kind, coalesce(m.office_id, 0) as office_id,
	coalesce(m.space_id, 0) as space_id, coalesce(sp.name, o.name) as place, coalesce(m.post_id, 0) as post_id, m.cause, m.words, m.at, m.until,
	coalesce(m.by_id, 0) as by_id, coalesce(b.name, '') as by, m.appeal, m.appealed_at, m.decision, m.answer,
	coalesce(m.decided_by, 0) as decided_by, coalesce(d.name, '') as decider, m.decided_at, coalesce(sp.office_id, 0) as space_in
	from measure m left join person p on p.id = m.person_id left join person b on b.id = m.by_id left join person d on d.id = m.decided_by
	left join office o on o.id = m.office_id left join space sp on sp.id = m.space_id `

// OwnMeasures lists the measures about the actor, the latest first. They don't learn who decided, but where.
func (s *Service) OwnMeasures(ctx context.Context, actor Actor) ([]Measure, error) {
	if !actor.SignedIn() {
		return nil, ErrSignInRequired
	}
	return measures(ctx, s.db, `where m.person_id = any(?) order by m.id desc`, pgdialect.Array(actor.Selves()))
}

// MeasureOf returns a measure by the secret that its person was given when they were refused a session, or ErrNotFound.
func (s *Service) MeasureOf(ctx context.Context, token string) (Measure, error) {
	return oneMeasure(ctx, s.db, `where m.appeal_hash = ?`, hashOf(token))
}

// MeasuresSize is the number of measures on a page of their list.
const MeasuresSize = 20

// Measures lists the measures that somebody may decide on or took, those that appeals of wait first when waiting, else all,
// the latest first; page counts from 1. It returns ErrForbidden to those who moderate nothing.
func (s *Service) Measures(ctx context.Context, actor Actor, waiting bool, page int) (list []Measure, more bool, err error) {
	if !actor.CanSomewhere(Moderate) {
		return nil, false, refuse(actor)
	}
	all, offices := actor.Offices(Moderate)
	spaces := []int64{}
	for _, g := range actor.Grants {
		if g.Kind == OverSpace && g.Role.allows(Moderate) {
			spaces = append(spaces, g.ScopeID)
		}
	}
	list, err = measures(ctx, s.db, `where (?0 or m.office_id = any(?1) or sp.office_id = any(?1) or m.space_id = any(?2) or m.by_id = ?3)
		and m.person_id <> all(?7) and (not ?4 or m.appealed_at is not null and m.decision = '')
		order by m.id desc limit ?5 offset ?6`, all, pgdialect.Array(append([]int64{}, offices...)), pgdialect.Array(spaces), actor.PersonID, waiting,
		MeasuresSize+1, (min(max(page, 1), maxPage)-1)*MeasuresSize, pgdialect.Array(actor.Selves()))
	if len(list) > MeasuresSize {
		return list[:MeasuresSize], true, err
	}
	return list, false, err
}

// MeasuresAbout lists what was decided about a person in the scopes of the actor, and the id of the last of all, to begin a
// NewMeasure with.
func (s *Service) MeasuresAbout(ctx context.Context, actor Actor, personID int64) (list []Measure, last int64, err error) {
	all, err := measures(ctx, s.db, `where m.person_id = ? order by m.id desc`, personID)
	if err != nil {
		return nil, 0, err
	}
	for _, m := range all {
		last = max(last, m.ID)
		if m.MayLift(actor) || m.ByID == actor.PersonID {
			list = append(list, m)
		}
	}
	return list, last, nil
}

// Appeal asks others to look again at a measure about the actor, once. It returns ErrNotFound for one that isn't theirs,
// ErrConflict for one that can't be appealed any more, and Invalids.
func (s *Service) Appeal(ctx context.Context, actor Actor, id int64, words string) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	return s.appeal(ctx, words, `where m.id = ? and m.person_id = any(?) for update of m`, id, pgdialect.Array(actor.Selves()))
}

// AppealBan is Appeal for somebody who can't sign in, with their secret.
func (s *Service) AppealBan(ctx context.Context, token, words string) error {
	return s.appeal(ctx, words, `where m.appeal_hash = ? for update of m`, hashOf(token))
}

func (s *Service) appeal(ctx context.Context, words, where string, args ...any) error {
	return wrapped("appeal", s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		m, err := oneMeasure(ctx, tx, where, args...)
		if err != nil {
			return err
		}
		if !m.Appealable(s.now()) {
			return ErrConflict
		}
		var wrong Invalids
		words = measureWords(&wrong, "appeal", words)
		if err := wrong.Err(); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update measure set appeal = ?, appealed_at = ? where id = ?`, words, s.now(), m.ID); err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.MeasureAppealed{MeasureID: m.ID, PersonID: m.PersonID, Kind: string(m.Kind), ScopeID: m.OfficeID + m.SpaceID,
			OfficeID: m.scope().OfficeID, SpaceID: m.SpaceID, TakenBy: m.ByID, By: m.PersonID})
	}))
}

// DecideMeasure lifts a measure, or upholds it against an appeal, with words that its person reads. Whoever decides over its
// scope may lift it; who took it doesn't answer an appeal against it with no: ErrForbidden. It returns ErrConflict when it was
// decided before, or when there is no appeal to turn down, and Invalids.
func (s *Service) DecideMeasure(ctx context.Context, actor Actor, id int64, lift bool, words string) error {
	return wrapped("decide on a measure", s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		m, err := oneMeasure(ctx, tx, `where m.id = ? for update of m`, id)
		if err != nil {
			return err
		}
		decision := "upheld"
		if lift {
			decision = "lifted"
		}
		switch {
		case lift && !m.MayLift(actor), !lift && !m.MayUphold(actor):
			return refuse(actor)
		case m.Decision == "lifted", m.Decision != "" && !lift, !lift && !m.Waits():
			return ErrConflict
		}
		var wrong Invalids
		words = measureWords(&wrong, "answer", words)
		if err := wrong.Err(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update measure set decision = ?, answer = ?, decided_by = ?, decided_at = ? where id = ?`, decision, words,
			actor.PersonID, s.now(), m.ID)
		if err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.MeasureDecided{MeasureID: m.ID, PersonID: m.PersonID, State: decision, Kind: string(m.Kind),
			ScopeID: m.OfficeID + m.SpaceID, OfficeID: m.scope().OfficeID, SpaceID: m.SpaceID, By: actor.PersonID})
	}))
}

// WaitingAppeals is how many appeals the actor may answer.
func (s *Service) WaitingAppeals(ctx context.Context, actor Actor) (n int, err error) {
	list, err := measures(ctx, s.db, `where m.appealed_at is not null and m.decision = '' order by m.id limit 500`)
	for _, m := range list {
		if m.MayUphold(actor) {
			n++
		}
	}
	return n, err
}

func measures(ctx context.Context, db bun.IDB, where string, args ...any) (list []Measure, err error) {
	if err := db.NewRaw(measureColumns+where, args...).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("measures: %w", err)
	}
	return list, nil
}

func oneMeasure(ctx context.Context, db bun.IDB, where string, args ...any) (Measure, error) {
	list, err := measures(ctx, db, where, args...)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("measure: %w", ErrNotFound)
	}
	if err != nil {
		return Measure{}, err
	}
	return list[0], nil
}
