package notify

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/notify/incoming"
	"halqa/events"
)

// Answered is what somebody wrote by mail in a thread, or to begin one.
type Answered struct {
	PersonID, ThreadID int64
	SpaceID            int64           // of a thread that it begins; ThreadID is 0 then
	Title              string          // of that
	ReplyTo            int64           // the post that the mail they answered told of, or 0
	Body               string          // "" for what its files say alone
	Files              []incoming.File // that came with it
	Nonce              string          // the same for the same mail: delivered twice, it becomes one post
}

// Outcome is what became of an answer by mail that is no refusal. The zero Outcome is all that was hoped for: nothing is told.
type Outcome struct {
	Held   bool // a moderator sees it first
	Unkept []Unkept
}

// Unkept is a file that came with an answer by mail and doesn't go with the post.
type Unkept struct {
	Name string `json:"name"` // or ""
	Why  Unfit  `json:"why"`
	Most int    `json:"most,omitempty"` // that there may be: megabytes of one that is too large, files of those that are too many
}

// Unfit is why. "notify.file_<unfit>" says it.
type Unfit string

// The reasons.
const (
	UnfitType  Unfit = "type"
	UnfitEmpty Unfit = "empty" // or damaged on its way
	UnfitLarge Unfit = "large"
	UnfitDots  Unfit = "dots" // a picture of too many pixels
	UnfitCount Unfit = "count"
	UnfitPace  Unfit = "pace" // its sender brought too many
)

// Unfits lists every reason.
var Unfits = []Unfit{UnfitType, UnfitEmpty, UnfitLarge, UnfitDots, UnfitCount, UnfitPace}

// Tell queues the mail that says what became of an answer, in the transaction that writes it.
type Tell func(ctx context.Context, tx bun.Tx, o Outcome) error

// Refused is why an answer by mail doesn't become a post; its person is told. "notify.refused_<refused>" says it.
type Refused string

// The reasons.
const (
	RefusedLocked     Refused = "locked"     // nobody writes in the thread any more
	RefusedBarred     Refused = "barred"     // they may not read or write there, or not any more
	RefusedEmpty      Refused = "empty"      // nothing is left without quotes and signatures
	RefusedWordless   Refused = "wordless"   // nothing is said, and none of its files can be kept
	RefusedLong       Refused = "long"       // longer than a post may be
	RefusedUnreadable Refused = "unreadable" // in letters or a form that can't be made out
	RefusedTitle      Refused = "title"      // a thread without one, or a very long one
	RefusedForged     Refused = "forged"     // not from the address of their account
	RefusedPseudonym  Refused = "pseudonym"  // they write there under one, which signatures and files of a mail would give away
)

// Reasons lists every reason.
var Reasons = []Refused{RefusedLocked, RefusedBarred, RefusedEmpty, RefusedWordless, RefusedLong, RefusedUnreadable, RefusedTitle, RefusedForged, RefusedPseudonym}

// Refusal is why an answer by mail doesn't become a post. The zero Refusal is none.
type Refusal struct {
	Why    Refused
	Unkept []Unkept // of RefusedWordless: its files
}

// Answer writes what somebody answered by mail, with the rights they have at that moment, and tells in the same transaction what
// became of it, unless it was written before. It returns why not. An error means that it may be tried again.
type Answer func(ctx context.Context, a Answered, tell Tell) (Refusal, error)

// The kinds of mail about an answer by mail.
const (
	AnswerRefused = "answer_refused" // why it didn't become a post
	AnswerHeld    = "answer_held"    // a moderator sees it first
	AnswerPartly  = "answer_partly"  // it is a post, without some of its files
)

// Returns tells what an address of the platform's stands for. It returns account.ErrNotFound for one that it didn't make.
func (s *Service) Returns(address string) (Back, error) {
	secret, err := s.secret()
	if err != nil {
		return Back{}, err
	}
	back, ok := s.inbound.signedBy(secret).Read(address)
	if !ok {
		return Back{}, fmt.Errorf("address of a mail: %w", account.ErrNotFound)
	}
	return back, nil
}

// Receive takes a mail that came to one of the platform's addresses from the envelope sender from, "" for none. What machines
// write is dropped, bounces aside, so that no two of them ever talk. An error means that it may be delivered again.
func (s *Service) Receive(ctx context.Context, back Back, from string, raw []byte) error {
	m, err := incoming.Read(raw)
	unreadable := errors.Is(err, incoming.ErrUnreadable)
	if err != nil && !unreadable {
		return err
	}
	if back.MailID != 0 {
		if m.Report == nil || !m.Report.Failed {
			return nil
		}
		return s.Bounced(ctx, back.MailID, Bounce{Status: m.Report.Status, Said: m.Report.Said})
	}
	if m.Automatic || from == "" || s.answer == nil {
		return nil
	}
	return s.hearAnswer(ctx, back, m, raw, unreadable)
}

func (s *Service) hearAnswer(ctx context.Context, back Back, m incoming.Message, raw []byte, unreadable bool) error {
	var people []struct{ Name, Email, Language string }
	err := s.db.NewRaw("select name, email, language from person where id = ?", back.PersonID).Scan(ctx, &people)
	if err != nil {
		return fmt.Errorf("who answers: %w", err)
	}
	if len(people) == 0 {
		return nil
	}
	who := people[0]
	a := Answered{PersonID: back.PersonID, ThreadID: back.ThreadID, ReplyTo: answeredPost(m.Parents), Body: m.Text, Files: m.Files,
		Nonce: nonceOf(back, m, raw)}
	word := Mail{To: who.Email, PersonID: back.PersonID, Language: who.Language, Data: Data{Name: who.Name, Path: fmt.Sprintf("/threads/%d", back.ThreadID)}}
	if back.SpaceID != 0 {
		sp, err := account.FindSpace(ctx, s.db, back.SpaceID)
		if errors.Is(err, account.ErrNotFound) { // and with it all that could be told
			return nil
		}
		if err != nil {
			return err
		}
		a.SpaceID, a.Title, word.Data.Path = sp.ID, titleOf(m.Subject, sp.Name), "/spaces/"+sp.Key+"/forum"
	}
	no, err := s.post(ctx, a, m, who.Email, unreadable, s.telling(word, a.Nonce))
	if err != nil || no.Why == "" {
		return err
	}
	word.Key, word.Kind, word.Data.Refused, word.Data.Unkept = "refused."+a.Nonce, AnswerRefused, no.Why, no.Unkept
	return s.refuse(ctx, word)
}

// telling tells with a mail what became of an answer, once for each answer.
func (s *Service) telling(word Mail, nonce string) Tell {
	return func(ctx context.Context, tx bun.Tx, o Outcome) error {
		word.Key, word.Data.Unkept = "outcome."+nonce, o.Unkept
		switch {
		case o.Held:
			word.Kind = AnswerHeld
		case len(o.Unkept) > 0:
			word.Kind = AnswerPartly
		default:
			return nil
		}
		return enqueue(ctx, tx, word, s.now(), s.now())
	}
}

// post has the answer written, unless the mail itself speaks against it.
func (s *Service) post(ctx context.Context, a Answered, m incoming.Message, address string, unreadable bool, tell Tell) (Refusal, error) {
	canonical, ok := account.CanonicalEmail(m.From)
	switch {
	case !ok || canonical != address || m.Failing:
		return Refusal{Why: RefusedForged}, nil
	case unreadable:
		return Refusal{Why: RefusedUnreadable}, nil
	case m.Text == "" && len(m.Files) == 0:
		return Refusal{Why: RefusedEmpty}, nil
	case a.SpaceID != 0 && a.Title == "":
		return Refusal{Why: RefusedTitle}, nil
	}
	no, err := s.answer(ctx, a, tell)
	if err != nil {
		return Refusal{}, fmt.Errorf("answer by mail: %w", err)
	}
	return no, nil
}

// refuse tells the person, never whoever the mail says it is from, once for each mail of theirs.
func (s *Service) refuse(ctx context.Context, m Mail) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return enqueue(ctx, tx, m, s.now(), s.now())
	})
}

// nonceOf names a mail to a person and a thread, the same each time it is delivered.
func nonceOf(back Back, m incoming.Message, raw []byte) string {
	id := m.MessageID
	if id == "" {
		sum := sha256.Sum256(raw)
		id = string(sum[:])
	}
	to := fmt.Sprint(back.ThreadID)
	if back.SpaceID != 0 {
		to = fmt.Sprint("space ", back.SpaceID)
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "mail %d %s %s", back.PersonID, to, id)).String()
}

// titleOf is the title of a thread that a mail begins: its subject, without what programs and lists put before it.
func titleOf(subject string, space events.Text) string {
	for {
		rest := before.ReplaceAllString(subject, "")
		for _, name := range space {
			rest = strings.TrimSpace(strings.TrimPrefix(rest, "["+name+"]"))
		}
		if rest == subject {
			return rest
		}
		subject = rest
	}
}

// before is what programs put before the subject of a mail that answers another, or hands it on.
var before = regexp.MustCompile(`(?i)^\s*(re|ref|rép|réf|tr|fw|fwd|رد|إعادة توجيه)\s?(\[\d+\])?\s?:\s*`)

// answeredPost is the post that the answered mail told of, by the name the platform gave that mail, or 0.
func answeredPost(parents []string) int64 {
	for _, id := range parents {
		if rest, ok := strings.CutPrefix(id, "post."); ok {
			number, _, _ := strings.Cut(rest, ".")
			if post, err := strconv.ParseInt(number, 10, 64); err == nil {
				return post
			}
		}
	}
	return 0
}
