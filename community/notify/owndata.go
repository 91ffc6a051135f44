package notify

import (
	"context"

	"halqa/community/account"
)

// OwnParts are what is kept about what a person follows, and what they were told.
var OwnParts = []account.OwnPart{
	{Name: "notifications", Query: `select kind, data, at, read_at from notification where person_id = $1 order by id`},
	{Name: "mails", Query: `select address, language, kind, data - 'path' as data, state, created_at, done_at from mail
		where person_id = $1 and kind not in ('confirm', 'magic', 'reset') order by id`},
	{Name: "mail_choices", Query: `select topic, mailed, changed_at from mail_choice where person_id = $1 order by topic`},
	{Name: "attention", Query: `select rhythm, budget, quiet_from, quiet_until, unthanked from attention where person_id = $1`},
	{Name: "followed", Query: `select subject, subject_id, level, changed_at from follow where person_id = $1 order by changed_at`},
	{Name: "addresses_out_of_reach", Query: `select address, said, since, lifted_at from mail_stop where person_id = $1 order by since`},
	{Name: "devices", Query: `select agent, created_at from push_device where person_id = $1 order by id`},
}

// OwnData is what is kept about what the actor follows, and what they were told.
func (s *Service) OwnData(ctx context.Context, actor account.Actor) ([]account.OwnRows, error) {
	return account.ReadOwnData(ctx, s.db, actor, OwnParts)
}
