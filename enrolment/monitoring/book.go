package monitoring

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"halqa/events"
)

// book is a workbook being written in one language, from left to right or from right to left.
type book struct {
	file   *excelize.File
	lang   string
	texts  Texts
	loc    *time.Location
	styles styles
}

// styles are the numbers of the cell formats of a book.
type styles struct {
	title, heading, header, plain, wrapped, date, moment, number, percent, total, hidden, month int
}

// Colours of INTERFACE's identity, as in the pages.
const (
	deepBlue = "1D4E79"
	sand     = "F3ECDF"
)

func newBook(lang string, texts Texts, loc *time.Location) (*book, error) {
	b := &book{file: excelize.NewFile(), lang: lang, texts: texts, loc: loc}
	if err := b.makeStyles(); err != nil {
		b.file.Close()
		return nil, fmt.Errorf("cell formats: %w", err)
	}
	return b, nil
}

// say is a text of the catalogue in the book's language.
func (b *book) say(key string, args ...any) string {
	return b.texts(b.lang, "monitoring."+key, args...)
}

// in is an authored text in the book's language, or else in one that it has; or otherwise if it is empty.
func (b *book) in(t events.Text, otherwise string) string {
	if s, _ := t.In(b.lang); s != "" {
		return s
	}
	return otherwise
}

func (b *book) makeStyles() error {
	top := func(wrap bool) *excelize.Alignment { return &excelize.Alignment{Vertical: "top", WrapText: wrap} }
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{sand}}
	line := []excelize.Border{{Type: "bottom", Style: 1, Color: deepBlue}}
	day, moment, month := "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "mm/yyyy"
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.styles.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Color: deepBlue}}},
		{&b.styles.heading, excelize.Style{Font: &excelize.Font{Bold: true, Size: 12, Color: deepBlue}}},
		{&b.styles.header, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill, Border: line,
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
		{&b.styles.plain, excelize.Style{Alignment: top(false)}},
		{&b.styles.wrapped, excelize.Style{Alignment: top(true)}},
		{&b.styles.date, excelize.Style{CustomNumFmt: &day, Alignment: top(false)}},
		{&b.styles.moment, excelize.Style{CustomNumFmt: &moment, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}}},
		{&b.styles.number, excelize.Style{NumFmt: 3, Alignment: top(false)}},
		{&b.styles.percent, excelize.Style{NumFmt: 9, Alignment: top(false)}},
		{&b.styles.total, excelize.Style{NumFmt: 3, Font: &excelize.Font{Bold: true}}},
		{&b.styles.hidden, excelize.Style{Alignment: &excelize.Alignment{Horizontal: "center"}, Font: &excelize.Font{Color: "8A6D3B"}}},
		{&b.styles.month, excelize.Style{CustomNumFmt: &month, Alignment: &excelize.Alignment{Horizontal: "left"}}},
	} {
		id, err := b.file.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	return nil
}

// sheet is a page of a book, written row by row.
type sheet struct {
	*excelize.StreamWriter
	name string
	row  int
}

// add starts a sheet with the given widths of columns, in characters, and freezes its first rows.
func (b *book) add(name string, frozen int, widths ...float64) (*sheet, error) {
	if b.file.SheetCount == 1 && b.file.GetSheetName(0) == "Sheet1" {
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	rightToLeft := b.lang == "ar"
	if err := b.file.SetSheetView(name, 0, &excelize.ViewOptions{RightToLeft: &rightToLeft}); err != nil {
		return nil, err
	}
	w, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	if frozen > 0 {
		err = w.SetPanes(&excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: fmt.Sprintf("A%d", frozen+1), ActivePane: "bottomLeft"})
	}
	return &sheet{StreamWriter: w, name: name}, err
}

// write adds a row of cells.
func (s *sheet) write(cells ...any) error {
	s.row++
	return s.SetRow(fmt.Sprintf("A%d", s.row), cells)
}

// skip leaves an empty row.
func (s *sheet) skip() { s.row++ }

// cell is a value in a style. A string stays text whatever it begins with: the stream writer makes no formula of it.
func cell(style int, value any) excelize.Cell { return excelize.Cell{StyleID: style, Value: value} }

// cells puts every value in the same style.
func cells[T any](style int, values ...T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = cell(style, v)
	}
	return out
}

// at is t as a cell's date where the programme is, or an empty cell.
func (b *book) at(style int, t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return cell(style, t.In(b.loc))
}
