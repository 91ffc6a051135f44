package web

import (
	"time"

	"halqa/web/locale"
)

// Texts says catalogue keys for what is written outside the pages, such as spreadsheets: args are pairs of a name and a
// value, and times are said as dates in zone.
func Texts(zone *time.Location) func(lang, key string, args ...any) string {
	return texts(zone, (*locale.Localizer).Date)
}

// Letters is Texts for mails, where times are said with the hour. A number called Count chooses the plural form.
func Letters(zone *time.Location) func(lang, key string, args ...any) string {
	return texts(zone, (*locale.Localizer).DateTime)
}

func texts(zone *time.Location, when func(*locale.Localizer, time.Time) string) func(string, string, ...any) string {
	return func(lang, key string, args ...any) string {
		l := locale.For(lang).In(zone)
		said, count, counted := make([]any, len(args)), 0, false
		for i, a := range args {
			if t, ok := a.(time.Time); ok {
				a = when(l, t)
			}
			if i > 0 && args[i-1] == "Count" {
				count, counted = a.(int)
			}
			said[i] = a
		}
		if counted {
			return l.N(key, count, said...)
		}
		return l.T(key, said...)
	}
}
