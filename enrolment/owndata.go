package enrolment

import (
	"context"

	"halqa/community/account"
)

// OwnParts are what is kept about a person's seats, and what decided about them.
var OwnParts = []account.OwnPart{
	{Name: "seats", Query: `select r.id, s.title as seminar, s.starts_at, r.state, r.created_at, r.changed_at, r.cancel_reason, r.traits, o.name as for_organisation, r.offer_until
		from registration r join seminar s on s.id = r.seminar_id left join organisation o on o.id = r.organisation_id where r.person_id = $1 order by r.id`},
	{Name: "answers_at_registration", Query: `select a.registration_id, q.label as question, a.value, a.answered_at from registration_answer a
		join registration r on r.id = a.registration_id join seminar_question q on q.id = a.question_id where r.person_id = $1 order by a.answered_at`},
	{Name: "attendance", Query: `select s.title as seminar, d.starts_at, a.present, a.recorded_at from attendance a join registration r on r.id = a.registration_id
		join seminar_session d on d.id = a.session_id join seminar s on s.id = r.seminar_id where r.person_id = $1 order by d.starts_at`},
	{Name: "decisions_of_gates", Query: `select s.title as seminar, d.use, d.gate_version, d.evidence, d.at from decision d join seminar s on s.id = d.seminar_id
		where d.person_id = $1 order by d.id`},
	{Name: "open_to_me", Query: `select s.title as seminar, e.eligible, e.use, e.decided_at from eligibility e join seminar s on s.id = e.seminar_id where e.person_id = $1 order by e.decided_at`},
	{Name: "opened_to_me", Query: `select s.title as seminar, u.at from unlock u join seminar s on s.id = u.seminar_id where u.person_id = $1 order by u.at`},
	{Name: "facts_that_gates_read", Query: `select kind, subject_id, value, word, since, until from fact where person_id = $1 order by since`},
	{Name: "seminars_given", Query: `select s.title as seminar, t.name, t.about from seminar_trainer t join seminar s on s.id = t.seminar_id where t.person_id = $1 order by s.starts_at`},
	{Name: "calendar", Query: `select changed_at from calendar_link where person_id = $1`},
}

// OwnData is what is kept about the actor's seats.
func (s *Service) OwnData(ctx context.Context, actor account.Actor) ([]account.OwnRows, error) {
	return account.ReadOwnData(ctx, s.db, actor, OwnParts)
}
