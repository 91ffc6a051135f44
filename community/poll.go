package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Bounds of polls.
const (
	MinOptions  = 2
	MaxOptions  = 10
	MaxOption   = 120  // characters of one
	MaxPollText = 5000 // characters of what is said about the question
)

// PollShown says when others are told the result of a poll.
type PollShown string

// When a result is shown. Those who ask a poll see no more of it than others.
const (
	ShownAlways PollShown = "always"
	ShownVoted  PollShown = "voted"  // to those who voted, and to everybody once it is closed
	ShownClosed PollShown = "closed" // once it is closed
)

// PollShowns lists every way.
var PollShowns = []PollShown{ShownAlways, ShownVoted, ShownClosed}

// to tells whether a reader is told the result now.
func (w PollShown) to(voted, closed bool) bool {
	return closed || w == ShownAlways || w == ShownVoted && voted
}

// NewPoll is what a person asks others to choose among. Its question is the title of the thread.
type NewPoll struct {
	Text     string // Markdown, what is said about the question; or ""
	Options  []string
	Choices  int  // how many of them a person may choose at most
	Open     bool // others are told who chose what; said once and never changed
	Shown    PollShown
	ClosesAt time.Time // from when on nobody votes any more; zero for never
}

// check tidies the options and says what is wrong.
func (n *NewPoll) check(wrong *account.Invalids, now time.Time) {
	var kept []string
	long, twice := false, false
	for _, o := range n.Options {
		if o = tidyLine(o); blank(o) {
			continue
		}
		long = long || utf8.RuneCountInString(o) > MaxOption
		twice = twice || slices.ContainsFunc(kept, func(k string) bool { return strings.EqualFold(k, o) })
		kept = append(kept, o)
	}
	switch n.Options = kept; {
	case len(kept) < MinOptions || len(kept) > MaxOptions:
		wrong.Add("options", "poll.error_options", "Min", MinOptions, "Max", MaxOptions)
	case long:
		wrong.Add("options", "poll.error_option_long", "Max", MaxOption)
	case twice:
		wrong.Add("options", "poll.error_twice")
	}
	if n.Choices < 1 || n.Choices > max(len(kept), MinOptions) {
		wrong.Add("choices", "poll.error_choices")
	}
	if !slices.Contains(PollShowns, n.Shown) {
		wrong.Add("shown", "poll.error_shown")
	}
	if !n.ClosesAt.IsZero() && !n.ClosesAt.After(now) {
		wrong.Add("closes", "poll.error_closes")
	}
	n.checkText(wrong)
}

func (n *NewPoll) checkText(wrong *account.Invalids) {
	if n.Text = tidyText(n.Text); blank(n.Text) {
		n.Text = ""
	}
	if utf8.RuneCountInString(n.Text) > MaxPollText {
		wrong.Add("body", "forum.error_long", "Max", MaxPollText)
	}
}

// body is the words of a poll as those of a post.
func (n NewPoll) body() string {
	list := "- " + strings.Join(n.Options, "\n- ")
	if n.Text == "" {
		return list
	}
	return n.Text + "\n\n" + list
}

// asks tells whether two polls ask the same, whatever is said about it.
func (n NewPoll) asks(o NewPoll) bool {
	return slices.Equal(n.Options, o.Options) && n.Choices == o.Choices && n.Shown == o.Shown && n.ClosesAt.Equal(o.ClosesAt)
}

// edited is what an edit makes of a poll. Without options it changes the text alone: once somebody voted nothing else may change,
// and who is told who chose what never does.
func (p Poll) edited(wrong *account.Invalids, n NewPoll, now time.Time) NewPoll {
	was := p.rules()
	if n.Open = was.Open; n.Options == nil {
		was.Text = n.Text
		was.checkText(wrong)
		return was
	}
	if n.check(wrong, now); !n.asks(was) && (p.Voters > 0 || p.Over) {
		wrong.Add("options", "poll.error_voted")
	}
	return n
}

// savePoll writes what a post asks.
func savePoll(ctx context.Context, tx bun.Tx, postID int64, question string, n NewPoll) error {
	_, err := tx.ExecContext(ctx, `insert into poll (post_id, question, text, choices, open, shown, closes_at) values (?, ?, ?, ?, ?, ?, ?)`,
		postID, question, n.Text, n.Choices, n.Open, n.Shown, bun.NullTime{Time: n.ClosesAt})
	if err != nil {
		return fmt.Errorf("poll of post %d: %w", postID, err)
	}
	return saveOptions(ctx, tx, postID, n.Options)
}

func saveOptions(ctx context.Context, tx bun.Tx, postID int64, options []string) error {
	_, err := tx.ExecContext(ctx, `insert into poll_option (post_id, position, label) select ?, n, label from unnest(?::text[]) with ordinality o (label, n)`,
		postID, pgdialect.Array(options))
	if err != nil {
		return fmt.Errorf("options of post %d: %w", postID, err)
	}
	return nil
}

// editPoll changes what a post asks, as Poll.edited lets it.
func editPoll(ctx context.Context, tx bun.Tx, was Poll, question string, n NewPoll) error {
	_, err := tx.ExecContext(ctx, `update poll set question = ?, text = ?, choices = ?, shown = ?, closes_at = ? where post_id = ?`, question, n.Text, n.Choices, n.Shown,
		bun.NullTime{Time: n.ClosesAt}, was.PostID)
	if err != nil {
		return fmt.Errorf("poll of post %d: %w", was.PostID, err)
	}
	if slices.Equal(n.Options, was.rules().Options) {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `delete from poll_option where post_id = ?`, was.PostID); err != nil {
		return fmt.Errorf("options of post %d: %w", was.PostID, err)
	}
	return saveOptions(ctx, tx, was.PostID, n.Options)
}

// dropPoll forgets what a deleted post asked, and who chose what.
func dropPoll(ctx context.Context, tx bun.Tx, postID int64) error {
	if _, err := tx.ExecContext(ctx, `delete from poll where post_id = ?`, postID); err != nil {
		return fmt.Errorf("poll of post %d: %w", postID, err)
	}
	return nil
}
