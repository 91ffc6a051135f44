package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalogue/*.toml
var files embed.FS

// Forms are the CLDR plural categories that each language needs. French has "many" too, for round millions; it reads as
// "other", so that the catalogues need not repeat it.
var Forms = map[string][]string{
	"fr": {"one", "other"},
	"ar": {"zero", "one", "two", "few", "many", "other"},
	"en": {"one", "other"},
}

// catalogue is everything that the area files of one language say.
type catalogue struct {
	messages map[string]*i18n.Message // by full key, "area.name"
	plural   map[string]bool          // the keys that have plural forms
}

// readCatalogue reads every <area>.<lang>.toml. A file is flat: a key is either a string or a table of plural forms.
func readCatalogue(fsys fs.FS, lang string) (catalogue, error) {
	c := catalogue{messages: map[string]*i18n.Message{}, plural: map[string]bool{}}
	names, err := fs.Glob(fsys, "catalogue/*."+lang+".toml")
	if err != nil {
		return c, err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return c, err
		}
		var keys map[string]any
		if err := toml.Unmarshal(raw, &keys); err != nil {
			return c, fmt.Errorf("%s: %w", name, err)
		}
		area := strings.TrimSuffix(path.Base(name), "."+lang+".toml")
		for key, value := range keys {
			if err := c.add(area+"."+key, value); err != nil {
				return c, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return c, nil
}

func (c catalogue) add(key string, value any) error {
	switch v := value.(type) {
	case string:
		c.messages[key] = &i18n.Message{ID: key, Other: v}
		return nil
	case map[string]any:
		m := &i18n.Message{ID: key}
		for form, text := range v {
			s, ok := text.(string)
			if !ok || !setForm(m, form, s) {
				return fmt.Errorf("%s: %q is no plural form; catalogue files are flat, without [tables] of keys", key, form)
			}
		}
		if m.Many == "" {
			m.Many = m.Other
		}
		c.messages[key], c.plural[key] = m, true
		return nil
	}
	return fmt.Errorf("%s: a message is a string or a table of plural forms", key)
}

func setForm(m *i18n.Message, form, text string) bool {
	switch form {
	case "zero":
		m.Zero = text
	case "one":
		m.One = text
	case "two":
		m.Two = text
	case "few":
		m.Few = text
	case "many":
		m.Many = text
	case "other":
		m.Other = text
	default:
		return false
	}
	return true
}

// bundle gathers the catalogues for go-i18n, which chooses the plural forms.
func bundle(all map[string]catalogue) (*i18n.Bundle, error) {
	b := i18n.NewBundle(language.French)
	for lang, c := range all {
		messages := make([]*i18n.Message, 0, len(c.messages))
		for _, m := range c.messages {
			messages = append(messages, m)
		}
		if err := b.AddMessages(language.MustParse(lang), messages...); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", lang, err)
		}
	}
	return b, nil
}

// Keys returns every key of a language, sorted. For tests and the style guide.
func Keys(lang string) []string {
	keys := make([]string, 0, len(For(lang).catalogue.messages))
	for key := range For(lang).catalogue.messages {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
