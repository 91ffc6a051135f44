package community

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// PageSize is the number of threads on a page of a list, pinned ones aside.
const PageSize = 30

// manyUnread is where the counting of unread posts stops: "99 and more".
const manyUnread = 100

// Show says which threads of a space are listed.
type Show string

// What may be listed.
const (
	ShowAll        Show = ""
	ShowQuestions  Show = "questions"
	ShowUnanswered Show = "unanswered" // questions that nobody answered
	ShowUnread     Show = "unread"     // for a person: with posts they haven't seen

	ShowSolved        Show = "solved"        // questions with an accepted answer
	ShowAnnouncements Show = "announcements" // of those who moderate
	ShowExperiences   Show = "experiences"   // experience sheets
	ShowPolls         Show = "polls"         // what people are asked to choose among
	ShowArchived      Show = "archived"      // what moderators took out of all other lists
)

// Row is a thread in a list.
type Row struct {
	Thread
	Author string // "" when the account is gone
	LastBy string // who wrote the last post, or ""
	Unread int    // posts of others that the person hasn't seen, 100 at most
	Tags   []Tag  // in lists of a space
}

// Filter says which page of which threads.
type Filter struct {
	Show  Show
	After string // cursor of a List, "" for the first page
	Words string // that the title and the opening say, all of them; "" for any
	Year  int    // in which the thread was opened; 0 for any
	Tag   int64  // that the thread is marked with; 0 for any
}

// List is a page of threads.
type List struct {
	Space  account.Space
	Pinned []Row // on the first page
	Rows   []Row // the latest first
	Next   string
}

// Threads lists the threads of a space, those pinned first and then by their last post. It returns account.ErrForbidden
// or account.ErrNotFound for a space that the actor can't read.
func (s *Service) Threads(ctx context.Context, actor account.Actor, spaceID int64, f Filter) (List, error) {
	sp, err := readable(ctx, s.db, actor, spaceID)
	if err != nil {
		return List{}, fmt.Errorf("threads of space %d: %w", spaceID, err)
	}
	l := List{Space: sp}
	at, id, paged := readCursor(f.After)
	if !paged {
		l.Pinned, err = s.rows(ctx, actor, sp, f, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("t.pinned_at is not null").OrderExpr("t.pinned_at desc, t.id desc")
		})
		if err != nil {
			return l, err
		}
	}
	l.Rows, err = s.rows(ctx, actor, sp, f, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("t.pinned_at is null").OrderExpr("t.last_at desc, t.id desc").Limit(PageSize + 1)
		if paged {
			q = q.Where("(t.last_at, t.id) < (?, ?)", at, id)
		}
		return q
	})
	if err == nil && len(l.Rows) > PageSize {
		l.Rows = l.Rows[:PageSize]
		last := l.Rows[PageSize-1]
		l.Next = fmt.Sprintf("%d-%d", last.LastAt.UnixMicro(), last.ID)
	}
	return l, err
}

func readCursor(s string) (at time.Time, id int64, ok bool) {
	micro, rest, _ := strings.Cut(s, "-")
	m, err := strconv.ParseInt(micro, 10, 64)
	if err != nil || m < 0 || m > 1<<53 {
		return at, 0, false
	}
	id, err = strconv.ParseInt(rest, 10, 64)
	return time.UnixMicro(m), id, err == nil
}

// rows reads threads of one space as the actor sees them.
func (s *Service) rows(ctx context.Context, actor account.Actor, sp account.Space, f Filter, page func(*bun.SelectQuery) *bun.SelectQuery) ([]Row, error) {
	q := page(s.listed(actor).Where("t.space_id = ? and t.seminar_id is null", sp.ID))
	if !actor.Can(account.Moderate, sp.Scope()) {
		q = q.Where("not t.hidden or t.author_id = any(?)", pgdialect.Array(actor.Selves()))
	}
	q = f.narrow(q).Where("(t.archived_at is not null) = ?", f.Show == ShowArchived)
	switch f.Show {
	case ShowQuestions:
		q = q.Where("t.kind = ?", Question)
	case ShowUnanswered:
		q = q.Where("t.kind = ? and t.replies = 0", Question)
	case ShowSolved:
		q = q.Where("t.kind = ? and t.solved", Question)
	case ShowAnnouncements:
		q = q.Where("t.kind = ?", Announcement)
	case ShowPolls:
		q = q.Where("t.kind = ?", Voting)
	case ShowExperiences:
		q = q.Where("t.kind = ?", Experience)
	case ShowUnread:
		q = q.Where("t.last_post_id > coalesce(r.post_id, 0) and u.unread > 0")
	}
	var rows []Row
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("threads of space %d: %w", sp.ID, err)
	}
	return rows, addTags(ctx, s.db, rows)
}

// listed begins a list of threads with what the actor hasn't read of each. What was written before a person entered the
// space is old to them, unless they opened the thread.
func (s *Service) listed(actor account.Actor) *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("thread t").
		ColumnExpr(`t.id, t.space_id, t.kind, t.title, coalesce(t.author_id, 0) as author_id, t.created_at, t.pinned_at, t.locked_at, t.archived_at,
			t.hidden, t.solved, t.replies, t.last_at, coalesce(t.seminar_id, 0) as seminar_id, coalesce(t.office_id, 0) as office_id,
			coalesce(t.titles, '{}') as titles, coalesce(a.name, '') as author, coalesce(b.name, '') as last_by, u.unread`).
		Join("left join person a on a.id = t.author_id").
		Join("left join post l on l.id = t.last_post_id").
		Join("left join person b on b.id = l.author_id").
		Join("left join thread_read r on r.thread_id = t.id and r.person_id = ?", actor.PersonID).
		Join("left join space_member m on m.space_id = t.space_id and m.person_id = ?", actor.PersonID).
		Join(`cross join lateral (select count(*) as unread from (select from post p where p.thread_id = t.id
			and p.hidden_at is null and p.deleted_at is null and p.id > coalesce(r.post_id, 0)
			and (r.post_id is not null or p.created_at > m.since or t.seminar_id is not null) and not (p.opening and t.seminar_id is not null)
			and coalesce(p.author_id, 0) <> all(?) limit ?) x) u`,
			pgdialect.Array(actor.Selves()), manyUnread).
		Where("t.deleted_at is null")
}

// News is a thread with something new in it, and its space.
type News struct {
	Row
	Space account.Space
}

// fresh are the ?2 latest threads with posts that person ?0, who writes as ?4, hasn't seen, in spaces ?1 and the circles of seminars ?3. Each space is read from its end and
// only until there are enough; counting what is unread in all of them would cost more with every thread.
const fresh = `with mine as (select space_id, since from space_member where person_id = ?0 and space_id = any(?1))
	select id, last_at from (
		select n.* from mine m cross join lateral (
			select t.id, t.last_at from thread t left join thread_read r on r.thread_id = t.id and r.person_id = ?0
			where t.space_id = m.space_id and t.seminar_id is null and t.deleted_at is null and not t.hidden and t.archived_at is null
				and (r.post_id is not null or t.last_at > m.since) and t.last_post_id > coalesce(r.post_id, 0)
				and exists (select from post p where p.thread_id = t.id and p.hidden_at is null and p.deleted_at is null
					and p.id > coalesce(r.post_id, 0) and (r.post_id is not null or p.created_at > m.since)
					and coalesce(p.author_id, 0) <> all(?4))
			order by t.last_at desc, t.id desc limit ?2) n
		union all
		select t.id, t.last_at from thread_read r join thread t on t.id = r.thread_id
		where r.person_id = ?0 and t.space_id = any(?1) and t.space_id not in (select space_id from mine) and t.seminar_id is null
			and t.deleted_at is null and not t.hidden and t.archived_at is null and t.last_post_id > r.post_id
			and exists (select from post p where p.thread_id = t.id and p.hidden_at is null and p.deleted_at is null
				and p.id > r.post_id and coalesce(p.author_id, 0) <> all(?4))
		union all
		select t.id, t.last_at from thread t left join thread_read r on r.thread_id = t.id and r.person_id = ?0
		where t.seminar_id = any(?3) and t.deleted_at is null and not t.hidden and t.archived_at is null
			and exists (select from post p where p.thread_id = t.id and p.hidden_at is null and p.deleted_at is null and not p.opening
				and p.id > coalesce(r.post_id, 0) and coalesce(p.author_id, 0) <> all(?4))) x
	order by last_at desc, id desc limit ?2`

// New lists the threads with posts that the actor hasn't seen, the latest first: in the spaces they are a member of, and
// those they opened elsewhere, and their circles.
func (s *Service) New(ctx context.Context, actor account.Actor, most int) ([]News, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	spaces := map[int64]account.Space{}
	ids, err := spacesWhere(ctx, s.db, func(sp account.Space) bool {
		spaces[sp.ID] = sp
		return sp.ReadableBy(actor)
	})
	if err != nil {
		return nil, err
	}
	circles, err := s.circles(ctx, actor)
	if err != nil {
		return nil, err
	}
	var rows []Row
	err = s.listed(actor).With("fresh", s.db.NewRaw(fresh, actor.PersonID, pgdialect.Array(ids), most, pgdialect.Array(circles),
		pgdialect.Array(actor.Selves()))).
		Where("t.id in (select id from fresh)").OrderExpr("t.last_at desc, t.id desc").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("new threads: %w", err)
	}
	news := make([]News, len(rows))
	for i, r := range rows {
		r.Title = r.In(actor.Language)
		news[i] = News{Row: r, Space: spaces[r.SpaceID]}
	}
	return news, nil
}
