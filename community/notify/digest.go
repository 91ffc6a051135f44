package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// DigestSpace is what a digest tells of a space, or without a name of the circles of seminars: the discussions with something new, the first to change first.
type DigestSpace struct {
	Name    events.Text    `json:"name,omitempty"`
	Threads []DigestThread `json:"threads"`
}

// DigestThread is what a digest tells of a thread.
type DigestThread struct {
	Title  string   `json:"title"`
	Opened bool     `json:"opened,omitempty"` // the thread itself is new
	Asks   bool     `json:"asks,omitempty"`   // and is a poll
	Posts  []int64  `json:"posts"`            // the new posts that are told, the first first
	By     []string `json:"by,omitempty"`     // who wrote them, each once

	Ended []DigestPoll `json:"ended,omitempty"` // polls in it that ended
}

// DigestPoll is what a digest tells of a poll that ended.
type DigestPoll struct {
	PostID int64             `json:"post_id"`
	Result events.PollResult `json:"result"`
}

// digestBatch is how many people's digests are written in one transaction.
const digestBatch = 100

// RunDigests writes the digests that are due and takes newsletters further, every minute, until ctx ends.
func (s *Service) RunDigests(ctx context.Context, log *slog.Logger) {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		for {
			n, err := s.SendRounds(ctx)
			if err != nil && ctx.Err() == nil {
				log.Error("newsletters can't be sent", "error", err)
			}
			if n == 0 || err != nil {
				break
			}
		}
		for {
			n, err := s.WriteDigests(ctx)
			if err != nil && ctx.Err() == nil {
				log.Error("digests can't be written", "error", err)
			}
			if n == 0 || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-minute.C:
		}
	}
}

// WriteDigests queues the digests of some people for whom one is due, and returns for how many: none when nobody is left.
// They are claimed, written and marked in one transaction, so that any number of nodes may do it at once, and one that dies
// leaves everything as it was.
func (s *Service) WriteDigests(ctx context.Context) (n int, err error) {
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		people, err := s.claimDigests(ctx, tx)
		if err != nil || len(people) == 0 {
			return err
		}
		n = len(people)
		if err := s.writeDigests(ctx, tx, people); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "update attention set due_at = null where person_id = any(?)", pgdialect.Array(people))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("write digests: %w", err)
	}
	return n, nil
}

func (s *Service) claimDigests(ctx context.Context, tx bun.Tx) (people []int64, err error) {
	err = tx.NewRaw(`select person_id from attention where due_at <= ? order by due_at, person_id limit ? for update skip locked`,
		s.now(), digestBatch).Scan(ctx, &people)
	return people, err
}

// item is a notification that waits, or goes with a letter.
type item struct {
	ID, PersonID          int64
	Kind                  Kind
	Data                  Data
	Read                  bool
	Name, Email, Language string
	Author                string // of the post
}

// itemsOf selects notifications as items and locks them; the condition is on n and the order is that of people.
const itemsOf = `select n.id, n.person_id, n.kind, n.data, n.read_at is not null as read, p.name, p.email, p.language,
		coalesce(w.name, '') as author
	from notification n join person p on p.id = n.person_id left join person w on w.id = (n.data->>'person_id')::bigint
	where `

func (s *Service) writeDigests(ctx context.Context, tx bun.Tx, people []int64) error {
	var items []item
	err := tx.NewRaw(itemsOf+`n.person_id = any(?) and n.delivery = 'waiting' order by n.person_id, n.post_id, n.id for update of n`,
		pgdialect.Array(people)).Scan(ctx, &items)
	if err != nil {
		return err
	}
	var how deliveries
	items, err = still(ctx, tx, s.talk, items, &how)
	if err != nil {
		return err
	}
	names, err := spaceNames(ctx, tx, items)
	if err != nil {
		return err
	}
	for len(items) > 0 {
		n := slices.IndexFunc(items, func(it item) bool { return it.PersonID != items[0].PersonID })
		if n < 0 {
			n = len(items)
		}
		mine := items[:n]
		items = items[n:]
		key, err := uuid.NewV7()
		if err != nil {
			return err
		}
		letter := "digest." + key.String()
		for _, it := range mine {
			how.add(it.ID, byDigest, letter)
		}
		m := Mail{Key: letter, To: mine[0].Email, PersonID: mine[0].PersonID, Language: mine[0].Language, Kind: DigestMail, Data: digestOf(mine, names)}
		if err := enqueue(ctx, tx, m, s.now(), s.now()); err != nil {
			return err
		}
	}
	return how.keep(ctx, tx)
}

func spaceNames(ctx context.Context, tx bun.Tx, items []item) (map[int64]events.Text, error) {
	var ids []int64
	for _, it := range items {
		ids = append(ids, it.Data.SpaceID)
	}
	var rows []struct {
		ID   int64
		Name events.Text `bun:"type:jsonb"`
	}
	slices.Sort(ids)
	err := tx.NewRaw("select id, name from space where id = any(?)", pgdialect.Array(slices.Compact(ids))).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("names of spaces: %w", err)
	}
	names := make(map[int64]events.Text, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}

// digestOf groups the items of one person by space and thread, in the order of their first posts.
func digestOf(items []item, names map[int64]events.Text) Data {
	d := Data{Name: items[0].Name, Path: "/notifications"}
	space, thread := map[int64]int{}, map[int64]int{}
	for _, it := range items {
		at, ok := space[it.Data.SpaceID]
		if !ok {
			at = len(d.Digest)
			space[it.Data.SpaceID] = at
			d.Digest = append(d.Digest, DigestSpace{Name: names[it.Data.SpaceID]})
		}
		in := &d.Digest[at]
		n, ok := thread[it.Data.ThreadID]
		if !ok {
			n = len(in.Threads)
			thread[it.Data.ThreadID] = n
			in.Threads = append(in.Threads, DigestThread{Title: it.Data.Thread})
		}
		t := &in.Threads[n]
		if it.Data.Result != nil {
			t.Ended = append(t.Ended, DigestPoll{it.Data.PostID, *it.Data.Result})
			continue
		}
		t.Asks = t.Asks || it.Data.Asks
		t.Posts = append(t.Posts, it.Data.PostID)
		t.Opened = t.Opened || it.Kind == ThreadOpened
		if it.Author != "" && !slices.Contains(t.By, it.Author) {
			t.By = append(t.By, it.Author)
		}
	}
	return d
}
