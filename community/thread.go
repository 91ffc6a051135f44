package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Kind says what a thread is.
type Kind string

// The kinds of thread. A question without a reply is listed as unanswered.
const (
	Discussion   Kind = "discussion"
	Question     Kind = "question"     // it may have an accepted answer
	Announcement Kind = "announcement" // of those who moderate
	Experience   Kind = "experience"   // a Sheet
	Voting       Kind = "poll"         // a Poll, whose question is the title
)

// Kinds lists every kind.
var Kinds = []Kind{Discussion, Question, Announcement, Experience, Voting}

// Thread is a discussion or a question in a space.
type Thread struct {
	ID       int64
	SpaceID  int64
	Kind     Kind
	Title    string // in whatever language it was written
	AuthorID int64  // 0 when the account is gone
	// AcceptedID is the reply chosen as the answer, or 0. Solved tells whether everybody sees it.
	AcceptedID int64
	Solved     bool
	CreatedAt  time.Time
	PinnedAt   time.Time // zero while it isn't
	LockedAt   time.Time // zero while it isn't
	ArchivedAt time.Time // zero while it isn't
	DeletedAt  time.Time // zero while it isn't; merged threads have one
	MergedInto int64     // the thread that has its posts now, or 0
	SplitFrom  int64     // the thread that its first posts were written in, or 0
	Hidden     bool      // its opening is hidden: only moderators and its author see it
	Replies    int       // that everybody sees
	LastAt     time.Time // of the last post that everybody sees
	LessonID   int64     // the lesson whose film it is about, or 0
	Second     int       // of that film, when there is one

	SlowMinutes int         // between two posts of one person in it; 0 for what holds in its space
	Held        int64       // the Held that waits instead of it; 0 for what is written
	SeminarID   int64       // of a circle: whose participants it is for, and nobody else; 0 for any other thread
	OfficeID    int64       // of a circle: runs the seminar
	Titles      events.Text `bun:"type:jsonb"` // of a circle: Title in its languages
}

// Pinned tells whether the thread stays at the top of its space.
func (t Thread) Pinned() bool { return !t.PinnedAt.IsZero() }

// Locked tells whether nobody can reply any more: a moderator locked or archived it.
func (t Thread) Locked() bool { return !t.LockedAt.IsZero() || t.Archived() }

// Archived tells whether the thread is out of the lists.
func (t Thread) Archived() bool { return !t.ArchivedAt.IsZero() }

// NewThread is what a person writes to open a thread.
type NewThread struct {
	SpaceID int64
	Kind    Kind
	Title   string
	Sheet   Sheet    // of an Experience, instead of a body
	Poll    NewPoll  // of a Voting, instead of a body
	Body    string   // Markdown; "" for what its files say alone
	Tags    []string // of the space's own list; moderators may give others
	As      Naming   `json:"-"`
	Nonce   string   // a UUID drawn with the form; "" for none

	Attached []Attached // what goes with the post that opens it
	Draft    Drafted    `json:"-"` // that it was written in

	LessonID int64 // the lesson whose film it is about, which the caller found in that space; 0 for none
	Second   int   // of that film

	Trapped bool `json:",omitempty"` // it fills in what people don't see
}

// maxSecond is the last second a film may have: a day.
const maxSecond = 24 * 60 * 60

// StartThread opens a thread in a space that the actor may read, or has it wait for a moderator: then only Held is set. Sent twice with the same nonce, it is opened once, and
// the first is returned. It returns a TooMany to those who write too fast.
func (s *Service) StartThread(ctx context.Context, actor account.Actor, n NewThread) (Thread, error) {
	var wrong account.Invalids
	n.Title, n.Body = checkTitle(&wrong, n.Kind, n.Title), n.words(&wrong, s.now())
	checkAttached(&wrong, n.Attached)
	if !slices.Contains(Kinds, n.Kind) {
		wrong.Add("kind", "forum.error_kind")
	}
	if n.Second = min(max(n.Second, 0), maxSecond); n.LessonID == 0 {
		n.Second = 0
	}
	if n.Kind == Announcement && n.As == UnderPseudonym {
		wrong.Add("as", "pseudonym.error_announcement")
	}
	if !actor.SignedIn() {
		return Thread{}, account.ErrSignInRequired
	}
	var t Thread
	err := s.inTx(ctx, "start a thread", func(ctx context.Context, tx bun.Tx) error {
		sp, err := s.mayStart(ctx, tx, actor, n)
		if err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		before, err := s.admit(ctx, tx, actor, n.Nonce)
		if err != nil {
			return err
		}
		switch {
		case before.ID != 0:
			t, err = findThread(ctx, tx, before.ThreadID)
			return err
		case before.Held != 0:
			t.Held = before.Held
			return nil
		}
		writer, err := s.named(ctx, tx, actor, sp, Thread{}, n.As)
		if err != nil {
			return err
		}
		t, err = s.startOrHold(ctx, tx, writer, sp, n)
		return err
	})
	return t, err
}

// startOrHold opens a thread, or has it wait.
func (s *Service) startOrHold(ctx context.Context, tx bun.Tx, actor account.Actor, sp account.Space, n NewThread) (Thread, error) {
	if err := s.heedSlow(ctx, tx, actor, sp, Thread{}); err != nil {
		return Thread{}, err
	}
	if err := endDraft(ctx, tx, actor, n.draftPlace(), n.Draft); err != nil {
		return Thread{}, err
	}
	why, err := s.weigh(ctx, tx, actor, sp, draft{text: n.Title + "\n" + n.Body, trapped: n.Trapped})
	if err != nil {
		return Thread{}, err
	}
	if len(why) == 0 {
		return s.start(ctx, tx, actor, n)
	}
	if err := knownTags(ctx, tx, n); err != nil {
		return Thread{}, err
	}
	h, err := s.hold(ctx, tx, actor, Held{SpaceID: sp.ID, Kind: "thread", Title: n.Title, Body: n.Body, Why: why}, n.Nonce, sent{Thread: &n})
	return Thread{SpaceID: sp.ID, Held: h.ID}, err
}

// words are the body of the post that opens the thread.
func (n *NewThread) words(wrong *account.Invalids, now time.Time) string {
	switch n.Kind {
	case Experience:
		n.Sheet.check(wrong)
		return n.Sheet.body()
	case Voting:
		n.Poll.check(wrong, now)
		return n.Poll.body()
	}
	return checkBody(wrong, n.Body, n.Attached...)
}

// draftPlace is where its draft was.
func (n NewThread) draftPlace() DraftPlace {
	switch n.Kind {
	case Experience:
		return DraftPlace{DraftExperience, n.SpaceID}
	case Voting:
		return DraftPlace{DraftPoll, n.SpaceID}
	}
	return DraftPlace{DraftThread, n.SpaceID}
}

// mayStart refuses those who can't read the space, or may not write there; announcing is for those who moderate it.
func (s *Service) mayStart(ctx context.Context, db bun.IDB, actor account.Actor, n NewThread) (account.Space, error) {
	sp, err := readable(ctx, db, actor, n.SpaceID)
	if err == nil && n.Kind == Announcement {
		err = moderates(actor, sp.Scope())
	}
	if err == nil {
		err = s.mayWrite(ctx, db, actor, sp)
	}
	return sp, err
}

func (s *Service) start(ctx context.Context, tx bun.Tx, actor account.Actor, n NewThread) (Thread, error) {
	now := s.now()
	t := Thread{SpaceID: n.SpaceID, Kind: n.Kind, Title: n.Title, AuthorID: actor.PersonID, CreatedAt: now, LastAt: now,
		LessonID: n.LessonID, Second: n.Second}
	err := tx.NewRaw(`insert into thread (space_id, kind, title, author_id, created_at, last_at, lesson_id, second)
		values (?, ?, ?, ?, ?, ?, nullif(?, 0), case when ? <> 0 then ?::int end) returning id`,
		n.SpaceID, n.Kind, n.Title, actor.PersonID, now, now, n.LessonID, n.LessonID, n.Second).Scan(ctx, &t.ID)
	if err != nil {
		return t, fmt.Errorf("insert thread: %w", err)
	}
	p := Post{ThreadID: t.ID, AuthorID: actor.PersonID, Opening: true, Body: n.Body, CreatedAt: now}
	if err := insertPost(ctx, tx, &p, n.Nonce); err != nil {
		return t, err
	}
	if err := s.place(ctx, tx, actor, p.ID, n.Attached); err != nil {
		return t, err
	}
	if err := startTags(ctx, tx, actor, n, t.ID); err != nil {
		return t, err
	}
	if err := n.saveParts(ctx, tx, t.ID, p.ID); err != nil {
		return t, err
	}
	if err := s.settle(ctx, tx, p, actor.Self()); err != nil {
		return t, err
	}
	err = events.Publish(ctx, tx, events.ThreadStarted{ThreadID: t.ID, SpaceID: t.SpaceID, PostID: p.ID,
		PersonID: actor.PersonID, Kind: string(t.Kind)})
	if err != nil {
		return t, err
	}
	said := events.Contributed{PostID: p.ID, ThreadID: t.ID, SpaceID: t.SpaceID,
		PersonID: actor.PersonID, Kind: contribution(p), ThreadAuthorID: actor.PersonID, ThreadKind: string(t.Kind)}
	if err := nameMentions(ctx, tx, actor, p.Body, &said); err != nil {
		return t, err
	}
	return t, events.Publish(ctx, tx, said)
}

// saveParts writes what a thread has besides the words of its opening.
func (n NewThread) saveParts(ctx context.Context, tx bun.Tx, threadID, postID int64) error {
	switch n.Kind {
	case Experience:
		return saveSheet(ctx, tx, threadID, n.Sheet)
	case Voting:
		return savePoll(ctx, tx, postID, n.Title, n.Poll)
	}
	return nil
}

// settle recounts a thread after a post was written in it; whoever wrote it has read this far.
func (s *Service) settle(ctx context.Context, tx bun.Tx, p Post, author int64) error {
	if err := recount(ctx, tx, p.ThreadID); err != nil {
		return err
	}
	return s.markRead(ctx, tx, author, p.ThreadID, p.ID)
}

// contribution is what events call a post: what it was when it was written.
func contribution(p Post) string {
	switch {
	case p.WrittenAs != "":
		return p.WrittenAs
	case p.Opening:
		return "thread"
	}
	return "reply"
}

const threadColumns = `id, space_id, kind, title, coalesce(author_id, 0) as author_id, created_at, pinned_at, locked_at, archived_at, deleted_at,
	coalesce(merged_into, 0) as merged_into, coalesce(split_from, 0) as split_from, hidden, replies, last_at, coalesce(lesson_id, 0) as lesson_id, coalesce(second, 0) as second, slow_minutes,
	coalesce(seminar_id, 0) as seminar_id, coalesce(office_id, 0) as office_id, coalesce(titles, '{}') as titles`

// findThread returns a thread, whoever asks.
func findThread(ctx context.Context, db bun.IDB, id int64) (t Thread, err error) {
	err = db.NewRaw(`select `+threadColumns+answerColumns+` from thread where id = ?`, id).Scan(ctx, &t)
	if err != nil {
		return t, fmt.Errorf("thread %d: %w", id, found(err))
	}
	return t, nil
}

// lockThread locks a thread for a change.
func lockThread(ctx context.Context, tx bun.Tx, id int64) (t Thread, err error) {
	err = tx.NewRaw(`select `+threadColumns+answerColumns+` from thread where id = ? for no key update`, id).Scan(ctx, &t)
	if err != nil {
		return t, fmt.Errorf("thread %d: %w", id, found(err))
	}
	return t, nil
}

// lockHome locks the thread that has the posts of a thread now: itself, or the one it was merged into.
func lockHome(ctx context.Context, tx bun.Tx, id int64) (t Thread, err error) {
	for range 5 {
		if t, err = findThread(ctx, tx, id); err == nil && t.MergedInto == 0 {
			t, err = lockThread(ctx, tx, id)
		}
		if err != nil || t.MergedInto == 0 {
			break
		}
		id = t.MergedInto
	}
	return t, err
}

// recount recomputes what a thread says of its posts. The caller holds its lock, or has just made it.
func recount(ctx context.Context, tx bun.Tx, threadID int64) error {
	_, err := tx.ExecContext(ctx, `
		update thread set hidden = o.hidden_at is not null, replies = c.replies, last_post_id = c.last_id,
			last_at = coalesce((select created_at from post where id = c.last_id), thread.created_at),
			deleted_at = case when c.kept = 0 then o.deleted_at end,
			solved = exists (select from post a where a.id = thread.accepted_id and a.thread_id = thread.id and not a.opening
				and a.hidden_at is null and a.deleted_at is null)
		from post o, (select count(*) filter (where not opening) as kept,
			count(*) filter (where not opening and hidden_at is null) as replies, max(id) filter (where hidden_at is null) as last_id
			from post where thread_id = ? and deleted_at is null) c
		where thread.id = ? and o.thread_id = thread.id and o.opening`, threadID, threadID)
	if err != nil {
		return fmt.Errorf("recount thread %d: %w", threadID, err)
	}
	return nil
}

// see returns a thread and its space for somebody who may read it: not one hidden from them, nor a deleted one.
func (s *Service) see(ctx context.Context, db bun.IDB, actor account.Actor, t Thread) (account.Space, error) {
	sp, err := s.room(ctx, db, actor, t)
	if err != nil {
		return sp, err
	}
	hidden := t.Hidden && !actor.Can(account.Moderate, t.under(sp)) && !actor.Is(t.AuthorID)
	if hidden || !t.DeletedAt.IsZero() {
		return sp, account.ErrNotFound
	}
	return sp, nil
}

// room returns a thread's space for somebody who may be where the thread is: in its space or, of a circle, at its seminar.
func (s *Service) room(ctx context.Context, db bun.IDB, actor account.Actor, t Thread) (account.Space, error) {
	if !t.InCircle() {
		return readable(ctx, db, actor, t.SpaceID)
	}
	if err := s.enters(ctx, db, actor, t); err != nil {
		return account.Space{}, err
	}
	sp, err := account.FindSpace(ctx, db, t.SpaceID)
	sp.OfficeID = t.OfficeID // whose measures keep people from writing here
	return sp, err
}

// nonceOf reads a nonce; what is none counts as absent.
func nonceOf(s string) *uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil {
		return nil
	}
	return &id
}
