package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Post is what a person wrote in a thread.
type Post struct {
	ID           int64
	ThreadID     int64
	AuthorID     int64 // 0 when the account is gone
	Opening      bool  // it opens the thread
	ReplyTo      int64 // the post it answers, or 0
	Body         string
	CreatedAt    time.Time
	EditedAt     time.Time // zero when it never was
	DeletedAt    time.Time // zero while it isn't; a deleted post has no body
	HiddenAt     time.Time // zero while it isn't
	HiddenBy     int64
	HiddenReason string
	WrittenIn    int64  // the space it was written in, when that isn't its thread's any more
	WrittenAs    string // "thread" or "reply", when it became the other since
	Held         int64  // the Held that waits instead of it; 0 for what is written
}

// Hidden tells whether a moderator hid the post.
func (p Post) Hidden() bool { return !p.HiddenAt.IsZero() }

// Deleted tells whether its author deleted it.
func (p Post) Deleted() bool { return !p.DeletedAt.IsZero() }

// writtenIn is the space where a post of a thread counts.
func (p Post) writtenIn(t Thread) int64 {
	if p.WrittenIn != 0 {
		return p.WrittenIn
	}
	return t.saidIn()
}

// NewReply is what a person writes in a thread.
type NewReply struct {
	ThreadID int64
	Body     string // Markdown; "" for what its files say alone
	ReplyTo  int64  // the post it answers, or 0
	Nonce    string // a UUID drawn with the form; "" for none
	As       Naming `json:"-"`
	Attached []Attached
	Draft    Drafted `json:"-"`          // that it was written in
	Trapped  bool    `json:",omitempty"` // it fills in what people don't see

	late bool // it waited: its author hasn't read on since
}

// Reply writes a post in a thread that the actor may read, or has it wait for a moderator: then only Held is set. Sent twice
// with the same nonce it is written once, and the first is returned. It returns ErrLocked for a locked thread, ErrHidden for a hidden one, a TooMany to those who
// write too fast, and an account.Suspended to those whom a measure keeps from it.
func (s *Service) Reply(ctx context.Context, actor account.Actor, n NewReply) (Post, error) {
	if !actor.SignedIn() {
		return Post{}, account.ErrSignInRequired
	}
	var wrong account.Invalids
	n.Body = checkBody(&wrong, n.Body, n.Attached...)
	checkAttached(&wrong, n.Attached)
	var p Post
	err := s.inTx(ctx, "reply", func(ctx context.Context, tx bun.Tx) error {
		before, err := s.admit(ctx, tx, actor, n.Nonce)
		if err != nil || before.ID != 0 || before.Held != 0 {
			p = before
			return err
		}
		t, sp, err := s.mayReply(ctx, tx, actor, n.ThreadID)
		if err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		writer, err := s.named(ctx, tx, actor, sp, t, n.As)
		if err != nil {
			return err
		}
		if err := s.heedSlow(ctx, tx, writer, sp, t); err != nil {
			return err
		}
		for _, thread := range []int64{t.ID, n.ThreadID} { // where it goes, and where it was begun before a merging
			if err := endDraft(ctx, tx, actor, DraftPlace{DraftReply, thread}, n.Draft); err != nil {
				return err
			}
		}
		why, err := s.weigh(ctx, tx, writer, sp, draft{text: n.Body, trapped: n.Trapped, among: t.InCircle()})
		if err != nil {
			return err
		}
		if len(why) > 0 {
			h, err := s.hold(ctx, tx, writer, Held{SpaceID: sp.ID, ThreadID: t.ID, Kind: "reply", Title: t.Title, Body: n.Body, Why: why}, n.Nonce, sent{Reply: &n})
			p.Held = h.ID
			return err
		}
		p, err = s.reply(ctx, tx, writer, t, n)
		return err
	})
	return p, err
}

// mayReply locks the thread that has the posts of a thread, for somebody who may write in it.
func (s *Service) mayReply(ctx context.Context, tx bun.Tx, actor account.Actor, threadID int64) (Thread, account.Space, error) {
	t, err := lockHome(ctx, tx, threadID)
	if err != nil {
		return t, account.Space{}, err
	}
	sp, err := s.see(ctx, tx, actor, t)
	if err == nil {
		err = s.mayWrite(ctx, tx, actor, sp)
	}
	switch {
	case err != nil:
	case t.Hidden:
		err = ErrHidden
	case t.Locked():
		err = ErrLocked
	}
	return t, sp, err
}

// Sent tells whether the actor sent something with a nonce already: it is written, or waits.
func (s *Service) Sent(ctx context.Context, actor account.Actor, nonce string) (sent bool, err error) {
	err = s.db.NewRaw(`select exists (select from post where author_id = any(?0) and nonce = ?1) or
		exists (select from held_post where author_id = any(?0) and nonce = ?1)`, pgdialect.Array(actor.Selves()), nonceOf(nonce)).Scan(ctx, &sent)
	if err != nil {
		return false, fmt.Errorf("post of nonce %s: %w", nonce, err)
	}
	return sent, nil
}

func (s *Service) reply(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, n NewReply) (Post, error) {
	p := Post{ThreadID: t.ID, AuthorID: actor.PersonID, Body: n.Body, CreatedAt: s.now()}
	var answered struct{ ID, AuthorID int64 }
	if n.ReplyTo != 0 { // one that isn't in this thread, or can't be seen any more, is answered by none
		err := tx.NewRaw(`select id, coalesce(author_id, 0) as author_id from post where id = ? and thread_id = ?
			and hidden_at is null and deleted_at is null`, n.ReplyTo, t.ID).Scan(ctx, &answered)
		if err != nil && found(err) != account.ErrNotFound {
			return p, fmt.Errorf("post %d: %w", n.ReplyTo, err)
		}
		p.ReplyTo = answered.ID
	}
	if err := insertPost(ctx, tx, &p, n.Nonce); err != nil {
		return p, err
	}
	if err := s.place(ctx, tx, actor, p.ID, n.Attached); err != nil {
		return p, err
	}
	if err := recount(ctx, tx, t.ID); err != nil {
		return p, err
	}
	if !n.late {
		if err := s.markRead(ctx, tx, actor.Self(), t.ID, p.ID); err != nil {
			return p, err
		}
	}
	said := events.Contributed{PostID: p.ID, ThreadID: t.ID, SpaceID: t.saidIn(),
		PersonID: actor.PersonID, Kind: contribution(p), ThreadAuthorID: t.AuthorID, ReplyToID: answered.ID, ReplyToAuthor: answered.AuthorID}
	if err := nameMentions(ctx, tx, actor, p.Body, &said); err != nil {
		return p, err
	}
	var err error
	if said.Audience, err = s.audience(ctx, tx, t); err != nil {
		return p, err
	}
	return p, events.Publish(ctx, tx, said)
}

func insertPost(ctx context.Context, tx bun.Tx, p *Post, nonce string) error {
	err := tx.NewRaw(`insert into post (thread_id, author_id, opening, reply_to, body, nonce, created_at)
		values (?, ?, ?, nullif(?, 0), ?, ?, ?) returning id`,
		p.ThreadID, p.AuthorID, p.Opening, p.ReplyTo, p.Body, nonceOf(nonce), p.CreatedAt).Scan(ctx, &p.ID)
	if err != nil {
		return fmt.Errorf("insert post: %w", err)
	}
	return nil
}

// DeletePost deletes the actor's own post: its text is gone for ever and a trace stays. A thread whose opening is deleted
// goes with it unless somebody answered. Doing it twice is doing it once.
func (s *Service) DeletePost(ctx context.Context, actor account.Actor, postID int64) (Thread, error) {
	var t Thread
	err := s.onPost(ctx, "delete", postID, func(ctx context.Context, tx bun.Tx, of Thread, p Post) error {
		t, actor = of, actor.Speaking(p.AuthorID)
		if err := s.own(ctx, tx, actor, t, p); err != nil {
			if p.AuthorID == actor.PersonID && actor.SignedIn() && p.Deleted() {
				return nil
			}
			return err
		}
		err := s.delete(ctx, tx, actor, t, p)
		if err != nil {
			return err
		}
		t, err = findThread(ctx, tx, t.ID)
		return err
	})
	return t, err
}

// delete deletes a post for its author. The caller holds the lock of its thread.
func (s *Service) delete(ctx context.Context, tx bun.Tx, author account.Actor, t Thread, p Post) error {
	if _, err := tx.ExecContext(ctx, `update post set body = '', deleted_at = ? where id = ?`, s.now(), p.ID); err != nil {
		return err
	}
	if err := dropSheet(ctx, tx, p); err != nil {
		return err
	}
	if err := dropPoll(ctx, tx, p.ID); err != nil {
		return err
	}
	if err := dropVersions(ctx, tx, p.ID); err != nil {
		return err
	}
	if err := s.place(ctx, tx, author, p.ID, nil); err != nil {
		return err
	}
	if err := recount(ctx, tx, t.ID); err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.ContributionDeleted{PostID: p.ID, ThreadID: t.ID, SpaceID: p.writtenIn(t),
		PersonID: author.PersonID, Kind: contribution(p)})
}

// own refuses a post that isn't the actor's, that they can't read any more, or that is gone.
func (s *Service) own(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, p Post) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	if _, err := s.see(ctx, tx, actor, t); err != nil {
		return err
	}
	switch {
	case p.AuthorID != actor.PersonID:
		return account.ErrForbidden
	case p.Deleted():
		return account.ErrNotFound
	}
	return nil
}

const postColumns = `id, thread_id, coalesce(author_id, 0) as author_id, opening, coalesce(reply_to, 0) as reply_to, body, created_at,
	edited_at, deleted_at, hidden_at, coalesce(hidden_by, 0) as hidden_by, hidden_reason,
	coalesce(written_in, 0) as written_in, coalesce(written_as, '') as written_as`

// findPost returns a post, whoever asks.
func findPost(ctx context.Context, db bun.IDB, id int64) (p Post, err error) {
	err = db.NewRaw(`select `+postColumns+` from post where id = ?`, id).Scan(ctx, &p)
	if err != nil {
		return p, fmt.Errorf("post %d: %w", id, found(err))
	}
	return p, nil
}

// onPost runs f in a transaction that holds the lock of a post's thread, with both as they are now.
func (s *Service) onPost(ctx context.Context, what string, id int64, f func(context.Context, bun.Tx, Thread, Post) error) error {
	return s.inTx(ctx, fmt.Sprintf("%s post %d", what, id), func(ctx context.Context, tx bun.Tx) error {
		p, err := findPost(ctx, tx, id)
		if err != nil {
			return err
		}
		for {
			t, err := lockThread(ctx, tx, p.ThreadID)
			if err != nil {
				return err
			}
			if p, err = findPost(ctx, tx, id); err != nil { // again, now that nobody changes it
				return err
			}
			if p.ThreadID == t.ID { // else it was just moved
				return f(ctx, tx, t, p)
			}
		}
	})
}
