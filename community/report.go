package community

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Reasons are why a post may be reported.
var Reasons = []string{"spam", "insult", "off_topic", "private", "false", "other"}

// NewReport is what a person says of a post.
type NewReport struct {
	PostID int64
	Reason string // one of Reasons
	Note   string // in their words, or ""
}

// Report tells those who moderate a space, or the office of a circle, of a post in it. Anybody signed in may who can read the post; a second report
// of the same person changes nothing while the first is open. It returns a TooMany to those who report too much.
func (s *Service) Report(ctx context.Context, actor account.Actor, n NewReport) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	var wrong account.Invalids
	if n.Note = checkNote(&wrong, n.Note); !slices.Contains(Reasons, n.Reason) {
		wrong.Add("reason", "forum.error_reason")
	}
	return s.onPost(ctx, "report", n.PostID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		sp, err := s.see(ctx, tx, actor, t)
		if err != nil {
			return err
		}
		if p.Hidden() || p.Deleted() {
			return account.ErrNotFound
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		return s.report(ctx, tx, actor, t.under(sp), p, n)
	})
}

func (s *Service) report(ctx context.Context, tx bun.Tx, actor account.Actor, over account.Scope, p Post, n NewReport) error {
	known, err := tx.NewSelect().Table("post_report").
		Where("post_id = ? and person_id = ? and decided_at is null", p.ID, actor.PersonID).Exists(ctx)
	if err != nil || known {
		return err
	}
	err = s.pace(ctx, tx, "select at from post_report where person_id = any(?) and at > ? order by at desc", actor.Selves(), reportLimits)
	if err != nil {
		return err
	}
	var id int64
	err = tx.NewRaw(`insert into post_report (post_id, person_id, reason, note, body, at) values (?, ?, ?, ?, ?, ?) returning id`,
		p.ID, actor.PersonID, n.Reason, n.Note, p.Body, s.now()).Scan(ctx, &id)
	if err != nil {
		return fmt.Errorf("insert report: %w", err)
	}
	assigned, err := s.openCase(ctx, tx, over, p)
	if err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.PostReported{ReportID: id, PostID: p.ID, ThreadID: p.ThreadID, SpaceID: over.SpaceID,
		OfficeID: over.OfficeID, AssignedTo: assigned, By: actor.PersonID})
}

// DecideReports closes all open reports of a post: hide hides it, else it stays. It needs Moderate over the space or, in a space
// of no office, over the office of its author's governorate. It returns a Decided, an account.ErrConflict, when somebody did
// before.
func (s *Service) DecideReports(ctx context.Context, actor account.Actor, postID int64, hide bool, reason string) error {
	var wrong account.Invalids
	reason = checkNote(&wrong, reason)
	return s.onPost(ctx, "decide the reports of", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		if _, err := s.judged(ctx, tx, actor, t, p); err != nil { // a thread deleted since still has its reports
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		closed, err := s.closeReports(ctx, tx, actor, t, p, hide)
		if err != nil {
			return err
		}
		if !closed {
			return decidedBy(ctx, tx, p.ID)
		}
		if !hide || p.Hidden() {
			return nil
		}
		return s.hide(ctx, tx, actor, t, p, reason)
	})
}

// closeReports decides the open reports of a post, if there are any.
func (s *Service) closeReports(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, p Post, hidden bool) (bool, error) {
	decision := "kept"
	if hidden {
		decision = "hidden"
	}
	res, err := tx.ExecContext(ctx, `update post_report set decision = ?, decided_by = ?, decided_at = ?
		where post_id = ? and decided_at is null`, decision, actor.PersonID, s.now(), p.ID)
	if err != nil {
		return false, fmt.Errorf("close reports: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if err := s.closeCase(ctx, tx, p.ID); err != nil {
		return false, err
	}
	return true, events.Publish(ctx, tx, events.ReportDecided{PostID: p.ID, ThreadID: t.ID, SpaceID: t.saidIn(), Hidden: hidden, By: actor.PersonID})
}
