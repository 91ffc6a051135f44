package account

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// OwnPart names one part of what is kept about a person, and reads it: each row as the person takes it away, $1 being who asks.
// Together the parts are the copy of one's data that the General Data Protection Regulation (articles 15 and 20) gives a right
// to, and Tunisia's organic law 2004-63 by its right of access. Secrets are in none: they would let others in and tell nothing.
type OwnPart struct{ Name, Query string }

// OwnRows is what a person takes away of one part.
type OwnRows struct {
	Name string
	Rows []json.RawMessage
}

// ReadOwnData reads parts about the actor, and about nobody else. It returns ErrSignInRequired to a visitor.
func ReadOwnData(ctx context.Context, db bun.IDB, actor Actor, list []OwnPart) ([]OwnRows, error) {
	if !actor.SignedIn() {
		return nil, ErrSignInRequired
	}
	parts := make([]OwnRows, len(list))
	for n, m := range list {
		rows, err := events.Prepared(ctx, db, func(r *json.RawMessage) []any { return []any{r} },
			`select row_to_json(mine) from (`+m.Query+`) mine`, actor.PersonID)
		if err != nil {
			return nil, fmt.Errorf("read one's own %s: %w", m.Name, err)
		}
		parts[n] = OwnRows{m.Name, rows}
	}
	return parts, nil
}

// OwnParts are those of this package.
var OwnParts = []OwnPart{
	{"account", `select name, email, email_confirmed_at, language, governorate, gender, birth_year, created_at from person where id = $1`},
	{"directory_entry", `select bio, occupation, expertise, seeking, axes, languages, email, phone, name_for, bio_for, occupation_for, governorate_for,
		organisation_for, expertise_for, seeking_for, languages_for, email_for, phone_for, reachable_for from profile where person_id = $1`},
	{"organisations", `select o.name, m.state, m.asked_at, m.decided_at, m.reason from membership m join organisation o on o.id = m.organisation_id
		where m.person_id = $1 order by m.asked_at`},
	{"organisations_asked_for", `select name, kind, state, description, asked_at, decided_at, reason from organisation where asked_by = $1 order by asked_at`},
	{"roles", `select r.role, f.name as office, s.name as space, o.name as organisation, r.given_at, r.revoked_at from role_grant r
		left join office f on f.id = r.office_id left join space s on s.id = r.space_id left join organisation o on o.id = r.organisation_id
		where r.person_id = $1 order by r.given_at`},
	{"spaces", `select s.name, m.since from space_member m join space s on s.id = m.space_id where m.person_id = $1 order by m.since`},
	{"spaces_asked_for", `select s.name, r.at from space_request r join space s on s.id = r.space_id where r.person_id = $1 order by r.at`},
	{"welcomed_to_spaces", `select s.name, w.at from welcome w join space s on s.id = w.space_id where w.person_id = $1 order by w.at`},
	{"measures", `select m.act, m.kind, f.name as office, s.name as space, m.cause, m.words, m.at, m.until, m.appeal, m.appealed_at, m.decision, m.answer, m.decided_at
		from measure m left join office f on f.id = m.office_id left join space s on s.id = m.space_id where m.person_id in (select id from person where id = $1 or mask_of = $1) order by m.at`},
	{"pseudonyms", `select p.name, s.name as space, p.created_at from person p join space s on s.id = p.mask_in where p.mask_of = $1 order by p.id`},
	{"looks_behind_pseudonyms", `select p.name as pseudonym, l.cause, l.words, l.at from pseudonym_look l join person p on p.id = l.mask_id where p.mask_of = $1 order by l.id`},
	{"pseudonyms_looked_behind", `select p.name as pseudonym, l.cause, l.words, l.at from pseudonym_look l join person p on p.id = l.mask_id where l.by_id = $1 order by l.id`},
	{"first_steps_put_away", `select kind, step, at from step_skipped where person_id = $1 order by at`},
	{"sessions", `select agent, created_at, seen_at, expires_at from session where person_id = $1 order by created_at`},
}

// OwnData is what this package keeps about the actor.
func (s *Service) OwnData(ctx context.Context, actor Actor) ([]OwnRows, error) {
	return ReadOwnData(ctx, s.db, actor, OwnParts)
}
