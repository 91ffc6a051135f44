package library

import (
	"context"

	"halqa/community/account"
)

// OwnParts are the documents that a person gave.
var OwnParts = []account.OwnPart{
	{Name: "documents_given", Query: `select d.id, s.name as space, d.title, d.summary, d.state, d.given_at, d.decided_at, d.reason from document d
		join space s on s.id = d.space_id where d.given_by = $1 order by d.id`},
}

// OwnData is what the library keeps about the actor.
func (s *Service) OwnData(ctx context.Context, actor account.Actor) ([]account.OwnRows, error) {
	return account.ReadOwnData(ctx, s.db, actor, OwnParts)
}
