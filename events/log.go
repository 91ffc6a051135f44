package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// LogFilter says which part of the permanent log is wanted.
type LogFilter struct {
	Types     []string
	From, To  time.Time // To excluded; zero for no bound
	People    []int64   // who acted or whom it concerns; nil for everybody
	Side      Side      // of those people
	OwnActs   []string  // types of events that say of one's own act, who acted being whom it concerns
	Scoped    bool      // only what belongs to Offices or Spaces; else all, also what belongs to none
	Offices   []int64
	Spaces    []int64
	Parts     []int64 // spaces of which only events of PartTypes count
	PartTypes []string
	About     About             // what it is about
	Only      json.RawMessage   // what the payload holds; nil for anything
	Except    []json.RawMessage // what it doesn't hold
	Before    Event             // only what came before it, by its Time and Seq; the zero Event for everything
	Limit     int
	Offset    int
}

// Side is in which way an event may speak of people.
type Side string

// The sides; "" is both.
const (
	Acted     Side = "acted"
	Concerned Side = "concerned"
)

// About is an organisation or a seminar that an event may speak of; 0 is any.
type About struct {
	OrganisationID int64
	SeminarID      int64
}

// Log reads announced events, the latest first. An event belongs to the office and the space that its payload
// names or, when it concerns a seminar, to the seminar's.
func Log(ctx context.Context, db bun.IDB, f LogFilter) ([]Event, error) {
	only, except := "{}", []string{}
	if f.Only != nil {
		only = string(f.Only)
	}
	for _, e := range f.Except {
		except = append(except, string(e))
	}
	all, err := readEvents(ctx, db, `select o.seq, o.id, o.type, o.key, o.at, o.data from outbox o
		where o.type = any(?0) and (?1::timestamptz is null or o.at >= ?1) and (?2::timestamptz is null or o.at < ?2)
		and (?3 or ?16 <> 'concerned' and (o.data->>'by')::bigint = any(?4::bigint[])
			or (o.type = any(?17) and ?16 <> 'concerned' or not o.type = any(?17) and ?16 <> 'acted')
				and ((o.data->>'person_id')::bigint = any(?4::bigint[]) or (o.data->>'given_by')::bigint = any(?4::bigint[])))
		and (?18 = 0 or (o.data->>'organisation_id')::bigint = ?18 or o.data->>'kind' = 'organisation' and (o.data->>'scope_id')::bigint = ?18)
		and (?19 = 0 or (o.data->>'seminar_id')::bigint = ?19)
		and (not ?5 or (o.data->>'office_id')::bigint = any(?6::bigint[]) or (o.data->>'space_id')::bigint = any(?7::bigint[])
			or o.data->>'kind' = 'space' and (o.data->>'scope_id')::bigint = any(?7::bigint[])
			or o.data->>'office_id' is null and exists (
				select from outbox s where s.key = o.key and s.type = 'enrolment.seminar_changed'
				and ((s.data->>'office_id')::bigint = any(?6::bigint[]) or (s.data->>'space_id')::bigint = any(?7::bigint[])))
			or o.type = any(?10) and ((o.data->>'space_id')::bigint = any(?11::bigint[])
				or o.data->>'kind' = 'space' and (o.data->>'scope_id')::bigint = any(?11::bigint[])))
		and o.data @> ?12::jsonb and not o.data @> any(?13::jsonb[]) and (?14 = 0 or (o.at, o.seq) < (?15, ?14))
		order by o.at desc, o.seq desc limit ?8 offset ?9`,
		pgdialect.Array(f.Types), bun.NullTime{Time: f.From}, bun.NullTime{Time: f.To}, f.People == nil, pgdialect.Array(append([]int64{}, f.People...)),
		f.Scoped, pgdialect.Array(append([]int64{}, f.Offices...)), pgdialect.Array(append([]int64{}, f.Spaces...)), f.Limit, f.Offset,
		pgdialect.Array(append([]string{}, f.PartTypes...)), pgdialect.Array(append([]int64{}, f.Parts...)), only, pgdialect.Array(except),
		f.Before.Seq, f.Before.Time, string(f.Side), pgdialect.Array(append([]string{}, f.OwnActs...)), f.About.OrganisationID, f.About.SeminarID)
	if err != nil {
		return nil, fmt.Errorf("read the log of events: %w", err)
	}
	return all, nil
}
