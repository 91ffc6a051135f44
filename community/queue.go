package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

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

// QueueSize is the number of posts on a page of the queue, and maxQueuePage the last page that can be asked for.
const (
	QueueSize    = 20
	maxQueuePage = 500
)

// QueueFilter says which reported posts.
type QueueFilter struct {
	Decided  bool   // else those that wait
	Decision string // of those decided: "hidden", "kept", or "" for both
	SpaceID  int64  // 0 for every space the actor moderates
	Page     int    // from 1
}

// Queue lists the reported posts of the spaces the actor moderates and tells whether there are more: those that wait, the
// oldest first; or those decided, the latest first. It returns account.ErrForbidden to those who moderate nothing, or not
// the space asked for.
func (s *Service) Queue(ctx context.Context, actor account.Actor, f QueueFilter) (list []Reported, more bool, err error) {
	spaces, ids, err := s.queueSpaces(ctx, actor, f.SpaceID)
	if err != nil {
		return nil, false, err
	}
	state, at, order := "r.decided_at is null", "min(r.at)", "at"
	if f.Decided {
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
			where `+state+` and t.space_id = any(?0) group by r.post_id
			having not ?1 or ?2 = '' or (array_agg(r.decision order by r.decided_at desc))[1] = ?2
			order by `+order+`, r.post_id limit ?3 offset ?4) r
		join post p on p.id = r.post_id join thread t on t.id = p.thread_id
		left join person a on a.id = p.author_id left join person d on d.id = r.decided_by
		order by r.`+order+`, p.id`, pgdialect.Array(ids), f.Decided, f.Decision, QueueSize+1, (min(max(f.Page, 1), maxQueuePage)-1)*QueueSize).Scan(ctx, &rows)
	if err != nil {
		return nil, false, fmt.Errorf("moderation queue: %w", err)
	}
	if more = len(rows) > QueueSize; more {
		rows = rows[:QueueSize]
	}
	list = make([]Reported, len(rows))
	for i, r := range rows {
		list[i] = r.Reported
		list[i].Space = spaces[r.SpaceID]
	}
	return list, more, s.addReports(ctx, list, state)
}

// queueSpaces are the spaces that the actor moderates, or the one asked for.
func (s *Service) queueSpaces(ctx context.Context, actor account.Actor, only int64) (map[int64]account.Space, []int64, error) {
	if !actor.CanSomewhere(account.Moderate) {
		return nil, nil, account.ErrForbidden
	}
	spaces := map[int64]account.Space{}
	ids, err := spacesWhere(ctx, s.db, func(sp account.Space) bool {
		mine := (only == 0 || only == sp.ID) && actor.Can(account.Moderate, sp.Scope())
		if mine {
			spaces[sp.ID] = sp
		}
		return mine
	})
	if err == nil && only != 0 && len(ids) == 0 {
		err = account.ErrForbidden
	}
	return spaces, ids, err
}

// Moderated lists the spaces that the actor moderates.
func (s *Service) Moderated(ctx context.Context, actor account.Actor) ([]account.Space, error) {
	var all []account.Space
	if err := s.db.NewSelect().Model(&all).Order("position", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("moderated spaces: %w", err)
	}
	return slices.DeleteFunc(all, func(sp account.Space) bool { return !actor.Can(account.Moderate, sp.Scope()) }), nil
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
