package community

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
func (s *Service) hold(ctx context.Context, tx bun.Tx, h Held, nonce string, what sent) (Held, error) {
	content, err := json.Marshal(what)
	if err != nil {
		return h, err
	}
	h.State, h.SentAt = "waiting", s.now()
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
	if err := placeHeld(ctx, tx, h, what.attached()); err != nil {
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
func (s *Service) holdEdit(ctx context.Context, tx bun.Tx, t Thread, p Post, title string, e Edit, why []string) (int64, error) {
	_, err := tx.ExecContext(ctx, `update held_post set state = 'withdrawn', decided_at = ?, remind_at = null, content = '{}', body = ''
		where post_id = ? and state = 'waiting'`, s.now(), p.ID)
	if err != nil {
		return 0, fmt.Errorf("former change of post %d: %w", p.ID, err)
	}
	h, err := s.hold(ctx, tx, Held{SpaceID: t.SpaceID, ThreadID: t.ID, PostID: p.ID, AuthorID: p.AuthorID, Kind: "edit", Title: title, Body: p.Body, Why: why}, "", sent{Edit: &e})
	return h.ID, err
}

// HeldPost returns what waits, or waited, to its author and to those who decide on it.
func (s *Service) HeldPost(ctx context.Context, actor account.Actor, id int64) (h Held, err error) {
	h, err = findHeld(ctx, s.db, id, "")
	if err == nil {
		err = s.mayDecide(ctx, s.db, actor, h)
	}
	switch {
	case err != nil && h.AuthorID == actor.PersonID && actor.SignedIn():
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
		where h.author_id = ?0 and h.state = 'waiting' and coalesce(t.space_id, h.space_id) = ?1 and (?2 = 0 or h.thread_id = ?2) order by h.id`,
		actor.PersonID, spaceID, threadID).Scan(ctx, &list)
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
		case h.AuthorID != actor.PersonID:
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

// Verdict is what a moderator decides of what waits.
type Verdict struct {
	Approve bool   // else it is refused
	Reason  string // of a refusal, one of Reasons: told to its author in their language
	Note    string // more of it, in the moderator's words, or ""
}

func (v *Verdict) check(wrong *account.Invalids) {
	v.Note = checkNote(wrong, v.Note)
	switch {
	case v.Approve:
		v.Reason, v.Note = "", ""
	case !slices.Contains(Reasons, v.Reason):
		wrong.Add("reason", "forum.error_reason")
	}
}

// DecideHeld approves or refuses what waits; approved, it is written in its author's name as if it were sent now. Those may
// who decide on the reports of posts there. It returns what became of it: "approved", "refused", or "gone" when there is
// nothing left to answer; and a Decided when somebody decided before.
func (s *Service) DecideHeld(ctx context.Context, actor account.Actor, id int64, v Verdict) (state string, err error) {
	var wrong account.Invalids
	v.check(&wrong)
	err = s.inTx(ctx, fmt.Sprintf("decide held post %d", id), func(ctx context.Context, tx bun.Tx) error {
		h, err := findHeld(ctx, tx, id, "for update of h")
		if err == nil {
			err = s.mayDecide(ctx, tx, actor, h)
		}
		switch {
		case err != nil:
			return err
		case !h.Waits():
			return s.heldBefore(ctx, tx, h)
		case wrong != nil:
			return wrong
		}
		if h.State = "refused"; v.Approve {
			if h.State = "approved"; h.MadeID == 0 {
				h.MadeID, err = s.release(ctx, tx, h)
			}
			if errors.Is(err, account.ErrNotFound) || errors.Is(err, account.ErrForbidden) || errors.Is(err, ErrHidden) {
				h.State, err = "gone", nil
			}
		}
		if err != nil {
			return err
		}
		state, h.Reason, h.Note = h.State, v.Reason, v.Note
		return s.closeHeld(ctx, tx, actor, h)
	})
	return state, err
}

func (s *Service) closeHeld(ctx context.Context, tx bun.Tx, actor account.Actor, h Held) error {
	_, err := tx.ExecContext(ctx, `update held_post set state = ?, reason = ?, note = ?, decided_by = ?, decided_at = ?, made_id = nullif(?, 0), content = '{}',
		remind_at = null where id = ?`, h.State, h.Reason, h.Note, actor.PersonID, s.now(), h.MadeID, h.ID)
	if err != nil {
		return fmt.Errorf("close held post %d: %w", h.ID, err)
	}
	return events.Publish(ctx, tx, events.HeldDecided{HeldID: h.ID, PostID: h.MadeID, ThreadID: h.ThreadID, SpaceID: h.SpaceID, PersonID: h.AuthorID,
		Thread: h.Title, State: h.State, Cause: h.Reason, By: actor.PersonID})
}

// heldBefore says who decided what waited: a Decided; account.ErrConflict when its author took it back.
func (s *Service) heldBefore(ctx context.Context, tx bun.Tx, h Held) error {
	if h.State == "withdrawn" {
		return account.ErrConflict
	}
	d := Decided{Hid: h.State != "approved", When: h.DecidedAt}
	err := tx.NewRaw(`select coalesce((select p.name from held_post h join person p on p.id = h.decided_by where h.id = ?), '')`, h.ID).Scan(ctx, &d.By)
	if err != nil {
		return err
	}
	return d
}

// release writes what waited, in its author's name, and returns its post. Each goes in a savepoint: what is refused undoes
// itself alone.
func (s *Service) release(ctx context.Context, tx bun.Tx, h Held) (id int64, err error) {
	var raw []byte
	if err := tx.NewRaw(`select content from held_post where id = ?`, h.ID).Scan(ctx, &raw); err != nil {
		return 0, err
	}
	var what sent
	if err := json.Unmarshal(raw, &what); err != nil {
		return 0, fmt.Errorf("what was sent: %w", err)
	}
	author, err := account.New(tx, account.Options{}).ActorOf(ctx, h.AuthorID)
	if err != nil {
		return 0, err
	}
	err = tx.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		switch {
		case what.Thread != nil:
			id, err = s.releaseThread(ctx, tx, author, *what.Thread)
		case what.Reply != nil:
			id, err = s.releaseReply(ctx, tx, author, *what.Reply)
		case what.Edit != nil:
			id, err = s.releaseEdit(ctx, tx, author, h.PostID, *what.Edit)
		}
		return err
	})
	return id, err
}

func (s *Service) releaseThread(ctx context.Context, tx bun.Tx, author account.Actor, n NewThread) (int64, error) {
	if _, err := readable(ctx, tx, author, n.SpaceID); err != nil {
		return 0, err
	}
	n.Tags = keptTags(ctx, tx, n)
	t, err := s.start(ctx, tx, author, n)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.NewRaw(`select id from post where thread_id = ? and opening`, t.ID).Scan(ctx, &id)
	return id, err
}

// keptTags are the tags of a thread that are on its space's own list still.
func keptTags(ctx context.Context, tx bun.Tx, n NewThread) []string {
	return slices.DeleteFunc(n.Tags, func(name string) bool {
		g, err := findTag(ctx, tx, n.SpaceID, tidyLine(name), false)
		return err != nil || !g.Listed
	})
}

func (s *Service) releaseReply(ctx context.Context, tx bun.Tx, author account.Actor, n NewReply) (int64, error) {
	t, err := lockHome(ctx, tx, n.ThreadID)
	if err == nil {
		_, err = s.see(ctx, tx, author, t)
	}
	if err == nil && t.Hidden {
		err = ErrHidden
	}
	if err != nil {
		return 0, err
	}
	n.late = true
	p, err := s.reply(ctx, tx, author, t, n)
	return p.ID, err
}

func (s *Service) releaseEdit(ctx context.Context, tx bun.Tx, author account.Actor, postID int64, e Edit) (int64, error) {
	return postID, New(tx, s.now).onPost(ctx, "edit", postID, func(ctx context.Context, tx bun.Tx, t Thread, was Post) error {
		if err := s.own(ctx, tx, author, t, was); err != nil {
			return err
		}
		if was.Hidden() {
			return ErrHidden
		}
		ch, err := s.changeOf(ctx, tx, author, t, was, e)
		if err != nil || ch.same {
			return err
		}
		_, err = s.edit(ctx, tx, author, ch)
		return err
	})
}
