package community

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// DraftKind is what a draft would become.
type DraftKind string

// The kinds of draft.
const (
	DraftReply      DraftKind = "reply"      // in a thread
	DraftThread     DraftKind = "thread"     // in a space
	DraftExperience DraftKind = "experience" // in a space
	DraftPoll       DraftKind = "poll"       // in a space
	DraftEdit       DraftKind = "edit"       // of a post
)

// Bounds of drafts.
const (
	maxDraftBytes = 200_000
	maxDrafts     = 200 // of one person
	maxDevice     = 40
	draftMonths   = 6 // untouched, until a draft is swept
)

// DraftPlace is where a draft belongs: a kind, and its thread, space or post.
type DraftPlace struct {
	Kind      DraftKind
	SubjectID int64
}

// Draft is what somebody wrote on one device and hasn't posted.
type Draft struct {
	ID        int64
	PersonID  int64
	Kind      DraftKind
	SubjectID int64
	Device    string              // drawn by the browser; "page" where scripts don't run
	Fields    map[string][]string `bun:"type:jsonb"` // of its form
	Attached  []int64             `bun:",array"`
	Version   int                 // counts saves
	SavedAt   time.Time
}

// Place is where it belongs.
func (d Draft) Place() DraftPlace { return DraftPlace{d.Kind, d.SubjectID} }

// Get is the first value of a field, or "".
func (d Draft) Get(name string) string {
	if v := d.Fields[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// draftWords are the fields in which people write.
var draftWords = []string{"title", "body", "context", "action", "result", "lesson", "contact", "options"}

// Words are all that is written in it, for who looks for it.
func (d Draft) Words() string {
	var all []string
	for _, name := range draftWords {
		if text := strings.TrimSpace(d.Get(name)); text != "" && !(name == "lesson" && d.Kind == DraftThread) { // there it is a number
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n\n")
}

// Drafted names the draft that a form was written in: of which device, and the one it went on from.
type Drafted struct {
	Device string
	BaseID int64
}

// Saving is a draft as a device sends it.
type Saving struct {
	DraftPlace
	Drafted
	BaseVersion int // of the draft it went on from
	Fields      map[string][]string
}

const draftColumns = `id, person_id, kind, subject_id, device, fields, attached, version, saved_at`

// SaveDraft keeps what somebody writes in a place that they may read. The draft of another device that this one went on from is
// replaced by it, unless that one was changed since: both are kept then. What says nothing is no draft and ends one. posted is
// true when this very text is a post already, and nothing is kept. It returns account.ErrConflict for more than may be kept.
func (s *Service) SaveDraft(ctx context.Context, actor account.Actor, n Saving) (d Draft, posted bool, err error) {
	if !actor.SignedIn() {
		return d, false, account.ErrSignInRequired
	}
	d = Draft{PersonID: actor.PersonID, Kind: n.Kind, SubjectID: n.SubjectID, Device: n.Device, Fields: n.Fields, Attached: []int64{}, SavedAt: s.now()}
	raw, err := json.Marshal(n.Fields)
	if err != nil || len(raw) > maxDraftBytes || n.Device == "" || len(n.Device) > maxDevice {
		return d, false, fmt.Errorf("draft of %d bytes: %w", len(raw), account.ErrConflict)
	}
	for _, id := range n.Fields["attached"] {
		if file, err := strconv.ParseInt(id, 10, 64); err == nil && len(d.Attached) < MaxAttachments {
			d.Attached = append(d.Attached, file)
		}
	}
	err = s.inTx(ctx, "save a draft", func(ctx context.Context, tx bun.Tx) error {
		if err := s.mayDraft(ctx, tx, actor, n.DraftPlace); err != nil {
			return err
		}
		if err := lockWriting(ctx, tx, actor.PersonID); err != nil { // a post that is being written comes first
			return err
		}
		if posted, err = isPosted(ctx, tx, actor, d.Get("nonce")); err != nil || posted {
			return err
		}
		if d.Words() == "" && len(d.Attached) == 0 {
			return endDraft(ctx, tx, actor, n.DraftPlace, n.Drafted)
		}
		return saveDraft(ctx, tx, &d, n, raw)
	})
	return d, posted, err
}

func saveDraft(ctx context.Context, tx bun.Tx, d *Draft, n Saving, raw []byte) error {
	err := tx.NewRaw(`insert into draft as d (person_id, kind, subject_id, device, fields, attached, saved_at)
		select ?, ?, ?, ?, ?::jsonb, ?::bigint[], ? where (select count(*) from draft where person_id = ?) < ?
			or exists (select from draft where person_id = ? and kind = ? and subject_id = ? and device = ?)
		on conflict (person_id, kind, subject_id, device) do update set fields = excluded.fields, attached = excluded.attached,
			version = d.version + 1, saved_at = excluded.saved_at
		returning id, version`, d.PersonID, d.Kind, d.SubjectID, d.Device, string(raw), pgdialect.Array(d.Attached), d.SavedAt, d.PersonID, maxDrafts,
		d.PersonID, d.Kind, d.SubjectID, d.Device).Scan(ctx, &d.ID, &d.Version)
	if found(err) == account.ErrNotFound {
		return fmt.Errorf("drafts of person %d: %w", d.PersonID, account.ErrConflict)
	}
	if err != nil {
		return fmt.Errorf("draft: %w", err)
	}
	_, err = tx.ExecContext(ctx, `delete from draft where id = ? and id <> ? and person_id = ? and kind = ? and subject_id = ? and version = ?`,
		n.BaseID, d.ID, d.PersonID, d.Kind, d.SubjectID, n.BaseVersion)
	return err
}

// mayDraft refuses a place that the actor can't read.
func (s *Service) mayDraft(ctx context.Context, db bun.IDB, actor account.Actor, at DraftPlace) (err error) {
	switch at.Kind {
	case DraftThread, DraftExperience, DraftPoll:
		_, err = readable(ctx, db, actor, at.SubjectID)
	case DraftReply:
		var t Thread
		if t, err = findThread(ctx, db, at.SubjectID); err == nil {
			_, err = s.see(ctx, db, actor, t)
		}
	case DraftEdit:
		_, _, err = s.told(ctx, actor, at.SubjectID)
	default:
		err = account.ErrNotFound
	}
	return err
}

// isPosted tells whether the form with this nonce has become a post, or waits for a moderator to be one.
func isPosted(ctx context.Context, tx bun.Tx, actor account.Actor, nonce string) (posted bool, err error) {
	id := nonceOf(nonce)
	if id == nil {
		return false, nil
	}
	err = tx.NewRaw(`select exists (select from post where author_id = any(?0) and nonce = ?1) or exists (select from held_post where author_id = any(?0) and nonce = ?1)`,
		pgdialect.Array(actor.Selves()), *id).Scan(ctx, &posted)
	return posted, err
}

// endDraft forgets the draft that became a post, and the one it went on from. The caller holds the lock of the person's writing
// or changes the post that the draft is about.
func endDraft(ctx context.Context, tx bun.Tx, actor account.Actor, at DraftPlace, d Drafted) error {
	_, err := tx.ExecContext(ctx, `delete from draft where person_id = ? and kind = ? and subject_id = ? and (device = ? or id = ?)`,
		actor.Self(), at.Kind, at.SubjectID, d.Device, d.BaseID)
	if err != nil {
		return fmt.Errorf("end a draft: %w", err)
	}
	return nil
}

// DraftsAt are the actor's drafts of a place, the latest first: one for each device that went its own way.
func (s *Service) DraftsAt(ctx context.Context, actor account.Actor, at DraftPlace) ([]Draft, error) {
	if !actor.SignedIn() {
		return nil, nil
	}
	var all []Draft
	err := s.db.NewRaw(`select `+draftColumns+` from draft where person_id = ? and kind = ? and subject_id = ? order by saved_at desc, id desc`,
		actor.PersonID, at.Kind, at.SubjectID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("drafts of person %d: %w", actor.PersonID, err)
	}
	return all, nil
}

// DraftLine is a draft in the list of all, and where it belongs. What can't be read any more has no title; its words are its
// writer's still.
type DraftLine struct {
	Draft
	Space account.Space // the zero Space when it can't be read any more
	Title string        // of the thread, of a reply or an edit
}

// Drafts are all drafts of the actor, the latest first.
func (s *Service) Drafts(ctx context.Context, actor account.Actor) ([]DraftLine, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var all []Draft
	err := s.db.NewRaw(`select `+draftColumns+` from draft where person_id = ? order by saved_at desc, id desc`, actor.PersonID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("drafts of person %d: %w", actor.PersonID, err)
	}
	lines := make([]DraftLine, len(all))
	for i, d := range all {
		lines[i].Draft = d
		if err := s.locate(ctx, actor, &lines[i]); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// locate says where a draft belongs, as far as its writer may read it.
func (s *Service) locate(ctx context.Context, actor account.Actor, l *DraftLine) error {
	space, thread := l.SubjectID, l.SubjectID
	if l.Kind == DraftEdit {
		p, err := findPost(ctx, s.db, l.SubjectID)
		if err != nil {
			return unlessBarred(err)
		}
		thread = p.ThreadID
	}
	if l.Kind == DraftReply || l.Kind == DraftEdit {
		t, err := findThread(ctx, s.db, thread)
		if err == nil {
			l.Space, err = s.see(ctx, s.db, actor, t)
		}
		if err != nil {
			l.Space = account.Space{}
			return unlessBarred(err)
		}
		l.Title = t.Title
		return nil
	}
	sp, err := readable(ctx, s.db, actor, space)
	if err == nil {
		l.Space = sp
	}
	return unlessBarred(err)
}

// DropDraft throws one of the actor's drafts away; one that isn't there is thrown away already.
func (s *Service) DropDraft(ctx context.Context, actor account.Actor, id int64) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	if _, err := s.db.ExecContext(ctx, `delete from draft where id = ? and person_id = ?`, id, actor.PersonID); err != nil {
		return fmt.Errorf("drop draft %d: %w", id, err)
	}
	return nil
}

// SweepDrafts forgets what nobody touched for half a year.
func (s *Service) SweepDrafts(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, `delete from draft where saved_at < ?`, s.now().AddDate(0, -draftMonths, 0)); err != nil {
		return fmt.Errorf("sweep drafts: %w", err)
	}
	return nil
}
