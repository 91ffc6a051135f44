package monitoring

import (
	"fmt"
	"io"
	"time"
)

// Table writes a workbook of one sheet: a header that stays in sight, with filters, and rows of texts, numbers and moments.
// lang gives its direction.
func (s *Service) Table(w io.Writer, lang, name string, header []string, rows [][]any) error {
	b, err := newBook(lang, s.texts, s.loc)
	if err != nil {
		return err
	}
	defer b.file.Close()
	widths := make([]float64, len(header))
	for i := range widths {
		widths[i] = 22
	}
	sh, err := b.add(name, 1, widths...)
	if err != nil {
		return fmt.Errorf("table: %w", err)
	}
	if err := sh.write(cells(b.styles.header, header...)...); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	for _, row := range rows {
		out := make([]any, len(row))
		for i, value := range row {
			switch value := value.(type) {
			case time.Time:
				out[i] = b.at(b.styles.moment, value)
			case string:
				out[i] = b.text(value)
			default:
				out[i] = cell(b.styles.number, value)
			}
		}
		if err := sh.write(out...); err != nil {
			return fmt.Errorf("table: %w", err)
		}
	}
	if err := b.endLines(sh, len(header)); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	_, err = b.file.WriteTo(w)
	return err
}
