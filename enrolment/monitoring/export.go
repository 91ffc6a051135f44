package monitoring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Content says which workbook is wanted.
type Content string

// The workbooks.
const (
	Full   Content = "full"   // every line with its names, the figures of the page, the definitions: for the team
	Shared Content = "shared" // figures and definitions only, with numbers under five hidden: for donors
)

// ErrTooManyLines says that a selection doesn't fit in a sheet: it must be narrowed.
var ErrTooManyLines = errors.New("more lines than a sheet holds")

// Export writes a workbook in the language lang of the lines that f chooses and actor may read. Lines go through a
// temporary file, a few at a time; w gets nothing unless all went well until then. It returns the number of lines,
// ErrTooManyLines, or the errors of Dashboard.
func (s *Service) Export(ctx context.Context, actor account.Actor, f Filter, content Content, lang string, w io.Writer) (int, error) {
	if !slices.Contains(events.Languages, lang) {
		return 0, fmt.Errorf("export in %q: unknown language", lang)
	}
	b, err := newBook(lang, s.texts, s.loc)
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	defer b.file.Close()
	var lines int
	err = s.read(ctx, actor, f, func(ctx context.Context, tx bun.Tx, sel selection) error {
		from := provenance{actor: actor, at: s.now(), shared: content == Shared}
		lines, err = b.fill(ctx, tx, sel, from)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	if _, err := b.file.WriteTo(w); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	return lines, nil
}

// fill reads the lines once: each is written if the book has a sheet for them, and counted.
func (b *book) fill(ctx context.Context, db bun.IDB, sel selection, from provenance) (int, error) {
	tally := NewTally(sel.seminars, sel.modules, from.at.In(b.loc))
	add := func(l Line) error { tally.Add(l); return nil }
	if from.shared {
		if err := eachLine(ctx, db, sel.seminars, add); err != nil {
			return 0, err
		}
	} else {
		from.columns = b.columns(sel)
		if err := b.writeJourney(ctx, db, sel, from.columns, add); err != nil {
			return 0, err
		}
	}
	figures := tally.Figures()
	from.lines = figures.Lines
	if err := b.writeFigures(figures, sel.places, from.shared); err != nil {
		return 0, err
	}
	return figures.Lines, b.writeDefinitions(sel, from)
}

func (b *book) writeJourney(ctx context.Context, db bun.IDB, sel selection, columns []column, also func(Line) error) error {
	sheet, write, err := b.beginJourney(columns)
	if err != nil {
		return err
	}
	err = eachLine(ctx, db, sel.seminars, func(l Line) error {
		if sheet.row > MaxLines {
			return ErrTooManyLines
		}
		if err := write(l); err != nil {
			return err
		}
		return also(l)
	})
	if err != nil {
		return err
	}
	return b.endLines(sheet, len(columns))
}

// FileName is a name for a workbook made at t.
func (c Content) FileName(t time.Time) string {
	if c == Shared {
		return "halqa-indicators-shared-" + t.Format("2006-01-02") + ".xlsx"
	}
	return "halqa-journey-" + t.Format("2006-01-02") + ".xlsx"
}
