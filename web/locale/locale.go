// Package locale speaks French, Arabic and English: texts from the catalogues, plural forms by CLDR, dates with its own
// tables of months, numbers and sizes in Western digits, and the direction of what is written.
package locale

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Languages are the languages of the interface; the first is the default.
var Languages = []string{"fr", "ar", "en"}

// Names are the languages' names, each in itself.
var Names = map[string]string{"fr": "Français", "ar": "العربية", "en": "English"}

// Localizer renders texts and values in one language. It is safe for concurrent use.
type Localizer struct {
	lang      string
	zone      *time.Location
	catalogue catalogue
	plain     map[string]string // the messages without plural nor placeholder, resolved once
	filled    map[string][]part // those with placeholders and no plural
	plural    *i18n.Localizer
	counted   *sync.Map // plural texts that mention nothing but their count, by counting
	missing   *sync.Map // the keys already complained of
}

var load = sync.OnceValue(func() map[string]*Localizer {
	all := map[string]catalogue{}
	for _, lang := range Languages {
		c, err := readCatalogue(files, lang)
		if err != nil {
			panic(err) // the catalogues are compiled in: tests can't pass with a broken one
		}
		all[lang] = c
	}
	b, err := bundle(all)
	if err != nil {
		panic(err)
	}
	out := map[string]*Localizer{}
	for lang, c := range all {
		out[lang] = newLocalizer(lang, c, b)
	}
	return out
})

func newLocalizer(lang string, c catalogue, b *i18n.Bundle) *Localizer {
	l := &Localizer{lang: lang, zone: time.UTC, catalogue: c, plain: map[string]string{}, filled: map[string][]part{},
		plural: i18n.NewLocalizer(b, lang), counted: &sync.Map{}, missing: &sync.Map{}}
	for key, m := range c.messages {
		switch {
		case c.plural[key]:
		case strings.Contains(m.Other, "{{"):
			l.filled[key] = split(m.Other)
		default:
			l.plain[key] = m.Other
		}
	}
	return l
}

// For returns the localizer of lang, or that of the default language when there is none.
func For(lang string) *Localizer {
	all := load()
	if l := all[lang]; l != nil {
		return l
	}
	return all[Languages[0]]
}

// In returns a localizer that shows times as they are in zone. Without it they are shown in UTC.
func (l *Localizer) In(zone *time.Location) *Localizer {
	if zone == nil || zone == l.zone {
		return l
	}
	other := *l
	other.zone = zone
	return &other
}

// Lang is the language's code: "fr", "ar" or "en".
func (l *Localizer) Lang() string { return l.lang }

// Dir is the direction of the language: "rtl" or "ltr".
func (l *Localizer) Dir() string { return Dir(l.lang) }

// Dir is the direction of a language: "rtl" or "ltr".
func Dir(lang string) string {
	if lang == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Has tells whether the catalogue has key.
func (l *Localizer) Has(key string) bool { return l.catalogue.messages[key] != nil }

// T returns the text of key ("area.name") with its placeholders filled from pairs: T("home.hello", "Name", name).
// Numbers among the values are written as Number writes them; text that runs the other way is isolated.
// A missing key is shown as it is, and logged.
func (l *Localizer) T(key string, pairs ...any) string {
	if text, ok := l.plain[key]; ok {
		return text
	}
	parts, ok := l.filled[key]
	if !ok {
		l.complain(key, nil)
		return key
	}
	return l.fill(key, parts, pairs)
}

// N returns the text of key in the plural form that count takes, with {{.Count}} and the placeholders of pairs filled.
func (l *Localizer) N(key string, count int, pairs ...any) string {
	if len(pairs) > 0 || count < 0 || count > rememberedCounts {
		return l.render(key, count, pairs)
	}
	if text, ok := l.counted.Load(counting{key, count}); ok {
		return text.(string)
	}
	text := l.render(key, count, nil)
	l.counted.Store(counting{key, count}, text)
	return text
}

// counting is a plural key with its count.
type counting struct {
	key   string
	count int
}

const rememberedCounts = 200

func (l *Localizer) render(key string, count int, pairs []any) string {
	if l.catalogue.messages[key] == nil {
		l.complain(key, nil)
		return key
	}
	data := make(map[string]any, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		data[name] = l.value(pairs[i+1])
	}
	data["Count"] = l.Number(count)
	text, err := l.plural.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: max(count, -count)})
	if err != nil || strings.Contains(text, "<no value>") {
		l.complain(key, err)
	}
	return text
}

func (l *Localizer) value(v any) any {
	switch v := v.(type) {
	case int:
		return l.Number(v)
	case int64:
		return l.Number(int(v))
	case string:
		return l.Isolate(v)
	case fmt.Stringer:
		return l.Isolate(v.String())
	}
	return v
}

func (l *Localizer) complain(key string, err error) {
	if _, known := l.missing.LoadOrStore(key, true); !known {
		slog.Error("text missing or incomplete", "key", key, "language", l.lang, "error", err)
	}
}

var matcher = language.NewMatcher([]language.Tag{language.French, language.Arabic, language.English})

// Match returns the interface language that best fits an Accept-Language header; French when none does.
func Match(acceptLanguage string) string {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Languages[0]
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return Languages[0]
	}
	return Languages[i]
}

// Known returns lang if the interface speaks it, or else "".
func Known(lang string) string {
	if _, ok := Names[lang]; ok {
		return lang
	}
	return ""
}
