package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// ofKeeper welcomes the first person who is given a new space or office to look after, once for each of them: the list of its
// first steps waits on its page. The administrator of a new organisation hears of it with its validation.
func ofKeeper(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	if e.Type != (events.RoleGranted{}).EventType() {
		return nil, nil
	}
	p, err := events.Decode[events.RoleGranted](e)
	if err != nil {
		return nil, err
	}
	n := notice{to: p.PersonID, kind: SpaceBegun}
	kind := account.ScopeKind(p.Kind)
	switch {
	case kind == account.OverSpace && account.Role(p.Role) == account.SpaceModerator:
		n.data.SpaceID = p.ScopeID
	case kind == account.OverOffice && account.Role(p.Role) == account.OfficeModerator:
		n.kind, n.data.OfficeID = OfficeBegun, p.ScopeID
	default:
		return nil, nil
	}
	// Two people may be named at the same moment, on two nodes: the second waits for what is told to the first.
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended(?, 0))`, fmt.Sprint("begun ", p.Kind, p.ScopeID)); err != nil {
		return nil, fmt.Errorf("welcome to %s %d: %w", p.Kind, p.ScopeID, err)
	}
	var place struct {
		Key  string
		Name events.Text `bun:"type:jsonb"`
		Told bool
	}
	err = tx.NewRaw(`select coalesce(s.key, '') as key, coalesce(s.name, o.name) as name, exists (select from notification n
			where n.kind = ?2 and (n.data->>'space_id')::bigint is not distinct from nullif(?3, 0)
			and (n.data->>'office_id')::bigint is not distinct from nullif(?4, 0)) as told
		from beginning b left join space s on b.kind = 'space' and s.id = b.place_id left join office o on b.kind = 'office' and o.id = b.place_id
		where b.kind = ?0 and b.place_id = ?1 and coalesce(s.name, o.name) is not null
		union all select '', null, true limit 1`, p.Kind, p.ScopeID, n.kind, n.data.SpaceID, n.data.OfficeID).Scan(ctx, &place)
	if err != nil {
		return nil, fmt.Errorf("welcome to %s %d: %w", p.Kind, p.ScopeID, err)
	}
	if place.Told {
		return nil, nil
	}
	n.data.SpaceKey, n.data.Title = place.Key, place.Name
	return []notice{n}, nil
}
