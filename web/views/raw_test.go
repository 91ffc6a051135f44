package views

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOnlyDrawingsAreRaw: what people write reaches a page escaped by templ or cleaned by package markdown, whose corpus
// of hostile texts then covers every place that shows rich text; only our own drawings go out as they are, and in the
// mailbox what package markdown had cleaned when the mail was written.
func TestOnlyDrawingsAreRaw(t *testing.T) {
	var raw []string
	for _, pattern := range []string{"*.go", "*.templ", "../*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			generated, test := strings.HasSuffix(path, "_templ.go"), strings.HasSuffix(path, "_test.go")
			if !generated && !test && strings.Contains(string(text), "templ.Raw(") {
				raw = append(raw, path)
			}
		}
	}
	slices.Sort(raw)
	if want := []string{"icons.go", "mailbox.templ", "mark.go"}; !slices.Equal(raw, want) {
		t.Errorf("markup goes out as it is in %v, not only in %v", raw, want)
	}
}
