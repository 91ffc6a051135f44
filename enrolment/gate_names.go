package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Names are what a rule's subjects are called now, as far as enrolment knows: quizzes and governorates are named by those
// who have them.
type Names struct {
	Modules  map[int64]events.Text
	Spaces   map[int64]SpaceName
	Seminars map[int64]SeminarName
}

// SpaceName names a space and leads to it.
type SpaceName struct {
	ID   int64
	Key  string
	Name events.Text `bun:"type:jsonb"`
}

// SeminarName tells one seminar from another of the same title.
type SeminarName struct {
	ID       int64
	SpaceID  int64
	State    State
	Title    events.Text `bun:"type:jsonb"`
	StartsAt time.Time
	EndsAt   time.Time
	Minutes  int // of all its sessions
}

// namesIn reads the names of what some rules speak of.
func namesIn(ctx context.Context, db bun.IDB, rules ...Rule) (Names, error) {
	all := Rule{Of: rules}
	n := Names{Spaces: map[int64]SpaceName{}, Seminars: map[int64]SeminarName{}}
	var err error
	if n.Modules, err = titlesOf(ctx, db, all.Modules()); err != nil {
		return n, err
	}
	if ids := all.Spaces(); len(ids) > 0 {
		var spaces []SpaceName
		if err := db.NewRaw(`select id, key, name from space where id in (?)`, bun.List(ids)).Scan(ctx, &spaces); err != nil {
			return n, fmt.Errorf("spaces of a gate: %w", err)
		}
		for _, sp := range spaces {
			n.Spaces[sp.ID] = sp
		}
	}
	if ids := all.Seminars(); len(ids) > 0 {
		seminars, err := seminarNames(ctx, db, `id in (?)`, bun.List(ids))
		if err != nil {
			return n, err
		}
		for _, sem := range seminars {
			n.Seminars[sem.ID] = sem
		}
	}
	return n, nil
}

func seminarNames(ctx context.Context, db bun.IDB, where string, args ...any) (all []SeminarName, err error) {
	err = db.NewRaw(`select id, space_id, state, title, starts_at, ends_at, (select coalesce(sum(extract(epoch from p.ends_at - p.starts_at)) / 60, 0)::int
			from seminar_session p where p.seminar_id = seminar.id) as minutes
		from seminar where `+where+` order by starts_at desc, id limit 300`, args...).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("seminars of a gate: %w", err)
	}
	return all, nil
}
