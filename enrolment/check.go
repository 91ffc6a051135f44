package enrolment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Bounds of what an author may write.
const (
	maxCapacity = 10_000
	maxSessions = 30
	maxTitle    = 200    // letters
	maxText     = 20_000 // letters
)

// tidy trims what was written, orders the sessions, sets the span, and checks all that needs no database. It returns
// account.Invalids.
func (s *Seminar) tidy() error {
	s.Title, s.Description = cleanText(s.Title), cleanText(s.Description)
	s.Venue, s.Address = clean(s.Venue), clean(s.Address)
	var wrong account.Invalids
	switch {
	case s.Title.String() == "":
		wrong.Add("title", "desk.error_title")
	case longest(s.Title) > maxTitle:
		wrong.Add("title", "desk.error_too_long", "Max", maxTitle)
	}
	if longest(s.Description) > maxText {
		wrong.Add("description", "desk.error_too_long", "Max", maxText)
	}
	if s.Venue == "" {
		wrong.Add("venue", "desk.error_venue")
	}
	for field, text := range map[string]string{"venue": s.Venue, "address": s.Address} {
		if len([]rune(text)) > maxTitle {
			wrong.Add(field, "desk.error_too_long", "Max", maxTitle)
		}
	}
	if s.Capacity < 1 || s.Capacity > maxCapacity {
		wrong.Add("capacity", "desk.error_capacity", "Max", maxCapacity)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" {
		wrong.Add("zone", "desk.error_zone")
	}
	s.tidySessions(&wrong)
	s.tidySeats(&wrong)
	s.tidyAbout(&wrong)
	s.tidyTrainers(&wrong)
	var fault *RuleError
	if errors.As(Validate(s.Gate), &fault) {
		wrong.Add("gate", "gates.error_"+fault.What, "Max", MaxLeaves)
	}
	return wrong.Err()
}

func (s *Seminar) tidySessions(wrong *account.Invalids) {
	s.Sessions = slices.Clone(s.Sessions)
	slices.SortStableFunc(s.Sessions, func(a, b Session) int { return a.StartsAt.Compare(b.StartsAt) })
	if len(s.Sessions) == 0 || len(s.Sessions) > maxSessions {
		wrong.Add("sessions", "desk.error_sessions", "Max", maxSessions)
		return
	}
	for i, p := range s.Sessions {
		switch {
		case p.StartsAt.IsZero() || !p.EndsAt.After(p.StartsAt):
			wrong.Add("sessions", "desk.error_session_order")
			return
		case i > 0 && p.StartsAt.Before(s.Sessions[i-1].EndsAt):
			wrong.Add("sessions", "desk.error_session_overlap")
			return
		}
	}
	s.StartsAt, s.EndsAt = s.Sessions[0].StartsAt, s.Sessions[len(s.Sessions)-1].EndsAt
	if s.ClosesAt.After(s.StartsAt) {
		wrong.Add("closes", "desk.error_closes")
	}
}

// checkPlaces makes sure that the office, space and governorate exist and go together: a regional space's seminars are run by
// its own office.
func checkPlaces(ctx context.Context, tx bun.Tx, sem Seminar) error {
	var wrong account.Invalids
	space, err := account.FindSpace(ctx, tx, sem.SpaceID)
	switch {
	case errors.Is(err, account.ErrNotFound):
		wrong.Add("space", "desk.error_space")
	case err != nil:
		return err
	case space.OfficeID != 0 && space.OfficeID != sem.OfficeID:
		wrong.Add("space", "desk.error_space_office")
	}
	var office, governorate bool
	err = tx.NewRaw(`select exists (select from office where id = ?), ? = '' or exists (select from governorate where code = ?)`,
		sem.OfficeID, sem.Governorate, sem.Governorate).Scan(ctx, &office, &governorate)
	if err != nil {
		return err
	}
	if !office {
		wrong.Add("office", "desk.error_office")
	}
	if !governorate {
		wrong.Add("governorate", "desk.error_governorate")
	}
	return wrong.Err()
}

// knows returns account.ErrNotFound for a space that the actor mustn't know of: nobody brings a seminar there unasked.
func knows(ctx context.Context, tx bun.Tx, actor account.Actor, spaceID int64) error {
	space, err := account.FindSpace(ctx, tx, spaceID)
	if err == nil && !space.ListedFor(actor) {
		err = fmt.Errorf("space %d: %w", spaceID, account.ErrNotFound)
	}
	return err
}

func clean(s string) string { return strings.TrimSpace(s) }

func cleanText(t events.Text) events.Text {
	out := events.Text{}
	for _, lang := range events.Languages {
		if s := clean(t[lang]); s != "" {
			out[lang] = s
		}
	}
	return out
}

func longest(t events.Text) int {
	n := 0
	for _, s := range t {
		n = max(n, len([]rune(s)))
	}
	return n
}

func jsonOf(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}
