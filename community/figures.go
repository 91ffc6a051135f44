package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// FewestShown is the least number above none that the figures of moderation say: below it, people could be recognised.
const FewestShown = 5

// Figure is a number that is said or, when it could point at somebody, isn't.
type Figure struct {
	N     int
	Shown bool
}

// Tally is what was moderated in a place.
type Tally struct {
	Reports Figure // that people made
	Hidden  Figure // posts that were hidden for them
	Kept    Figure // posts that stayed
	Hours   int    // in which half of the decided posts were decided; -1 when too few were
}

// SpaceTally is the tally of a space.
type SpaceTally struct {
	account.Space
	Tally
}

// RegionTally is the tally of the spaces of an office, or of those of none when OfficeID is 0.
type RegionTally struct {
	OfficeID int64
	Tally
	Spaces []SpaceTally
}

// tallied are the numbers of a space as they are.
type tallied struct {
	OfficeID, SpaceID     int64
	Reports, Hidden, Kept int
	Hours                 float64
}

// Figures tells members what was moderated from a moment to another, by region and space: those spaces that the actor may know
// of. Numbers under FewestShown aren't said, nor can they be found out from the others.
func (s *Service) Figures(ctx context.Context, actor account.Actor, from, to time.Time) ([]RegionTally, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var all []account.Space
	if err := s.db.NewSelect().Model(&all).OrderExpr("office_id nulls first, position, id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("spaces: %w", err)
	}
	var ids []int64
	spaces := map[int64]account.Space{}
	for _, sp := range all {
		if sp.ListedFor(actor) {
			ids, spaces[sp.ID] = append(ids, sp.ID), sp
		}
	}
	var rows []tallied
	err := s.db.NewRaw(`select coalesce(sp.office_id, 0) as office_id, sp.id as space_id, coalesce(c.reports, 0) as reports,
			coalesce(d.hidden, 0) as hidden, coalesce(d.kept, 0) as kept, coalesce(d.hours, 0) as hours
		from space sp
		left join (select t.space_id, count(*) as reports from post_report r join post p on p.id = r.post_id join thread t on t.id = p.thread_id
			where t.seminar_id is null and r.at >= ?1 and r.at < ?2 group by t.space_id) c on c.space_id = sp.id
		left join (select space_id, count(*) filter (where decision = 'hidden') as hidden, count(*) filter (where decision = 'kept') as kept,
				percentile_cont(0.5) within group (order by took) as hours
			from (select t.space_id, r.decision, extract(epoch from r.decided_at - min(r.at))::float8 / 3600 as took
				from post_report r join post p on p.id = r.post_id join thread t on t.id = p.thread_id
				where t.seminar_id is null and r.decided_at >= ?1 and r.decided_at < ?2 group by t.space_id, r.post_id, r.decision, r.decided_at) x
			group by space_id) d on d.space_id = sp.id
		where sp.id = any(?0) order by sp.office_id nulls first, sp.position, sp.id`, pgdialect.Array(ids), from, to).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("figures of moderation: %w", err)
	}
	var regions []RegionTally
	for begin, i := 0, 1; i <= len(rows); i++ {
		if i == len(rows) || rows[i].OfficeID != rows[begin].OfficeID {
			regions = append(regions, regionOf(rows[begin:i], spaces))
			begin = i
		}
	}
	return regions, nil
}

// regionOf is the tally of the spaces of one office, with what could point at somebody left out.
func regionOf(rows []tallied, spaces map[int64]account.Space) RegionTally {
	region := RegionTally{OfficeID: rows[0].OfficeID, Spaces: make([]SpaceTally, len(rows))}
	region.Hours = -1 // a median of medians would mean nothing
	for i, r := range rows {
		region.Spaces[i] = SpaceTally{Space: spaces[r.SpaceID], Tally: Tally{Hours: -1}}
		if r.Hidden+r.Kept >= FewestShown {
			region.Spaces[i].Hours = int(r.Hours + 0.5)
		}
	}
	for _, column := range []struct {
		of func(tallied) int
		at func(*Tally) *Figure
	}{
		{func(r tallied) int { return r.Reports }, func(t *Tally) *Figure { return &t.Reports }},
		{func(r tallied) int { return r.Hidden }, func(t *Tally) *Figure { return &t.Hidden }},
		{func(r tallied) int { return r.Kept }, func(t *Tally) *Figure { return &t.Kept }},
	} {
		numbers := make([]int, len(rows))
		for i, r := range rows {
			numbers[i] = column.of(r)
		}
		shown, total := suppress(numbers)
		for i := range shown {
			*column.at(&region.Spaces[i].Tally) = shown[i]
		}
		*column.at(&region.Tally) = total
	}
	region.veil()
	return region
}

// veil leaves out the reports of places whose decisions aren't all said: decisions are about as many as reports, so that one
// would tell the other.
func (r *RegionTally) veil() {
	unsaid := 0
	for i := range r.Spaces {
		t := &r.Spaces[i].Tally
		if !t.Hidden.Shown || !t.Kept.Shown {
			t.Reports = Figure{}
		}
		if !t.Reports.Shown {
			unsaid++
		}
	}
	if unsaid == 1 || !r.Hidden.Shown || !r.Kept.Shown {
		r.Reports = Figure{}
	}
}

// suppress hides the numbers from 1 to FewestShown-1, and their total when it would tell one of them.
func suppress(numbers []int) (shown []Figure, total Figure) {
	hidden, sum := 0, 0
	for _, n := range numbers {
		f := Figure{N: n, Shown: n == 0 || n >= FewestShown}
		if total.N += n; !f.Shown {
			hidden, sum, f.N = hidden+1, sum+n, 0
		}
		shown = append(shown, f)
	}
	total.Shown = hidden == 0 || total.N >= FewestShown && sum > hidden && sum < hidden*(FewestShown-1) && hidden > 1
	if !total.Shown {
		total.N = 0
	}
	return shown, total
}
