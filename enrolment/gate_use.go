package enrolment

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// Use is what a gate is for. A seminar has one gate for each use; each has its own versions.
type Use string

// The two uses. The gate to register guards the taking of a seat. The gate to attend guards the seat itself: who meets the
// first but not yet the second holds a seat on condition.
const (
	ToRegister Use = "register"
	ToAttend   Use = "attend"
)

// Uses lists both uses, in the order a person meets them.
var Uses = []Use{ToRegister, ToAttend}

// Rule is the seminar's gate for a use. The open rule asks for nothing: the gate to attend is, until one is set.
func (s Seminar) Rule(use Use) Rule {
	if use == ToAttend {
		return s.Attend
	}
	return s.Gate
}

// RuleVersion is the version of the seminar's gate for a use, from 1; 0 for a gate to attend that was never set.
func (s Seminar) RuleVersion(use Use) int {
	if use == ToAttend {
		return s.AttendVersion
	}
	return s.GateVersion
}

// readGates fills both gates of the seminar.
func (s *Seminar) readGates(ctx context.Context, db bun.IDB) (err error) {
	if s.Gate, err = ruleOf(ctx, db, s.ID, ToRegister, s.GateVersion); err != nil {
		return err
	}
	s.Attend, err = ruleOf(ctx, db, s.ID, ToAttend, s.AttendVersion)
	return err
}

// modules are the modules that either gate speaks of, each once.
func (s Seminar) modules() []int64 {
	all := s.Gate.Modules()
	for _, id := range s.Attend.Modules() {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// ruleOf reads one version of a seminar's gate; version 0 is the open gate.
func ruleOf(ctx context.Context, db bun.IDB, seminarID int64, use Use, version int) (Rule, error) {
	if version == 0 {
		return Rule{}, nil
	}
	var row struct {
		Rule Rule `bun:"type:jsonb"`
	}
	err := db.NewRaw(`select rule from gate_version where seminar_id = ? and use = ? and version = ?`,
		seminarID, use, version).Scan(ctx, &row)
	if err != nil {
		return Rule{}, fmt.Errorf("gate to %s %d of seminar %d: %w", use, version, seminarID, found(err))
	}
	return row.Rule, nil
}
