// Package incoming reads mails that people and machines send to the platform: what a person wrote, without what their program
// quotes and signs under it, and what a server reports of a mail that it couldn't deliver.
//
// Mails are hostile until proven otherwise. What is read is bounded in depth, parts and bytes; nothing of it is drawn, run or
// fetched; the result is plain text.
package incoming

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"golang.org/x/text/encoding/charmap"
)

// The bounds of what is read of a mail.
const (
	maxDepth   = 10
	maxParts   = 60
	maxText    = 512 << 10 // bytes of all its texts
	maxHeader  = 64 << 10
	maxNameLen = 80 // letters of the name of a file
)

// ErrUnreadable says that a mail, or its text, can't be made out: broken, too deep, in an unknown charset or encoding.
var ErrUnreadable = errors.New("unreadable mail")

// Message is a mail as far as the platform heeds it.
type Message struct {
	From      string // the only address it says it is from, in lower case; "" when there is none or several
	Subject   string // in one line
	MessageID string // without its brackets; "" when there is none
	Parents   []string
	Automatic bool    // written by a machine, or sent to many
	Failing   bool    // a server on its way says that its sender is forged
	Report    *Report // of what couldn't be delivered
	Text      string  // what the person wrote
	Files     []File  // what they sent with it, without what their program put there
}

// Read reads a mail. It returns ErrUnreadable, with what its header says, when there is no making out what was written.
func Read(raw []byte) (Message, error) {
	e, err := message.ReadWithOptions(bytes.NewReader(raw), &message.ReadOptions{MaxHeaderBytes: maxHeader})
	if e == nil {
		return Message{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	m := headOf(e.Header)
	r := reading{left: maxText, room: maxFileBytes}
	if err != nil {
		r.wrong = err
	}
	if err == nil || message.IsUnknownCharset(err) || message.IsUnknownEncoding(err) {
		r.read(e, err, "", 0)
	}
	m.Report, m.Files = r.report, r.kept()
	if m.Report != nil {
		m.Automatic = true
	}
	if m.Text, err = r.said(); err != nil {
		return m, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return m, nil
}

func headOf(h message.Header) Message {
	m := Message{Automatic: automatic(h), Failing: failing(h)}
	if from, err := mail.ParseAddressList(h.Get("From")); err == nil && len(from) == 1 && len(h.Values("From")) == 1 {
		m.From = strings.ToLower(from[0].Address)
	}
	m.Subject = subjectOf(h)
	m.MessageID = strings.Trim(strings.TrimSpace(h.Get("Message-Id")), "<>")
	for _, field := range []string{"In-Reply-To", "References"} {
		for _, id := range strings.Fields(h.Get(field)) {
			m.Parents = append(m.Parents, strings.Trim(id, "<>,"))
		}
	}
	return m
}

// subjectOf is a mail's subject, decoded.
func subjectOf(h message.Header) string {
	subject, err := words.DecodeHeader(h.Get("Subject"))
	if err != nil {
		subject = h.Get("Subject")
	}
	subject = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || isMark(r) && r != '\u200c' && r != '\u200d' { // those two join letters
			return ' '
		}
		return r
	}, strings.ToValidUTF8(subject, ""))
	return strings.Join(strings.Fields(subject), " ")
}

// reading gathers the texts of a mail's parts.
type reading struct {
	parts  int
	left   int // bytes of text that may still be read
	room   int // bytes of files that may
	plain  []string
	html   []string
	files  []part
	report *Report
	wrong  error // of a text that couldn't be read
}

// read takes a part of another of a kind; cause is why its text can't be decoded, or nil.
func (r *reading) read(e *message.Entity, cause error, within string, depth int) {
	if r.parts++; r.parts > maxParts || depth > maxDepth {
		r.wrong = errors.New("too many parts")
		return
	}
	kind, params, err := e.Header.ContentType()
	if err != nil {
		kind, params = "text/plain", nil
	}
	if strings.HasPrefix(kind, "multipart/") {
		r.each(e, kind, depth)
		return
	}
	disposition, named, _ := e.Header.ContentDisposition()
	name := nameOf(named, params)
	switch {
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		r.report = readReport(r.bytes(e))
	case disposition == "attachment" || name != "" && disposition != "inline" || !strings.HasPrefix(kind, "text/"):
		r.take(e, kind, name, disposition, within, cause)
	case kind == "text/plain":
		r.plain = append(r.plain, r.text(e, params, cause))
	case kind == "text/html":
		r.html = append(r.html, r.text(e, params, cause))
	default:
		r.take(e, kind, name, disposition, within, cause)
	}
}

func (r *reading) each(e *message.Entity, kind string, depth int) {
	parts := e.MultipartReader()
	if parts == nil {
		r.wrong = errors.New("parts without a boundary")
		return
	}
	for r.parts <= maxParts {
		p, err := parts.NextPart()
		if p == nil {
			if !errors.Is(err, io.EOF) {
				r.wrong = err
			}
			return
		}
		r.read(p, err, kind, depth+1)
		if kind == "multipart/report" && r.report != nil { // what follows is the mail that came back
			return
		}
	}
}

// bytes reads a part, within what is left for all.
func (r *reading) bytes(e *message.Entity) []byte {
	data, err := io.ReadAll(io.LimitReader(e.Body, int64(r.left)))
	r.left -= len(data)
	if err != nil && len(data) == 0 {
		r.wrong = err
	}
	return data
}

func (r *reading) text(e *message.Entity, params map[string]string, cause error) string {
	if cause != nil {
		r.wrong = cause
		return ""
	}
	data := r.bytes(e)
	text := string(data)
	if !utf8.ValidString(text) {
		if params["charset"] == "" { // said by nobody: the West's, as most programs that say nothing are old and Western
			if text, err := charmap.Windows1252.NewDecoder().String(text); err == nil {
				return text
			}
		}
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if strings.EqualFold(params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(params["delsp"], "yes"))
	}
	return text
}

// said is what the person wrote: of the plain text when there is any, else of the HTML.
func (r *reading) said() (string, error) {
	written := strings.Join(r.plain, "\n")
	if len(r.files) > 0 {
		written = shownHere.ReplaceAllString(written, "")
	}
	if text := Trim(written); text != "" {
		return text, nil
	}
	var all []string
	for _, h := range r.html {
		text, err := plain(h)
		if err != nil {
			return "", err
		}
		all = append(all, text)
	}
	if text := Trim(strings.Join(all, "\n")); text != "" {
		return text, nil
	}
	return "", r.wrong
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// cleanName is a file's name as it may be shown: no path, no control characters, not endless.
func cleanName(name string) string {
	if decoded, err := words.DecodeHeader(name); err == nil {
		name = decoded
	}
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || isMark(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if letters := []rune(name); len(letters) > maxNameLen {
		name = string(letters[:maxNameLen]) + "…"
	}
	return strings.TrimSpace(name)
}
