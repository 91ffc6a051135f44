package notify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// The kinds of the last mail that somebody gets, once their account is erased: by them, or by an administrator on their request. It is forgotten
// as soon as it left, or can't: nothing else keeps their address.
const (
	ErasedMail    = "erased"
	ErasedForMail = "erased_for"
)

func last(kind string) bool { return kind == ErasedMail || kind == ErasedForMail }

// Erase removes the mails of somebody who erased their account, those that wait too, and their name from those of others. What
// they were told in the pages, what they follow and their devices go with their person's row.
func (s *Service) Erase(ctx context.Context, e account.Erased) error {
	people := pgdialect.Array(e.IDs)
	if err := s.eraseFiles(ctx, e); err != nil {
		return err
	}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{`delete from mail where ` + mailsOf, []any{people, e.Email, ErasedMail, e.At, ErasedForMail}},
			{`update mail set data = jsonb_set(data, '{person}', to_jsonb(?::text)) where jsonb_exists(data, 'person') and (data->>'person_id')::bigint = any(?)`,
				[]any{account.ErasedName, people}},
			{`delete from follow where subject = 'person' and subject_id = any(?)`, []any{people}},
		} {
			if _, err := tx.ExecContext(ctx, q.sql, q.args...); err != nil {
				return err
			}
		}
		for _, name := range e.Names { // digests say who wrote, by their names alone
			_, err := tx.ExecContext(ctx, `update mail set data = replace(data::text, to_jsonb(?0::text)::text, to_jsonb(?1::text)::text)::jsonb
				where kind = ?2 and position(to_jsonb(?0::text)::text in data::text) > 0`, name, account.ErasedName, DigestMail)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mails of somebody who goes: %w", err)
	}
	return nil
}

// mailsOf holds of the mails to some people ?0, or to their address ?1 until they left at ?3, but for their last one, of kind ?2 or ?4.
const mailsOf = `(person_id = any(?0) or address = ?1 and person_id is null and kind not in (?2, ?4) and created_at <= ?3)`

// eraseFiles removes the mails that were written as files.
func (s *Service) eraseFiles(ctx context.Context, e account.Erased) error {
	if s.folder == "" {
		return nil
	}
	var rows []struct {
		ID   int64
		Kind string
	}
	err := s.db.NewRaw(`select id, kind from mail where state = 'written' and `+mailsOf, pgdialect.Array(e.IDs), e.Email, ErasedMail, e.At, ErasedForMail).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("mails of somebody who goes: %w", err)
	}
	for _, r := range rows {
		if err := os.Remove(filepath.Join(s.folder, fileOf(r.ID, r.Kind))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("mail of somebody who goes: %w", err)
		}
	}
	return nil
}
