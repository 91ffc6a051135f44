package notify

import (
	"context"
	"fmt"

	"halqa/community/account"
)

// Queue is how many mails there are by what became of them.
type Queue struct {
	Queued, Sent, Written, Failed int

	Stopped          int // addresses that mail doesn't reach
	Bounced, ForGood int // mails of the last thirty days that came back, and those of them that always will
}

// Queue counts the mails. It needs AdministerPlatform everywhere.
func (s *Service) Queue(ctx context.Context, actor account.Actor) (Queue, error) {
	if !actor.Can(account.AdministerPlatform, account.Scope{}) {
		return Queue{}, account.ErrForbidden
	}
	var q Queue
	err := s.db.NewRaw(`select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'sent') as sent,
		count(*) filter (where state = 'written') as written, count(*) filter (where state = 'failed') as failed,
		(select count(*) from mail_stop where lifted_at is null) as stopped, (select count(*) from bounce where at > ?0) as bounced,
		(select count(*) from bounce where at > ?0 and hard) as for_good from mail`, s.now().AddDate(0, 0, -30)).Scan(ctx, &q)
	if err != nil {
		return Queue{}, fmt.Errorf("count mails: %w", err)
	}
	return q, nil
}
