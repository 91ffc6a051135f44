package enrolment

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// seatOf is one person before one gate of a seminar.
type seatOf struct {
	PersonID, SeminarID int64
	gate                int // whose, among those decided
}

// columns are people, seminars and versions side by side, for unnest.
func (all decisions) columns(these []seatOf) (people, seminars, versions []int64) {
	for _, p := range these {
		g := all[p.gate]
		people, seminars, versions = append(people, p.PersonID), append(seminars, p.SeminarID), append(versions, int64(g.RuleVersion(g.Use)))
	}
	return people, seminars, versions
}

// decisions are what some gates say.
type decisions []decided

// record stores verdicts, of each gate and person one. It tells those whom a gate to register lets in for the first time,
// while registration is open, and announces those registered who have just met a gate to attend.
func (s *Service) record(ctx context.Context, tx bun.Tx, all decisions) error {
	var judged, attending, entering []seatOf
	var uses []string
	var answers []bool
	for n, d := range all {
		open := d.Refusal(s.now()) == nil
		for _, v := range d.verdicts {
			p := seatOf{v.PersonID, d.ID, n}
			judged, uses, answers = append(judged, p), append(uses, string(d.Use)), append(answers, v.Eligible)
			switch {
			case v.Eligible && d.Use == ToAttend:
				attending = append(attending, p)
			case v.Eligible && open:
				entering = append(entering, p)
			}
		}
	}
	if err := all.announceAttend(ctx, tx, attending); err != nil {
		return err
	}
	people, seminars, versions := all.columns(judged)
	if len(people) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`insert into eligibility (person_id, seminar_id, use, eligible, gate_version, decided_at)
		select person_id, seminar_id, use, answer, version, ?
		from unnest(?::bigint[], ?::bigint[], ?::text[], ?::boolean[], ?::int[]) as v (person_id, seminar_id, use, answer, version)
		on conflict (person_id, seminar_id, use) do update
		set eligible = excluded.eligible, gate_version = excluded.gate_version, decided_at = excluded.decided_at
		where (eligibility.eligible, eligibility.gate_version) is distinct from (excluded.eligible, excluded.gate_version)`,
		s.now(), pgdialect.Array(people), pgdialect.Array(seminars), pgdialect.Array(uses), pgdialect.Array(answers), pgdialect.Array(versions)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("record eligibility: %w", err)
	}
	return s.unlock(ctx, tx, all, entering)
}

// announceAttend publishes that registered people met the gate to attend, unless that was known. Who takes a seat at the
// same moment is judged in that transaction, which waits for this one or is waited for: see judge.
func (all decisions) announceAttend(ctx context.Context, tx bun.Tx, eligible []seatOf) error {
	if len(eligible) == 0 {
		return nil
	}
	people, seminars, versions := all.columns(eligible)
	var fresh []struct {
		PersonID, SeminarID int64
		Version             int
	}
	err := tx.NewRaw(`select r.person_id, r.seminar_id, v.version
		from unnest(?::bigint[], ?::bigint[], ?::int[]) with ordinality as v (person_id, seminar_id, version, n)
		join registration r using (person_id, seminar_id)
		where r.state <> 'cancelled' and not exists (select from eligibility e
			where e.person_id = r.person_id and e.seminar_id = r.seminar_id and use = 'attend' and eligible)
		order by v.n`, pgdialect.Array(people), pgdialect.Array(seminars), pgdialect.Array(versions)).Scan(ctx, &fresh)
	if err != nil {
		return fmt.Errorf("who met a gate to attend: %w", err)
	}
	var news []events.Payload
	for _, f := range fresh {
		news = append(news, events.AttendGateMet{PersonID: f.PersonID, SeminarID: f.SeminarID, GateVersion: f.Version})
	}
	return events.PublishAll(ctx, tx, news)
}

// unlock tells people that they may register, once ever for each seminar.
func (s *Service) unlock(ctx context.Context, tx bun.Tx, all decisions, eligible []seatOf) error {
	if len(eligible) == 0 {
		return nil
	}
	people, seminars, versions := all.columns(eligible)
	var fresh []seatOf
	err := tx.NewRaw(`insert into unlock (person_id, seminar_id, gate_version, at)
		select person_id, seminar_id, version, ? from unnest(?::bigint[], ?::bigint[], ?::int[]) as p (person_id, seminar_id, version)
		on conflict do nothing returning person_id, seminar_id`,
		s.now(), pgdialect.Array(people), pgdialect.Array(seminars), pgdialect.Array(versions)).Scan(ctx, &fresh)
	if err != nil {
		return fmt.Errorf("unlock seminars: %w", err)
	}
	of := map[int64]Seminar{}
	for _, d := range all {
		of[d.ID] = d.Seminar
	}
	opened, people := map[int64][]events.Opening{}, []int64{}
	for _, f := range fresh {
		sem := of[f.SeminarID]
		if opened[f.PersonID] == nil {
			people = append(people, f.PersonID)
		}
		opened[f.PersonID] = append(opened[f.PersonID], events.Opening{SeminarID: sem.ID, Title: sem.Title, GateVersion: sem.GateVersion, StartsAt: sem.StartsAt})
	}
	var news []events.Payload
	for _, id := range people {
		slices.SortFunc(opened[id], func(a, b events.Opening) int {
			return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.SeminarID, b.SeminarID))
		})
		for some := range slices.Chunk(opened[id], openingsAtOnce) {
			news = append(news, unlocked(id, some))
		}
	}
	return events.PublishAll(ctx, tx, news)
}

// openingsAtOnce bounds what one event tells: a payload is at most 256 KiB.
const openingsAtOnce = 50

// unlocked tells a person of the seminars that opened to them together.
func unlocked(personID int64, all []events.Opening) events.SeminarUnlocked {
	first := all[0]
	return events.SeminarUnlocked{PersonID: personID, SeminarID: first.SeminarID, Title: first.Title, GateVersion: first.GateVersion,
		StartsAt: first.StartsAt, Also: all[1:]}
}
