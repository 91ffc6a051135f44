package documents_test

import (
	"archive/zip"
	"bytes"
	"path"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"halqa/cmd/halqa/demo/documents"
)

func TestFilesAreWhatTheyAreCalled(t *testing.T) {
	all, err := documents.All()
	if err != nil || len(all) < 12 {
		t.Fatalf("%d documents, error %v", len(all), err)
	}
	var total int
	seen := map[string]bool{}
	for _, d := range all {
		data, err := d.Bytes()
		if err != nil {
			t.Fatalf("%s: %v", d.File, err)
		}
		again, err := d.Bytes()
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("%s isn't made the same twice (%v)", d.File, err)
		}
		seen[path.Ext(d.File)] = true
		total += len(data)
		switch path.Ext(d.File) {
		case ".docx":
			checkWritten(t, d, data)
		case ".xlsx":
			if _, err := excelize.OpenReader(bytes.NewReader(data)); err != nil {
				t.Errorf("%s: %v", d.File, err)
			}
		case ".pdf":
			if !bytes.HasPrefix(data, []byte("%PDF-")) {
				t.Errorf("%s begins with %q", d.File, data[:8])
			}
		}
	}
	for _, ext := range []string{".docx", ".xlsx", ".pdf", ".csv", ".txt"} {
		if !seen[ext] {
			t.Errorf("no %s", ext)
		}
	}
	if total > 1<<20 {
		t.Errorf("%d bytes of documents", total)
	}
}

func checkWritten(t *testing.T, d documents.Document, data []byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", d.File, err)
	}
	f, err := archive.Open("word/document.xml")
	if err != nil {
		t.Fatalf("%s: %v", d.File, err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(f); err != nil {
		t.Fatal(err)
	}
	if arabic := d.Languages[0] == "ar"; arabic != strings.Contains(text.String(), "<w:bidi/>") && len(d.Languages) == 1 {
		t.Errorf("%s runs the wrong way", d.File)
	}
}

// TestBudgetAddsUp lets the formulas of the budget template compute.
func TestBudgetAddsUp(t *testing.T) {
	data, err := documents.Document{File: "budget-projet.xlsx"}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for cell, want := range map[string]string{"E7": "12420", "E9": "13041", "F9": "10791", "G9": "2250"} {
		if got, err := f.CalcCellValue("Sheet1", cell); err != nil || got != want {
			t.Errorf("%s = %s (%v), want %s", cell, got, err, want)
		}
	}
}
