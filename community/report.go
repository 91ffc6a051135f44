package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

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

// Report tells those who moderate a space of a post in it. Anybody signed in may who can read the post; a second report
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
		sp, err := see(ctx, tx, actor, t)
		if err != nil {
			return err
		}
		if p.Hidden() || p.Deleted() {
			return account.ErrNotFound
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		return s.report(ctx, tx, actor, sp, p, n)
	})
}

func (s *Service) report(ctx context.Context, tx bun.Tx, actor account.Actor, sp account.Space, p Post, n NewReport) error {
	known, err := tx.NewSelect().Table("post_report").
		Where("post_id = ? and person_id = ? and decided_at is null", p.ID, actor.PersonID).Exists(ctx)
	if err != nil || known {
		return err
	}
	err = s.pace(ctx, tx, "select at from post_report where person_id = ? and at > ? order by at desc", actor.PersonID, reportLimits)
	if err != nil {
		return err
	}
	var id int64
	err = tx.NewRaw(`insert into post_report (post_id, person_id, reason, note, body, at) values (?, ?, ?, ?, ?, ?) returning id`,
		p.ID, actor.PersonID, n.Reason, n.Note, p.Body, s.now()).Scan(ctx, &id)
	if err != nil {
		return fmt.Errorf("insert report: %w", err)
	}
	return events.Publish(ctx, tx, events.PostReported{ReportID: id, PostID: p.ID, ThreadID: p.ThreadID, SpaceID: sp.ID,
		OfficeID: sp.OfficeID, By: actor.PersonID})
}

// DecideReports closes all open reports of a post: hide hides it, else it stays. It needs Moderate over the space, and
// returns account.ErrConflict when somebody decided before.
func (s *Service) DecideReports(ctx context.Context, actor account.Actor, postID int64, hide bool, reason string) error {
	var wrong account.Invalids
	reason = checkNote(&wrong, reason)
	return s.onPost(ctx, "decide the reports of", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		sp, err := account.FindSpace(ctx, tx, t.SpaceID) // a thread deleted since still has its reports
		if err != nil {
			return err
		}
		if err := moderates(actor, sp); err != nil {
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
			return account.ErrConflict
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
	return true, events.Publish(ctx, tx, events.ReportDecided{PostID: p.ID, ThreadID: t.ID, SpaceID: t.SpaceID, Hidden: hidden, By: actor.PersonID})
}

// Reported is a post with its reports, in the queue of those who moderate.
type Reported struct {
	Post
	Author   string // "" when the account is gone
	Title    string // of the thread
	Gone     bool   // the thread was deleted
	Space    account.Space
	Reports  []ReportLine
	Decision string // "hidden", "kept", or "" while it waits
	Decider  string
	At       time.Time // of the first report, or of the decision
}

// ReportLine is one person's report.
type ReportLine struct {
	PostID int64
	By     string // "" when the account is gone
	Reason string
	Note   string
	Body   string // of the post, as it was reported
	At     time.Time
}

// QueueSize is the number of posts that Queue returns at most.
const QueueSize = 50

// Queue lists the reported posts of the spaces the actor moderates: those that wait, the oldest first; or those decided,
// the latest first. It returns account.ErrForbidden to those who moderate nothing.
func (s *Service) Queue(ctx context.Context, actor account.Actor, decided bool) ([]Reported, error) {
	if !actor.CanSomewhere(account.Moderate) {
		return nil, account.ErrForbidden
	}
	spaces := map[int64]account.Space{}
	ids, err := spacesWhere(ctx, s.db, func(sp account.Space) bool {
		spaces[sp.ID] = sp
		return actor.Can(account.Moderate, sp.Scope())
	})
	if err != nil {
		return nil, err
	}
	state, at, order := "r.decided_at is null", "min(r.at)", "at"
	if decided {
		state, at, order = "r.decided_at is not null", "max(r.decided_at)", "at desc"
	}
	var rows []struct {
		Reported
		SpaceID int64
	}
	err = s.db.NewRaw(`select p.id, p.thread_id, coalesce(p.author_id, 0) as author_id, p.opening, p.body, p.created_at, p.edited_at,
			p.deleted_at, p.hidden_at, p.hidden_reason, coalesce(a.name, '') as author, t.title, t.deleted_at is not null as gone,
			t.space_id, r.at, coalesce(r.decision, '') as decision, coalesce(d.name, '') as decider
		from (select r.post_id, `+at+` as at, (array_agg(r.decision order by r.decided_at desc))[1] as decision,
				(array_agg(r.decided_by order by r.decided_at desc))[1] as decided_by
			from post_report r join post p on p.id = r.post_id join thread t on t.id = p.thread_id
			where `+state+` and t.space_id = any(?) group by r.post_id order by `+order+` limit ?) r
		join post p on p.id = r.post_id join thread t on t.id = p.thread_id
		left join person a on a.id = p.author_id left join person d on d.id = r.decided_by
		order by r.`+order+`, p.id`, pgdialect.Array(ids), QueueSize).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("moderation queue: %w", err)
	}
	list := make([]Reported, len(rows))
	for i, r := range rows {
		list[i] = r.Reported
		list[i].Space = spaces[r.SpaceID]
	}
	return list, s.addReports(ctx, list, state)
}

// Waiting counts the reported posts that wait in the spaces the actor moderates.
func (s *Service) Waiting(ctx context.Context, actor account.Actor) (int, error) {
	if !actor.CanSomewhere(account.Moderate) {
		return 0, nil
	}
	ids, err := spacesWhere(ctx, s.db, func(sp account.Space) bool { return actor.Can(account.Moderate, sp.Scope()) })
	if err != nil {
		return 0, err
	}
	var n int
	err = s.db.NewRaw(`select count(distinct r.post_id) from post_report r join post p on p.id = r.post_id join thread t on t.id = p.thread_id
		where r.decided_at is null and t.space_id = any(?)`, pgdialect.Array(ids)).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count the moderation queue: %w", err)
	}
	return n, nil
}

func (s *Service) addReports(ctx context.Context, list []Reported, state string) error {
	ids, at := make([]int64, len(list)), map[int64]int{}
	for i, p := range list {
		ids[i], at[p.ID] = p.ID, i
	}
	var lines []ReportLine
	err := s.db.NewRaw(`select r.post_id, coalesce(p.name, '') as by, r.reason, r.note, r.body, r.at from post_report r
		left join person p on p.id = r.person_id where r.post_id = any(?) and `+state+` order by r.at, r.id`, pgdialect.Array(ids)).Scan(ctx, &lines)
	if err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	for _, l := range lines {
		i := at[l.PostID]
		list[i].Reports = append(list[i].Reports, l)
	}
	return nil
}
