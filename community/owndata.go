package community

import (
	"context"

	"halqa/community/account"
)

// OwnParts are what forums keep about a person: what they wrote, also what waits, was hidden or deleted, and what they did there.
var OwnParts = []account.OwnPart{
	{Name: "threads", Query: `select t.id, t.title, t.kind, s.name as space, t.created_at, t.solved, t.archived_at, t.deleted_at from thread t join space s on s.id = t.space_id
		where t.author_id in (select id from person where id = $1 or mask_of = $1) order by t.id`},
	{Name: "posts", Query: `select p.id, p.thread_id, t.title as thread, p.body,
		(select name from person where id = p.author_id and mask_of is not null) as pseudonym, p.reply_to, p.created_at, p.edited_at, p.deleted_at, p.hidden_at, p.hidden_reason
		from post p join thread t on t.id = p.thread_id where p.author_id in (select id from person where id = $1 or mask_of = $1) order by p.id`},
	{Name: "earlier_versions_of_posts", Query: `select v.post_id, v.at, v.title, v.body from post_version v join post p on p.id = v.post_id
		where p.author_id in (select id from person where id = $1 or mask_of = $1) order by v.id`},
	{Name: "experience_sheets", Query: `select e.thread_id, e.context, e.action, e.result, e.lesson, e.contact from experience e join thread t on t.id = e.thread_id
		where t.author_id in (select id from person where id = $1 or mask_of = $1) order by e.thread_id`},
	{Name: "files", Query: `select '/attachments/' || id as address, post_id, name, alt, bytes, created_at, dropped_at from attachment where person_id = $1 order by id`},
	{Name: "posts_that_wait", Query: `select kind, title, body, content, sent_at, state, reason, note from held_post where author_id in (select id from person where id = $1 or mask_of = $1) order by id`},
	{Name: "drafts", Query: `select kind, fields, saved_at from draft where person_id = $1 order by saved_at`},
	{Name: "polls_asked", Query: `select p.post_id, p.question, p.closes_at, p.closed_at from poll p join post o on o.id = p.post_id where o.author_id in (select id from person where id = $1 or mask_of = $1) order by p.post_id`},
	{Name: "votes", Query: `select v.post_id, p.question, o.label as choice, v.at from poll_vote v join poll p on p.post_id = v.post_id join poll_option o on o.id = v.option_id
		where v.person_id = $1 order by v.at`},
	{Name: "thanks_given", Query: `select post_id, at from post_thank where person_id = $1 order by at`},
	{Name: "reports_made", Query: `select post_id, reason, note, at, decision, decided_at from post_report where person_id = $1 order by id`},
	{Name: "threads_read", Query: `select t.title, r.at from thread_read r join thread t on t.id = r.thread_id where r.person_id = $1 order by r.at`},
	{Name: "moderation_in_bulk", Query: `select act, note, created_at, done_at from moderation_batch where person_id = $1 order by id`},
}

// OwnData is what forums keep about the actor.
func (s *Service) OwnData(ctx context.Context, actor account.Actor) ([]account.OwnRows, error) {
	return account.ReadOwnData(ctx, s.db, actor, OwnParts)
}
