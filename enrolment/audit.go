package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Breach is an invariant that a seminar breaks.
type Breach struct {
	SeminarID int64
	Rule      string // over_capacity, idle_seat, queue_jumped, twice, undecided
	Detail    string
}

func (b Breach) String() string {
	return fmt.Sprintf("seminar %d: %s (%s)", b.SeminarID, b.Rule, b.Detail)
}

// Audit checks every seminar against the invariants of seats, at time now:
// over_capacity: more seats held than exist;
// idle_seat: a free seat while somebody waits, before the start;
// queue_jumped: somebody holds a seat who arrived after one who still waits;
// twice: a person with two registrations that aren't withdrawn;
// undecided: a registration that rests on a decision about somebody or something else.
func Audit(ctx context.Context, db bun.IDB, now time.Time) ([]Breach, error) {
	var all []Breach
	err := db.NewRaw(`with r as (
			select *, state in ('confirmed', 'attended', 'absent') as held, state = 'waitlisted' as waits from registration),
		s as (
			select seminar.id, seminar.state, capacity, starts_at, count(*) filter (where held) as held, count(*) filter (where waits) as waiting,
				max(queue) filter (where held) as last_held, min(queue) filter (where waits) as first_waiting
			from seminar join r on r.seminar_id = seminar.id group by seminar.id)
		select id as seminar_id, 'over_capacity' as rule, held || ' of ' || capacity as detail from s where held > capacity
		union all
		select id, 'idle_seat', (capacity - held) || ' free, ' || waiting || ' waiting' from s
			where held < capacity and waiting > 0 and starts_at > ? and state = 'published'
		union all
		select id, 'queue_jumped', last_held || ' before ' || first_waiting from s where last_held > first_waiting
		union all
		select seminar_id, 'twice', 'person ' || person_id from r where state <> 'cancelled'
			group by seminar_id, person_id having count(*) > 1
		union all
		select r.seminar_id, 'undecided', 'registration ' || r.id from r join decision d on d.id = decision_id
			where (d.seminar_id, d.person_id) is distinct from (r.seminar_id, r.person_id)
		order by 1, 2`, now).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("audit seats: %w", err)
	}
	return all, nil
}
