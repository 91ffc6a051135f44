package monitoring

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// Seminar is a seminar as last announced.
type Seminar struct {
	ID       int64 `bun:"seminar_id"`
	OfficeID int64
	SpaceID  int64
	Title    events.Text
	State    string // published, cancelled
	Capacity int
	Sessions []events.SeminarSession
	FirstAt  time.Time `bun:"first_session_at"` // zero when it has no session
	Modules  []int64   `bun:",array"`           // modules its gate speaks of
}

// Module is a module that some seminar's gate speaks of.
type Module struct {
	ID    int64 `bun:"module_id"`
	Title events.Text
}

// Line is one person on the way to one seminar. It exists when the person has progress in a module of the seminar's
// gate, or the seminar unlocked for them, or they registered.
type Line struct {
	Seminar        *Seminar
	PersonID       int64
	Name           string // "" when their account is erased: they count on, as somebody about whom nothing is known
	Gender         string // female, male or ""
	BirthYear      int    // 0 when not said; used only in aggregates
	Governorate    string // the person's, else their organisation's, else ""
	OrganisationID int64  // 0 for none
	Organisation   string
	Kind           string // of the organisation, or ""
	Modules        []ModuleProgress
	UnlockedAt     time.Time // zero when it has not
	Registration   *Registration
	Present        map[int64]bool // by session, those where a mark was made
}

// ModuleProgress is how far a person came in a module.
type ModuleProgress struct {
	ModuleID    int64      `json:"module_id"`
	Percent     int        `json:"percent"`
	FirstAt     time.Time  `json:"first_at"`
	CompletedAt *time.Time `json:"completed_at"`
}

// Registration is the person's latest registration to the seminar.
type Registration struct {
	State       string // confirmed, waitlisted, cancelled …
	Reason      string
	RequestedAt time.Time
	ConfirmedAt time.Time // zero when it never was
}

// Holds tells whether the registration holds a seat, or held it to the end.
func (r *Registration) Holds() bool {
	return r != nil && (r.State == "confirmed" || r.State == "attended" || r.State == "absent")
}

// Attended returns the number of sessions the person was present at.
func (l Line) Attended() int {
	n := 0
	for _, present := range l.Present {
		if present {
			n++
		}
	}
	return n
}

// seminars lists the chosen seminars by date.
func seminars(ctx context.Context, db bun.IDB, sc scope, f Filter, loc *time.Location) ([]*Seminar, error) {
	q := db.NewSelect().Table("journey_seminar").
		Column("seminar_id", "office_id", "space_id", "title", "state", "capacity", "sessions", "first_session_at", "modules").
		OrderExpr("first_session_at nulls last, seminar_id")
	if !sc.all {
		q.Where("office_id in (?)", bun.List(sc.offices))
	}
	if f.OfficeID != 0 {
		q.Where("office_id = ?", f.OfficeID)
	}
	if f.SpaceID != 0 {
		q.Where("space_id = ?", f.SpaceID)
	}
	if !f.From.IsZero() {
		q.Where("first_session_at >= ?", day(f.From, loc))
	}
	if !f.To.IsZero() {
		q.Where("first_session_at < ?", day(f.To, loc).AddDate(0, 0, 1))
	}
	var list []*Seminar
	if err := q.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list the seminars: %w", err)
	}
	return list, nil
}

// day is the midnight that begins t's date in loc.
func day(t time.Time, loc *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
}

func modules(ctx context.Context, db bun.IDB, of []*Seminar) ([]Module, error) {
	seen := map[int64]bool{}
	var ids []int64
	for _, s := range of {
		for _, id := range s.Modules {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	var list []Module
	err := db.NewRaw(`select id as module_id, coalesce(m.title, '{}') as title
		from unnest(?::bigint[]) with ordinality as chosen (id, place) left join journey_module m on m.module_id = chosen.id
		order by place`, pgdialect.Array(ids)).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("list the modules: %w", err)
	}
	return list, nil
}

// journeySQL is the one query behind every figure and every sheet: a row for each person and chosen seminar.
const journeySQL = `
with chosen as (
  select seminar_id, modules, place
  from unnest(?::bigint[]) with ordinality as c (id, place) join journey_seminar on seminar_id = c.id
), progress as (
  select c.seminar_id, p.person_id, jsonb_agg(jsonb_build_object('module_id', p.module_id, 'percent', p.percent,
    'first_at', p.first_at, 'completed_at', p.completed_at)) as modules
  from chosen c cross join unnest(c.modules) as required (module_id) join journey_progress p using (module_id)
  group by c.seminar_id, p.person_id
), unlocked as (
  select u.* from journey_unlock u join chosen using (seminar_id)
), registration as (
  select distinct on (r.seminar_id, r.person_id) r.*
  from journey_registration r join chosen using (seminar_id)
  order by r.seminar_id, r.person_id, r.seq desc
), attendance as (
  select a.seminar_id, a.person_id, jsonb_object_agg(a.session_id, a.present) as present
  from journey_attendance a join chosen using (seminar_id)
  group by a.seminar_id, a.person_id
), line as (
  select seminar_id, person_id from progress
  union select seminar_id, person_id from unlocked
  union select seminar_id, person_id from registration
), belongs as (
  select distinct on (m.person_id) m.person_id, o.id, o.name, o.kind, o.governorate
  from membership m join organisation o on o.id = m.organisation_id
  where m.state = 'active' and m.person_id in (select person_id from line)
  order by m.person_id, o.state = 'validated' desc, o.id
)
select l.seminar_id, l.person_id, coalesce(p.name, ''), coalesce(p.gender, ''), coalesce(p.birth_year, 0),
  coalesce(p.governorate, b.governorate, ''), coalesce(b.id, 0), coalesce(b.name, ''), coalesce(b.kind, ''),
  coalesce(g.modules, '[]'), u.at, r.state, r.reason, r.requested_at, r.confirmed_at, coalesce(a.present, '{}')
from line l
join chosen c using (seminar_id)
left join person p on p.id = l.person_id
left join belongs b on b.person_id = l.person_id
left join progress g on (g.seminar_id, g.person_id) = (l.seminar_id, l.person_id)
left join unlocked u on (u.seminar_id, u.person_id) = (l.seminar_id, l.person_id)
left join registration r on (r.seminar_id, r.person_id) = (l.seminar_id, l.person_id)
left join attendance a on (a.seminar_id, a.person_id) = (l.seminar_id, l.person_id)
order by c.place, p.name collate "und-x-icu", l.person_id`

// eachLine calls fn with every line of the given seminars, by seminar and then by name. It keeps none of them.
func eachLine(ctx context.Context, db bun.IDB, of []*Seminar, fn func(Line) error) error {
	byID := make(map[int64]*Seminar, len(of))
	ids := make([]int64, len(of))
	for i, s := range of {
		byID[s.ID], ids[i] = s, s.ID
	}
	rows, err := db.QueryContext(ctx, journeySQL, pgdialect.Array(ids))
	if err != nil {
		return fmt.Errorf("read the journey: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		l, err := scanLine(rows, byID)
		if err != nil {
			return fmt.Errorf("read a line of the journey: %w", err)
		}
		if err := fn(l); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the journey: %w", err)
	}
	return nil
}

func scanLine(rows *sql.Rows, byID map[int64]*Seminar) (Line, error) {
	var (
		l                              Line
		seminarID                      int64
		progress, present              []byte
		unlocked, requested, confirmed sql.NullTime
		state, reason                  sql.NullString
	)
	err := rows.Scan(&seminarID, &l.PersonID, &l.Name, &l.Gender, &l.BirthYear, &l.Governorate, &l.OrganisationID,
		&l.Organisation, &l.Kind, &progress, &unlocked, &state, &reason, &requested, &confirmed, &present)
	if err != nil {
		return l, err
	}
	l.Seminar = byID[seminarID]
	l.UnlockedAt = unlocked.Time
	if state.Valid {
		l.Registration = &Registration{State: state.String, Reason: reason.String,
			RequestedAt: requested.Time, ConfirmedAt: confirmed.Time}
	}
	if err := json.Unmarshal(progress, &l.Modules); err != nil {
		return l, err
	}
	return l, json.Unmarshal(present, &l.Present)
}
