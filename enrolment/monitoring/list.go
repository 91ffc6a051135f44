package monitoring

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// List is a workbook of one sheet: a heading that stays in sight and can be filtered by, and a line for each thing.
type List struct {
	Language string // "ar" puts the first column on the right
	Name     string // of the sheet
	Zone     *time.Location
	Columns  []ListColumn
}

// ListColumn is one column of a List.
type ListColumn struct {
	Heading string
	Width   float64 // in characters
	Wrap    bool    // long texts go over several lines
}

// Write writes the workbook to w: each calls add with one line after the other, whose values are texts, numbers and times.
// Texts stay texts whatever they begin with; times are dates of the sheet. Lines go through a temporary file; w gets nothing
// unless all went well until then. It returns ErrTooManyLines, or the errors of each.
func (l List) Write(w io.Writer, each func(add func(values ...any) error) error) error {
	b, err := newBook(l.Language, nil, l.Zone)
	if err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	defer b.file.Close()
	s, err := b.beginList(l)
	if err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	err = each(func(values ...any) error {
		if s.row > MaxLines {
			return ErrTooManyLines
		}
		return s.write(b.listed(l.Columns, values)...)
	})
	if err != nil {
		return err
	}
	if err := b.endLines(s, len(l.Columns)); err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	if _, err := b.file.WriteTo(w); err != nil {
		return fmt.Errorf("write a list: %w", err)
	}
	return nil
}

func (b *book) beginList(l List) (*sheet, error) {
	widths, headings := make([]float64, len(l.Columns)), make([]any, len(l.Columns))
	for i, c := range l.Columns {
		widths[i], headings[i] = c.Width, cell(b.styles.header, c.Heading)
	}
	s, err := b.add(l.Name, 1, widths...)
	if err != nil {
		return nil, err
	}
	s.row++
	return s, s.SetRow("A1", headings, excelize.RowOpts{Height: 30})
}

func (b *book) listed(columns []ListColumn, values []any) []any {
	cells := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case time.Time:
			cells[i] = b.at(b.styles.moment, v)
		case int:
			cells[i] = cell(b.styles.number, v)
		case string:
			if columns[i].Wrap && v != "" {
				cells[i] = cell(b.styles.wrapped, v)
			} else {
				cells[i] = b.text(v)
			}
		}
	}
	return cells
}
