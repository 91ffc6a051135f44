package notify

import (
	"fmt"
	"net/mail"

	gomail "github.com/wneessen/go-mail"
)

// message is a mail ready to be carried.
type message struct {
	id   int64
	kind string
	*gomail.Msg
}

// writer writes messages from rows of the queue.
type writer struct {
	render Render
	public string // what links begin with
	from   string // address
	host   string // what message ids end with
}

// message writes a row out in its reader's language. Written again, it has the same Message-ID and date.
func (w writer) message(r row) (message, error) {
	to, err := mail.ParseAddress(r.Address)
	if err != nil {
		return message{}, fmt.Errorf("address: %w", err)
	}
	letter := compose(w.render, w.public, r.mail())
	html, err := letter.HTML()
	if err != nil {
		return message{}, fmt.Errorf("write it as HTML: %w", err)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP),
		gomail.WithBoundary(fmt.Sprintf("halqa-%d", r.ID)))
	if err := m.FromFormat("Halqa", w.from); err != nil {
		return message{}, fmt.Errorf("sender: %w", err)
	}
	if err := m.To(to.Address); err != nil {
		return message{}, fmt.Errorf("address: %w", err)
	}
	m.Subject(letter.Subject)
	m.SetDateWithValue(r.CreatedAt)
	m.SetMessageIDWithValue(fmt.Sprintf("mail.%d.%d@%s", r.ID, r.CreatedAt.UnixMicro(), w.host))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader(gomail.HeaderContentLang, r.Language)
	m.SetBodyString(gomail.TypeTextPlain, letter.Text())
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	return message{id: r.ID, kind: r.Kind, Msg: m}, nil
}
