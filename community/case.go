package community

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// LateAfter is how long a reported post waits before those who moderate it are reminded.
const LateAfter = 48 * time.Hour

// Decided is the account.ErrConflict of a moderator who comes second: what the first one decided.
type Decided struct {
	By   string // "" when the account is gone
	Hid  bool   // else the post stays
	When time.Time
}

// Error is for logs.
func (d Decided) Error() string { return fmt.Sprintf("decided by %q at %s", d.By, d.When) }

// Unwrap makes it an account.ErrConflict.
func (d Decided) Unwrap() error { return account.ErrConflict }

// decidedBy tells what was decided last of the reports of a post: a Decided, or account.ErrConflict when nobody reported it.
func decidedBy(ctx context.Context, db bun.IDB, postID int64) error {
	var last []Decided
	err := db.NewRaw(`select coalesce(p.name, '') as by, r.decision = 'hidden' as hid, r.decided_at as "when"
		from post_report r left join person p on p.id = r.decided_by
		where r.post_id = ? and r.decided_at is not null order by r.decided_at desc, r.id desc limit 1`, postID).Scan(ctx, &last)
	if err != nil {
		return fmt.Errorf("decision on post %d: %w", postID, err)
	}
	if len(last) == 0 {
		return account.ErrConflict
	}
	return last[0]
}

// judges refuses those who decide nothing of a post in a space: those who moderate the space do, and in a space of no office,
// for what the people of its governorates wrote, their office. authorOffice is the office of the author's governorate, or 0.
// In a circle, the office that runs its seminar decides alone.
func judges(actor account.Actor, t Thread, sp account.Space, authorOffice int64) error {
	if mayJudge(actor, t, sp, authorOffice) {
		return nil
	}
	return moderates(actor, t.under(sp))
}

func mayJudge(actor account.Actor, t Thread, sp account.Space, authorOffice int64) bool {
	if t.InCircle() {
		return actor.Can(account.Moderate, t.under(sp))
	}
	return actor.Can(account.Moderate, sp.Scope()) ||
		sp.OfficeID == 0 && authorOffice != 0 && sp.ReadableBy(actor) && actor.Can(account.Moderate, account.Scope{OfficeID: authorOffice})
}

// officeOf is the office that serves a person's governorate, or 0.
func officeOf(ctx context.Context, db bun.IDB, personID int64) (id int64, err error) {
	err = db.NewRaw(`select coalesce((select g.office_id from person p join governorate g on g.code = p.governorate where p.id = ?), 0)`,
		personID).Scan(ctx, &id)
	if err != nil {
		return 0, fmt.Errorf("office of person %d: %w", personID, err)
	}
	return id, nil
}

// openCase begins the waiting of a reported post, unless it waits already, and returns who looks after it: of those who
// moderate the place it is in, or else of its office's or the author's, the one with the fewest others. 0 is nobody in particular.
func (s *Service) openCase(ctx context.Context, tx bun.Tx, over account.Scope, p Post) (assigned int64, err error) {
	var open []int64
	err = tx.NewRaw(`select coalesce(assigned_to, 0) from moderation_case where post_id = ? and closed_at is null`, p.ID).Scan(ctx, &open)
	if err != nil {
		return 0, fmt.Errorf("case of post %d: %w", p.ID, err)
	}
	if len(open) > 0 {
		return open[0], nil
	}
	if assigned, err = s.leastBusy(ctx, tx, over, p); err != nil {
		return 0, err
	}
	now := s.now()
	_, err = tx.ExecContext(ctx, `insert into moderation_case (post_id, opened_at, assigned_to, assigned_at, remind_at)
		values (?0, ?1, nullif(?2, 0), case when ?2 <> 0 then ?1::timestamptz end, ?3)`, p.ID, now, assigned, now.Add(LateAfter))
	if err != nil {
		return 0, fmt.Errorf("case of post %d: %w", p.ID, err)
	}
	return assigned, nil
}

// leastBusy chooses who looks after a reported post: never its author, nor who reported it. Reports of the same moment wait
// for one another, so that they don't all go to the same person.
func (s *Service) leastBusy(ctx context.Context, tx bun.Tx, over account.Scope, p Post) (id int64, err error) {
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('community.assign', 0))`); err != nil {
		return 0, fmt.Errorf("lock the assignment: %w", err)
	}
	region, err := officeOf(ctx, tx, p.AuthorID)
	if err != nil {
		return 0, err
	}
	if over.OfficeID != 0 { // in the space of an office, its people decide
		region = over.OfficeID
	}
	var ids []int64
	err = tx.NewRaw(`select g.person_id from role_grant g
		left join (select assigned_to, count(*) as n, max(assigned_at) as last from moderation_case where closed_at is null group by assigned_to) c
			on c.assigned_to = g.person_id
		where g.revoked_at is null and (g.role = ?0 and g.space_id = ?1 or g.role = ?2 and g.office_id = ?3)
			and g.person_id <> ?4 and not exists (select from post_report r where r.post_id = ?5 and r.decided_at is null and r.person_id = g.person_id)
		order by g.role = ?0 desc, coalesce(c.n, 0), c.last nulls first, g.person_id limit 1`,
		account.SpaceModerator, over.SpaceID, account.OfficeModerator, region, p.AuthorID, p.ID).Scan(ctx, &ids)
	if err != nil {
		return 0, fmt.Errorf("who looks after post %d: %w", p.ID, err)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return ids[0], nil
}

// closeCase ends the waiting of a post.
func (s *Service) closeCase(ctx context.Context, tx bun.Tx, postID int64) error {
	_, err := tx.ExecContext(ctx, `update moderation_case set closed_at = ?, remind_at = null where post_id = ? and closed_at is null`, s.now(), postID)
	if err != nil {
		return fmt.Errorf("close the case of post %d: %w", postID, err)
	}
	return nil
}

// Assign has somebody look after a reported post, or nobody in particular when personID is 0. Both need the right to decide on
// it: account.ErrForbidden for the actor, an Invalid (field to) for the other. It returns a Decided when it no longer waits.
func (s *Service) Assign(ctx context.Context, actor account.Actor, postID, personID int64) error {
	return s.onPost(ctx, "assign", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		sp, err := s.judged(ctx, tx, actor, t, p)
		if err != nil {
			return err
		}
		var assigned []int64
		err = tx.NewRaw(`select coalesce(assigned_to, 0) from moderation_case where post_id = ? and closed_at is null for update`, p.ID).Scan(ctx, &assigned)
		switch {
		case err != nil:
			return err
		case len(assigned) == 0:
			return decidedBy(ctx, tx, p.ID)
		case assigned[0] == personID:
			return nil
		}
		if err := s.mayTake(ctx, tx, t, sp, p, personID); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update moderation_case set assigned_to = nullif(?0, 0), assigned_at = case when ?0 <> 0 then ?1::timestamptz end
			where post_id = ?2 and closed_at is null`, personID, s.now(), p.ID)
		if err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.CaseAssigned{PostID: p.ID, ThreadID: t.ID, SpaceID: t.saidIn(), OfficeID: t.under(sp).OfficeID, PersonID: personID, By: actor.PersonID})
	})
}

// judged returns the space of a post on which the actor may decide, even when its thread is gone.
func (s *Service) judged(ctx context.Context, db bun.IDB, actor account.Actor, t Thread, p Post) (account.Space, error) {
	sp, err := account.FindSpace(ctx, db, t.SpaceID)
	if err != nil {
		return sp, err
	}
	office, err := officeOf(ctx, db, p.AuthorID)
	if err != nil {
		return sp, err
	}
	return sp, judges(actor, t, sp, office)
}

// mayTake refuses to give a post to somebody who decides nothing there, or who wrote it.
func (s *Service) mayTake(ctx context.Context, tx bun.Tx, t Thread, sp account.Space, p Post, personID int64) error {
	if personID == 0 {
		return nil
	}
	wrong := account.Invalid{Field: "to", Key: "moderation.error_to"}
	to, err := account.New(tx, account.Options{}).ActorOf(ctx, personID)
	if errors.Is(err, account.ErrNotFound) || err == nil && personID == p.AuthorID {
		return wrong
	}
	if err != nil {
		return err
	}
	office, err := officeOf(ctx, tx, p.AuthorID)
	if err == nil && !mayJudge(to, t, sp, office) {
		err = wrong
	}
	return err
}

// Colleague is somebody who may look after reported posts.
type Colleague struct {
	ID   int64
	Name string
	Load int // posts they look after now
}

// Colleagues lists who holds a role to moderate a space the actor moderates, the least busy first.
func (s *Service) Colleagues(ctx context.Context, actor account.Actor) (map[int64][]Colleague, error) {
	_, scope, err := s.queueSpaces(ctx, actor, 0)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Colleague
		SpaceID int64
	}
	err = s.db.NewRaw(`select distinct sp.id as space_id, p.id, p.name, (select count(*) from moderation_case c where c.assigned_to = p.id and c.closed_at is null) as load
		from space sp join role_grant g on g.revoked_at is null
			and (g.role = ?0 and g.space_id = sp.id or g.role = ?1 and g.office_id = sp.office_id or g.role = ?2 and g.kind = 'platform')
		join person p on p.id = g.person_id where sp.id = any(?3) order by 4, p.name, p.id`,
		account.SpaceModerator, account.OfficeModerator, account.Administrator, scope.array()).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("colleagues: %w", err)
	}
	all := map[int64][]Colleague{}
	for _, r := range rows {
		all[r.SpaceID] = append(all[r.SpaceID], r.Colleague)
	}
	return all, nil
}
