package notify

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// message is a mail ready to be carried.
type message struct {
	id   int64
	kind string
	*gomail.Msg
}

// Attachment is a file that goes with a mail.
type Attachment struct {
	Name string
	Type string // as a Content-Type header says it
	Data []byte
}

// Attach says which files go with a mail, as things stand when it leaves. An error has the mail tried again later.
type Attach func(ctx context.Context, m Mail) ([]Attachment, error)

// writer writes messages from rows of the queue.
type writer struct {
	composer
	from string // address
	host string // what message ids end with
}

// message writes a row out in its reader's language, with its files. Written again, it has the same Message-ID and date.
func (w writer) message(r row, files []Attachment) (message, error) {
	to, err := mail.ParseAddress(r.Address)
	if err != nil {
		return message{}, fmt.Errorf("address: %w", err)
	}
	letter := w.compose(r.mail())
	html, err := letter.HTML()
	if err != nil {
		return message{}, fmt.Errorf("write it as HTML: %w", err)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	if len(files) == 0 { // with files there are parts within parts, for which the library needs boundaries of its own
		m.SetBoundary(fmt.Sprintf("halqa-%d", r.ID))
	}
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
	oneClick(m, letter.FewerURL)
	for _, f := range files {
		err := m.AttachReader(f.Name, bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Type)))
		if err != nil {
			return message{}, fmt.Errorf("attach %s: %w", f.Name, err)
		}
	}
	return message{id: r.ID, kind: r.Kind, Msg: m}, nil
}

// oneClick lets mail programs show a button of their own that unsubscribes: RFC 2369 and, over https only, RFC 8058.
func oneClick(m *gomail.Msg, link string) {
	if link == "" {
		return
	}
	m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+link+">")
	if strings.HasPrefix(link, "https://") {
		m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
}
