package library

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"halqa/community/account"
	"halqa/events"
)

// Kinds are the kinds of document, in the order forms show them.
var Kinds = []string{"guide", "template", "report", "law", "other"}

// State is where a document stands.
type State string

// The states.
const (
	Proposed  State = "proposed" // by a member: waits for a moderator
	Published State = "published"
	Refused   State = "refused"   // with a reason
	Withdrawn State = "withdrawn" // was published, or was proposed and taken back
)

// Longest texts, in characters.
const (
	MaxTitle   = 160
	MaxSummary = 1000
	maxReason  = 2000
)

// Document is a file of a space with what is said of it.
type Document struct {
	bun.BaseModel `bun:"table:document,alias:document"`

	ID        int64 `bun:",pk,autoincrement"`
	SpaceID   int64
	Title     events.Text `bun:"type:jsonb"`
	Summary   events.Text `bun:"type:jsonb"`
	Words     string      // titles and summaries folded, for finding
	Kind      string      // one of Kinds
	Axes      []string    `bun:",array"` // keys
	Languages []string    `bun:",array"` // of events.Languages: what the file is written in
	Blob      string      // in the Folder
	Name      string      // of the file for who takes it, with the extension of its true type
	Bytes     int64
	State     State
	GivenBy   int64 `bun:",nullzero"` // 0 when their account is gone
	GivenAt   time.Time
	DecidedBy int64     `bun:",nullzero"`
	DecidedAt time.Time `bun:",nullzero"` // when it was published, refused or withdrawn
	Reason    string    // why it was refused
	Downloads int64
	Version   int `bun:",nullzero,default:1"` // counts edits
}

// Extension is the true type of the file, such as "pdf".
func (d Document) Extension() string {
	_, ext, _ := strings.Cut(d.Blob, ".")
	return ext
}

// Draft is a document as somebody describes it.
type Draft struct {
	Title     events.Text // in one language at least
	Summary   events.Text
	Kind      string
	Axes      []string // those that nobody may choose are left out
	Languages []string
	Version   int // of the document that an edit was begun from
}

// check tidies d in place and returns all that is wrong with it. Fields are named title_fr, summary_fr, kind, languages.
func (d *Draft) check(axes []account.Axis) account.Invalids {
	var wrong account.Invalids
	d.Title = checkTexts(&wrong, "title", d.Title, MaxTitle, oneLine)
	d.Summary = checkTexts(&wrong, "summary", d.Summary, MaxSummary, tidy)
	if len(d.Title) == 0 && !slices.ContainsFunc(wrong, func(i account.Invalid) bool { return strings.HasPrefix(i.Field, "title") }) {
		wrong.Add("title_fr", "library.error_title")
	}
	if !slices.Contains(Kinds, d.Kind) {
		wrong.Add("kind", "library.error_kind")
	}
	d.Languages = slices.DeleteFunc(slices.Clone(events.Languages), func(l string) bool { return !slices.Contains(d.Languages, l) })
	if len(d.Languages) == 0 {
		wrong.Add("languages", "library.error_languages")
	}
	known := []string{}
	for _, a := range axes {
		if slices.Contains(d.Axes, a.Key) {
			known = append(known, a.Key)
		}
	}
	d.Axes = known
	return wrong
}

// checkTexts keeps the languages that have a text.
func checkTexts(wrong *account.Invalids, field string, t events.Text, most int, clean func(string) string) events.Text {
	out := events.Text{}
	for _, lang := range events.Languages {
		s := clean(t[lang])
		if utf8.RuneCountInString(s) > most {
			wrong.Add(field+"_"+lang, "account.error_long", "Max", most)
		}
		if s != "" {
			out[lang] = s
		}
	}
	return out
}

// words are what a document is found by.
func (d Draft) words() string {
	var all []string
	for _, lang := range events.Languages {
		all = append(all, account.Fold(d.Title[lang]), account.Fold(d.Summary[lang]))
	}
	return strings.Join(all, " ")
}

// tidy drops what nobody types on purpose: control characters, and those that turn the writing round.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.TrimSpace(s)
}

func oneLine(s string) string { return strings.Join(strings.Fields(tidy(s)), " ") }

// FileName is what the file is called for who takes it: as its sender called it, without what could be a path or hide
// the extension, which is that of its true type.
func FileName(sent, ext string) string {
	s := oneLine(sent)
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if i := strings.LastIndex(s, "."); i >= 0 {
		s = s[:i]
	}
	s = strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_()'’", r) {
			return r
		}
		return '-'
	}, s), " -.")
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	if s == "" {
		s = "document"
	}
	return s + "." + ext
}
