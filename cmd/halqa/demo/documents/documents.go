// Package documents carries the documents of the demonstration's libraries: short texts and tables, made into files that
// an office program opens.
package documents

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/xuri/excelize/v2"

	"halqa/events"
)

//go:embed documents.toml src printed
var files embed.FS

// Document is a document, how it came to its library and what became of it there.
type Document struct {
	File      string // its name; the extension tells how it is made
	Space     string // key
	By        string // who gave it, as in the forum's texts, or "moderator"
	Day       int    // counted from the day the demonstration is loaded on
	Kind      string
	Axes      []string
	Languages []string
	Title     events.Text
	Summary   events.Text
	Wait      bool   // nobody decided yet
	Refused   string // for that reason
	Withdrawn bool
}

// All lists the documents, the way documents.toml does.
func All() ([]Document, error) {
	var all struct{ Document []Document }
	meta, err := toml.DecodeFS(files, "documents.toml", &all)
	if err != nil {
		return nil, fmt.Errorf("documents.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("documents.toml: what is %v?", unknown)
	}
	return all.Document, nil
}

// Bytes is the file of a document, the same each time.
func (d Document) Bytes() ([]byte, error) {
	name, ext := strings.TrimSuffix(d.File, path.Ext(d.File)), path.Ext(d.File)
	source := map[string]string{".docx": "src/" + name + ".md", ".xlsx": "src/" + name + ".csv", ".pdf": "printed/" + d.File}[ext]
	if source == "" {
		source = "src/" + d.File
	}
	raw, err := files.ReadFile(source)
	if err != nil {
		return nil, err
	}
	switch ext {
	case ".docx":
		return writtenDocument(string(raw))
	case ".xlsx":
		return spreadsheet(string(raw))
	case ".csv":
		return append([]byte("\ufeff"), raw...), nil // so that Excel reads UTF-8
	}
	return raw, nil
}

// spreadsheet makes a table of comma-separated values: cells that begin with "=" are formulas, numbers are numbers. It
// reads from right to left when its first cell does.
func spreadsheet(text string) ([]byte, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"#e7edd6"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	if err := fill(f, sheet, rows); err != nil {
		return nil, err
	}
	last, err := excelize.CoordinatesToCellName(len(rows[0]), 1)
	if err != nil {
		return nil, err
	}
	rtl := rightToLeft(rows[0][0])
	err = first(f.SetCellStyle(sheet, "A1", last, head), f.SetColWidth(sheet, "A", "I", 18),
		f.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &rtl}),
		f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}

func fill(f *excelize.File, sheet string, rows [][]string) error {
	for i, row := range rows {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			number, notNumber := strconv.ParseFloat(cell, 64)
			switch {
			case strings.HasPrefix(cell, "="):
				err = f.SetCellFormula(sheet, at, cell[1:])
			case notNumber == nil:
				err = f.SetCellValue(sheet, at, number)
			default:
				err = f.SetCellStr(sheet, at, cell)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// rightToLeft tells whether the first letter of a text is Arabic.
func rightToLeft(s string) bool {
	i := strings.IndexFunc(s, unicode.IsLetter)
	return i >= 0 && unicode.Is(unicode.Arabic, []rune(s[i:])[0])
}
