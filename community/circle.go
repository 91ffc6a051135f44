package community

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Circles is what community must know of seminars, whose participants each have a thread of their own, a circle. Without it
// nobody is in any, and none is opened.
type Circles struct {
	// Find reads what a circle shows of its seminar; it is false for one that was never published.
	Find func(ctx context.Context, db bun.IDB, seminarID int64) (Circle, bool, error)
	// Has tells whether a person is in the circle of a seminar at this moment.
	Has func(ctx context.Context, db bun.IDB, actor account.Actor, seminarID int64) (bool, error)
	// Of lists the seminars in whose circles a person is themselves, not by an office's role.
	Of func(ctx context.Context, db bun.IDB, personID int64) ([]int64, error)
	// People lists who is told of what is said in a circle.
	People func(ctx context.Context, db bun.IDB, seminarID int64) ([]int64, error)
}

// Circle is what a circle shows of its seminar, as it is now.
type Circle struct {
	SeminarID int64
	OfficeID  int64 // runs the seminar, and moderates what is said
	SpaceID   int64
	Title     events.Text
}

// InCircle tells whether the thread is for the participants of a seminar alone.
func (t Thread) InCircle() bool { return t.SeminarID != 0 }

// saidIn is the space in which what is said in a thread counts: none for a circle.
func (t Thread) saidIn() int64 {
	if t.InCircle() {
		return 0
	}
	return t.SpaceID
}

// under is whose people moderate a thread: those of its space or, of a circle, of the office that runs its seminar.
func (t Thread) under(sp account.Space) account.Scope {
	if t.InCircle() {
		return account.Scope{OfficeID: t.OfficeID}
	}
	return sp.Scope()
}

// In is the title in a language, as far as it has one.
func (t Thread) In(lang string) string {
	if title, _ := t.Titles.In(lang); title != "" {
		return title
	}
	return t.Title
}

// enters refuses those who aren't in the circle of a thread, as if there were none. It doesn't ask about its space, which
// may be closed to somebody who holds a seat.
func (s *Service) enters(ctx context.Context, db bun.IDB, actor account.Actor, t Thread) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	if s.Circles.Has == nil {
		return account.ErrNotFound
	}
	in, err := s.Circles.Has(ctx, db, actor, t.SeminarID)
	if err == nil && !in {
		err = account.ErrNotFound
	}
	return err
}

// Consumers returns the consumer that opens the circle of a seminar once it is published, and keeps its title. It works from
// what the seminar is at that time, so that events may come twice and in any order.
func (s *Service) Consumers() []events.Consumer {
	return []events.Consumer{{
		Name:  "community_circles",
		Types: []string{events.SeminarChanged{}.EventType()},
		Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
			p, err := events.Decode[events.SeminarChanged](e)
			if err != nil {
				return err
			}
			_, err = s.openCircle(ctx, tx, p.SeminarID)
			return err
		},
		Reset: func(context.Context, bun.Tx) error { return nil }, // what was said stays; the rest is worked out anew
	}}
}

// CircleOf returns the circle of a seminar for somebody who is in it, else account.ErrNotFound. One that isn't open yet, because
// the bus is late, is opened.
func (s *Service) CircleOf(ctx context.Context, actor account.Actor, seminarID int64) (t Thread, err error) {
	if err = s.enters(ctx, s.db, actor, Thread{SeminarID: seminarID}); err != nil {
		return t, fmt.Errorf("circle of seminar %d: %w", seminarID, err)
	}
	err = s.inTx(ctx, "open a circle", func(ctx context.Context, tx bun.Tx) error {
		t, err = s.openCircle(ctx, tx, seminarID)
		return err
	})
	return t, err
}

// openCircle makes the circle of a seminar as it should be, and returns it: account.ErrNotFound when there is no reason for one.
func (s *Service) openCircle(ctx context.Context, tx bun.Tx, seminarID int64) (Thread, error) {
	if s.Circles.Find == nil {
		return Thread{}, nil
	}
	// Two who come at once take turns, and both read the seminar after that.
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('community circle', ?))`, seminarID); err != nil {
		return Thread{}, err
	}
	c, found, err := s.Circles.Find(ctx, tx, seminarID)
	if err != nil || !found {
		return Thread{}, err
	}
	var known []Thread
	err = tx.NewRaw(`select `+threadColumns+answerColumns+` from thread where seminar_id = ? for no key update`, seminarID).Scan(ctx, &known)
	if err != nil {
		return Thread{}, fmt.Errorf("circle of seminar %d: %w", seminarID, err)
	}
	if len(known) == 0 {
		return s.startCircle(ctx, tx, c)
	}
	return known[0], s.renameCircle(ctx, tx, known[0], c)
}

// startCircle opens a circle. Its opening has no author and no words: pages say in their reader's language what a circle is.
func (s *Service) startCircle(ctx context.Context, tx bun.Tx, c Circle) (Thread, error) {
	t := Thread{SpaceID: c.SpaceID, Kind: Discussion, Title: c.title(), CreatedAt: s.now(), LastAt: s.now(), SeminarID: c.SeminarID,
		OfficeID: c.OfficeID, Titles: c.Title}
	err := tx.NewRaw(`insert into thread (space_id, kind, title, created_at, last_at, seminar_id, office_id, titles)
		values (?, ?, ?, ?, ?, ?, ?, ?) returning id`, t.SpaceID, t.Kind, t.Title, t.CreatedAt, t.LastAt, t.SeminarID, t.OfficeID, t.Titles).Scan(ctx, &t.ID)
	if err == nil {
		_, err = tx.ExecContext(ctx, `insert into post (thread_id, opening, body, created_at) values (?, true, '', ?)`, t.ID, t.CreatedAt)
	}
	if err != nil {
		return t, fmt.Errorf("circle of seminar %d: %w", c.SeminarID, err)
	}
	if err := recount(ctx, tx, t.ID); err != nil {
		return t, err
	}
	return t, events.Publish(ctx, tx, events.CircleChanged{ThreadID: t.ID, SeminarID: c.SeminarID, OfficeID: c.OfficeID, Title: c.Title})
}

func (s *Service) renameCircle(ctx context.Context, tx bun.Tx, t Thread, c Circle) error {
	result, err := tx.NewRaw(`update thread set title = ?, titles = ?, office_id = ?, space_id = ?
		where id = ? and (titles, office_id, space_id) is distinct from (?::jsonb, ?::bigint, ?::bigint)`,
		c.title(), c.Title, c.OfficeID, c.SpaceID, t.ID, c.Title, c.OfficeID, c.SpaceID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("circle of seminar %d: %w", c.SeminarID, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return events.Publish(ctx, tx, events.CircleChanged{ThreadID: t.ID, SeminarID: c.SeminarID, OfficeID: c.OfficeID, Title: c.Title})
}

// title is one of the seminar's titles, within what a thread's may be.
func (c Circle) title() string {
	title := []rune(c.Title.String())
	if len(title) > MaxTitle {
		title = append(title[:MaxTitle-1], '…')
	}
	return string(title)
}

// circles are the seminars in whose circles the actor is, for a query.
func (s *Service) circles(ctx context.Context, actor account.Actor) ([]int64, error) {
	if !actor.SignedIn() || s.Circles.Of == nil {
		return []int64{}, nil
	}
	ids, err := s.Circles.Of(ctx, s.db, actor.PersonID)
	if err != nil {
		return nil, fmt.Errorf("circles of person %d: %w", actor.PersonID, err)
	}
	return append([]int64{}, ids...), nil
}

// audience is who is told of a post in a circle, but for who wrote it.
func (s *Service) audience(ctx context.Context, tx bun.Tx, t Thread) ([]int64, error) {
	if !t.InCircle() || s.Circles.People == nil {
		return nil, nil
	}
	people, err := s.Circles.People(ctx, tx, t.SeminarID)
	if err != nil {
		return nil, fmt.Errorf("circle of seminar %d: %w", t.SeminarID, err)
	}
	return people, nil
}
