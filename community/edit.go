package community

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Edit is what an author changes in a post. Title is of the thread, for the post that opens it; Sheet stands for the body of
// the post that opens an Experience.
type Edit struct {
	Title    string
	Body     string
	Sheet    Sheet
	Poll     NewPoll    // stands for the body of what asks; without options its text alone is changed
	Attached []Attached // all that goes with it from now on
	Draft    Drafted    `json:"-"`          // that it was written in
	Trapped  bool       `json:",omitempty"` // it fills in what people don't see
}

// words are the new body of a post. asked is what it asks, or nil.
func (e *Edit) words(wrong *account.Invalids, t Thread, p Post, asked *Poll, now time.Time) string {
	if asked != nil {
		e.Sheet, e.Poll = Sheet{}, asked.edited(wrong, e.Poll, now)
		return e.Poll.body()
	}
	if t.Kind != Experience || !p.Opening {
		e.Sheet = Sheet{}
		return checkBody(wrong, e.Body, e.Attached...)
	}
	e.Sheet.check(wrong)
	return e.Sheet.body()
}

// EditPost changes the actor's own post, or has the change wait for a moderator: then Held of the post is set. It returns
// ErrLocked in a locked thread and ErrHidden for a hidden post.
func (s *Service) EditPost(ctx context.Context, actor account.Actor, postID int64, e Edit) (Post, error) {
	var p Post
	err := s.onPost(ctx, "edit", postID, func(ctx context.Context, tx bun.Tx, t Thread, was Post) error {
		p, actor = was, actor.Speaking(was.AuthorID)
		switch err := s.own(ctx, tx, actor, t, p); {
		case err != nil:
			return err
		case p.Hidden():
			return ErrHidden
		case t.Locked():
			return ErrLocked
		}
		sp, err := s.mayEdit(ctx, tx, actor, t)
		if err != nil {
			return err
		}
		ch, err := s.changeOf(ctx, tx, actor, t, was, e)
		if p = ch.now; err != nil || ch.same {
			return err
		}
		if err := endDraft(ctx, tx, actor, DraftPlace{DraftEdit, p.ID}, e.Draft); err != nil {
			return err
		}
		why, err := s.weigh(ctx, tx, actor, sp, draft{text: ch.title + "\n" + p.Body, before: t.Title + "\n" + was.Body, edit: true, trapped: e.Trapped, among: t.InCircle()})
		if err != nil {
			return err
		}
		if len(why) > 0 {
			p.Held, err = s.holdEdit(ctx, tx, actor, t, p, ch.title, e, why)
			return err
		}
		p, err = s.edit(ctx, tx, actor, ch)
		return err
	})
	return p, err
}

// change is what an edit makes of a post.
type change struct {
	thread   Thread
	was, now Post
	title    string // of the thread
	sheet    Sheet
	asked    *Poll   // what it asks, or nil
	poll     NewPoll // what it asks now
	attached []Attached
	same     bool // it changes nothing
}

// changeOf says what an edit makes of a post, or what is wrong with it.
func (s *Service) changeOf(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, was Post, e Edit) (change, error) {
	var wrong account.Invalids
	c := change{thread: t, was: was, now: was, title: t.Title, attached: e.Attached}
	var err error
	if c.asked, err = s.findPoll(ctx, tx, was.ID); err != nil {
		return c, err
	}
	c.now.Body = e.words(&wrong, t, was, c.asked, s.now())
	checkAttached(&wrong, e.Attached)
	if was.Opening {
		c.title = checkTitle(&wrong, t.Kind, e.Title)
	}
	if c.asked != nil && c.asked.Voters > 0 && c.title != t.Title {
		wrong.Add("title", "poll.error_voted")
	}
	known, err := sheets(ctx, tx, actor, t.ID)
	if err != nil {
		return c, err
	}
	files, err := filesOf(ctx, tx, []int64{was.ID})
	if err != nil {
		return c, err
	}
	c.sheet, c.poll = e.Sheet, e.Poll
	c.same = (c.asked == nil || c.poll.asks(c.asked.rules())) && c.now.Body == was.Body && c.title == t.Title && (!was.Opening || e.Sheet == known[t.ID]) &&
		slices.EqualFunc(files[was.ID], e.Attached, func(a Attachment, w Attached) bool { return a.ID == w.ID && a.Alt == w.Alt })
	return c, wrong.Err()
}

// edit writes a change. The caller holds the lock of its thread.
func (s *Service) edit(ctx context.Context, tx bun.Tx, actor account.Actor, c change) (Post, error) {
	t, p := c.thread, c.now
	if err := s.place(ctx, tx, actor, p.ID, c.attached); err != nil {
		return p, err
	}
	if err := keepVersion(ctx, tx, t, c.was); err != nil {
		return p, err
	}
	if p.Opening && t.Kind == Experience {
		if err := saveSheet(ctx, tx, t.ID, c.sheet); err != nil {
			return p, err
		}
	}
	if c.asked != nil {
		question := c.asked.Question
		if p.Opening {
			question = c.title
		}
		if err := editPoll(ctx, tx, *c.asked, question, c.poll); err != nil {
			return p, err
		}
	}
	p.EditedAt = s.now()
	if _, err := tx.ExecContext(ctx, `update post set body = ?, edited_at = ? where id = ?`, p.Body, p.EditedAt, p.ID); err != nil {
		return p, err
	}
	if _, err := tx.ExecContext(ctx, `update thread set title = ? where id = ?`, c.title, t.ID); err != nil {
		return p, err
	}
	said := events.ContributionEdited{PostID: p.ID, ThreadID: t.ID, SpaceID: t.saidIn(), PersonID: actor.PersonID}
	if err := nameAnew(ctx, tx, actor, c, &said); err != nil {
		return p, err
	}
	return p, events.Publish(ctx, tx, said)
}

// mayEdit refuses those whom a measure keeps from writing where a thread is.
func (s *Service) mayEdit(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread) (account.Space, error) {
	sp, err := account.FindSpace(ctx, tx, t.SpaceID)
	if err != nil {
		return sp, err
	}
	return sp, s.mayWrite(ctx, tx, actor, sp)
}
