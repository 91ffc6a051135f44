package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/attachment"
	"halqa/community/notify"
	"halqa/community/notify/incoming"
	"halqa/community/notify/letterbox"
	"halqa/web/markdown"
	"halqa/web/views"
)

// inbound is where answers and bounces come back to.
func (c Config) inbound() notify.Inbound {
	if c.InboundAddr == "" {
		return notify.Inbound{}
	}
	return notify.Inbound{Domain: c.InboundDomain}
}

// startLetterbox takes mail in, when it is configured.
func (n *node) startLetterbox(context.Context) error {
	if n.cfg.InboundAddr == "" {
		return nil
	}
	var shown *letterbox.Certificate
	if n.cfg.InboundCert != "" {
		var err error
		if shown, err = letterbox.OpenCertificate(n.cfg.InboundCert, n.cfg.InboundKey); err != nil {
			return fmt.Errorf("INBOUND_TLS_CERT: %w", err)
		}
	}
	box, err := letterbox.Listen(letterbox.Options{Address: n.cfg.InboundAddr, Domain: n.cfg.InboundDomain, TLS: shown, Notify: n.platform.notify, Log: n.log})
	if err != nil {
		return fmt.Errorf("INBOUND_ADDR: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- box.Serve() }()
	n.atEnd(func() error { return errors.Join(box.Close(), <-done) })
	return nil
}

// posts says what posts say to those who are mailed them, and names the files that came with them.
func posts(db bun.IDB, render notify.Render) notify.Posts {
	return func(ctx context.Context, personID, postID int64) (text, html string, err error) {
		actor, err := account.New(db, account.Options{}).ActorOf(ctx, personID)
		var files []community.Attachment
		if err == nil {
			text, files, err = talks(db, nil).Words(ctx, actor, postID)
		}
		if barred(err) {
			return "", "", nil
		}
		text = views.Spelled(func(key string, args ...any) string { return render(actor.Language, key, args...) }, text, files)
		return text, markdown.Post.HTML(text), err
	}
}

// newsletters says what newsletters say to those who are mailed them.
func newsletters(db bun.IDB) notify.Newsletters {
	return func(ctx context.Context, id int64, lang string) (text, html string, err error) {
		n, err := community.FindNewsletter(ctx, db, id)
		text, _ = n.Body.In(lang)
		return text, markdown.Reading.HTML(text), err
	}
}

// answers writes what people answer by mail, and the threads that they begin by it, with the files that came with it.
func answers(db bun.IDB, forum *community.Service) notify.Answer {
	return func(ctx context.Context, a notify.Answered, tell notify.Tell) (no notify.Refusal, err error) {
		unkept, err := postAnswer(ctx, db, forum, a, tell)
		all, wrong := account.InvalidsOf(err)
		switch {
		case errors.Is(err, errPseudonym):
			no.Why = notify.RefusedPseudonym
		case wrong && all[0].Field == "title":
			no.Why = notify.RefusedTitle
		case wrong && a.Body == "": // and nothing of what came with it is left
			no.Why, no.Unkept = notify.RefusedWordless, unkept
		case wrong:
			no.Why = notify.RefusedLong
		case errors.Is(err, community.ErrLocked), errors.Is(err, community.ErrHidden):
			no.Why = notify.RefusedLocked
		case barred(err):
			no.Why = notify.RefusedBarred
		default:
			return no, err
		}
		return no, nil
	}
}

// errPseudonym refuses an answer by mail of somebody who writes in the thread under a pseudonym.
var errPseudonym = errors.New("they write there under a pseudonym")

// postAnswer writes one, and says which of its files aren't kept. Pictures take a while to make: they are there before the transaction
// that posts them and tells of it. If that never comes they are swept.
func postAnswer(ctx context.Context, db bun.IDB, forum *community.Service, a notify.Answered, tell notify.Tell) ([]notify.Unkept, error) {
	actor, err := account.New(db, account.Options{}).ActorOf(ctx, a.PersonID)
	if err != nil {
		return nil, err
	}
	if before, err := forum.Sent(ctx, actor, a.Nonce); err != nil || before {
		return nil, err
	}
	if as, err := forum.NamedBefore(ctx, actor, a.ThreadID); err != nil || as == community.UnderPseudonym {
		return nil, cmp.Or(err, errPseudonym)
	}
	files, unkept, err := attach(ctx, forum, actor, a)
	if err != nil {
		return nil, err
	}
	return unkept, db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		held, err := write(ctx, forum.In(tx), actor, a, files)
		if err != nil {
			return err
		}
		return tell(ctx, tx, notify.Outcome{Held: held, Unkept: unkept})
	})
}

// write writes an answer, or begins a thread; held tells that a moderator sees it first.
func write(ctx context.Context, forum *community.Service, actor account.Actor, a notify.Answered, files []community.Attached) (held bool, err error) {
	if a.ThreadID == 0 {
		t, err := forum.StartThread(ctx, actor, community.NewThread{SpaceID: a.SpaceID, Kind: community.Discussion, Title: a.Title, Body: a.Body,
			Nonce: a.Nonce, Attached: files})
		return t.Held != 0, err
	}
	p, err := forum.Reply(ctx, actor, community.NewReply{ThreadID: a.ThreadID, Body: a.Body, ReplyTo: a.ReplyTo, Nonce: a.Nonce, Attached: files})
	return p.Held != 0, err
}

// unfits are the reasons for which a form refuses a file.
var unfits = map[string]notify.Unfit{"writing.error_file_type": notify.UnfitType, "writing.error_file_empty": notify.UnfitEmpty,
	"writing.error_file_large": notify.UnfitLarge, "writing.error_file_dots": notify.UnfitDots}

// attach takes in the files of an answer, as the page does, and says which it can't.
func attach(ctx context.Context, forum *community.Service, actor account.Actor, a notify.Answered) (kept []community.Attached, unkept []notify.Unkept, err error) {
	for _, f := range a.Files {
		if len(kept) == community.MaxAttachments {
			unkept = append(unkept, notify.Unkept{Name: f.Name, Why: notify.UnfitCount, Most: community.MaxAttachments})
			continue
		}
		file, err := attachOne(ctx, forum, actor, a, f)
		var wrong account.Invalid
		var tooMany account.TooMany
		switch {
		case errors.As(err, &wrong) && unfits[wrong.Key] != "":
			unkept = append(unkept, notify.Unkept{Name: f.Name, Why: unfits[wrong.Key], Most: attachment.MaxBytes >> 20})
		case errors.As(err, &tooMany):
			unkept = append(unkept, notify.Unkept{Name: f.Name, Why: notify.UnfitPace})
		case err != nil:
			return nil, nil, err
		default:
			kept = append(kept, community.Attached{ID: file.ID})
		}
	}
	return kept, unkept, nil
}

func attachOne(ctx context.Context, forum *community.Service, actor account.Actor, a notify.Answered, f incoming.File) (community.Attachment, error) {
	if a.ThreadID == 0 {
		return forum.Attach(ctx, actor, a.SpaceID, f.Name, bytes.NewReader(f.Data))
	}
	return forum.AttachInThread(ctx, actor, a.ThreadID, f.Name, bytes.NewReader(f.Data))
}

// barred tells whether somebody may not do what they asked for, or not any more.
func barred(err error) bool {
	return errors.Is(err, account.ErrNotFound) || errors.Is(err, account.ErrForbidden) || errors.Is(err, account.ErrSignInRequired)
}

// The key that signs mails, and what its record in the DNS begins with.
const (
	dkimFile     = "dkim.pem"
	dkimSelector = "halqa"
	dkimBits     = 2048 // longer ones don't fit into what many DNS servers take
)

// dkim is with what mails are signed. Its key is made once, in the data folder.
func (c Config) dkim() (*notify.DKIM, error) {
	path := filepath.Join(c.Data, dkimFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err = makeOnce(path, newKey); err == nil {
			raw, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("key of mails: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("key of mails: %s is damaged: remove it to make a new one, whose DNS record differs", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("key of mails: %s: %w", path, err)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("key of mails: %s holds no RSA key", path)
	}
	from := c.organiser()
	return &notify.DKIM{Domain: from[strings.LastIndexByte(from, '@')+1:], Selector: dkimSelector, Key: private}, nil
}

func newKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, dkimBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

func mailCommand(_ context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("mail", flag.ContinueOnError)
	if err := parse(flags, "dkim", args, out); err != nil {
		return err
	}
	if flags.NArg() != 1 || flags.Arg(0) != "dkim" {
		return parse(flags, "dkim", []string{"-h"}, out)
	}
	cfg, err := configure()
	if err != nil {
		return err
	}
	return printDKIM(cfg, out)
}

// printDKIM writes the record as a zone file has it: texts of a DNS record hold 255 characters each.
func printDKIM(cfg Config, out io.Writer) error {
	d, err := cfg.dkim()
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(d.Key.Public())
	if err != nil {
		return fmt.Errorf("key of mails: %w", err)
	}
	fmt.Fprintf(out, "%s._domainkey.%s. IN TXT (\n", d.Selector, d.Domain)
	for text := "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public); text != ""; {
		piece := text[:min(len(text), 250)]
		text = text[len(piece):]
		fmt.Fprintf(out, "  %q\n", piece)
	}
	_, err = fmt.Fprintln(out, ")")
	return err
}
