package notify

import (
	"context"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// ofHeld says whom to tell what of something that waits for a moderator: those who moderate its space that something does,
// unless they know, and who wrote it what was decided. A newcomer is told that they are welcome.
func ofHeld(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.PostHeld{}.EventType():
		p, err := events.Decode[events.PostHeld](e)
		if err != nil || !p.Tell {
			return nil, err
		}
		n := notice{kind: PostHeld, data: Data{HeldID: p.HeldID, SpaceID: p.SpaceID, Thread: p.Thread}}
		list, err := toHolders(ctx, tx, "space_moderator", "space_id", p.SpaceID, n)
		if err != nil || p.OfficeID == 0 {
			return list, err
		}
		staff, err := toHolders(ctx, tx, "office_moderator", "office_id", p.OfficeID, n)
		return append(list, staff...), err // whoever is both is told once: one notification for a person and an event
	case events.HeldDecided{}.EventType():
		p, err := events.Decode[events.HeldDecided](e)
		if err != nil {
			return nil, err
		}
		n := notice{to: p.PersonID, data: Data{HeldID: p.HeldID, SpaceID: p.SpaceID, PostID: p.PostID, Thread: p.Thread, Cause: p.Cause}}
		switch p.State {
		case "approved":
			n.kind = HeldApproved
		case "refused":
			n.kind = HeldRefused
		default:
			return nil, nil
		}
		return []notice{n}, nil
	case events.NewcomerWelcomed{}.EventType():
		p, err := events.Decode[events.NewcomerWelcomed](e)
		if err != nil {
			return nil, err
		}
		sp, err := account.FindSpace(ctx, tx, p.SpaceID)
		return []notice{{to: p.PersonID, kind: Welcomed, data: Data{SpaceID: sp.ID, SpaceKey: sp.Key, Title: sp.Name, PersonID: p.By}}}, err
	}
	return nil, nil
}
