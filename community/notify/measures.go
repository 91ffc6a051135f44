package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// ofMeasure says whom to tell what of a warning, a suspension or a ban, and of a look behind a pseudonym.
func ofMeasure(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.MeasureTaken{}.EventType():
		p, err := events.Decode[events.MeasureTaken](e)
		if err != nil {
			return nil, err
		}
		n := notice{to: p.PersonID, kind: Kind("measure_" + p.State), data: Data{MeasureID: p.MeasureID}}
		err = tx.NewRaw(`select coalesce(until, '0001-01-01 00:00:00Z'), cause, words from measure where id = ?`, p.MeasureID).
			Scan(ctx, &n.data.Until, &n.data.Cause, &n.data.Reason)
		return withMeasure(n, err)
	case events.MeasureDecided{}.EventType():
		p, err := events.Decode[events.MeasureDecided](e)
		if err != nil {
			return nil, err
		}
		n := notice{to: p.PersonID, kind: Kind("measure_" + p.State), data: Data{MeasureID: p.MeasureID}}
		err = tx.NewRaw(`select answer from measure where id = ?`, p.MeasureID).Scan(ctx, &n.data.Reason)
		return withMeasure(n, err)
	case events.PseudonymLookedBehind{}.EventType():
		p, err := events.Decode[events.PseudonymLookedBehind](e)
		if err != nil {
			return nil, err
		}
		sp, err := account.FindSpace(ctx, tx, p.SpaceID)
		return []notice{{to: p.PersonID, kind: PseudonymLookedBehind, data: Data{SpaceID: sp.ID, SpaceKey: sp.Key, Title: sp.Name, PersonID: p.By}}}, err
	case events.MeasureAppealed{}.EventType():
		p, err := events.Decode[events.MeasureAppealed](e)
		if err != nil {
			return nil, err
		}
		return ofAppeal(ctx, tx, p)
	}
	return nil, nil
}

func withMeasure(n notice, err error) ([]notice, error) {
	if err != nil {
		return nil, fmt.Errorf("measure %d: %w", n.data.MeasureID, err)
	}
	return []notice{n}, nil
}

// ofAppeal tells an appeal to those who moderate the scope, but for who took the measure and whom it is about; where there is
// nobody else, to the administrators of the platform.
func ofAppeal(ctx context.Context, tx bun.Tx, p events.MeasureAppealed) (list []notice, err error) {
	who, err := behind(ctx, tx, []int64{p.PersonID})
	if err != nil {
		return nil, err
	}
	var ids []int64
	err = tx.NewRaw(`with held as (select person_id, role, kind, office_id, space_id from role_grant
			where revoked_at is null and person_id not in (?0, ?1)),
		near as (select person_id from held where role = 'space_moderator' and space_id = nullif(?2, 0)
			or role in ('office_moderator', 'administrator') and office_id = nullif(?3, 0))
		select person_id from near
		union select person_id from held where role = 'administrator' and kind = 'platform' and not exists (select from near)`,
		who[0], p.TakenBy, p.SpaceID, p.OfficeID).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("who answers the appeal of measure %d: %w", p.MeasureID, err)
	}
	for _, id := range ids {
		list = append(list, notice{to: id, kind: MeasureAppealed, data: Data{MeasureID: p.MeasureID, PersonID: p.PersonID}})
	}
	return list, nil
}
