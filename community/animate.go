package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// What an animator's desk shows of each kind, and when.
const (
	DeskSize    = 8                   // lines of a kind
	silentFor   = 48 * time.Hour      // after which a newcomer who wrote nothing is silent
	newcomerFor = 90 * 24 * time.Hour // during which a member is a newcomer
	coolAfter   = 7 * 24 * time.Hour  // without a post, a thread cools
	coldAfter   = 45 * 24 * time.Hour // and then is over
	livelyPosts = 2                   // replies of a thread that is worth stirring
	momentWidth = 15                  // seconds of a film that are one passage
)

// Desk is what needs those who moderate a space, each kind with what it has in all.
type Desk struct {
	Space      account.Space
	Unanswered []Row // questions nobody answered, the oldest first
	Questions  int   // as those
	Silent     []Silent
	Newcomers  int   // as those
	Cooling    []Row // that people talked in until lately, the latest first
	Passages   []Passage
}

// Silent is a member who joined lately and wrote nothing.
type Silent struct {
	PersonID int64
	Name     string
	Since    time.Time
}

// Passage is some seconds of a lesson's film that people ask about.
type Passage struct {
	LessonID int64
	Second   int // the first that somebody asked about
	Threads  int
	Open     int   // questions among them that nobody answered
	ThreadID int64 // the first of those, or of all
}

// Desk returns what needs those who moderate a space. It needs Moderate over it.
func (s *Service) Desk(ctx context.Context, actor account.Actor, spaceID int64) (d Desk, err error) {
	if d.Space, err = readable(ctx, s.db, actor, spaceID); err == nil {
		err = moderates(actor, d.Space.Scope())
	}
	if err != nil {
		return d, fmt.Errorf("desk of space %d: %w", spaceID, err)
	}
	now := s.now()
	err = s.listed(actor).Where("t.space_id = ? and t.kind = ? and t.replies = 0 and not t.hidden and t.archived_at is null", spaceID, Question).
		OrderExpr("t.created_at, t.id").Limit(DeskSize).Scan(ctx, &d.Unanswered)
	if err != nil {
		return d, fmt.Errorf("unanswered questions: %w", err)
	}
	err = s.listed(actor).Where("t.space_id = ? and t.seminar_id is null and not t.hidden and t.archived_at is null and t.locked_at is null and not t.solved and t.replies >= ?",
		spaceID, livelyPosts).Where("t.last_at between ? and ?", now.Add(-coldAfter), now.Add(-coolAfter)).
		OrderExpr("t.last_at desc, t.id desc").Limit(DeskSize).Scan(ctx, &d.Cooling)
	if err != nil {
		return d, fmt.Errorf("cooling threads: %w", err)
	}
	if d.Silent, err = s.silent(ctx, spaceID); err != nil {
		return d, err
	}
	err = s.db.NewRaw(`select
		(select count(*) from thread where space_id = ?0 and kind = 'question' and replies = 0 and deleted_at is null and not hidden and archived_at is null),
		(select count(*) from space_member m where `+isSilent+`)`, spaceID, now.Add(-newcomerFor), now.Add(-silentFor)).Scan(ctx, &d.Questions, &d.Newcomers)
	if err != nil {
		return d, fmt.Errorf("count for a desk: %w", err)
	}
	d.Passages, err = s.passages(ctx, spaceID)
	return d, err
}

// isSilent narrows members m to those of space ?0 who joined between ?1 and ?2, wrote nothing there, weren't welcomed and don't
// moderate it.
const isSilent = `m.space_id = ?0 and m.since between ?1 and ?2
	and not exists (select from post p join thread t on t.id = p.thread_id where p.author_id = m.person_id and coalesce(p.written_in, t.space_id) = ?0 and t.seminar_id is null)
	and not exists (select from welcome w where w.space_id = m.space_id and w.person_id = m.person_id)
	and not exists (select from role_grant g where g.person_id = m.person_id and g.space_id = ?0 and g.revoked_at is null)`

func (s *Service) silent(ctx context.Context, spaceID int64) (list []Silent, err error) {
	now := s.now()
	err = s.db.NewRaw(`select m.person_id, a.name, m.since from space_member m join person a on a.id = m.person_id where `+isSilent+`
		and a.email_confirmed_at is not null order by m.since desc, m.person_id limit ?3`, spaceID, now.Add(-newcomerFor), now.Add(-silentFor), DeskSize).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("silent newcomers: %w", err)
	}
	return list, nil
}

func (s *Service) passages(ctx context.Context, spaceID int64) (list []Passage, err error) {
	err = s.db.NewRaw(`select lesson_id, min(second) as second, count(*) as threads, count(*) filter (where kind = 'question' and replies = 0) as open,
			coalesce(min(id) filter (where kind = 'question' and replies = 0), min(id)) as thread_id
		from thread where space_id = ? and lesson_id is not null and deleted_at is null and not hidden and archived_at is null
		group by lesson_id, second / ? order by open desc, threads desc, lesson_id, second limit ?`, spaceID, momentWidth, DeskSize).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("passages of films: %w", err)
	}
	return list, nil
}

// Welcome tells a newcomer that they are welcome in a space, in the name of the actor, who needs Moderate over it. Doing it
// twice, or two doing it at once, is doing it once. It returns account.ErrNotFound for somebody who isn't a member.
func (s *Service) Welcome(ctx context.Context, actor account.Actor, spaceID, personID int64) error {
	return s.inTx(ctx, "welcome", func(ctx context.Context, tx bun.Tx) error {
		sp, err := readable(ctx, tx, actor, spaceID)
		if err == nil {
			err = moderates(actor, sp.Scope())
		}
		if err != nil {
			return err
		}
		member, err := tx.NewSelect().Table("space_member").Where("space_id = ? and person_id = ?", spaceID, personID).Exists(ctx)
		if err != nil {
			return err
		}
		if !member {
			return account.ErrNotFound
		}
		res, err := tx.ExecContext(ctx, `insert into welcome (space_id, person_id, by_id, at) values (?, ?, ?, ?) on conflict do nothing`,
			spaceID, personID, actor.PersonID, s.now())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return events.Publish(ctx, tx, events.NewcomerWelcomed{SpaceID: spaceID, PersonID: personID, By: actor.PersonID})
	})
}

// Answerers are the people whose answers were accepted, in spaces of an axis that the actor may read, with how many were: those
// with most first. None for no axis.
func (s *Service) Answerers(ctx context.Context, actor account.Actor, axis string) (map[int64]int, error) {
	ids, err := spacesWhere(ctx, s.db, func(sp account.Space) bool { return axis != "" && sp.Axis == axis && sp.ReadableBy(actor) })
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []struct {
		AuthorID int64
		N        int
	}
	err = s.db.NewRaw(`select p.author_id, count(*) as n from thread t join post p on p.id = t.accepted_id join person a on a.id = p.author_id and a.mask_of is null
		where t.space_id in (?) and t.solved and not t.hidden and p.author_id is not null group by p.author_id order by n desc, p.author_id limit 50`, bun.List(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("who answers in spaces of %s: %w", axis, err)
	}
	answers := map[int64]int{}
	for _, r := range rows {
		answers[r.AuthorID] = r.N
	}
	return answers, nil
}
