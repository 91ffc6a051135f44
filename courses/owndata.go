package courses

import (
	"context"

	"halqa/community/account"
)

// OwnParts are what is kept about how a person learns.
var OwnParts = []account.OwnPart{
	{Name: "modules", Query: `select m.title as module, p.percent, p.opened_at, p.touched_at, c.at as completed_at from module_progress p
		join module m on m.id = p.module_id left join completion c using (person_id, module_id) where p.person_id = $1 order by p.opened_at`},
	{Name: "steps", Query: `select m.title as module, s.step as percent, s.at from progress_step s join module m on m.id = s.module_id where s.person_id = $1 order by s.at, s.step`},
	{Name: "played", Query: `select l.title as lesson, t.language, p.played::text as milliseconds, p.position_ms, p.opened_at, p.touched_at from played p
		join track t on t.id = p.track_id join lesson l on l.id = t.lesson_id where p.person_id = $1 order by p.opened_at`},
	{Name: "playing_sessions", Query: `select m.title as module, s.opened_at, s.heard_at, s.claimed_ms from playing_session s join module m on m.id = s.module_id
		where s.person_id = $1 order by s.opened_at`},
	{Name: "quizzes", Query: `select l.title as lesson, a.answers, a.score, a.at from quiz_attempt a join lesson l on l.id = a.lesson_id where a.person_id = $1 order by a.at`},
	{Name: "readings", Query: `select l.title as lesson, r.at from reading_done r join lesson l on l.id = r.lesson_id where r.person_id = $1 order by r.at`},
	{Name: "texts_opened", Query: `select l.title as lesson, r.opened_at from text_reading r join lesson l on l.id = r.lesson_id where r.person_id = $1 order by r.opened_at`},
	{Name: "texts_tried", Query: `select l.title as lesson, r.at from text_try r join lesson l on l.id = r.lesson_id where r.person_id = $1 order by r.at`},
	{Name: "texts_followed", Query: `select l.title as lesson, r.answers, r.at from text_followed r join lesson l on l.id = r.lesson_id where r.person_id = $1 order by r.at`},
	{Name: "contributions_that_count", Query: `select post_id, visible, since from contribution where person_id = $1 order by since`},
	{Name: "attestations", Query: `select a.code, m.title as module, a.issued_at from attestation a join module m on m.id = a.module_id where a.person_id = $1 order by a.issued_at`},
	{Name: "progress_shown_to", Query: `select o.name as organisation, p.agreed, p.at from progress_sharing p join organisation o on o.id = p.organisation_id
		where p.person_id = $1 order by p.at`},
}

// OwnData is what is kept about how the actor learns.
func (s *Service) OwnData(ctx context.Context, actor account.Actor) ([]account.OwnRows, error) {
	return account.ReadOwnData(ctx, s.db, actor, OwnParts)
}
