package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// ofDocument tells the moderators of a space of what is proposed to its library, and who proposed it of the answer.
func ofDocument(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.DocumentProposed{}.EventType():
		p, err := events.Decode[events.DocumentProposed](e)
		if err != nil {
			return nil, err
		}
		return toModerators(ctx, tx, p.SpaceID, notice{kind: DocumentProposed,
			data: Data{Title: p.Title, DocumentID: p.DocumentID, PersonID: p.GivenBy}})
	case events.DocumentPublished{}.EventType():
		return one(events.Decode[events.DocumentPublished](e))(func(p events.DocumentPublished) []notice {
			return toGiver(p.GivenBy, p.By, DocumentAccepted, Data{Title: p.Title, DocumentID: p.DocumentID})
		})
	case events.DocumentRefused{}.EventType():
		return one(events.Decode[events.DocumentRefused](e))(func(p events.DocumentRefused) []notice {
			return toGiver(p.GivenBy, p.By, DocumentRefused, Data{Title: p.Title, DocumentID: p.DocumentID})
		})
	}
	return nil, nil
}

// toGiver tells who gave a document, unless they decided themselves or are gone.
func toGiver(giver, by int64, k Kind, d Data) []notice {
	if giver == 0 || giver == by {
		return nil
	}
	return []notice{{to: giver, kind: k, data: d}}
}

// toModerators addresses n to the moderators of a space; where it has none, to those of its office.
func toModerators(ctx context.Context, tx bun.Tx, spaceID int64, n notice) ([]notice, error) {
	list, err := toHolders(ctx, tx, "space_moderator", "space_id", spaceID, n)
	if err != nil || len(list) > 0 {
		return list, err
	}
	var office int64
	err = tx.NewRaw("select coalesce((select office_id from space where id = ?), 0)", spaceID).Scan(ctx, &office)
	if err != nil {
		return nil, fmt.Errorf("office of space %d: %w", spaceID, err)
	}
	return toHolders(ctx, tx, "office_moderator", "office_id", office, n)
}
