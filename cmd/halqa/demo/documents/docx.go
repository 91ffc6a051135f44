package documents

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// The parts of a Word document (ECMA-376, Office Open XML) beside its text.
const (
	contentTypes = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	relations    = `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	bodyBegins   = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	bodyEnds     = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`
)

// writtenDocument makes a Word document of a little Markdown: headings, lists, paragraphs, one per line.
func writtenDocument(markdown string) ([]byte, error) {
	var body strings.Builder
	body.WriteString(bodyBegins)
	for line := range strings.Lines(markdown) {
		if line = strings.TrimSpace(line); line != "" {
			writeParagraph(&body, line)
		}
	}
	body.WriteString(bodyEnds)
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range [][2]string{{"[Content_Types].xml", contentTypes}, {"_rels/.rels", relations}, {"word/document.xml", body.String()}} {
		w, err := archive.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, part[1]); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return out.Bytes(), err
}

// writeParagraph writes a line as a paragraph that runs the way its first letter does.
func writeParagraph(b *strings.Builder, line string) {
	size, bold, indent := "24", "", ""
	switch text := line; {
	case strings.HasPrefix(text, "## "):
		line, size, bold = text[3:], "28", "<w:b/><w:bCs/>"
	case strings.HasPrefix(text, "# "):
		line, size, bold = text[2:], "36", "<w:b/><w:bCs/>"
	case strings.HasPrefix(text, "- "):
		line, indent = "• "+text[2:], `<w:ind w:start="360" w:hanging="240"/>`
	}
	bidi, rtl := "", ""
	if rightToLeft(line) {
		bidi, rtl = "<w:bidi/>", "<w:rtl/>"
	}
	b.WriteString(`<w:p><w:pPr>` + bidi + `<w:spacing w:before="80" w:after="120"/>` + indent + `</w:pPr><w:r><w:rPr>` + bold +
		`<w:sz w:val="` + size + `"/><w:szCs w:val="` + size + `"/>` + rtl + `</w:rPr><w:t xml:space="preserve">`)
	_ = xml.EscapeText(b, []byte(line)) // a builder takes everything
	b.WriteString(`</w:t></w:r></w:p>`)
}
