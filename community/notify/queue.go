package notify

import (
	"context"
	"fmt"

	"halqa/community/account"
)

// Queue is how many mails there are by what became of them.
type Queue struct {
	Queued, Sent, Written, Failed int
}

// Queue counts the mails. It needs AdministerPlatform everywhere.
func (s *Service) Queue(ctx context.Context, actor account.Actor) (Queue, error) {
	if !actor.Can(account.AdministerPlatform, account.Scope{}) {
		return Queue{}, account.ErrForbidden
	}
	var q Queue
	err := s.db.NewRaw(`select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'sent') as sent,
		count(*) filter (where state = 'written') as written, count(*) filter (where state = 'failed') as failed from mail`).Scan(ctx, &q)
	if err != nil {
		return Queue{}, fmt.Errorf("count mails: %w", err)
	}
	return q, nil
}
