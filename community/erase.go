package community

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Erase removes from forums what is of somebody who erased their account: what they wrote, when they want it, or else what names
// them in it; their files that are of no post; and their name from texts of others that name them by a link. Posts that stay have no author
// once their person's row is gone.
func (s *Service) Erase(ctx context.Context, e account.Erased) error {
	if e.Texts {
		if err := s.eraseTexts(ctx, e); err != nil {
			return err
		}
	}
	err := s.inTx(ctx, "erase from forums", func(ctx context.Context, tx bun.Tx) error {
		threads, err := s.eraseNames(ctx, tx, e)
		if err != nil {
			return err
		}
		return s.announceErased(ctx, tx, threads)
	})
	if err != nil {
		return err
	}
	_, err = s.SweepAttachments(ctx)
	return err
}

// eraseTexts deletes all posts of somebody, each as its author would.
func (s *Service) eraseTexts(ctx context.Context, e account.Erased) error {
	var ids []int64
	err := s.db.NewRaw(`select id from post where author_id = any(?) and deleted_at is null order by thread_id, id`, pgdialect.Array(e.IDs)).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("posts of somebody who goes: %w", err)
	}
	for _, id := range ids {
		err := s.onPost(ctx, "erase", id, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
			if p.Deleted() {
				return nil
			}
			return s.delete(ctx, tx, account.Actor{PersonID: p.AuthorID}, t, p)
		})
		if err != nil && !errors.Is(err, account.ErrNotFound) {
			return err
		}
	}
	return nil
}

// eraseNames takes what names somebody out of what stays, and returns the threads that said it.
func (s *Service) eraseNames(ctx context.Context, tx bun.Tx, e account.Erased) ([]int64, error) {
	people := pgdialect.Array(e.IDs)
	var threads []int64
	err := tx.NewRaw(`select distinct thread_id from post where author_id = any(?) order by 1`, people).Scan(ctx, &threads)
	if err != nil {
		return nil, fmt.Errorf("threads of somebody who goes: %w", err)
	}
	for _, q := range []string{
		`update experience set contact = '' from thread t where t.id = thread_id and t.author_id = any(?) and contact <> ''`,
		`delete from post_version where post_id in (select id from post where author_id = any(?))`,
		`update attachment set dropped_at = now() where person_id = any(?) and post_id is null and dropped_at is null`,
		`delete from held_post where author_id = any(?)`,
		`delete from draft where person_id = any(?)`,
	} {
		if _, err := tx.ExecContext(ctx, q, people); err != nil {
			return nil, fmt.Errorf("what names somebody who goes: %w", err)
		}
	}
	if e.Texts { // moderators keep that a post was reported, not what it said
		_, err := tx.ExecContext(ctx, `update post_report set body = '' where body <> '' and post_id in (select id from post where author_id = any(?))`, people)
		if err != nil {
			return nil, fmt.Errorf("reports of posts of somebody who goes: %w", err)
		}
	}
	named, err := eraseMentions(ctx, tx, e.IDs)
	threads = append(threads, named...)
	slices.Sort(threads)
	return slices.Compact(threads), err
}

// mentioning are the texts that may name people by a link. Their authors wrote them; the link and the name in it were put there by the
// platform.
var mentioning = []struct{ table, column, as string }{
	{"post_version", "body", "text"}, {"post_report", "body", "text"}, {"held_post", "body", "text"}, {"held_post", "content", "jsonb"},
	{"draft", "fields", "jsonb"}, {"newsletter", "body", "jsonb"}, {"poll", "text", "text"},
	{"experience", "context", "text"}, {"experience", "action", "text"}, {"experience", "result", "text"}, {"experience", "lesson", "text"},
}

// eraseMentions has texts no longer name people, and returns the threads of the posts among them.
func eraseMentions(ctx context.Context, tx bun.Tx, people []int64) (threads []int64, err error) {
	ids := make([]string, len(people))
	for i, id := range people {
		ids[i] = strconv.FormatInt(id, 10)
	}
	link := `/people/(` + strings.Join(ids, "|") + `)\)`
	named, instead := `\[@[^\]\n]{1,120}\]\(`+link, "@"+account.ErasedName
	err = tx.NewRaw(`update post set body = regexp_replace(body, ?0, ?1, 'g') where body ~ ?2 returning thread_id`, named, instead, link).Scan(ctx, &threads)
	for _, m := range mentioning {
		if err != nil {
			break
		}
		_, err = tx.NewRaw(`update ?3 set ?4 = regexp_replace(?4::text, ?0, ?1, 'g')::?5 where ?4::text ~ ?2`, named, instead, link,
			bun.Ident(m.table), bun.Ident(m.column), bun.Safe(m.as)).Exec(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("texts that name somebody who goes: %w", err)
	}
	return threads, nil
}

// announceErased says which threads no longer name somebody.
func (s *Service) announceErased(ctx context.Context, tx bun.Tx, threads []int64) error {
	var rows []struct{ ID, SpaceID int64 }
	err := tx.NewRaw(`select id, case when seminar_id is null then space_id else 0 end as space_id from thread where id = any(?) order by id`,
		pgdialect.Array(threads)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("threads of somebody who goes: %w", err)
	}
	news := make([]events.Payload, len(rows))
	for i, t := range rows {
		news[i] = events.NameErased{ThreadID: t.ID, SpaceID: t.SpaceID}
	}
	return events.PublishAll(ctx, tx, news)
}
