package enrolment

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// ErrProposalOver says that somebody else answered a proposal already, or that it was withdrawn.
var ErrProposalOver = errors.New("proposal is over")

// Proposed is what became of a proposal.
type Proposed string

// What becomes of a proposal.
const (
	ProposalOpen      Proposed = "open"
	ProposalAccepted  Proposed = "accepted"
	ProposalDeclined  Proposed = "declined"
	ProposalWithdrawn Proposed = "withdrawn"
)

// TwinProposal asks those who run one seminar that it be the twin of another, which they don't run.
type TwinProposal struct {
	bun.BaseModel `bun:"table:twin_proposal,alias:proposal"`

	ID         int64 `bun:",pk,autoincrement"`
	SeminarID  int64 // whose office proposes
	OtherID    int64 // to which it is put
	State      Proposed
	Words      string // of whoever declined it, or ""
	ProposedBy int64  `bun:",nullzero"` // 0 when their account is gone, as DecidedBy
	ProposedAt time.Time
	DecidedBy  int64     `bun:",nullzero"`
	DecidedAt  time.Time `bun:",nullzero"`
}

// retwin runs f in a transaction, again when somebody changed who is whose twin while it waited for them: what f decides is said of what is.
func (s *Service) retwin(ctx context.Context, what string, f func(ctx context.Context, tx bun.Tx) error) (err error) {
	for range 4 {
		if err = s.inTx(ctx, what, f); !errors.Is(err, ErrStale) {
			break
		}
	}
	return err
}

// ProposeTwin makes two seminars twins, as Twin does, for somebody who runs both. Somebody who runs the first alone proposes it to those who
// run the other, by the same rules, and proposed is true; when these proposed the same, both agree and are twins. Both must be published
// then: the others would see nothing of a draft, of which account.Invalid (field other) is said, nor may the actor know of theirs. Proposing
// twice is proposing once. It returns what Twin does, and account.ErrNotFound for a seminar that the actor mustn't know of.
func (s *Service) ProposeTwin(ctx context.Context, actor account.Actor, id, otherID int64) (proposed bool, err error) {
	err = s.retwin(ctx, "propose a twin", func(ctx context.Context, tx bun.Tx) (err error) {
		proposed, err = s.propose(ctx, tx, actor, id, otherID)
		return err
	})
	return proposed && err == nil, err
}

func (s *Service) propose(ctx context.Context, tx bun.Tx, actor account.Actor, id, otherID int64) (proposed bool, err error) {
	all, both, err := s.lockProposing(ctx, tx, actor, id, otherID)
	if err != nil {
		return false, err
	}
	already, err := s.mayBeTwins(ctx, tx, all, id, otherID)
	if already || err != nil {
		return false, err
	}
	open, err := openBetween(ctx, tx, id, otherID)
	switch {
	case err != nil:
		return false, err
	case both || open != nil && open.OtherID == id: // nobody is left to be asked
		return false, s.join(ctx, tx, actor, all)
	case open != nil:
		return true, nil
	case all[id].State != Published:
		return false, account.Invalid{Field: "other", Key: "twins.error_propose_draft"}
	}
	p := TwinProposal{SeminarID: id, OtherID: otherID, State: ProposalOpen, ProposedBy: actor.PersonID, ProposedAt: s.now()}
	if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
		return false, err
	}
	return true, events.Publish(ctx, tx, events.TwinProposed{ProposalID: p.ID, SeminarID: id, OtherID: otherID,
		ToOfficeID: all[otherID].OfficeID, Title: all[id].Title, StartsAt: all[id].StartsAt, By: actor.PersonID})
}

// lockProposing locks two seminars, of which the actor runs the first and may know of the other, and their twins. both tells whether they run
// the other too.
func (s *Service) lockProposing(ctx context.Context, tx bun.Tx, actor account.Actor, id, otherID int64) (all map[int64]Seminar, both bool, err error) {
	if !actor.SignedIn() {
		return nil, false, account.ErrSignInRequired
	}
	all, stale, err := s.lockPair(ctx, tx, id, otherID)
	if err != nil {
		return nil, false, err
	}
	here, other := all[id], all[otherID]
	if !actor.Can(account.RunSeminars, here.Scope()) {
		return nil, false, refusal(ctx, tx, actor, here)
	}
	if both = actor.Can(account.RunSeminars, other.Scope()); !both {
		space, err := account.FindSpace(ctx, tx, other.SpaceID)
		if err == nil && !other.visible(actor, space) {
			err = fmt.Errorf("seminar %d: %w", otherID, other.unseen(actor, space))
		}
		if err != nil {
			return nil, false, err
		}
	}
	return all, both, stale
}

// openBetween is the proposal between two seminars that nobody answered yet, or nil.
func openBetween(ctx context.Context, tx bun.Tx, id, otherID int64) (*TwinProposal, error) {
	var open []TwinProposal
	err := tx.NewSelect().Model(&open).Where("state = 'open' and least(seminar_id, other_id) = ? and greatest(seminar_id, other_id) = ?",
		min(id, otherID), max(id, otherID)).Scan(ctx)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	return &open[0], nil
}

// AcceptTwin accepts a proposal that was put to a seminar that the actor runs: both are twins from then on, by the rules of Twin, of which it
// returns the refusals. Accepting twice is accepting once; it returns ErrProposalOver when it was declined or withdrawn, and
// account.ErrNotFound for a proposal that wasn't put to that seminar.
func (s *Service) AcceptTwin(ctx context.Context, actor account.Actor, id, proposalID int64) error {
	return s.decideTwin(ctx, actor, id, proposalID, ProposalAccepted, "")
}

// DeclineTwin is the other answer, with words or none; it returns account.Invalid (field words) for too many.
func (s *Service) DeclineTwin(ctx context.Context, actor account.Actor, id, proposalID int64, words string) error {
	if words = clean(words); utf8.RuneCountInString(words) > MaxProposalWords {
		return account.Invalid{Field: "words", Key: "twins.error_words", Args: map[string]any{"Max": MaxProposalWords}}
	}
	return s.decideTwin(ctx, actor, id, proposalID, ProposalDeclined, words)
}

// MaxProposalWords is the most letters of what is said when a proposal is declined.
const MaxProposalWords = 500

// WithdrawTwin takes back a proposal of a seminar that the actor runs, unless it was answered: ErrProposalOver.
func (s *Service) WithdrawTwin(ctx context.Context, actor account.Actor, id, proposalID int64) error {
	return s.decideTwin(ctx, actor, id, proposalID, ProposalWithdrawn, "")
}

// decideTwin has the side of a proposal whose seminar it is decide it.
func (s *Service) decideTwin(ctx context.Context, actor account.Actor, id, proposalID int64, to Proposed, words string) error {
	return s.retwin(ctx, "decide on a proposal", func(ctx context.Context, tx bun.Tx) error {
		all, p, err := s.lockProposal(ctx, tx, actor, id, proposalID, to)
		switch {
		case err != nil:
			return err
		case p.State == to:
			return nil
		case p.State != ProposalOpen:
			return ErrProposalOver
		case to != ProposalAccepted:
			p.State, p.Words = to, words
			return s.closeProposal(ctx, tx, actor, all, p)
		}
		already, err := s.mayBeTwins(ctx, tx, all, p.SeminarID, p.OtherID)
		if already || err != nil {
			return err
		}
		return s.join(ctx, tx, actor, all)
	})
}

// lockProposal locks the seminars of a proposal with their twins, and then reads it: nothing changes it without them. The actor must run the
// seminar, and that be the side which may decide so.
func (s *Service) lockProposal(ctx context.Context, tx bun.Tx, actor account.Actor, id, proposalID int64, to Proposed) (map[int64]Seminar, TwinProposal, error) {
	var p TwinProposal
	if !actor.SignedIn() {
		return nil, p, account.ErrSignInRequired
	}
	read := func() error {
		side := "other_id"
		if to == ProposalWithdrawn {
			side = "seminar_id"
		}
		err := tx.NewSelect().Model(&p).Where("id = ? and ? = ?", proposalID, bun.Ident(side), id).Scan(ctx)
		return found(err)
	}
	sem, err := findSeminar(ctx, tx, id, "")
	if err == nil && !actor.Can(account.RunSeminars, sem.Scope()) {
		err = refusal(ctx, tx, actor, sem)
	}
	if err == nil {
		err = read()
	}
	if err != nil {
		return nil, p, fmt.Errorf("proposal %d: %w", proposalID, err)
	}
	all, stale, err := s.lockPair(ctx, tx, p.SeminarID, p.OtherID)
	switch {
	case err != nil:
		return nil, p, err
	case !actor.Can(account.RunSeminars, all[id].Scope()): // another office's, meanwhile
		return nil, p, refusal(ctx, tx, actor, all[id])
	case stale != nil:
		return nil, p, stale
	}
	return all, p, read()
}

// join makes seminars twins that may be, and accepts every proposal between two of them.
func (s *Service) join(ctx context.Context, tx bun.Tx, actor account.Actor, all map[int64]Seminar) error {
	if err := setTwins(ctx, tx, actor, all, lockOrder(all)[0]); err != nil {
		return err
	}
	var open []TwinProposal
	ids := pgdialect.Array(lockOrder(all))
	err := tx.NewSelect().Model(&open).Where("state = 'open' and seminar_id = any(?) and other_id = any(?)", ids, ids).Order("id").Scan(ctx)
	for _, p := range open {
		if err == nil {
			p.State = ProposalAccepted
			err = s.closeProposal(ctx, tx, actor, all, p)
		}
	}
	return err
}

// closeProposal writes what became of a proposal and announces it.
func (s *Service) closeProposal(ctx context.Context, tx bun.Tx, actor account.Actor, all map[int64]Seminar, p TwinProposal) error {
	p.DecidedBy, p.DecidedAt = actor.PersonID, s.now()
	if _, err := tx.NewUpdate().Model(&p).Column("state", "words", "decided_by", "decided_at").WherePK().Exec(ctx); err != nil {
		return err
	}
	here, other := p.OtherID, p.SeminarID
	if p.State == ProposalWithdrawn {
		here, other = other, here
	}
	return events.Publish(ctx, tx, events.TwinProposalDecided{ProposalID: p.ID, SeminarID: here, OtherID: other, PersonID: p.ProposedBy,
		State: string(p.State), Title: all[here].Title, StartsAt: all[here].StartsAt, By: actor.PersonID})
}
