package notify

import (
	"context"

	"github.com/uptrace/bun"

	"halqa/events"
)

// ofIntroduction says whom to tell what of two people who get to know each other.
func ofIntroduction(_ context.Context, _ bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.IntroductionAsked{}.EventType():
		return one(events.Decode[events.IntroductionAsked](e))(func(p events.IntroductionAsked) []notice {
			return []notice{{to: p.ToID, kind: IntroductionAsked, data: Data{IntroductionID: p.IntroductionID, PersonID: p.FromID}}}
		})
	case events.IntroductionAnswered{}.EventType():
		return one(events.Decode[events.IntroductionAnswered](e))(func(p events.IntroductionAnswered) []notice {
			kind := IntroductionDeclined
			if p.Accepted {
				kind = IntroductionAccepted
			}
			return []notice{{to: p.FromID, kind: kind, data: Data{IntroductionID: p.IntroductionID, PersonID: p.ToID}}}
		})
	case events.IntroductionDue{}.EventType():
		return one(events.Decode[events.IntroductionDue](e))(func(p events.IntroductionDue) (list []notice) {
			for _, id := range p.Ask {
				other := p.FromID + p.ToID - id
				list = append(list, notice{to: id, kind: IntroductionDue, data: Data{IntroductionID: p.IntroductionID, PersonID: other}})
			}
			return list
		})
	}
	return nil, nil
}
