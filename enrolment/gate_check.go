package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Quizzes names the quizzes that learners can answer now, among some lessons. Courses' side of it is wired in cmd.
type Quizzes func(ctx context.Context, lessons []int64) (map[int64]events.Text, error)

// checkGate refuses an edit of a gate: when it comes too late, over somebody else's, or asks what can't be.
func (s *Service) checkGate(ctx context.Context, tx bun.Tx, sem Seminar, e GateEdit) error {
	switch {
	case !slices.Contains(Uses, e.Use):
		return account.ErrNotFound
	case sem.State == Cancelled:
		return ErrCancelled
	case sem.State == Published && !s.now().Before(sem.StartsAt):
		return ErrStarted
	case sem.RuleVersion(e.Use) != e.Version:
		return ErrStale
	}
	var fault *RuleError
	if errors.As(Validate(e.Rule), &fault) {
		return account.Invalids{{Field: gateField(fault.Place()), Key: "gates.error_" + fault.What, Args: map[string]any{"Max": MaxLeaves}}}
	}
	if e.Release && clean(e.Reason) == "" {
		return account.Invalid{Field: "reason", Key: "desk.error_reason"}
	}
	c := &check{Service: s, tx: tx, sem: sem}
	if err := c.read(ctx, sem.Rule(e.Use), e.Rule); err != nil {
		return err
	}
	if err := c.branch(ctx, e.Rule, ""); err != nil {
		return err
	}
	return c.wrong.Err()
}

// gateField is the form's field for the branch at a place.
func gateField(place string) string {
	if place == "" {
		return "gate"
	}
	return "gate_" + place
}

// check looks whether what a rule speaks of exists and can be.
type check struct {
	*Service
	tx       bun.Tx
	sem      Seminar
	modules  []int64 // that learners can begin, or that the gate asked for before
	quizzes  map[int64]events.Text
	spaces   []int64
	regions  []string
	seminars map[int64]SeminarName
	wrong    account.Invalids
}

func (c *check) read(ctx context.Context, old, r Rule) error {
	list := func(ids []int64) any { return bun.List(append([]int64{0}, ids...)) }
	for _, q := range []struct {
		query string
		ids   any
		into  any
	}{
		{`select module_id from module_title where ` + startable + ` and module_id in (?)`, list(r.Modules()), &c.modules},
		{`select id from space where id in (?)`, list(r.Spaces()), &c.spaces},
		{`select code from governorate where ? <> ''`, "all", &c.regions},
	} {
		if err := c.tx.NewRaw(q.query, q.ids).Scan(ctx, q.into); err != nil {
			return fmt.Errorf("what a gate speaks of: %w", err)
		}
	}
	c.modules = append(c.modules, old.Modules()...)
	names, err := namesIn(ctx, c.tx, r)
	if err != nil {
		return err
	}
	c.seminars = names.Seminars
	if quizzes := r.Quizzes(); len(quizzes) > 0 && c.Quizzes != nil {
		c.quizzes, err = c.Quizzes(ctx, quizzes)
	}
	return err
}

func (c *check) branch(ctx context.Context, r Rule, place string) error {
	what, err := c.leaf(ctx, r)
	if err != nil {
		return err
	}
	if what != "" {
		c.wrong.Add(gateField(place), "gates.error_"+what)
	}
	for i, b := range r.Of {
		at := fmt.Sprint(i + 1)
		if place != "" {
			at = place + "." + at
		}
		if err := c.branch(ctx, b, at); err != nil {
			return err
		}
	}
	return nil
}

// leaf says what is wrong with a leaf, or "".
func (c *check) leaf(ctx context.Context, r Rule) (string, error) {
	unknown := func(code string) bool { return !slices.Contains(c.regions, code) }
	switch {
	case r.ModuleID != 0 && !slices.Contains(c.modules, r.ModuleID):
		return "module_unpublished", nil
	case r.LessonID != 0 && c.quizzes[r.LessonID] == nil:
		return "quiz_unpublished", nil
	case r.SpaceID != 0 && !slices.Contains(c.spaces, r.SpaceID):
		return "space", nil
	case slices.ContainsFunc(r.Governorates, unknown):
		return "governorate", nil
	case r.SeminarID != 0:
		return c.seminar(ctx, r)
	}
	return "", nil
}

func (c *check) seminar(ctx context.Context, r Rule) (string, error) {
	other, known := c.seminars[r.SeminarID]
	switch {
	case r.SeminarID == c.sem.ID:
		return "itself", nil
	case !known || other.State != Published:
		return "seminar", nil
	case r.Kind == NeverAttended:
		return "", nil
	case !other.StartsAt.Before(c.sem.StartsAt):
		return "later", nil
	}
	round, err := c.leadsBack(ctx, r.SeminarID)
	if err != nil || !round {
		return "", err
	}
	return "circular", nil
}

// leadsBack tells whether the gates of a seminar, or of those it wants attended, want the one at hand.
func (c *check) leadsBack(ctx context.Context, from int64) (bool, error) {
	seen, next := []int64{from}, []int64{from}
	for len(next) > 0 {
		var gates []struct {
			Rule Rule `bun:"type:jsonb"`
		}
		err := c.tx.NewRaw(`select g.rule from gate_version g join seminar on seminar.id = g.seminar_id
			where seminar.id in (?) and g.version = case g.use when 'register' then gate_version else attend_version end`,
			bun.List(next)).Scan(ctx, &gates)
		if err != nil {
			return false, fmt.Errorf("what a seminar wants attended: %w", err)
		}
		next = nil
		for _, g := range gates {
			for _, id := range g.Rule.ids(wantedSeminar) {
				if id == c.sem.ID {
					return true, nil
				}
				if !slices.Contains(seen, id) {
					seen, next = append(seen, id), append(next, id)
				}
			}
		}
	}
	return false, nil
}
