package demo

import (
	"embed"
	"fmt"

	"github.com/BurntSushi/toml"
)

// texts are what the demonstration says, apart from modules and documents.
//
//go:embed *.toml forum
var texts embed.FS

// read decodes one of the texts. What its types don't know is an error: a misspelt word would be lost else.
func read[T any](name string) (T, error) {
	var v T
	meta, err := toml.DecodeFS(texts, name, &v)
	if err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return v, fmt.Errorf("%s: what is %v?", name, unknown)
	}
	return v, nil
}
