package notify

import (
	"bytes"
	"html/template"
	"slices"
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
	Above      string // the line above which an answer is written, or ""
	Paragraphs []string
	Words      string        // of the post that it tells of, or ""
	WordsHTML  template.HTML // the same
	Sections   []Section     // of a digest
	Body       string        // of a newsletter, or ""
	BodyHTML   template.HTML // the same
	More       string        // what doesn't fit in them, or ""
	Action     string        // what the link says
	URL        string        // absolute
	Closing    string
	Footer     string
	Fewer      string // what the link to get fewer mails says, or ""
	FewerURL   string // absolute; "" for mails that always leave
	Reply      string // the address at which an answer becomes a post, or ""
}

// composer writes letters.
type composer struct {
	render Render
	public string // what links begin with
	secret []byte // signs the links to get fewer mails
	posts  Posts  // nil: mails about posts don't say them
	news   Newsletters
	back   Inbound
}

// compose writes the letter of a mail.
func (c composer) compose(m Mail) Letter {
	d := m.Data
	title, _ := d.Title.In(m.Language)
	if d.Thread != "" {
		title = d.Thread
	}
	space, _ := d.Title.In(m.Language) // of a mailing list
	args := []any{"Space", space, "Name", d.Name, "Title", title, "StartsAt", d.StartsAt, "Until", d.Until, "Place", d.Place, "Organisation", d.Organisation,
		"Reason", d.Reason, "Result", resultOf(c.render, m.Language, d)}
	say := func(key string) string { return c.render(m.Language, "notify."+key, args...) }
	if d.Person == "" {
		d.Person = say("someone")
	}
	args = append(args, "Person", d.Person)
	subject, text, action := textsOf(m.Kind)
	if len(d.Openings) > 0 {
		subject, text, action = "mail_openings_subject", "mail_openings_text", "mail_openings_action"
	}
	l := Letter{Language: m.Language, Dir: "ltr", Greeting: say("mail_hello"), Action: say(action),
		URL: c.public + d.Path, Closing: say("mail_closing"), Footer: say("mail_footer")}
	if t := topicOf(m); t != "" && m.PersonID != 0 && len(c.secret) > 0 {
		l.Fewer = say("mail_fewer")
		if t.List() != 0 {
			l.Fewer = say("mail_fewer_list")
		}
		l.FewerURL = c.public + UnsubscribePath + unsubscribeToken(c.secret, m.PersonID, t)
	}
	switch {
	case m.Kind == DigestMail && countPosts(d.Digest) == 0:
		l.Subject = oneLine(c.render(m.Language, "notify.digest_polls", "Count", countEnded(d.Digest)))
	case m.Kind == DigestMail:
		l.Subject = oneLine(c.render(m.Language, "notify."+subject, "Count", countPosts(d.Digest)))
	case len(d.Openings) > 0:
		l.Subject = oneLine(c.render(m.Language, "notify."+subject, "Count", len(d.Openings)))
	default:
		l.Subject = oneLine(say(subject))
	}
	if m.Language == "ar" {
		l.Dir = "rtl"
	}
	l.Sections, l.More = c.sections(m.Language, d.Digest)
	l.Sections = append(l.Sections, c.openings(m.Language, d.Openings)...)
	for _, p := range strings.Split(say(text), "\n\n") {
		l.Paragraphs = append(l.Paragraphs, strings.TrimSpace(p))
	}
	if d.Left != 0 {
		l.Paragraphs = append(l.Paragraphs, say("mail_exchanged"))
	}
	if d.Refused != "" {
		l.Paragraphs = append(l.Paragraphs, say("refused_"+string(d.Refused)))
	}
	l.Paragraphs = append(l.Paragraphs, c.unkept(m)...)
	if d.Cause != "" {
		l.Paragraphs = append(l.Paragraphs, say("cause_"+d.Cause))
	}
	if d.Reason != "" {
		l.Paragraphs = append(l.Paragraphs, say("mail_reason"))
	}
	return l
}

// unkept says which files of an answer by mail aren't kept, each with the reason.
func (c composer) unkept(m Mail) (said []string) {
	if len(m.Data.Unkept) > 0 && m.Kind == AnswerHeld {
		said = append(said, c.render(m.Language, "notify.files_unkept"))
	}
	for _, f := range m.Data.Unkept {
		if f.Name == "" {
			f.Name = c.render(m.Language, "notify.file_nameless")
		}
		said = append(said, c.render(m.Language, "notify.file_"+string(f.Why), "Name", f.Name, "Most", f.Most))
	}
	return said
}

// textsOf are the keys of a kind of mail: its own, or what the page says of it.
func textsOf(kind string) (subject, text, action string) {
	if slices.Contains(MailKinds, kind) {
		return "mail_" + kind + "_subject", "mail_" + kind + "_text", "mail_" + kind + "_action"
	}
	return "told_" + kind, "told_" + kind, "mail_look"
}

// oneLine makes a header of s: no line may begin inside it.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ' ' }), " ")
}

// Text is the letter as plain text.
func (l Letter) Text() string {
	var b strings.Builder
	if l.Above != "" {
		b.WriteString(l.Above + "\n\n")
	}
	b.WriteString(l.Greeting + "\n\n")
	for _, p := range l.Paragraphs {
		b.WriteString(p + "\n\n")
	}
	if l.Body != "" {
		b.WriteString(l.Body + "\n\n")
	}
	if l.Words != "" {
		b.WriteString(quoted(l.Words) + "\n\n")
	}
	for _, s := range l.Sections {
		b.WriteString(s.text())
	}
	if l.More != "" {
		b.WriteString(l.More + "\n\n")
	}
	b.WriteString(l.Action + "\n" + l.URL + "\n\n")
	b.WriteString(l.Closing + "\n\n-- \n" + l.Footer + "\n")
	if l.FewerURL != "" {
		b.WriteString(l.Fewer + "\n" + l.FewerURL + "\n")
	}
	return b.String()
}

// quoted marks each line of a text as somebody else's.
func quoted(text string) string {
	return "> " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n> ")
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
{{if .Above}}<p style="margin:0 0 16px;font-size:13px;color:#5b6770">{{.Above}}</p>
{{end}}<p>{{.Greeting}}</p>
{{range .Paragraphs}}<p>{{.}}</p>
{{end}}{{if .Body}}<div dir="auto">{{.BodyHTML}}</div>
{{end}}{{if .Words}}<div dir="auto" style="margin:16px 0;padding-inline-start:14px;border-inline-start:3px solid #c9b58a">{{.WordsHTML}}</div>
{{end}}{{range .Sections}}{{if .Title}}<h2 style="margin:24px 0 8px;font-size:18px"><bdi>{{.Title}}</bdi></h2>
{{end}}<ul style="margin:0;padding:0;list-style:none">
{{range .Lines}}<li style="margin:0 0 12px"><a href="{{.URL}}" style="color:#1d4e79"><bdi>{{.Title}}</bdi></a><br><span style="font-size:14px;color:#5b6770">{{.Note}}</span></li>
{{end}}</ul>
{{end}}{{if .More}}<p>{{.More}}</p>
{{end}}<p style="margin:28px 0"><a href="{{.URL}}" style="display:inline-block;padding:12px 22px;background:#1d4e79;color:#fff;text-decoration:none;border-radius:8px">{{.Action}}</a></p>
<p style="font-size:14px;color:#5b6770;word-break:break-all" dir="ltr">{{.URL}}</p>
<p>{{.Closing}}</p>
</div>
<p style="max-width:34em;margin:16px auto 0;font-size:14px;color:#5b6770">{{.Footer}}{{if .FewerURL}}<br>
<a href="{{.FewerURL}}" style="color:#1d4e79">{{.Fewer}}</a>{{end}}</p>
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
	Stopped   bool // its address is out of reach
	Attempts  int
	CreatedAt time.Time
	DoneAt    time.Time
	Error     string
}

func (r row) mail() Mail {
	return Mail{Key: r.Key, To: r.Address, PersonID: r.PersonID, Language: r.Language, Kind: r.Kind, Data: r.Data}
}
