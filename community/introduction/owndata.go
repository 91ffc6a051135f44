package introduction

import (
	"context"

	"halqa/community/account"
)

// OwnParts are the introductions that a person asked for or was asked for. What the other one answered was told to them too.
var OwnParts = []account.OwnPart{
	{Name: "introductions", Query: `select i.from_id = $1 as asked_by_me, p.name as with, i.message, i.state, i.asked_at, i.answer, i.answered_at,
		case when i.from_id = $1 then i.from_outcome else i.to_outcome end as outcome
		from introduction i join person p on p.id = case when i.from_id = $1 then i.to_id else i.from_id end
		where $1 in (i.from_id, i.to_id) order by i.id`},
}

// OwnData is what is kept about introductions of the actor.
func (s *Service) OwnData(ctx context.Context, actor account.Actor) ([]account.OwnRows, error) {
	return account.ReadOwnData(ctx, s.db, actor, OwnParts)
}
