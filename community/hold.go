package community

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Held is what somebody wrote and a moderator must see first.
type Held struct {
	ID        int64
	SpaceID   int64 // where it goes, as things are now
	ThreadID  int64 // it answers or changes; 0 for a thread
	PostID    int64 // it changes, or 0
	AuthorID  int64
	Kind      string   // thread, reply, edit
	Title     string   // of the thread
	Body      string   // Markdown
	Why       []string `bun:",array"` // some of Doubts
	SentAt    time.Time
	State     string // waiting, approved, refused, withdrawn, or gone when there was nothing left to answer
	Reason    string // of a refusal, one of Reasons
	Note      string // of a refusal, in a moderator's words, or ""
	DecidedAt time.Time
	MadeID    int64 // the post it became, or 0

	Files []Attachment `bun:"-"` // that wait with it, and those of the post it changes
}

// Waits tells whether it wasn't decided yet.
func (h Held) Waits() bool { return h.State == "waiting" }

// heldColumns read a Held of held_post h with the thread t it is about, which moderators may have moved.
const heldColumns = `h.id, coalesce(t.space_id, h.space_id) as space_id, coalesce(h.thread_id, 0) as thread_id, coalesce(h.post_id, 0) as post_id, h.author_id,
	h.kind, h.title, h.body, h.why, h.sent_at, h.state, h.reason, h.note, h.decided_at, coalesce(h.made_id, 0) as made_id`

// sent is all of what was sent, to write it by once it is approved: one of the three.
type sent struct {
	Thread *NewThread `json:",omitempty"`
	Reply  *NewReply  `json:",omitempty"`
	Edit   *Edit      `json:",omitempty"`
}

// attached are the files that were sent with it.
func (what sent) attached() []Attached {
	switch {
	case what.Thread != nil:
		return what.Thread.Attached
	case what.Reply != nil:
		return what.Reply.Attached
	}
	return what.Edit.Attached
}

// hold keeps what must wait and tells the space's moderators, unless others wait there already: then they know.
func (s *Service) hold(ctx context.Context, tx bun.Tx, actor account.Actor, h Held, nonce string, what sent) (Held, error) {
	content, err := json.Marshal(what)
	if err != nil {
		return h, err
	}
	h.State, h.SentAt, h.AuthorID = "waiting", s.now(), actor.PersonID
	var others bool
	if err := tx.NewRaw(`select exists (select from held_post where space_id = ? and state = 'waiting')`, h.SpaceID).Scan(ctx, &others); err != nil {
		return h, fmt.Errorf("what waits in space %d: %w", h.SpaceID, err)
	}
	err = tx.NewRaw(`insert into held_post (space_id, thread_id, post_id, author_id, kind, title, body, content, why, nonce, sent_at, remind_at)
		values (?, nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`, h.SpaceID, h.ThreadID, h.PostID, h.AuthorID, h.Kind, h.Title, h.Body,
		string(content), pgdialect.Array(h.Why), nonceOf(nonce), h.SentAt, h.SentAt.Add(LateAfter)).Scan(ctx, &h.ID)
	if err != nil {
		return h, fmt.Errorf("hold: %w", err)
	}
	if err := placeHeld(ctx, tx, actor, h, what.attached()); err != nil {
		return h, err
	}
	return h, s.tellHeld(ctx, tx, h, !others, false)
}

func (s *Service) tellHeld(ctx context.Context, tx bun.Tx, h Held, tell, late bool) error {
	sp, err := account.FindSpace(ctx, tx, h.SpaceID)
	if err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.PostHeld{HeldID: h.ID, ThreadID: h.ThreadID, SpaceID: sp.ID, OfficeID: sp.OfficeID, PersonID: h.AuthorID,
		Thread: h.Title, Why: h.Why, Tell: tell, Late: late})
}

// holdEdit keeps the change of a post that must wait, in place of one of the same post that waits already.
func (s *Service) holdEdit(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, p Post, title string, e Edit, why []string) (int64, error) {
	_, err := tx.ExecContext(ctx, `update held_post set state = 'withdrawn', decided_at = ?, remind_at = null, content = '{}', body = ''
		where post_id = ? and state = 'waiting'`, s.now(), p.ID)
	if err != nil {
		return 0, fmt.Errorf("former change of post %d: %w", p.ID, err)
	}
	h, err := s.hold(ctx, tx, actor, Held{SpaceID: t.SpaceID, ThreadID: t.ID, PostID: p.ID, Kind: "edit", Title: title, Body: p.Body, Why: why}, "", sent{Edit: &e})
	return h.ID, err
}

// HeldPost returns what waits, or waited, to its author and to those who decide on it.
func (s *Service) HeldPost(ctx context.Context, actor account.Actor, id int64) (h Held, err error) {
	h, err = findHeld(ctx, s.db, id, "")
	if err == nil {
		err = s.mayDecide(ctx, s.db, actor, h)
	}
	switch {
	case err != nil && actor.Is(h.AuthorID):
		err = nil
	case errors.Is(err, account.ErrForbidden): // nobody else may know of it
		err = account.ErrNotFound
	}
	if err != nil {
		return h, err
	}
	return h, addHeldFiles(ctx, s.db, &h)
}

func findHeld(ctx context.Context, db bun.IDB, id int64, lock string) (h Held, err error) {
	err = db.NewRaw(`select `+heldColumns+` from held_post h left join thread t on t.id = h.thread_id where h.id = ? `+lock, id).Scan(ctx, &h)
	if err != nil {
		return h, fmt.Errorf("held post %d: %w", id, found(err))
	}
	return h, nil
}

// mayDecide refuses those who don't decide what appears where it goes: they moderate the space or, in one of no office, serve the
// region of its author.
func (s *Service) mayDecide(ctx context.Context, db bun.IDB, actor account.Actor, h Held) error {
	sp, err := account.FindSpace(ctx, db, h.SpaceID)
	if err != nil {
		return err
	}
	office, err := officeOf(ctx, db, h.AuthorID)
	if err != nil {
		return err
	}
	return judges(actor, Thread{}, sp, office) // in a circle nothing waits
}

// MyHeld lists what of the actor's waits in a space, or in one of its threads when threadID isn't 0, the oldest first.
func (s *Service) MyHeld(ctx context.Context, actor account.Actor, spaceID, threadID int64) (list []Held, err error) {
	if !actor.SignedIn() {
		return nil, nil
	}
	err = s.db.NewRaw(`select `+heldColumns+` from held_post h left join thread t on t.id = h.thread_id
		where h.author_id = any(?0) and h.state = 'waiting' and coalesce(t.space_id, h.space_id) = ?1 and (?2 = 0 or h.thread_id = ?2) order by h.id`,
		pgdialect.Array(actor.Selves()), spaceID, threadID).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("what waits of person %d: %w", actor.PersonID, err)
	}
	all := make([]*Held, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return list, addHeldFiles(ctx, s.db, all...)
}

// Withdraw takes back what waits: its author doesn't want it any more. Its words are forgotten. Doing it twice is doing it
// once; it returns account.ErrConflict for what was decided meanwhile.
func (s *Service) Withdraw(ctx context.Context, actor account.Actor, id int64) (Held, error) {
	var h Held
	err := s.inTx(ctx, "withdraw", func(ctx context.Context, tx bun.Tx) (err error) {
		if h, err = findHeld(ctx, tx, id, "for update of h"); err != nil {
			return err
		}
		switch {
		case !actor.SignedIn():
			return account.ErrSignInRequired
		case !actor.Is(h.AuthorID):
			return account.ErrNotFound
		case h.State == "withdrawn":
			return nil
		case !h.Waits():
			return account.ErrConflict
		}
		_, err = tx.ExecContext(ctx, `update held_post set state = 'withdrawn', decided_at = ?, remind_at = null, content = '{}', body = '' where id = ?`, s.now(), id)
		return err
	})
	return h, err
}
