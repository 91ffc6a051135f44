package community

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Verdict is what a moderator decides of what waits.
type Verdict struct {
	Approve bool   // else it is refused
	Reason  string // of a refusal, one of Reasons: told to its author in their language
	Note    string // more of it, in the moderator's words, or ""
}

func (v *Verdict) check(wrong *account.Invalids) {
	v.Note = checkNote(wrong, v.Note)
	switch {
	case v.Approve:
		v.Reason, v.Note = "", ""
	case !slices.Contains(Reasons, v.Reason):
		wrong.Add("reason", "forum.error_reason")
	}
}

// DecideHeld approves or refuses what waits; approved, it is written in its author's name as if it were sent now. Those may
// who decide on the reports of posts there. It returns what became of it: "approved", "refused", or "gone" when there is
// nothing left to answer; and a Decided when somebody decided before.
func (s *Service) DecideHeld(ctx context.Context, actor account.Actor, id int64, v Verdict) (state string, err error) {
	var wrong account.Invalids
	v.check(&wrong)
	err = s.inTx(ctx, fmt.Sprintf("decide held post %d", id), func(ctx context.Context, tx bun.Tx) error {
		h, err := findHeld(ctx, tx, id, "for update of h")
		if err == nil {
			err = s.mayDecide(ctx, tx, actor, h)
		}
		switch {
		case err != nil:
			return err
		case !h.Waits():
			return s.heldBefore(ctx, tx, h)
		case wrong != nil:
			return wrong
		}
		if h.State = "refused"; v.Approve {
			if h.State = "approved"; h.MadeID == 0 {
				h.MadeID, err = s.release(ctx, tx, h)
			}
			if errors.Is(err, account.ErrNotFound) || errors.Is(err, account.ErrForbidden) || errors.Is(err, ErrHidden) {
				h.State, err = "gone", nil
			}
		}
		if err != nil {
			return err
		}
		state, h.Reason, h.Note = h.State, v.Reason, v.Note
		return s.closeHeld(ctx, tx, actor, h)
	})
	return state, err
}

func (s *Service) closeHeld(ctx context.Context, tx bun.Tx, actor account.Actor, h Held) error {
	_, err := tx.ExecContext(ctx, `update held_post set state = ?, reason = ?, note = ?, decided_by = ?, decided_at = ?, made_id = nullif(?, 0), content = '{}',
		remind_at = null where id = ?`, h.State, h.Reason, h.Note, actor.PersonID, s.now(), h.MadeID, h.ID)
	if err != nil {
		return fmt.Errorf("close held post %d: %w", h.ID, err)
	}
	return events.Publish(ctx, tx, events.HeldDecided{HeldID: h.ID, PostID: h.MadeID, ThreadID: h.ThreadID, SpaceID: h.SpaceID, PersonID: h.AuthorID,
		Thread: h.Title, State: h.State, Cause: h.Reason, By: actor.PersonID})
}

// heldBefore says who decided what waited: a Decided; account.ErrConflict when its author took it back.
func (s *Service) heldBefore(ctx context.Context, tx bun.Tx, h Held) error {
	if h.State == "withdrawn" {
		return account.ErrConflict
	}
	d := Decided{Hid: h.State != "approved", When: h.DecidedAt}
	err := tx.NewRaw(`select coalesce((select p.name from held_post h join person p on p.id = h.decided_by where h.id = ?), '')`, h.ID).Scan(ctx, &d.By)
	if err != nil {
		return err
	}
	return d
}

// release writes what waited, in its author's name, and returns its post. Each goes in a savepoint: what is refused undoes
// itself alone.
func (s *Service) release(ctx context.Context, tx bun.Tx, h Held) (id int64, err error) {
	var raw []byte
	if err := tx.NewRaw(`select content from held_post where id = ?`, h.ID).Scan(ctx, &raw); err != nil {
		return 0, err
	}
	var what sent
	if err := json.Unmarshal(raw, &what); err != nil {
		return 0, fmt.Errorf("what was sent: %w", err)
	}
	author, err := authorOf(ctx, tx, h.AuthorID)
	if err != nil {
		return 0, err
	}
	err = tx.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		switch {
		case what.Thread != nil:
			id, err = s.releaseThread(ctx, tx, author, *what.Thread)
		case what.Reply != nil:
			id, err = s.releaseReply(ctx, tx, author, *what.Reply)
		case what.Edit != nil:
			id, err = s.releaseEdit(ctx, tx, author, h.PostID, *what.Edit)
		}
		return err
	})
	return id, err
}

func (s *Service) releaseThread(ctx context.Context, tx bun.Tx, author account.Actor, n NewThread) (int64, error) {
	if _, err := readable(ctx, tx, author, n.SpaceID); err != nil {
		return 0, err
	}
	n.Tags = keptTags(ctx, tx, n)
	if !n.Poll.ClosesAt.After(s.now()) { // it waited longer than people were to vote
		n.Poll.ClosesAt = time.Time{}
	}
	t, err := s.start(ctx, tx, author, n)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.NewRaw(`select id from post where thread_id = ? and opening`, t.ID).Scan(ctx, &id)
	return id, err
}

// keptTags are the tags of a thread that are on its space's own list still.
func keptTags(ctx context.Context, tx bun.Tx, n NewThread) []string {
	return slices.DeleteFunc(n.Tags, func(name string) bool {
		g, err := findTag(ctx, tx, n.SpaceID, tidyLine(name), false)
		return err != nil || !g.Listed
	})
}

func (s *Service) releaseReply(ctx context.Context, tx bun.Tx, author account.Actor, n NewReply) (int64, error) {
	t, err := lockHome(ctx, tx, n.ThreadID)
	if err == nil {
		_, err = s.see(ctx, tx, author, t)
	}
	if err == nil && t.Hidden {
		err = ErrHidden
	}
	if err != nil {
		return 0, err
	}
	n.late = true
	p, err := s.reply(ctx, tx, author, t, n)
	return p.ID, err
}

func (s *Service) releaseEdit(ctx context.Context, tx bun.Tx, author account.Actor, postID int64, e Edit) (int64, error) {
	return postID, New(tx, s.now).onPost(ctx, "edit", postID, func(ctx context.Context, tx bun.Tx, t Thread, was Post) error {
		if err := s.own(ctx, tx, author, t, was); err != nil {
			return err
		}
		if was.Hidden() {
			return ErrHidden
		}
		asked, err := s.findPoll(ctx, tx, postID)
		if err != nil {
			return err
		}
		if asked != nil && (asked.Voters > 0 || asked.Over) { // somebody voted while it waited: only what is said about it changes
			e.Title, e.Poll.Options = t.Title, nil
		}
		ch, err := s.changeOf(ctx, tx, author, t, was, e)
		if err != nil || ch.same {
			return err
		}
		_, err = s.edit(ctx, tx, author, ch)
		return err
	})
}
