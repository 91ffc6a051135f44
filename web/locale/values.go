package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var months = map[string][12]string{
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"ar": {"جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var shortMonths = map[string][12]string{
	"fr": {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
	"ar": months["ar"],
	"en": {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

var weekdays = map[string][7]string{
	"fr": {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
	"ar": {"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"},
	"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// Date is the day with its month in words: "22 novembre 2026".
func (l *Localizer) Date(t time.Time) string {
	t = t.In(l.zone)
	day := strconv.Itoa(t.Day())
	if l.lang == "fr" && t.Day() == 1 {
		day = "1er"
	}
	return day + " " + l.Month(t) + " " + strconv.Itoa(t.Year())
}

// LongDate is the date with its weekday: "dimanche 22 novembre 2026".
func (l *Localizer) LongDate(t time.Time) string {
	day := weekdays[l.lang][t.In(l.zone).Weekday()]
	if l.lang == "ar" {
		return day + "، " + l.Date(t)
	}
	return day + " " + l.Date(t)
}

// Month is the name of the month of t.
func (l *Localizer) Month(t time.Time) string { return months[l.lang][t.In(l.zone).Month()-1] }

// MonthOfYear is the month of t with its year: "novembre 2026".
func (l *Localizer) MonthOfYear(t time.Time) string {
	return l.Month(t) + " " + strconv.Itoa(t.In(l.zone).Year())
}

// ShortMonth is the month of t as short as the language allows: "nov.".
func (l *Localizer) ShortMonth(t time.Time) string {
	return shortMonths[l.lang][t.In(l.zone).Month()-1]
}

// Day is the number of the day in its month.
func (l *Localizer) Day(t time.Time) string { return strconv.Itoa(t.In(l.zone).Day()) }

// Clock is the time of day: "09:30". In Arabic too it reads left to right, hour first.
func (l *Localizer) Clock(t time.Time) string { return t.In(l.zone).Format("15:04") }

// DateTime is the date and the time of day: "22 novembre 2026, 09:30".
func (l *Localizer) DateTime(t time.Time) string {
	comma := ", "
	if l.lang == "ar" {
		comma = "، "
	}
	return l.Date(t) + comma + l.Clock(t)
}

// Stamp is the value of a <time datetime> attribute.
func (l *Localizer) Stamp(t time.Time) string { return t.In(l.zone).Format(time.RFC3339) }

// Number groups the digits by three: "2 500" in French, "2,500" in English, "2.500" in Arabic as in the Maghreb.
func (l *Localizer) Number(n int) string {
	digits := strconv.Itoa(n)
	if -1000 < n && n < 1000 {
		return digits
	}
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	separator := map[string]string{"fr": "\u202f", "ar": ".", "en": ","}[l.lang]
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Decimal writes x with one decimal at most, and the language's decimal mark.
func (l *Localizer) Decimal(x float64) string {
	s := strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
	if l.lang != "en" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Percent writes a percentage from 0 to 100: "62 %".
func (l *Localizer) Percent(n int) string {
	if l.lang == "fr" {
		return l.Number(n) + "\u00a0%"
	}
	return l.Number(n) + "%"
}

// Bytes writes a size in the decimal units that people pay for: "6 Mo", "6 MB", "6 م.ب".
func (l *Localizer) Bytes(n int64) string {
	units := map[string][3]string{"fr": {"ko", "Mo", "Go"}, "ar": {"ك.ب", "م.ب", "ج.ب"}, "en": {"kB", "MB", "GB"}}[l.lang]
	x, unit := float64(n)/1e3, units[0]
	if n >= 1_000_000 {
		x, unit = float64(n)/1e6, units[1]
	}
	if n >= 1_000_000_000 {
		x, unit = float64(n)/1e9, units[2]
	}
	if x >= 10 || unit == units[0] {
		return fmt.Sprintf("%.0f\u00a0%s", max(x, 1), unit)
	}
	return l.Decimal(x) + "\u00a0" + unit
}

// Duration writes a length of time as people say it, rounded up to the minute: "7 min", "1 h 05".
func (l *Localizer) Duration(d time.Duration) string {
	minutes := int((d + time.Minute - 1) / time.Minute)
	hour, minute := "h", "min"
	if l.lang == "ar" {
		hour, minute = "س", "د"
	}
	switch {
	case minutes < 60:
		return fmt.Sprintf("%d\u00a0%s", minutes, minute)
	case minutes%60 == 0:
		return fmt.Sprintf("%d\u00a0%s", minutes/60, hour)
	default:
		return fmt.Sprintf("%d\u00a0%s\u00a0%02d", minutes/60, hour, minutes%60)
	}
}

// Timer writes a position in a recording: "3:07", "1:02:07".
func (l *Localizer) Timer(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// And joins a list of words: "a, b et c".
func (l *Localizer) And(words []string) string {
	return l.list(words, map[string]string{"fr": " et ", "ar": " و", "en": " and "}[l.lang])
}

// Or joins words of which any one will do: "a, b or c".
func (l *Localizer) Or(words []string) string {
	return l.list(words, map[string]string{"fr": " ou ", "ar": " أو ", "en": " or "}[l.lang])
}

func (l *Localizer) list(words []string, and string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	comma := ", "
	if l.lang == "ar" {
		comma = "، "
	}
	last := len(words) - 1
	return strings.Join(words[:last], comma) + and + words[last]
}

// Isolate wraps text that holds letters of the other direction in Unicode isolates (FSI…PDI), so that it can't disturb
// the sentence around it, in a page as in a mail or a sheet. In markup prefer <bdi>.
func (l *Localizer) Isolate(s string) string {
	for _, r := range s {
		if unicode.IsLetter(r) && RightToLeft(r) != (l.lang == "ar") {
			return "\u2068" + s + "\u2069"
		}
	}
	return s
}

// RightToLeft tells whether r is a letter of a script written from right to left.
func RightToLeft(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}
