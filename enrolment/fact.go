package enrolment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// fact is one announced fact. Those of a person have a PersonID.
type fact struct {
	EventID  string
	PersonID int64
	Subject  Subject
	Value    int
	Since    time.Time
	state    bool  // lasts until the next fact of the same subject, instead of for ever
	SpaceID  int64 // where a contribution was made; else 0
}

// factsIn reads the facts that an event announces: none, one, or several of an organisation.
func factsIn(e events.Event) ([]fact, error) {
	switch e.Type {
	case events.ModuleCompleted{}.EventType():
		p, err := events.Decode[events.ModuleCompleted](e)
		since := p.CompletedAt
		if since.IsZero() {
			since = e.Time
		}
		return []fact{{e.ID, p.PersonID, Subject{Kind: Completed, ID: p.ModuleID}, 1, since, false, 0}}, err
	case events.ModuleProgressed{}.EventType():
		p, err := events.Decode[events.ModuleProgressed](e)
		return []fact{{e.ID, p.PersonID, Subject{Kind: Progressed, ID: p.ModuleID}, p.Percent, e.Time, false, 0}}, err
	case events.QuizAnswered{}.EventType():
		p, err := events.Decode[events.QuizAnswered](e)
		return []fact{{e.ID, p.PersonID, Subject{Kind: QuizScored, ID: p.LessonID}, p.Score, e.Time, false, 0}}, err
	case events.MembershipChanged{}.EventType():
		p, err := events.Decode[events.MembershipChanged](e)
		return []fact{{e.ID, p.PersonID, Subject{Kind: MemberOf, ID: p.OrganisationID}, oneIf(p.State == "active"), e.Time, true, 0}}, err
	case events.OrganisationDecided{}.EventType():
		p, err := events.Decode[events.OrganisationDecided](e)
		decided := fact{e.ID, 0, Subject{Kind: Validated, ID: p.OrganisationID}, oneIf(p.Validated), e.Time, true, 0}
		return append(described(e, p.OrganisationID, p.Kind, p.Governorate), decided), err
	case events.OrganisationChanged{}.EventType():
		p, err := events.Decode[events.OrganisationChanged](e)
		return described(e, p.OrganisationID, p.Kind, p.Governorate), err
	case events.AttendanceRecorded{}.EventType():
		p, err := events.Decode[events.AttendanceRecorded](e)
		return []fact{{e.ID, p.PersonID, Subject{Kind: Attended, ID: p.SessionID}, oneIf(p.Present), e.Time, true, 0}}, err
	}
	return contributionIn(e)
}

// described are the facts of what an organisation is. The first of these events carried neither.
func described(e events.Event, organisation int64, kind, governorate string) (all []fact) {
	if kind != "" {
		all = append(all, fact{e.ID, 0, Subject{OrganisationKind, organisation, kind}, 1, e.Time, true, 0})
	}
	if governorate != "" {
		all = append(all, fact{e.ID, 0, Subject{OrganisationPlace, organisation, governorate}, 1, e.Time, true, 0})
	}
	return all
}

// contributionIn reads the fact that somebody wrote in a space: true while everybody there may read it.
func contributionIn(e events.Event) ([]fact, error) {
	var p events.Contributed // hidden, restored and deleted ones name their post, space and author as it does
	var err error
	seen := 1
	switch e.Type {
	case p.EventType():
		p, err = events.Decode[events.Contributed](e)
		seen = oneIf(!p.Hidden)
	case events.ContributionRestored{}.EventType():
		var r events.ContributionRestored
		r, err = events.Decode[events.ContributionRestored](e)
		p = events.Contributed{PostID: r.PostID, SpaceID: r.SpaceID, PersonID: r.PersonID, Kind: r.Kind}
	case events.ContributionHidden{}.EventType():
		var h events.ContributionHidden
		h, err = events.Decode[events.ContributionHidden](e)
		p, seen = events.Contributed{PostID: h.PostID, SpaceID: h.SpaceID, PersonID: h.PersonID, Kind: h.Kind}, 0
	case events.ContributionDeleted{}.EventType():
		var d events.ContributionDeleted
		d, err = events.Decode[events.ContributionDeleted](e)
		p, seen = events.Contributed{PostID: d.PostID, SpaceID: d.SpaceID, PersonID: d.PersonID, Kind: d.Kind}, 0
	default:
		return nil, nil
	}
	if err != nil || p.PersonID == 0 || p.SpaceID == 0 { // its author's account is gone, and their facts with it; a circle is in no space
		return nil, err
	}
	kind := Replied
	if p.Kind == "thread" {
		kind = StartedThread
	}
	return []fact{{e.ID, p.PersonID, Subject{Kind: kind, ID: p.PostID}, seen, e.Time, true, p.SpaceID}}, nil
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// saveAll stores facts and tells which are fresh: those that were not known, and whose person exists and is no
// pseudonym: what is written under one counts for nobody, or it would show whose it is.
func saveAll(ctx context.Context, tx bun.Tx, told []fact) (fresh []bool, err error) {
	var ids, kinds, words []string
	var people, subjects, values, spaces []int64
	var since []time.Time
	for _, f := range told {
		ids, kinds, words = append(ids, f.EventID), append(kinds, string(f.Subject.Kind)), append(words, f.Subject.Word)
		people, subjects, values = append(people, f.PersonID), append(subjects, f.Subject.ID), append(values, int64(f.Value))
		spaces, since = append(spaces, f.SpaceID), append(since, f.Since)
	}
	type key struct{ event, kind string }
	saved, err := events.Prepared(ctx, tx, func(k *key) []any { return []any{&k.event, &k.kind} }, `
		insert into fact (event_id, person_id, kind, subject_id, word, value, since, space_id)
		select event_id, nullif(person_id, 0), kind, subject_id, word, value, since, nullif(space_id, 0)
		from unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::timestamptz[], $8::bigint[])
			with ordinality f (event_id, person_id, kind, subject_id, word, value, since, space_id, n)
		where person_id = 0 or exists (select from person where id = f.person_id and mask_of is null) order by n
		on conflict (event_id, kind) do nothing returning event_id::text, kind`, ids, people, kinds, subjects, words, values, since, spaces)
	if err != nil {
		return nil, fmt.Errorf("save facts: %w", err)
	}
	fresh = make([]bool, len(told))
	for n, f := range told {
		if fresh[n] = slices.Contains(saved, key{f.EventID, kinds[n]}); fresh[n] && f.state {
			if err := f.date(ctx, tx); err != nil {
				return nil, err
			}
		}
	}
	return fresh, nil
}

// date ends each state of the fact's subject where the next begins, whatever order they arrived in.
func (f fact) date(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewRaw(`update fact set until = ordered.next
		from (select event_id, lead(since) over (order by since, event_id) as next from fact
			where person_id is not distinct from nullif(?, 0) and kind = ? and subject_id = ?) ordered
		where fact.event_id = ordered.event_id and fact.kind = ? and fact.until is distinct from ordered.next`,
		f.PersonID, f.Subject.Kind, f.Subject.ID, f.Subject.Kind).Exec(ctx)
	if err != nil {
		return fmt.Errorf("date facts: %w", err)
	}
	return nil
}
