package courses

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Attestation says that a person completed a module. Anyone who has its code can verify it.
type Attestation struct {
	Code        string
	PersonName  string
	Module      events.Text `bun:"type:jsonb"`
	Space       events.Text `bun:"type:jsonb"`
	SpaceKey    string
	SpaceHue    int
	Rule        Criterion `bun:"type:jsonb"` // under which it was completed
	CompletedAt time.Time
	IssuedAt    time.Time
}

// Attests tells whether a space gives attestations.
func (s *Service) Attests(ctx context.Context, spaceID int64) (bool, error) {
	all, err := s.attesting(ctx, []int64{spaceID})
	return all[spaceID], err
}

func (s *Service) attesting(ctx context.Context, spaces []int64) (map[int64]bool, error) {
	var ids []int64
	err := s.db.NewRaw(`select space_id from attesting_space where space_id = any (?::bigint[])`, pgdialect.Array(orEmpty(spaces))).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("attesting spaces: %w", err)
	}
	all := map[int64]bool{}
	for _, id := range ids {
		all[id] = true
	}
	return all, nil
}

// SetAttesting lets the modules of a space give attestations, or no new ones: those that were given stay. The actor needs
// EditModules over the space.
func (s *Service) SetAttesting(ctx context.Context, actor account.Actor, spaceID int64, on bool) error {
	if err := mayEdit(ctx, s.db, actor, spaceID); err != nil {
		return err
	}
	var err error
	if on {
		_, err = s.db.NewRaw(`insert into attesting_space (space_id, by_id, at) values (?, ?, ?) on conflict do nothing`,
			spaceID, actor.PersonID, s.now()).Exec(ctx)
	} else {
		_, err = s.db.NewRaw(`delete from attesting_space where space_id = ?`, spaceID).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("set attesting space %d: %w", spaceID, err)
	}
	return nil
}

// Attest gives the actor the attestation of a module that they completed, and returns its code; always the same one. It
// returns ErrNotFound when they didn't, or when the space gives none.
func (s *Service) Attest(ctx context.Context, actor account.Actor, moduleID int64) (code string, err error) {
	if !actor.SignedIn() {
		return "", account.ErrSignInRequired
	}
	_, err = s.db.NewRaw(`
		insert into attestation (code, person_id, module_id, issued_at)
		select ?, c.person_id, c.module_id, ? from completion c join module m on m.id = c.module_id
		join attesting_space a on a.space_id = m.space_id
		where c.person_id = ? and c.module_id = ? on conflict (person_id, module_id) do nothing`,
		newCode(), s.now(), actor.PersonID, moduleID).Exec(ctx)
	if err == nil {
		err = s.db.NewRaw(`select code from attestation where person_id = ? and module_id = ?`, actor.PersonID, moduleID).Scan(ctx, &code)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = account.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("attest module %d: %w", moduleID, err)
	}
	return code, nil
}

// newCode is 80 random bits that can be read aloud.
func newCode() string {
	var raw [10]byte
	_, _ = rand.Read(raw[:]) // never fails
	return base32.StdEncoding.EncodeToString(raw[:])
}

// Attestation returns what a code attests, to anyone; ErrNotFound for a code that was never given.
func (s *Service) Attestation(ctx context.Context, code string) (Attestation, error) {
	var a Attestation
	err := s.db.NewRaw(`
		select a.code, p.name as person_name, m.title as module, s.name as space, s.key as space_key, s.hue as space_hue,
		  k.rule, c.at as completed_at, a.issued_at
		from attestation a join person p on p.id = a.person_id join module m on m.id = a.module_id join space s on s.id = m.space_id
		join completion c on c.person_id = a.person_id and c.module_id = a.module_id
		join criterion k on k.module_id = c.module_id and k.version = c.criterion_version
		where a.code = upper(?)`, code).Scan(ctx, &a)
	if errors.Is(err, sql.ErrNoRows) {
		err = account.ErrNotFound
	}
	if err != nil {
		return Attestation{}, fmt.Errorf("attestation: %w", err)
	}
	return a, nil
}
