package enrolment

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// GateDesk is all that somebody needs who edits a gate.
type GateDesk struct {
	View

	Use      Use
	Versions []GateVersion // the latest first
	Said     Names         // of what the versions speak of
	Modules  []Module      // to choose from
	Seminars []SeminarName // to choose from, the latest first
}

// GateDesk reads a gate of a seminar for those who run it; others are told account.ErrForbidden or account.ErrNotFound.
func (s *Service) GateDesk(ctx context.Context, actor account.Actor, id int64, use Use) (GateDesk, error) {
	v, err := s.Seminar(ctx, actor, id)
	if err != nil {
		return GateDesk{}, err
	}
	d := GateDesk{View: v, Use: use}
	if !v.Runs {
		return d, fmt.Errorf("gate of seminar %d: %w", id, account.ErrForbidden)
	}
	if d.Versions, err = gateVersions(ctx, s.db, id, use, 0); err != nil {
		return d, err
	}
	rules := make([]Rule, len(d.Versions))
	for i, version := range d.Versions {
		rules[i] = version.Rule
	}
	if d.Said, err = namesIn(ctx, s.db, rules...); err != nil {
		return d, err
	}
	if d.Modules, err = s.Modules(ctx); err != nil {
		return d, err
	}
	everywhere, offices, spaces := reach(actor)
	d.Seminars, err = seminarNames(ctx, s.db, `state = 'published' and id <> ? and exists (select from space
		where space.id = space_id and (space.visibility = 'open' or ? or space.office_id = any(?::bigint[]) or space.id = any(?::bigint[])))`,
		id, everywhere, pgdialect.Array(offices), pgdialect.Array(spaces))
	return d, err
}
