package notify

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"halqa/migrations/testdb"
)

// signing is a key with the record that other servers find of it.
func signing(t *testing.T) (*DKIM, func(name string) ([]string, error)) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024) // small: only tests trust it
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return &DKIM{Domain: "halqa.example", Selector: "halqa", Key: key}, func(name string) ([]string, error) {
		if name != "halqa._domainkey.halqa.example" {
			t.Errorf("asked for %s", name)
		}
		return []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
}

// aPost is a mail about a post.
func aPost() row {
	return row{ID: 12, Address: "amel@example.org", PersonID: 7, Language: "ar", Kind: string(PostAnswered), CreatedAt: now,
		Data: Data{Name: "أمل", Person: "Sami", Thread: "ميزانية", SpaceID: 3, ThreadID: 5, PostID: 34, ReplyToID: 33, Path: "/posts/34"}}
}

func TestMailsAreSigned(t *testing.T) {
	key, lookup := signing(t)
	s := newStory(t, testdb.Tx(t))
	sender := newSender(t, s.db, later(), SenderOptions{Folder: t.TempDir(), DKIM: key})
	for name, files := range map[string][]Attachment{"alone": nil, "with a file": {{Name: "seat.ics", Type: "text/calendar", Data: []byte("BEGIN:VCALENDAR\r\n")}}} {
		m, err := sender.write.message(context.Background(), aPost(), files)
		if err != nil {
			t.Fatal(err)
		}
		verify := func(raw []byte) error {
			found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: lookup})
			if err != nil || len(found) != 1 {
				t.Fatalf("%s: %d signatures, error %v", name, len(found), err)
			}
			return found[0].Err
		}
		if err := verify(m.raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for what, change := range map[string][2]string{"body": {"<html", "<HTML"}, "sender": {"From: ", "From: evil@example.org\r\nFrom: "}, "list": {"List-Id: <space-3", "List-Id: <space-4"}} {
			changed := bytes.Replace(m.raw, []byte(change[0]), []byte(change[1]), 1)
			if bytes.Equal(changed, m.raw) || verify(changed) == nil {
				t.Errorf("%s: another %s isn't noticed", name, what)
			}
		}
	}
}

func TestMailsOfADiscussionStandTogether(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	sender := newSender(t, s.db, later(), SenderOptions{Folder: t.TempDir(), Inbound: Inbound{Domain: "in.halqa.example"},
		Posts: func(_ context.Context, personID, postID int64) (string, string, error) {
			return "Voilà **un** modèle", `<p>Voilà <strong>un</strong> <a href="/posts/2">modèle</a></p>`, nil
		}})
	read := func(r row) (*mail.Message, message) {
		t.Helper()
		m, err := sender.write.message(context.Background(), r, nil)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := mail.ReadMessage(bytes.NewReader(m.raw))
		if err != nil {
			t.Fatal(err)
		}
		return parsed, m
	}
	m, raw := read(aPost())
	for name, want := range map[string]string{"Message-Id": "<post.34.7@halqa.example>", "In-Reply-To": "<post.33.7@halqa.example>",
		"References": "<thread.5.7@halqa.example> <post.33.7@halqa.example>", "List-Id": "<space-3.halqa.example>",
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	in := sender.write.back
	if back, ok := in.Read(strings.Trim(m.Header.Get("Reply-To"), "<>")); !ok || back != (Back{PersonID: 7, ThreadID: 5}) {
		t.Errorf("Reply-To %s is %+v", m.Header.Get("Reply-To"), back)
	}
	if back, ok := in.Read(raw.from); !ok || back != (Back{MailID: 12}) {
		t.Errorf("envelope sender %s is %+v", raw.from, back)
	}
	body := string(raw.raw)
	for _, want := range []string{"##-- ar.mail_above", "> Voil=C3=A0 **un** mod=C3=A8le", "https://halqa.example/posts/2"} {
		if !strings.Contains(strings.ReplaceAll(body, "=\r\n", ""), want) {
			t.Errorf("%s isn't in\n%s", want, body)
		}
	}
	first := aPost()
	first.Kind, first.Data.ReplyToID = string(ThreadOpened), 0
	if m, _ := read(first); m.Header.Get("In-Reply-To") != "<thread.5.7@halqa.example>" {
		t.Errorf("the first refers to %s", m.Header.Get("In-Reply-To"))
	}
	if m, raw := read(row{ID: 13, Address: "amel@example.org", PersonID: 7, Language: "fr", Kind: "magic", CreatedAt: now}); m.Header.Get("Reply-To") != "" ||
		m.Header.Get("List-Id") != "" || m.Header.Get("References") != "" || !strings.HasPrefix(raw.from, bouncesTo) {
		t.Errorf("a link: %v", m.Header)
	}
}
