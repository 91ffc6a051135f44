package notify

import (
	"context"

	"github.com/uptrace/bun"

	"halqa/events"
)

// ofTwins says whom to tell what of a seminar that is proposed as the twin of another: the moderators of the other's office, and then who
// proposed it. Nobody is told that it was withdrawn: the page says it.
func ofTwins(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.TwinProposed{}.EventType():
		p, err := events.Decode[events.TwinProposed](e)
		if err != nil {
			return nil, err
		}
		return toHolders(ctx, tx, "office_moderator", "office_id", p.ToOfficeID,
			notice{kind: TwinProposed, data: Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.OtherID, PersonID: p.By}})
	case events.TwinProposalDecided{}.EventType():
		return one(events.Decode[events.TwinProposalDecided](e))(func(p events.TwinProposalDecided) []notice {
			kind := map[string]Kind{"accepted": TwinAccepted, "declined": TwinDeclined}[p.State]
			if kind == "" || p.PersonID == 0 || p.PersonID == p.By {
				return nil
			}
			return []notice{{to: p.PersonID, kind: kind, data: Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.OtherID, PersonID: p.By}}}
		})
	}
	return nil, nil
}
