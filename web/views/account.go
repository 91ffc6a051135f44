package views

import (
	"strings"

	"halqa/events"
	"halqa/web/locale"
)

func languageOptions() []Option {
	options := make([]Option, 0, len(locale.Languages))
	for _, lang := range locale.Languages {
		options = append(options, Option{Value: lang, Label: locale.Names[lang], Lang: lang})
	}
	return options
}

// chosenFrom puts "Choose…" before the options of a select that has no answer yet.
func chosenFrom(p Page, options []Option) []Option {
	return append([]Option{{Label: p.T("common.choose")}}, options...)
}

// Named is an authored text as plain text in the page's language, or in the one it has.
func (p Page) Named(t events.Text) string {
	s, _ := t.In(p.Lang())
	return s
}

// device says which browser on which system an agent string is, in a few words; "" when it can't tell.
func device(p Page, agent string) string {
	browser := firstIn(agent, [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"},
		{"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}})
	system := firstIn(agent, [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
		{"CrOS", "ChromeOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"}})
	if browser == "" || system == "" {
		return p.T("account.session_unknown")
	}
	return p.T("account.session_on", "Browser", browser, "System", system)
}

func firstIn(s string, names [][2]string) string {
	for _, n := range names {
		if strings.Contains(s, n[0]) {
			return n[1]
		}
	}
	return ""
}
