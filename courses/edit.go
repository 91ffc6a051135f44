package courses

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// ErrStale refuses an edit of something that somebody else saved since it was read.
var ErrStale = account.ErrStale

// Lengths of authored texts, in letters.
const (
	MaxTitle   = 200
	MaxSummary = 2000
	MaxBody    = 60_000 // of a reading in one language
)

// ModuleTexts is what a module says of itself.
type ModuleTexts struct{ Title, Summary events.Text }

// EditModule saves the texts of a module. version is the one that was read: ErrStale when it isn't the last one. The
// actor needs EditModules over the space. It returns account.Invalids naming fields such as "title" or "title_ar".
func (s *Service) EditModule(ctx context.Context, actor account.Actor, moduleID int64, version int, t ModuleTexts) error {
	var wrong account.Invalids
	t.Title, t.Summary = tidy("title", t.Title, MaxTitle, &wrong), tidy("summary", t.Summary, MaxSummary, &wrong)
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		if err := errors.Join(requireTitle(t.Title), wrong.Err()); err != nil {
			return err
		}
		if m.Version != version {
			return ErrStale
		}
		_, err := tx.NewRaw(`update module set title = ?, summary = ?, version = version + 1 where id = ?`,
			asJSON(t.Title), asJSON(t.Summary), m.ID).Exec(ctx)
		if err != nil || m.State != Published {
			return err
		}
		m.Title = t.Title
		return announce(ctx, tx, actor, m)
	})
	if err != nil {
		return fmt.Errorf("edit module %d: %w", moduleID, err)
	}
	return nil
}

// tidy trims the texts, leaves absent languages absent and notes those that are too long under "field_lang".
func tidy(field string, t events.Text, limit int, wrong *account.Invalids) events.Text {
	out := events.Text{}
	for _, lang := range events.Languages {
		text := strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\x00", "").Replace(t[lang]), "")
		text = strings.TrimSpace(text)
		if utf8.RuneCountInString(text) > limit {
			wrong.Add(field+"_"+lang, "authoring.too_long", "Max", limit)
		}
		if text != "" {
			out[lang] = text
		}
	}
	return out
}

// RetireModule takes a module away from those who begin: it leaves every list. What people did in it stays, and reports
// still on their way are counted. Retiring what is retired changes nothing.
func (s *Service) RetireModule(ctx context.Context, actor account.Actor, moduleID int64) error {
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		if m.State == Retired {
			return nil
		}
		if _, err := tx.NewRaw(`update module set state = 'retired' where id = ?`, m.ID).Exec(ctx); err != nil {
			return err
		}
		if m.PublishedAt == nil { // nobody heard of it
			return nil
		}
		return events.Publish(ctx, tx, events.ModuleRetired{ModuleID: m.ID, SpaceID: m.SpaceID, Title: m.Title, By: actor.PersonID})
	})
	if err != nil {
		return fmt.Errorf("retire module %d: %w", moduleID, err)
	}
	return nil
}

// RestoreModule brings a retired module back to where it was: open to learners again if it once was, when nothing is
// missing (account.Invalids, as PublishModule), or else a draft. Restoring what isn't retired changes nothing.
func (s *Service) RestoreModule(ctx context.Context, actor account.Actor, moduleID int64) error {
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		if m.State != Retired {
			return nil
		}
		if m.PublishedAt != nil {
			return s.open(ctx, tx, actor, m)
		}
		_, err := tx.NewRaw(`update module set state = 'draft' where id = ?`, m.ID).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("restore module %d: %w", moduleID, err)
	}
	return nil
}
