// Package librarytest makes small files of every type the library keeps, for tests.
package librarytest

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
)

const officeTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Override PartName="/PART" ContentType="application/vnd.openxmlformats-officedocument.TYPE.main+xml"/></Types>`

// File is the smallest file of an extension; it panics for one that it doesn't know.
func File(ext string) []byte {
	switch ext {
	case "pdf":
		return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	case "docx":
		return Office("word/document.xml", "wordprocessingml.document")
	case "xlsx":
		return Office("xl/workbook.xml", "spreadsheetml.sheet")
	case "pptx":
		return Office("ppt/presentation.xml", "presentationml.presentation")
	case "odt":
		return OpenDocument("application/vnd.oasis.opendocument.text")
	case "ods":
		return OpenDocument("application/vnd.oasis.opendocument.spreadsheet")
	case "png", "jpg":
		return picture(ext)
	case "txt":
		return []byte("\ufeffModèle de procès-verbal\nمحضر جلسة\n")
	case "csv":
		return []byte("poste;montant\nLoyer;\"1 200\"\nTransport;300\n")
	}
	panic("librarytest: no file of type " + ext)
}

// Office is an Office Open XML file whose main part has the given name and type, with more empty parts.
func Office(part, kind string, more ...string) []byte {
	types := strings.NewReplacer("PART", part, "TYPE", kind).Replace(officeTypes)
	entries := []string{"[Content_Types].xml", types, part, "<x/>"}
	for _, name := range more {
		entries = append(entries, name, "")
	}
	return Archive(zip.Deflate, entries...)
}

// OpenDocument is an OpenDocument file that says it is of a media type, with more empty parts.
func OpenDocument(mime string, more ...string) []byte {
	entries := []string{"mimetype", mime, "content.xml", "<x/>"}
	for _, name := range more {
		entries = append(entries, name, "")
	}
	return Archive(zip.Store, entries...)
}

// Archive is a zip of names and contents, in pairs.
func Archive(method uint16, entries ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(entries); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: entries[i], Method: method})
		if err == nil {
			_, err = f.Write([]byte(entries[i+1]))
		}
		if err != nil {
			panic(err) // writes to memory
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func picture(ext string) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 2, 2))
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	err := png.Encode(&b, img)
	if ext == "jpg" {
		b.Reset()
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}
