package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

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

// factOf reads the fact that an event announces; ok is false for an event that announces none.
func factOf(e events.Event) (f fact, ok bool, err error) {
	switch e.Type {
	case events.ModuleCompleted{}.EventType():
		p, err := events.Decode[events.ModuleCompleted](e)
		since := p.CompletedAt
		if since.IsZero() {
			since = e.Time
		}
		return fact{e.ID, p.PersonID, Subject{Completed, p.ModuleID}, 1, since, false, 0}, true, err
	case events.ModuleProgressed{}.EventType():
		p, err := events.Decode[events.ModuleProgressed](e)
		return fact{e.ID, p.PersonID, Subject{Progressed, p.ModuleID}, p.Percent, e.Time, false, 0}, true, err
	case events.QuizAnswered{}.EventType():
		p, err := events.Decode[events.QuizAnswered](e)
		return fact{e.ID, p.PersonID, Subject{QuizScored, p.LessonID}, p.Score, e.Time, false, 0}, true, err
	case events.MembershipChanged{}.EventType():
		p, err := events.Decode[events.MembershipChanged](e)
		return fact{e.ID, p.PersonID, Subject{MemberOf, p.OrganisationID}, oneIf(p.State == "active"), e.Time, true, 0}, true, err
	case events.OrganisationDecided{}.EventType():
		p, err := events.Decode[events.OrganisationDecided](e)
		return fact{e.ID, 0, Subject{Validated, p.OrganisationID}, oneIf(p.Validated), e.Time, true, 0}, true, err
	case events.AttendanceRecorded{}.EventType():
		p, err := events.Decode[events.AttendanceRecorded](e)
		return fact{e.ID, p.PersonID, Subject{Attended, p.SessionID}, oneIf(p.Present), e.Time, true, 0}, true, err
	}
	return contributionOf(e)
}

// contributionOf reads the fact that somebody wrote in a space: true while everybody there may read it.
func contributionOf(e events.Event) (f fact, ok bool, err error) {
	var p events.Contributed // hidden, restored and deleted ones name their post, space and author as it does
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
		return fact{}, false, nil
	}
	kind := Replied
	if p.Kind == "thread" {
		kind = StartedThread
	}
	known := p.PersonID != 0 // else its author's account is gone, and their facts with it
	return fact{e.ID, p.PersonID, Subject{kind, p.PostID}, seen, e.Time, true, p.SpaceID}, known, err
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// save stores the fact; fresh is false when it was known, or when its person no longer exists.
func (f fact) save(ctx context.Context, tx bun.Tx) (fresh bool, err error) {
	result, err := tx.NewRaw(`insert into fact (event_id, person_id, kind, subject_id, value, since, space_id)
		select ?, nullif(?, 0), ?, ?, ?, ?, nullif(?, 0) where ? = 0 or exists (select from person where id = ?)
		on conflict (event_id) do nothing`,
		f.EventID, f.PersonID, f.Subject.Kind, f.Subject.ID, f.Value, f.Since, f.SpaceID, f.PersonID, f.PersonID).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("save fact: %w", err)
	}
	if n, _ := result.RowsAffected(); n == 0 {
		return false, nil
	}
	if !f.state {
		return true, nil
	}
	// Each state ends where the next begins, whatever order they arrived in.
	_, err = tx.NewRaw(`update fact set until = ordered.next
		from (select event_id, lead(since) over (order by since, event_id) as next from fact
			where person_id is not distinct from nullif(?, 0) and kind = ? and subject_id = ?) ordered
		where fact.event_id = ordered.event_id and fact.until is distinct from ordered.next`,
		f.PersonID, f.Subject.Kind, f.Subject.ID).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("date facts: %w", err)
	}
	return true, nil
}

// evidence is a fact with the event that announced it.
type evidence struct {
	EventID   string
	Kind      Kind
	SubjectID int64
	Value     int
}

// add keeps the greatest value of each subject.
func (f Facts) add(kind Kind, id int64, value int) {
	s := Subject{kind, id}
	f[s] = max(f[s], value)
}

// factsOf returns what is known of a person now, contributions aside, which may be thousands. It doesn't compare clocks: a
// fact counts from its arrival.
func factsOf(ctx context.Context, db bun.IDB, personID int64) (Facts, error) {
	var rows []evidence
	err := db.NewRaw(`select kind, subject_id, max(value) as value from fact
		where person_id = ? and until is null and space_id is null group by kind, subject_id`, personID).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("facts of person %d: %w", personID, err)
	}
	facts := Facts{}
	for _, r := range rows {
		facts.add(r.Kind, r.SubjectID, r.Value)
	}
	return facts, nil
}

// evidenceFor returns what is known now of a person that the rule speaks of, with the ids of the events.
func evidenceFor(ctx context.Context, db bun.IDB, personID int64, rule Rule) (Facts, []string, error) {
	facts, ids := Facts{}, []string{}
	for _, sub := range rule.Subjects() {
		var rows []evidence
		err := db.NewRaw(`select event_id, kind, subject_id, value from fact
			where person_id = ? and kind = ? and subject_id = ? and until is null
			order by value desc, since, event_id limit 1`, personID, sub.Kind, sub.ID).Scan(ctx, &rows)
		if err != nil {
			return nil, nil, fmt.Errorf("facts of person %d: %w", personID, err)
		}
		for _, r := range rows {
			facts.add(r.Kind, r.SubjectID, r.Value)
			ids = append(ids, r.EventID)
		}
	}
	return facts, ids, nil
}

// factsByEvents returns the facts that given events announced.
func factsByEvents(ctx context.Context, db bun.IDB, ids []string) (Facts, error) {
	var rows []evidence
	err := db.NewRaw(`select event_id, kind, subject_id, value from fact where event_id = any(?::uuid[])`,
		pgdialect.Array(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("facts by events: %w", err)
	}
	facts := Facts{}
	for _, r := range rows {
		facts.add(r.Kind, r.SubjectID, r.Value)
	}
	return facts, nil
}

// factsAt returns what was true of a person at time t, as known today.
func factsAt(ctx context.Context, db bun.IDB, personID int64, t time.Time) (Facts, error) {
	var rows []evidence
	err := db.NewRaw(`select kind, subject_id, max(value) as value from fact
		where person_id = ? and space_id is null and since <= ? and (until is null or until > ?) group by kind, subject_id`,
		personID, t, t).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("facts of person %d at %s: %w", personID, t, err)
	}
	facts := Facts{}
	for _, r := range rows {
		facts.add(r.Kind, r.SubjectID, r.Value)
	}
	return facts, nil
}
