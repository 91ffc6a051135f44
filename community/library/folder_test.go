package library

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"halqa/community/library/librarytest"
)

func folder(t testing.TB) *Folder {
	t.Helper()
	f, err := OpenFolder(filepath.Join(t.TempDir(), "library"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEveryTypeIsKnownByItsContent(t *testing.T) {
	f := folder(t)
	for ext := range mimeOf {
		content := librarytest.File(ext)
		for _, name := range []string{"x." + ext, "page.html", "x.exe", ""} {
			expected := ext
			if ext == "csv" && name != "x.csv" {
				expected = "txt"
			}
			blob, err := f.put(bytes.NewReader(content), name)
			if err != nil || !strings.HasSuffix(blob.Name, "."+expected) || blob.Bytes != int64(len(content)) {
				t.Errorf("%s called %q is stored as %+v, %v", ext, name, blob, err)
				continue
			}
			path, mime, err := f.path(blob.Name)
			if err != nil || mime != mimeOf[expected] {
				t.Errorf("%s is found as %q, %v", ext, mime, err)
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, content) {
				t.Errorf("other bytes came back of %s", ext)
			}
		}
	}
	if blob, err := f.put(strings.NewReader("Pas de tableau ici"), "x.csv"); err != nil || !strings.HasSuffix(blob.Name, ".txt") {
		t.Errorf("a text called a table is stored as %+v, %v", blob, err)
	}
}

// hostile is what people send who mean harm, or are mistaken, under every name.
var hostile = map[string]string{
	"page":                  "<!doctype html><script>alert(1)</script>",
	"page after spaces":     " \n\t<html><body onload=alert(1)>",
	"page after a mark":     "\ufeff<script>alert(1)</script>",
	"drawing with a script": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
	"drawing as XML":        `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
	"XML with an entity":    `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`,
	"shell script":          "#!/bin/sh\nrm -rf /\n",
	"program of Windows":    "MZ\x90\x00\x03\x00\x00\x00\x04\x00",
	"program of Linux":      "\x7fELF\x02\x01\x01\x00",
	"program of Java":       "\xca\xfe\xba\xbe\x00\x00\x00\x34",
	"old office file":       "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600),
	"rich text":             "{\\rtf1\\ansi \x00}",
	"gzip":                  "\x1f\x8b\x08\x00\x00\x00\x00\x00",
	"rar":                   "Rar!\x1a\x07\x00",
	"GIF with a page":       "GIF89a/*<script>*/=1;alert(1)\x00",
	"bitmap":                "BM\x00\x00\x00\x00",
	"film":                  "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
	"PostScript":            "%!PS-Adobe-3.0\n",
	"first bytes of PNG":    "\x89PNG\r\n\x1a\n<script>alert(1)</script>",
	"first bytes of JPEG":   "\xff\xd8\xff<html><script>alert(1)</script>",
	"first bytes of zip":    "PK\x03\x04<html>",
	"empty zip":             "PK\x05\x06" + strings.Repeat("\x00", 18),
	"text in Latin 1":       "Caf\xe9 du march\xe9",
	"text with a NUL":       "abc\x00def",
	"text with an escape":   "\x1b]0;title\x07abc",
	"spaces":                " \n\t ",
	"UTF-16":                "\xff\xfea\x00b\x00",
}

func TestHostileFilesAreRefused(t *testing.T) {
	f := folder(t)
	bad := map[string][]byte{
		"an archive":              librarytest.Archive(zip.Deflate, "readme.txt", "hello"),
		"an archive with a page":  librarytest.Archive(zip.Deflate, "index.html", "<script>"),
		"a Java archive":          librarytest.Archive(zip.Deflate, "META-INF/MANIFEST.MF", "x", "A.class", "x"),
		"an Android application":  librarytest.Archive(zip.Deflate, "AndroidManifest.xml", "x", "classes.dex", "x"),
		"a text with macros":      librarytest.Office("word/document.xml", "wordprocessingml.document", "word/vbaProject.bin"),
		"macros in capitals":      librarytest.Office("xl/workbook.xml", "spreadsheetml.sheet", "xl/VBAPROJECT.BIN"),
		"a template":              librarytest.Office("word/document.xml", "wordprocessingml.template"),
		"a text that is a sheet":  librarytest.Office("word/document.xml", "spreadsheetml.sheet"),
		"types without the part":  librarytest.Archive(zip.Deflate, "[Content_Types].xml", "<Types/>"),
		"broken types":            librarytest.Archive(zip.Deflate, "[Content_Types].xml", "<Types", "word/document.xml", ""),
		"OpenDocument with Basic": librarytest.OpenDocument(mimeOf["odt"], "Basic/Standard/Module1.xml"),
		"OpenDocument scripts":    librarytest.OpenDocument(mimeOf["ods"], "Scripts/python/x.py"),
		"an OpenDocument drawing": librarytest.OpenDocument("application/vnd.oasis.opendocument.graphics"),
		"a book":                  librarytest.OpenDocument("application/epub+zip"),
		"a page that says so":     librarytest.OpenDocument("text/html"),
		"a bomb":                  librarytest.Archive(zip.Deflate, "[Content_Types].xml", strings.Repeat(" ", 40<<20)),
		"a page before a text":    append([]byte("<html>"), librarytest.File("docx")...),
		"a cut text":              librarytest.File("docx")[:200],
	}
	for what, content := range hostile {
		bad[what] = []byte(content)
	}
	for what, content := range bad {
		for _, name := range []string{"x.pdf", "x.csv", "x.txt", "x.docx", "x.png", "x.html"} {
			if blob, err := f.put(bytes.NewReader(content), name); !errors.Is(err, ErrUnknownType) {
				t.Errorf("%s called %s: %+v, %v", what, name, blob, err)
			}
		}
	}
	if left, err := os.ReadDir(f.dir); err != nil || len(left) != 0 {
		t.Errorf("the folder keeps %v, %v", left, err)
	}
}

func TestSizes(t *testing.T) {
	f := folder(t)
	if _, err := f.put(strings.NewReader(""), "x.pdf"); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty file: %v", err)
	}
	pad := func(n int64) io.Reader {
		return io.MultiReader(strings.NewReader("%PDF-1.4"), io.LimitReader(endless{}, n-8))
	}
	if _, err := f.put(pad(MaxBytes), "x.pdf"); err != nil {
		t.Errorf("the largest: %v", err)
	}
	if _, err := f.put(pad(MaxBytes+1), "x.pdf"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one byte more: %v", err)
	}
	broken := errors.New("connection lost")
	if _, err := f.put(io.MultiReader(strings.NewReader("%PDF-"), failing{broken}), "x.pdf"); !errors.Is(err, broken) {
		t.Errorf("a broken connection: %v", err)
	}
	if left, _ := os.ReadDir(f.dir); len(left) != 1 {
		t.Errorf("the folder keeps %v", left)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestTheSameFileAtOnce(t *testing.T) {
	f := folder(t)
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			if _, err := f.put(bytes.NewReader(librarytest.File("odt")), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if left, err := os.ReadDir(f.dir); err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v; want one file", left, err)
	}
}

func TestOnlyGivenNamesAreFound(t *testing.T) {
	f := folder(t)
	hex := strings.Repeat("a", 32)
	for _, name := range []string{"", "..", "../../etc/passwd", hex, hex + ".pdf", hex + ".html", hex + ".svg", hex + ".pdf/../x", strings.ToUpper(hex) + ".pdf"} {
		if _, _, err := f.path(name); !errors.Is(err, errNoBlob) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFileNames(t *testing.T) {
	for sent, want := range map[string]string{
		"Guide du budget.docx":      "Guide du budget.pdf",
		"دليل الميزانية.pdf":        "دليل الميزانية.pdf",
		`C:\Users\moi\rapport.pdf`:  "rapport.pdf",
		"../../etc/passwd":          "passwd.pdf",
		"facture\u202efdp.exe":      "facturefdp.pdf",
		"a\r\nSet-Cookie: x=1.pdf":  "a Set-Cookie- x-1.pdf",
		`";filename="x.html`:        "filename--x.pdf",
		"":                          "document.pdf",
		"...":                       "document.pdf",
		".htaccess":                 "document.pdf",
		strings.Repeat("é", 200):    strings.Repeat("é", 100) + ".pdf",
		"page.html.pdf":             "page-html.pdf",
		"L’eau (2026) - version_2.": "L’eau (2026) - version_2.pdf",
	} {
		if got := FileName(sent, "pdf"); got != want {
			t.Errorf("%q becomes %q, want %q", sent, got, want)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for ext := range mimeOf {
		f.Add(librarytest.File(ext))
	}
	for _, s := range hostile {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		ext, err := Detect(bytes.NewReader(content), int64(len(content)), "x.csv")
		if (err == nil) != (mimeOf[ext] != "") {
			t.Errorf("detected %q, %v", ext, err)
		}
	})
}
