package notify

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// message is a mail ready to be carried.
type message struct {
	id       int64
	kind     string
	from, to string // of the envelope
	raw      []byte
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
	dkim *DKIM  // nil: nothing is signed
}

// message writes a row out in its reader's language, with its files, and signs it. Written again, it has the same Message-ID
// and date.
func (w writer) message(ctx context.Context, r row, files []Attachment) (message, error) {
	to, err := mail.ParseAddress(r.Address)
	if err != nil {
		return message{}, fmt.Errorf("address: %w", err)
	}
	letter := w.compose(r.mail())
	if err := w.quote(ctx, &letter, r.mail()); err != nil {
		return message{}, err
	}
	m, err := w.letter(r, letter, to.Address)
	if err != nil {
		return message{}, err
	}
	if len(files) == 0 { // with files there are parts within parts, for which the library needs boundaries of its own
		m.SetBoundary(fmt.Sprintf("halqa-%d", r.ID))
	}
	for _, f := range files {
		err := m.AttachReader(f.Name, bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(f.Type)))
		if err != nil {
			return message{}, fmt.Errorf("attach %s: %w", f.Name, err)
		}
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return message{}, err
	}
	signed, err := w.dkim.sign(raw.Bytes())
	if err != nil {
		return message{}, err
	}
	return message{id: r.ID, kind: r.Kind, from: w.back.sender(r.ID, w.from), to: to.Address, raw: signed}, nil
}

// letter is the message of a letter, without files.
func (w writer) letter(r row, letter Letter, to string) (*gomail.Msg, error) {
	html, err := letter.HTML()
	if err != nil {
		return nil, fmt.Errorf("write it as HTML: %w", err)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	if err := m.FromFormat("Halqa", w.from); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := m.To(to); err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	m.Subject(letter.Subject)
	m.SetDateWithValue(r.CreatedAt)
	m.SetMessageIDWithValue(w.messageID(r))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All") // Exchange doesn't heed Auto-Submitted
	m.SetGenHeader(gomail.HeaderContentLang, r.Language)
	m.SetBodyString(gomail.TypeTextPlain, letter.Text())
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	w.thread(m, r)
	if t := TopicOf(r.Kind); t != "" {
		m.SetGenHeaderPreformatted("List-Id", "<"+listOf(r, t)+"."+w.host+">")
	}
	if letter.Reply != "" {
		if err := m.ReplyTo(letter.Reply); err != nil {
			return nil, fmt.Errorf("address for replies: %w", err)
		}
	}
	oneClick(m, letter.FewerURL)
	w.list(m, r)
	return m, nil
}

// listOf names what a mail belongs to, for mail programs that sort (RFC 2919): its space, or else its topic.
func listOf(r row, t Topic) string {
	if r.Data.SpaceID != 0 {
		return fmt.Sprintf("space-%d", r.Data.SpaceID)
	}
	return string(t)
}

// tellsPost tells whether a mail is one of a discussion, and says a post of it.
func tellsPost(m Mail) bool {
	return m.Data.PostID != 0 && m.Data.ThreadID != 0 && slices.Contains(talkKinds, Kind(m.Kind))
}

// talkKinds are what is told of what is followed.
var talkKinds = []Kind{ThreadReplied, PostAnswered, PostFollowed, ThreadOpened, ListOpened, ListReplied}

// messageID names a mail. A mail that says a post is named after the post and its reader, so that the next one of the
// thread, and what the reader answers, can name it.
func (w writer) messageID(r row) string {
	if tellsPost(r.mail()) {
		return w.postID(r.Data.PostID, r.PersonID)
	}
	return fmt.Sprintf("mail.%d.%d@%s", r.ID, r.CreatedAt.UnixMicro(), w.host)
}

func (w writer) postID(postID, personID int64) string {
	return fmt.Sprintf("post.%d.%d@%s", postID, personID, w.host)
}

// thread has mail programs show the mails of a discussion as one: all refer to it, and to the post that theirs answers.
func (w writer) thread(m *gomail.Msg, r row) {
	if !tellsPost(r.mail()) {
		return
	}
	root := fmt.Sprintf("<thread.%d.%d@%s>", r.Data.ThreadID, r.PersonID, w.host)
	parent, references := root, root
	if r.Data.ReplyToID != 0 {
		parent = "<" + w.postID(r.Data.ReplyToID, r.PersonID) + ">"
		references += " " + parent
	}
	m.SetGenHeaderPreformatted(gomail.HeaderInReplyTo, parent)
	m.SetGenHeaderPreformatted(gomail.HeaderReferences, references)
}

// list says of the mail of a mailing list where one writes to it, and where it is kept (RFC 2369).
func (w writer) list(m *gomail.Msg, r row) {
	if topicOf(r.mail()).List() == 0 {
		return
	}
	post := "NO" // nobody can
	if address := w.back.opens(r.PersonID, r.Data.SpaceID); address != "" {
		post = "<mailto:" + address + ">"
	}
	m.SetGenHeaderPreformatted("List-Post", post)
	m.SetGenHeaderPreformatted("List-Archive", "<"+w.public+"/spaces/"+r.Data.SpaceKey+"/forum>")
	m.SetGenHeaderPreformatted("List-Help", "<"+w.public+"/notifications/choices>")
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
