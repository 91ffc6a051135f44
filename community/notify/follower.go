package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// Deliveries of what is followed: what waits reaches its reader in exactly one of the other ways.
const (
	waiting  = "waiting" // for the next digest
	byMail   = "mail"    // at once
	byPush   = "push"    // at once, on their devices
	byDigest = "digest"
	onPage   = "page" // as they chose
	seen     = "seen" // in the pages, before a mail could leave
	gone     = "gone" // hidden, deleted or no longer theirs to read, before a mail could leave
)

// telling is one person to tell of a post.
type telling struct {
	to     int64
	kind   Kind
	listed bool // its space is a mailing list to them
}

// hearPost tells those who follow of a post, in one transaction with the mark that it was heard: each once, by a mail at
// once, a later digest, or the pages alone.
func (s *Service) hearPost(ctx context.Context, tx bun.Tx, e events.Event) error {
	heard, err := events.Decode[events.Contributed](e)
	if err != nil {
		return err
	}
	p, err := unmasked(ctx, tx, heard)
	if err != nil {
		return err
	}
	if err := s.takePart(ctx, tx, p, e.Seq); err != nil {
		return err
	}
	if p.Hidden || s.talk == nil {
		return nil
	}
	if err := s.addAdministrators(ctx, tx, &p); err != nil {
		return err
	}
	list, err := followers(ctx, tx, p, e.Seq)
	if err != nil {
		return err
	}
	title, list, err := s.hearers(ctx, tx, p.PostID, list)
	if err != nil || len(list) == 0 {
		return err
	}
	d := Data{PostID: p.PostID, ReplyToID: p.ReplyToID, ThreadID: p.ThreadID, SpaceID: p.SpaceID, PersonID: p.named, Thread: title, Opening: p.Kind != "reply", Asks: p.ThreadKind == "poll", Seq: e.Seq}
	told, err := noteFollowed(ctx, tx, e, d, list)
	if err != nil || len(told) == 0 {
		return err
	}
	return s.deliver(ctx, tx, e, d, told)
}

// takePart keeps that somebody wrote in a thread: from then on they hear of it.
func (s *Service) takePart(ctx context.Context, tx bun.Tx, p said, seq int64) error {
	_, err := tx.ExecContext(ctx, `insert into follow (person_id, subject, subject_id, part_seq, changed_at)
		select id, 'thread', ?, ?, ? from person where id = ?
		on conflict (person_id, subject, subject_id) do update set part_seq = least(follow.part_seq, excluded.part_seq)`,
		p.ThreadID, seq, s.now(), p.PersonID)
	if err != nil {
		return fmt.Errorf("take part in thread %d: %w", p.ThreadID, err)
	}
	return nil
}

// followers lists who hears of a post, and as what.
func followers(ctx context.Context, tx bun.Tx, p said, seq int64) ([]telling, error) {
	var rows []struct {
		PersonID              int64
		Space, Thread, Author Level
		Part                  int64
	}
	err := tx.NewRaw(`select p.id as person_id, coalesce(max(level) filter (where subject = 'space'), '') as space,
			coalesce(max(level) filter (where subject = 'thread'), '') as thread,
			coalesce(max(level) filter (where subject = 'person'), '') as author, coalesce(max(part_seq), -1) as part
		from (select person_id, subject, level, part_seq from follow
				where subject = 'thread' and subject_id = ?0 or subject = 'space' and subject_id = ?1 or subject = 'person' and subject_id = ?2
			union all select id, 'default', null, null from person where id in (?3, ?4) or id = any(?5)
			union all select person_id, 'default', null, null from space_member where ?6 and space_id = ?1) f
		join person p on p.id = f.person_id and p.erased_at is null group by p.id order by p.id`,
		p.ThreadID, p.SpaceID, p.named, p.ThreadAuthorID, p.ReplyToAuthor, pgdialect.Array(slices.Concat(p.Mentions, p.Audience)),
		p.ThreadKind == "announcement").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("who follows thread %d: %w", p.ThreadID, err)
	}
	var list []telling
	for _, r := range rows {
		if kind := heeds(stance{r.PersonID, r.Space, r.Thread, r.Author, r.Part}, p, seq); kind != "" {
			list = append(list, telling{r.PersonID, kind, r.Space == Listed})
		}
	}
	return list, nil
}

// addAdministrators names those who administer the organisations that a post names.
func (s *Service) addAdministrators(ctx context.Context, tx bun.Tx, p *said) error {
	for _, id := range p.Organisations {
		list, err := toHolders(ctx, tx, "organisation_administrator", "organisation_id", id, notice{})
		if err != nil {
			return err
		}
		for _, n := range list {
			p.Mentions = append(p.Mentions, n.to)
		}
	}
	return nil
}

// hearers keeps those who may read a post. What a visitor may read is asked once for all.
func (s *Service) hearers(ctx context.Context, tx bun.Tx, postID int64, list []telling) (title string, may []telling, err error) {
	if len(list) == 0 {
		return "", nil, nil
	}
	title, everybody, err := s.talk(ctx, tx, 0, postID)
	if err != nil || everybody {
		return title, list, err
	}
	for _, t := range list {
		said, ok, err := s.talk(ctx, tx, t.to, postID)
		if err != nil {
			return "", nil, fmt.Errorf("post %d for person %d: %w", postID, t.to, err)
		}
		if ok {
			title, may = said, append(may, t)
		}
	}
	return title, may, nil
}

// told is a notification just written, and how its reader is written to.
type told struct {
	attentionRow
	ID, PersonID          int64
	Kind                  Kind
	Name, Email, Language string
	Spent                 int
	Already               bool // a mail about the thread waits to be read
	Listed                bool // its space is a mailing list to them
	Devices               bool // there are some that show it
}

// noteFollowed writes the notifications of a post that aren't there yet, and announces them.
func noteFollowed(ctx context.Context, tx bun.Tx, e events.Event, d Data, list []telling) ([]told, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	people, kinds := make([]int64, len(list)), make([]string, len(list))
	for i, t := range list {
		people[i], kinds[i] = t.to, string(t.kind)
	}
	if err := makeAttention(ctx, tx, people); err != nil { // before the notifications: who changes their mind now waits
		return nil, err
	}
	var rows []told
	err = tx.NewRaw(`insert into notification (person_id, event_id, kind, data, at, thread_id, post_id, delivery)
		select p.id, ?, t.kind, ?, ?, ?, ?, 'waiting' from unnest(?::bigint[], ?::text[]) as t (id, kind) join person p on p.id = t.id
		order by p.id on conflict (person_id, event_id) do nothing returning id, person_id, kind`,
		e.ID, string(data), e.Time, d.ThreadID, d.PostID, pgdialect.Array(people), pgdialect.Array(kinds)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("note what is followed: %w", err)
	}
	for i, r := range rows {
		rows[i].Listed = slices.ContainsFunc(list, func(t telling) bool { return t.listed && t.to == r.PersonID })
		if err := events.Publish(ctx, tx, events.NotificationAdded{PersonID: r.PersonID, NotificationID: r.ID}); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// deliver decides how each notification of a post reaches its reader, and queues the mails that leave at once.
func (s *Service) deliver(ctx context.Context, tx bun.Tx, e events.Event, d Data, list []told) error {
	list, author, err := s.readers(ctx, tx, d, list)
	if err != nil {
		return err
	}
	onList, err := s.listed(ctx, tx, d, list)
	if err != nil {
		return err
	}
	now, old := s.clock(), e.Time.Before(s.now().Add(-stale))
	var how deliveries
	for _, t := range list {
		a := t.attention()
		switch way := a.delivery(t.Spent, t.Listed, t.Devices, t.Already, old); way {
		case byMail:
			key := fmt.Sprintf("%s.%d", e.ID, t.PersonID)
			how.add(t.ID, byMail, key)
			m, kind := d, string(t.Kind)
			if t.Listed {
				m, kind = onList, listKind(d)
			}
			m.Name, m.Person, m.Path = t.Name, author, pathOf(t.Kind, d)
			err = enqueue(ctx, tx, Mail{Key: key, To: t.Email, PersonID: t.PersonID, Language: t.Language, Kind: kind, Data: m},
				s.now(), a.quiet().after(now))
		case byPush:
			how.add(t.ID, byPush, "")
			_, err = tx.ExecContext(ctx, "insert into push (notification_id, next_at) values (?, ?)", t.ID, a.quiet().after(now))
		case waiting:
			_, err = tx.ExecContext(ctx, "update attention set due_at = coalesce(due_at, ?) where person_id = ?", a.Rhythm.next(now, a.quiet()), t.PersonID)
		default:
			how.add(t.ID, way, "")
		}
		if err != nil {
			return fmt.Errorf("deliver to person %d: %w", t.PersonID, err)
		}
	}
	return how.keep(ctx, tx)
}

// readers completes what was just noted with whom to write to, how they want it and how much they got today.
func (s *Service) readers(ctx context.Context, tx bun.Tx, d Data, list []told) (all []told, author string, err error) {
	ids, listed := make([]int64, len(list)), map[int64]bool{}
	for i, t := range list {
		ids[i], listed[t.ID] = t.ID, t.Listed
	}
	err = tx.NewRaw(`select n.id, n.person_id, n.kind, p.name, p.email, p.language, `+attentionOf+`,
			`+spentOf+` as spent, exists (select from push_device v where v.person_id = p.id) as devices,
			exists (select from notification o where o.person_id = p.id and o.thread_id = n.thread_id and o.delivery in ('mail', 'push')
				and o.read_at is null) as already
		from notification n join person p on p.id = n.person_id left join attention a on a.person_id = p.id
		where n.id = any(?) order by p.id`, pgdialect.Array(budgeted), s.midnight(), s.midnight(), pgdialect.Array(ids)).Scan(ctx, &all)
	if err == nil {
		err = tx.NewRaw("select coalesce((select name from person where id = ?), '')", d.PersonID).Scan(ctx, &author)
	}
	if err != nil {
		return nil, "", fmt.Errorf("how to tell followers: %w", err)
	}
	for i, t := range all {
		all[i].Listed = listed[t.ID]
	}
	return all, author, nil
}

// deliveries are decisions to keep, of notifications by their ids.
type deliveries struct {
	ids           []int64
	ways, letters []string
}

func (d *deliveries) add(id int64, way, letter string) {
	d.ids, d.ways, d.letters = append(d.ids, id), append(d.ways, way), append(d.letters, letter)
}

func (d *deliveries) keep(ctx context.Context, tx bun.Tx) error {
	if len(d.ids) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `update notification n set delivery = t.way, letter = coalesce(nullif(t.letter, ''), n.letter)
		from unnest(?::bigint[], ?::text[], ?::text[]) as t (id, way, letter) where n.id = t.id`,
		pgdialect.Array(d.ids), pgdialect.Array(d.ways), pgdialect.Array(d.letters))
	if err != nil {
		return fmt.Errorf("keep how notifications were delivered: %w", err)
	}
	return nil
}
