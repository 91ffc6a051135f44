package library

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"image"
	_ "image/jpeg" // so that image.DecodeConfig knows it
	_ "image/png"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const ooxml = "application/vnd.openxmlformats-officedocument."

// mimeOf is the media type of each extension: everything that the library keeps.
var mimeOf = map[string]string{
	"pdf":  "application/pdf",
	"docx": ooxml + "wordprocessingml.document",
	"xlsx": ooxml + "spreadsheetml.sheet",
	"pptx": ooxml + "presentationml.presentation",
	"odt":  "application/vnd.oasis.opendocument.text",
	"ods":  "application/vnd.oasis.opendocument.spreadsheet",
	"png":  "image/png",
	"jpg":  "image/jpeg",
	"txt":  "text/plain; charset=utf-8",
	"csv":  "text/csv; charset=utf-8",
}

// Accept is what a browser should offer to choose from.
const Accept = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.png,.jpg,.jpeg,.txt,.csv"

// MIME is the media type of an extension that Detect returns, or "".
func MIME(ext string) string { return mimeOf[ext] }

const (
	maxEntries = 10_000  // of an archive that is a document
	maxPart    = 1 << 20 // bytes read of the part that says what an archive is
)

// Detect tells the extension of what the size bytes of r are: the content decides, never the name, which only tells a table in
// plain text from other plain text. It returns ErrUnknownType for what isn't accepted.
func Detect(r io.ReaderAt, size int64, name string) (ext string, err error) {
	head := make([]byte, 16)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "pdf", nil
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")), bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}):
		return detectImage(r, size)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return detectArchive(r, size)
	}
	return detectText(r, size, name)
}

// detectImage wants a header that a decoder understands, not only the first bytes.
func detectImage(r io.ReaderAt, size int64) (string, error) {
	_, format, err := image.DecodeConfig(io.NewSectionReader(r, 0, size))
	switch {
	case err != nil:
		return "", ErrUnknownType
	case format == "jpeg":
		return "jpg", nil
	case format == "png":
		return "png", nil
	}
	return "", ErrUnknownType
}

// detectArchive tells office documents apart by what they say they are inside. Those with macros are refused.
func detectArchive(r io.ReaderAt, size int64) (string, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil || len(archive.File) == 0 || len(archive.File) > maxEntries {
		return "", ErrUnknownType
	}
	parts := make(map[string]*zip.File, len(archive.File))
	for _, f := range archive.File {
		lower := strings.ToLower(f.Name)
		if path.Base(lower) == "vbaproject.bin" || strings.HasPrefix(lower, "basic/") || strings.HasPrefix(lower, "scripts/") {
			return "", ErrUnknownType // a program travels with it
		}
		parts[f.Name] = f
	}
	if first := archive.File[0]; first.Name == "mimetype" && first.Method == zip.Store {
		return detectOpenDocument(first)
	}
	return detectOffice(parts)
}

func detectOpenDocument(f *zip.File) (string, error) {
	said, err := readPart(f)
	if err != nil {
		return "", ErrUnknownType
	}
	for _, ext := range []string{"odt", "ods"} {
		if string(said) == mimeOf[ext] {
			return ext, nil
		}
	}
	return "", ErrUnknownType
}

// detectOffice reads [Content_Types].xml: the type of the main part is that of the document.
func detectOffice(parts map[string]*zip.File) (string, error) {
	types := parts["[Content_Types].xml"]
	if types == nil {
		return "", ErrUnknownType
	}
	said, err := readPart(types)
	if err != nil {
		return "", ErrUnknownType
	}
	var content struct {
		Override []struct {
			PartName    string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal(said, &content); err != nil {
		return "", ErrUnknownType
	}
	for ext, part := range map[string]string{"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"} {
		for _, o := range content.Override {
			if parts[part] != nil && o.PartName == "/"+part && o.ContentType == mimeOf[ext]+".main+xml" {
				return ext, nil
			}
		}
	}
	return "", ErrUnknownType
}

// readPart reads a small part of an archive, however much it claims to unpack to.
func readPart(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxPart))
}

// detectText accepts plain text in UTF-8 that no browser could take for a page or a drawing.
func detectText(r io.ReaderAt, size int64, name string) (string, error) {
	raw, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return "", err
	}
	text := bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(text) || bytes.ContainsFunc(text, unprintable) || !strings.HasPrefix(http.DetectContentType(text), "text/plain") {
		return "", ErrUnknownType
	}
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0, text[0] == '<', bytes.HasPrefix(text, []byte("#!")):
		return "", ErrUnknownType
	case strings.EqualFold(path.Ext(name), ".csv") && isTable(text):
		return "csv", nil
	}
	return "txt", nil
}

func unprintable(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\f", r) }

// isTable tells whether a text is lines of the same number of fields, two or more.
func isTable(text []byte) bool {
	for _, comma := range ",;\t" {
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma, r.LazyQuotes = comma, true
		if lines, err := r.ReadAll(); err == nil && len(lines) > 0 && len(lines[0]) > 1 {
			return true
		}
	}
	return false
}
