package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Voters are those who asked and who voted on what a post asks, whoever asks for them. The log of events doesn't say who did.
type Voters func(ctx context.Context, db bun.IDB, postID int64) ([]int64, error)

// hearPollEnd tells those who asked or voted, and those who follow, how a poll ended: each once, and as a post of its thread is
// told. Whoever ended it knows.
func (s *Service) hearPollEnd(ctx context.Context, tx bun.Tx, e events.Event) error {
	p, err := events.Decode[events.PollClosed](e)
	if err != nil || s.talk == nil || s.voters == nil {
		return err
	}
	voters, err := s.voters(ctx, tx, p.PostID)
	if err != nil {
		return fmt.Errorf("tell of poll %d: %w", p.PostID, err)
	}
	if voters, err = behind(ctx, tx, voters); err != nil {
		return err
	}
	ended, err := unmasked(ctx, tx, events.Contributed{PostID: p.PostID, ThreadID: p.ThreadID, SpaceID: p.SpaceID, PersonID: p.By, Kind: "reply"})
	if err != nil {
		return err
	}
	// To who asked or voted it is said as if the post named them: a space that they muted doesn't keep it from them.
	ended.Mentions = slices.DeleteFunc(voters, func(id int64) bool { return id == ended.PersonID })
	list, err := followers(ctx, tx, ended, e.Seq)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].kind, list[i].listed = PollEnded, false // it isn't something that was written
	}
	title, list, err := s.hearers(ctx, tx, p.PostID, list)
	if err != nil || len(list) == 0 {
		return err
	}
	d := Data{PostID: p.PostID, ThreadID: p.ThreadID, SpaceID: p.SpaceID, Thread: title, Result: &p.Result, Seq: e.Seq}
	told, err := noteFollowed(ctx, tx, e, d, list)
	if err != nil || len(told) == 0 {
		return err
	}
	return s.deliver(ctx, tx, e, d, told)
}

// resultOf says how the poll ended that something tells of, or "".
func resultOf(render Render, lang string, d Data) string {
	if d.Result == nil {
		return ""
	}
	return d.Result.Say(func(key string, args ...any) string { return render(lang, key, args...) })
}
