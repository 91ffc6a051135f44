package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Result is which options were chosen most.
func (p Poll) Result() events.PollResult {
	r := events.PollResult{Voters: p.Voters}
	for _, o := range p.Options {
		switch {
		case o.Votes == 0 || o.Votes < r.Votes:
		case o.Votes > r.Votes:
			r.Options, r.Votes = []string{o.Label}, o.Votes
		default:
			r.Options = append(r.Options, o.Label)
		}
	}
	return r
}

// EndPolls announces the polls whose last day is over, each once, and returns how many. Any number of nodes may do it: each is
// claimed and announced in one transaction.
func (s *Service) EndPolls(ctx context.Context) (n int, err error) {
	for {
		var due []int64
		err := s.inTx(ctx, "end a poll", func(ctx context.Context, tx bun.Tx) error {
			err := tx.NewRaw(`update poll set told_at = ?0 where post_id in (select post_id from poll where closes_at <= ?0 and told_at is null
				order by closes_at, post_id limit 1 for update skip locked) returning post_id`, s.now()).Scan(ctx, &due)
			if err != nil || len(due) == 0 {
				return err
			}
			return s.endPoll(ctx, tx, due[0])
		})
		if err != nil || len(due) == 0 {
			return n, err
		}
		n++
	}
}

func (s *Service) endPoll(ctx context.Context, tx bun.Tx, postID int64) error {
	post, err := findPost(ctx, tx, postID)
	if err != nil {
		return err
	}
	t, err := findThread(ctx, tx, post.ThreadID)
	if err != nil {
		return err
	}
	p, err := s.findPoll(ctx, tx, postID)
	if err != nil || p == nil {
		return err
	}
	return events.Publish(ctx, tx, events.PollClosed{PostID: postID, ThreadID: t.ID, SpaceID: t.saidIn(), Result: p.Result()})
}

// pollLines are the polls of a space that ended since a moment, the latest first, and those that were asked since and are open, the
// first to end first. The newsletter tells them.
func (s *Service) pollLines(ctx context.Context, tx bun.Tx, spaceID int64, from time.Time) (lines []newsLine, err error) {
	var posts []int64
	err = tx.NewRaw(`select p.post_id from (select poll.post_id, coalesce(closed_at, case when closes_at <= ?2 then closes_at end) as ended, closes_at, o.created_at
			from poll join post o on o.id = poll.post_id join thread t on t.id = o.thread_id
			where t.space_id = ?0 and t.seminar_id is null and t.deleted_at is null and not t.hidden and o.hidden_at is null and o.deleted_at is null) p
		where ended > ?1 or ended is null and created_at > ?1 order by ended is null, ended desc, closes_at, post_id limit ?3`, spaceID, from, s.now(), newsOfAKind).Scan(ctx, &posts)
	if err != nil {
		return nil, fmt.Errorf("polls of space %d: %w", spaceID, err)
	}
	all, err := s.polls(ctx, tx, 0, posts)
	if err != nil {
		return nil, fmt.Errorf("polls of space %d: %w", spaceID, err)
	}
	for _, id := range posts {
		p := all[id]
		lines = append(lines, newsLine{title: sameInAll(p.Question), path: fmt.Sprintf("/posts/%d", id), at: p.Until(), ended: p.Over, votes: p.Result()})
	}
	return lines, nil
}

// PollPeople are those who are told how a poll ended, whoever asks: who asked it and who voted. The log of events never says who
// did; this must be asked as it is told.
func PollPeople(ctx context.Context, db bun.IDB, postID int64) (people []int64, err error) {
	err = db.NewRaw(`select author_id from post where id = ?0 and author_id is not null union select person_id from poll_vote where post_id = ?0`, postID).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("people of poll %d: %w", postID, err)
	}
	return people, nil
}
