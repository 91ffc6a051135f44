package notify

import (
	"bytes"
	"html/template"
	"strings"
	"time"
	"unicode"
)

// Letter is the text of a mail in its reader's language: a few words and one thing to do.
type Letter struct {
	Language   string
	Dir        string // rtl or ltr
	Subject    string
	Greeting   string
	Paragraphs []string
	Action     string // what the link says
	URL        string // absolute
	Closing    string
	Footer     string
}

// compose writes the letter of a mail. Links begin with public.
func compose(render Render, public string, m Mail) Letter {
	d := m.Data
	title, _ := d.Title.In(m.Language)
	if d.Thread != "" {
		title = d.Thread
	}
	args := []any{"Name", d.Name, "Title", title, "StartsAt", d.StartsAt, "Place", d.Place, "Organisation", d.Organisation,
		"Reason", d.Reason}
	say := func(key string) string { return render(m.Language, "notify."+key, args...) }
	l := Letter{Language: m.Language, Dir: "ltr", Subject: oneLine(say("mail_" + m.Kind + "_subject")),
		Greeting: say("mail_hello"), Action: say("mail_" + m.Kind + "_action"), URL: public + d.Path,
		Closing: say("mail_closing"), Footer: say("mail_footer")}
	if m.Language == "ar" {
		l.Dir = "rtl"
	}
	for _, p := range strings.Split(say("mail_"+m.Kind+"_text"), "\n\n") {
		l.Paragraphs = append(l.Paragraphs, strings.TrimSpace(p))
	}
	if d.Reason != "" {
		l.Paragraphs = append(l.Paragraphs, say("mail_reason"))
	}
	return l
}

// oneLine makes a header of s: no line may begin inside it.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ' ' }), " ")
}

// Text is the letter as plain text.
func (l Letter) Text() string {
	var b strings.Builder
	b.WriteString(l.Greeting + "\n\n")
	for _, p := range l.Paragraphs {
		b.WriteString(p + "\n\n")
	}
	b.WriteString(l.Action + "\n" + l.URL + "\n\n")
	b.WriteString(l.Closing + "\n\n-- \n" + l.Footer + "\n")
	return b.String()
}

// HTML is the same letter with its direction, which plain text can't carry.
func (l Letter) HTML() (string, error) {
	var b bytes.Buffer
	err := page.Execute(&b, l)
	return b.String(), err
}

var page = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="{{.Language}}" dir="{{.Dir}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px 16px;background:#f7f2e8;color:#22303c;font:17px/1.7 system-ui,'Segoe UI',Tahoma,sans-serif">
<div dir="{{.Dir}}" style="max-width:34em;margin:auto;padding:24px;background:#fff;border-radius:12px">
<p>{{.Greeting}}</p>
{{range .Paragraphs}}<p>{{.}}</p>
{{end}}<p style="margin:28px 0"><a href="{{.URL}}" style="display:inline-block;padding:12px 22px;background:#1d4e79;color:#fff;text-decoration:none;border-radius:8px">{{.Action}}</a></p>
<p style="font-size:14px;color:#5b6770;word-break:break-all" dir="ltr">{{.URL}}</p>
<p>{{.Closing}}</p>
</div>
<p style="max-width:34em;margin:16px auto 0;font-size:14px;color:#5b6770">{{.Footer}}</p>
</body>
</html>
`))

// row is a queued mail as the table holds it.
type row struct {
	ID        int64
	Key       string
	Address   string
	PersonID  int64
	Language  string
	Kind      string
	Data      Data
	State     string
	Attempts  int
	CreatedAt time.Time
	DoneAt    time.Time
	Error     string
}

func (r row) mail() Mail {
	return Mail{Key: r.Key, To: r.Address, PersonID: r.PersonID, Language: r.Language, Kind: r.Kind, Data: r.Data}
}
