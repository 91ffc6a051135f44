package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// NewLook is why somebody wants to be told who is behind a pseudonym.
type NewLook struct {
	Cause string // one of LookCauses
	Words string // that the person reads
}

// Pseudonym returns a pseudonym, with who looked behind it, to those who may: it needs LookBehindPseudonyms over its space.
// It returns ErrNotFound for what isn't one.
func (s *Service) Pseudonym(ctx context.Context, actor Actor, id int64) (Pseudonym, error) {
	p, _, err := pseudonymFor(ctx, s.db, actor, id)
	return p, err
}

// LookBehind tells who is behind a pseudonym. It needs LookBehindPseudonyms over its space. Each time is noted with its cause,
// audited, and told to the person. It returns Invalids.
func (s *Service) LookBehind(ctx context.Context, actor Actor, id int64, n NewLook) (found Person, err error) {
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		p, sp, err := pseudonymFor(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		var wrong Invalids
		if !slices.Contains(LookCauses, n.Cause) {
			wrong.Add("cause", "pseudonym.error_cause")
		}
		n.Words = measureWords(&wrong, "words", n.Words)
		if err := wrong.Err(); err != nil {
			return err
		}
		found, err = onePerson(ctx, tx.NewSelect().Column("id", "name").Where("id = (select mask_of from person where id = ?)", p.ID))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `insert into pseudonym_look (mask_id, by_id, cause, words, at) values (?, ?, ?, ?, ?)`,
			p.ID, actor.Self(), n.Cause, n.Words, s.now()); err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.PseudonymLookedBehind{PersonID: p.ID, SpaceID: sp.ID, OfficeID: sp.OfficeID, Cause: n.Cause, By: actor.Self()})
	})
	return found, wrapped(fmt.Sprintf("look behind pseudonym %d", id), err)
}

// Looks counts how often somebody was told who is behind a pseudonym, anywhere, from a moment to another. It needs a signed-in
// person: that number points at nobody, and everybody may judge by it.
func (s *Service) Looks(ctx context.Context, actor Actor, from, to time.Time) (n int, err error) {
	if !actor.SignedIn() {
		return 0, ErrSignInRequired
	}
	err = s.db.NewRaw(`select count(*) from pseudonym_look where at >= ? and at < ?`, from, to).Scan(ctx, &n)
	return n, wrapped("count looks behind pseudonyms", err)
}

func pseudonymFor(ctx context.Context, db bun.IDB, actor Actor, id int64) (Pseudonym, Space, error) {
	if !actor.CanSomewhere(LookBehindPseudonyms) {
		return Pseudonym{}, Space{}, refuse(actor)
	}
	list, err := pseudonyms(ctx, db, `p.id = ?`, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("pseudonym %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Pseudonym{}, Space{}, err
	}
	sp, err := FindSpace(ctx, db, list[0].SpaceID)
	if err == nil {
		err = permit(actor, LookBehindPseudonyms, sp.Scope())
	}
	return list[0], sp, err
}
