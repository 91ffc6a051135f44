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
	Author     string // "" when the account is gone
	Masked     bool   // that is a pseudonym
	Title      string // of the thread
	Gone       bool   // the thread was deleted
	Space      account.Space
	Reports    []ReportLine
	Decision   string // "hidden", "kept", or "" while it waits
	Decider    string
	At         time.Time // of the first report, or of the decision
	AssignedTo int64     // who looks after it while it waits, or 0
	Assignee   string
	Late       bool // it has waited for LateAfter
	Mine       bool // the actor may decide; else those who moderate its space do
	Measurable bool // account.Outranks holds between the actor and the author

	Files []Attachment // that come with the post now

	InCircle     bool  // said among the participants of a seminar: of no forum
	AuthorOffice int64 // that serves the author's governorate, or 0
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
	SpaceID  int64  // 0 for every space the actor moderates, the circles of their offices, and what the people of these wrote elsewhere
	Reason   string // that somebody gave, one of Reasons; "" for any
	Who      string // of those that wait: "mine", "nobody" for those nobody looks after, "late", or "" for all
	Page     int    // from 1
}

// Queue lists the reported posts in the spaces the actor moderates, in the circles of seminars that their offices run, and those of the people of their offices' governorates in
// other spaces that they may read, and tells whether there are more: those that wait, the oldest first; or those decided, the
// latest first. It returns account.ErrForbidden to those who moderate nothing, or not the space asked for.
func (s *Service) Queue(ctx context.Context, actor account.Actor, f QueueFilter) (list []Reported, more bool, err error) {
	spaces, scope, err := s.queueSpaces(ctx, actor, f.SpaceID)
	if err != nil {
		return nil, false, err
	}
	state, at, order := "r.decided_at is null", "min(r.at)", "at"
	if f.Decided {
		state, at, order = "r.decided_at is not null", "max(r.decided_at)", "at desc"
	}
	var rows []struct {
		Reported
		SpaceID, SeminarID, CircleOffice int64
		OpenedAt                         time.Time
	}
	err = s.db.NewRaw(`select p.id, p.thread_id, coalesce(p.author_id, 0) as author_id, p.opening, p.body, p.created_at, p.edited_at,
			p.deleted_at, p.hidden_at, p.hidden_reason, coalesce(a.name, '') as author, a.mask_of is not null as masked, t.title, t.deleted_at is not null as gone,
			t.space_id, r.at, coalesce(r.decision, '') as decision, coalesce(d.name, '') as decider,
			coalesce(t.seminar_id, 0) as seminar_id, coalesce(t.office_id, 0) as circle_office,
			coalesce(g.office_id, 0) as author_office, coalesce(c.assigned_to, 0) as assigned_to, coalesce(w.name, '') as assignee, c.opened_at
		from (select r.post_id, `+at+` as at, (array_agg(r.decision order by r.decided_at desc))[1] as decision,
				(array_agg(r.decided_by order by r.decided_at desc))[1] as decided_by
			from post_report r join post p on p.id = r.post_id join thread t on t.id = p.thread_id
			left join person a on a.id = p.author_id left join governorate g on g.code = a.governorate
			left join moderation_case c on c.post_id = p.id and c.closed_at is null
			where `+state+` and (t.seminar_id is null and (t.space_id = any(?0) or t.space_id = any(?5) and g.office_id = any(?6))
					or t.seminar_id is not null and (?11 or t.office_id = any(?12)))
				and (?1 or ?7 = '' or ?7 = 'mine' and c.assigned_to = ?8 or ?7 = 'nobody' and c.assigned_to is null or ?7 = 'late' and c.opened_at <= ?9)
			group by r.post_id
			having (not ?1 or ?2 = '' or (array_agg(r.decision order by r.decided_at desc))[1] = ?2) and (?10 = '' or bool_or(r.reason = ?10))
			order by `+order+`, r.post_id limit ?3 offset ?4) r
		join post p on p.id = r.post_id join thread t on t.id = p.thread_id
		left join person a on a.id = p.author_id left join governorate g on g.code = a.governorate
		left join person d on d.id = r.decided_by
		left join moderation_case c on c.post_id = p.id and c.closed_at is null left join person w on w.id = c.assigned_to
		order by r.`+order+`, p.id`, scope.array(), f.Decided, f.Decision, QueueSize+1, (min(max(f.Page, 1), maxQueuePage)-1)*QueueSize,
		pgdialect.Array(scope.around), pgdialect.Array(scope.offices), f.Who, actor.PersonID, s.now().Add(-LateAfter), f.Reason,
		scope.everyCircle, pgdialect.Array(scope.circles)).Scan(ctx, &rows)
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
		list[i].InCircle = r.SeminarID != 0
		list[i].Mine = mayJudge(actor, Thread{SeminarID: r.SeminarID, OfficeID: r.CircleOffice}, list[i].Space, r.AuthorOffice)
		list[i].Late = !r.OpenedAt.IsZero() && s.now().Sub(r.OpenedAt) >= LateAfter
	}
	if err := s.addMeasurable(ctx, actor, list); err != nil {
		return nil, false, err
	}
	if err := s.addQueuedFiles(ctx, list); err != nil {
		return nil, false, err
	}
	return list, more, s.addReports(ctx, list, state)
}

// addQueuedFiles adds what came with the posts.
func (s *Service) addQueuedFiles(ctx context.Context, list []Reported) error {
	ids := []int64{}
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	files, err := filesOf(ctx, s.db, ids)
	for i := range list {
		list[i].Files = files[list[i].ID]
	}
	return err
}

// scope is what somebody sees of the queue.
type scope struct {
	own      []int64 // spaces they moderate
	around   []int64 // others they may read, where they see what the people of their offices wrote
	national []int64 // of those, the ones of no office, where they decide on it
	offices  []int64 // they moderate

	circles     []int64 // offices in whose circles they decide
	everyCircle bool    // or in those of all
}

func (q scope) array() any { return pgdialect.Array(q.own) }

// queueSpaces are the spaces that an actor sees reports of, or the one asked for, which they must moderate.
func (s *Service) queueSpaces(ctx context.Context, actor account.Actor, only int64) (map[int64]account.Space, scope, error) {
	q := scope{own: []int64{}, around: []int64{}, national: []int64{}, offices: []int64{}}
	if !actor.CanSomewhere(account.Moderate) {
		return nil, q, account.ErrForbidden
	}
	var all []account.Space
	if err := s.db.NewSelect().Model(&all).Scan(ctx); err != nil {
		return nil, q, fmt.Errorf("spaces: %w", err)
	}
	every, offices := actor.Offices(account.Moderate)
	q.offices = append(q.offices, offices...)
	if q.circles = []int64{}; only == 0 {
		q.circles, q.everyCircle = q.offices, every
	}
	spaces := map[int64]account.Space{}
	for _, sp := range all {
		spaces[sp.ID] = sp
		switch {
		case only != 0 && only != sp.ID:
			continue
		case actor.Can(account.Moderate, sp.Scope()):
			q.own = append(q.own, sp.ID)
		case only == 0 && sp.ReadableBy(actor):
			if q.around = append(q.around, sp.ID); sp.OfficeID == 0 {
				q.national = append(q.national, sp.ID)
			}
		}
	}
	if only != 0 && len(q.own) == 0 {
		return nil, q, account.ErrForbidden
	}
	return spaces, q, nil
}

// Moderated lists the spaces that the actor moderates.
func (s *Service) Moderated(ctx context.Context, actor account.Actor) ([]account.Space, error) {
	var all []account.Space
	if err := s.db.NewSelect().Model(&all).Order("position", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("moderated spaces: %w", err)
	}
	return slices.DeleteFunc(all, func(sp account.Space) bool { return !actor.Can(account.Moderate, sp.Scope()) }), nil
}

// Waiting counts the reported posts on which the actor may decide.
func (s *Service) Waiting(ctx context.Context, actor account.Actor) (int, error) {
	if !actor.CanSomewhere(account.Moderate) {
		return 0, nil
	}
	_, scope, err := s.queueSpaces(ctx, actor, 0)
	if err != nil {
		return 0, err
	}
	var n int
	err = s.db.NewRaw(`select count(distinct r.post_id) from post_report r join post p on p.id = r.post_id join thread t on t.id = p.thread_id
		left join person a on a.id = p.author_id left join governorate g on g.code = a.governorate
		where r.decided_at is null and (t.seminar_id is null and (t.space_id = any(?0) or t.space_id = any(?1) and g.office_id = any(?2))
			or t.seminar_id is not null and (?3 or t.office_id = any(?4)))`,
		scope.array(), pgdialect.Array(scope.national), pgdialect.Array(scope.offices), scope.everyCircle, pgdialect.Array(scope.circles)).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count the moderation queue: %w", err)
	}
	return n, nil
}

// WaitingPosts lists, for a batch, the reported posts of a filter on which the actor may decide: MaxBatch at most.
func (s *Service) WaitingPosts(ctx context.Context, actor account.Actor, f QueueFilter) (ids []int64, err error) {
	for f.Page, f.Decided = 1, false; len(ids) < MaxBatch; f.Page++ {
		list, more, err := s.Queue(ctx, actor, f)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if r.Mine {
				ids = append(ids, r.ID)
			}
		}
		if !more {
			break
		}
	}
	return ids, nil
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
