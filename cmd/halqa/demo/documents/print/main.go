// Command print makes the .pdf documents of the demonstration from their Markdown, with Chromium. Run it from the root of
// the repository after an edit, and commit what it made:
//
//	go run ./cmd/halqa/demo/documents/print
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"halqa/cmd/halqa/demo/documents"
)

const folder = "cmd/halqa/demo/documents"

const sheet = `<!doctype html><html lang="%s" dir="%s"><meta charset="utf-8"><title>%s</title><style>
@page{size:A4;margin:18mm}body{font:15px/1.7 "Noto Sans","Noto Sans Arabic",sans-serif;color:#16263a}
h1{font-size:28px;color:#0b4a75;border-block-end:3px solid #c96a3f;padding-block-end:6px}h2{font-size:19px;color:#0b4a75}
table{border-collapse:collapse;width:100%%}td,th{border:1px solid #cbbf9f;padding:6px 10px;text-align:start}th{background:#e7edd6}
</style>%s</html>`

func main() {
	all, err := documents.All()
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range all {
		if filepath.Ext(d.File) != ".pdf" {
			continue
		}
		if err := printed(d); err != nil {
			log.Fatalf("%s: %v", d.File, err)
		}
	}
}

func printed(d documents.Document) error {
	text, err := os.ReadFile(filepath.Join(folder, "src", strings.TrimSuffix(d.File, ".pdf")+".md"))
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert(text, &body); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "halqa-print-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	direction := map[string]string{"ar": "rtl"}[d.Languages[0]]
	page := filepath.Join(work, "page.html")
	html := fmt.Sprintf(sheet, d.Languages[0], direction, d.Title[d.Languages[0]], body.String())
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		return err
	}
	out, err := exec.Command("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
		"--user-data-dir="+filepath.Join(work, "chromium"), "--print-to-pdf="+filepath.Join(folder, "printed", d.File), "file://"+page).CombinedOutput()
	if err != nil {
		return fmt.Errorf("chromium: %w: %s", err, out)
	}
	return nil
}
