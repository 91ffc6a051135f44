package account

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// MaxEraseReason is the longest reason that an administrator gives, in characters.
const MaxEraseReason = 300

// ErasingFor is what an administrator says who erases somebody's account on their request.
type ErasingFor struct {
	Reason string // who asked and how, kept with the record: it may not name the person
	Sure   bool
	Texts  bool // what they wrote in forums goes too
}

// MayErase tells whether the actor may erase the account of somebody who sits in a scope and holds roles: who administers the platform there,
// and all of it for those with a role over all of it. Their own they erase as everybody does.
func MayErase(actor Actor, p PersonSheet) bool {
	scope := Scope{OfficeID: p.OfficeID}
	for _, r := range p.Roles {
		if r.Kind == OverPlatform {
			scope = Scope{}
		}
	}
	return actor.PersonID != p.ID && actor.Can(AdministerPlatform, scope)
}

// EraseFor erases the account of somebody who asked for it and can't do it themselves: see Erase. It needs what MayErase says, and returns
// Invalids (fields sure and reason) and ErrNotFound.
func (s *Service) EraseFor(ctx context.Context, actor Actor, personID int64, e ErasingFor) error {
	sheet, err := s.PersonSheet(ctx, actor, personID)
	if err != nil {
		return err
	}
	if !MayErase(actor, sheet) {
		return refuse(actor)
	}
	e.Reason = line(e.Reason)
	if err := e.check(sheet); err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		p, err := onePerson(ctx, tx.NewSelect().Where("id = ?", personID))
		if err != nil {
			return err
		}
		return s.erase(ctx, tx, p, erasure{PersonID: p.ID, Texts: e.Texts, ByID: actor.PersonID, Reason: e.Reason}, actor.PersonID)
	})
}

func (e ErasingFor) check(p PersonSheet) error {
	var wrong Invalids
	switch {
	case e.Reason == "":
		wrong.Add("reason", "erase.error_reason")
	case utf8.RuneCountInString(e.Reason) > MaxEraseReason:
		wrong.Add("reason", "account.error_long", "Max", MaxEraseReason)
	case strings.Contains(" "+Fold(e.Reason)+" ", " "+Fold(p.Name)+" ") || strings.Contains(e.Reason, "@"):
		wrong.Add("reason", "erase.error_names")
	}
	if !e.Sure {
		wrong.Add("sure", "erase.error_sure")
	}
	return wrong.Err()
}

// eraseReasons are why administrators erased accounts, for the audit.
func (s *Service) eraseReasons(ctx context.Context, people []int64) (map[int64]events.Text, error) {
	var rows []struct {
		PersonID int64
		Reason   string
	}
	err := s.db.NewRaw(`select person_id, reason from erasure where person_id = any(?) and reason <> ''`, pgdialect.Array(people)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("why accounts were erased: %w", err)
	}
	reasons := map[int64]events.Text{}
	for _, r := range rows {
		reasons[r.PersonID] = plainText(r.Reason)
	}
	return reasons, nil
}
