package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"
	"github.com/uptrace/bun"
)

// The bounds of pushing.
const (
	pushBatch    = 50
	pushAttempts = 6 // with backoff, a quarter of an hour; then it goes with the next digest
	pushPatience = 15 * time.Second
	pushKept     = 3 * 24 * time.Hour // by a push service, for a device that is off
	pushRecord   = 2048               // bytes, of RFC 8188
)

// PushKeys are with what the platform proves to push services who it is (RFC 8292): both as base64 for addresses.
type PushKeys struct {
	Public, Private string
}

// NewPushKeys draws a pair of them.
func NewPushKeys() (PushKeys, error) {
	private, public, err := webpush.GenerateVAPIDKeys()
	return PushKeys{public, private}, err
}

// PusherOptions are what a Pusher needs beside the database.
type PusherOptions struct {
	Keys    PushKeys
	Contact string // of who runs the platform, for push services: a mail address or an https address
	Render  Render
	Talk    Talk
	Seminar OpenSeminar      // without it devices show no title of a seminar
	Reason  Reason           // of mails that leave when no device takes what they say
	Zone    *time.Location   // of quiet hours and digests; default UTC
	Client  *http.Client     // default one that reaches the public Internet only
	Log     *slog.Logger     // default slog.Default()
	Now     func() time.Time // default time.Now
}

// Pusher brings notifications to the devices of their people. Any number of them may share the table.
//
// One reaches each device once unless a pusher dies between the push service's answer and the note it makes of that: then it is
// pushed again, under the same tag, which has the device show it once.
type Pusher struct {
	service *Service
	keys    PushKeys
	contact string
	seminar OpenSeminar
	log     *slog.Logger
	post    func(ctx context.Context, d Device, message []byte, topic string) (status int, err error)
	client  *http.Client
}

// NewPusher returns a pusher.
func NewPusher(db bun.IDB, o PusherOptions) *Pusher {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Client == nil {
		o.Client = publicClient()
	}
	p := &Pusher{service: New(db, Options{Render: o.Render, Talk: o.Talk, Reason: o.Reason, Zone: o.Zone, Now: o.Now}), keys: o.Keys, contact: o.Contact, seminar: o.Seminar, log: o.Log, client: o.Client}
	p.post = p.overHTTP
	return p
}

// Run pushes what is due, as it comes, until ctx ends.
func (p *Pusher) Run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := pollEvery
		n, err := p.Deliver(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			p.log.Error("notifications can't be pushed", "error", err)
			wait = 5 * pollEvery
		case n == pushBatch:
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// pushed is a notification on its way.
type pushed struct {
	NotificationID int64
	Attempts       int
}

// Deliver takes the notifications that are due, some at most, and pushes them. It returns how many it took.
func (p *Pusher) Deliver(ctx context.Context) (int, error) {
	now := p.service.now()
	var list []pushed
	err := p.service.db.NewRaw(`update push set attempts = attempts + 1, next_at = ? where notification_id in
			(select notification_id from push where next_at <= ? order by next_at, notification_id limit ? for update skip locked)
		returning notification_id, attempts`, now.Add(lease), now, pushBatch).Scan(ctx, &list)
	if err != nil {
		return 0, fmt.Errorf("claim pushes: %w", err)
	}
	for _, n := range list {
		if err := p.push(ctx, n); err != nil {
			return len(list), fmt.Errorf("push notification %d: %w", n.NotificationID, err)
		}
	}
	return len(list), nil
}

// push brings one notification to each device of its person; one that takes it is enough.
func (p *Pusher) push(ctx context.Context, n pushed) error {
	it, open, left, err := p.recheck(ctx, n)
	if err != nil || !left {
		return err
	}
	message, err := json.Marshal(p.words(it, open))
	if err != nil {
		return err
	}
	var devices []Device
	err = p.service.db.NewRaw("select id, endpoint, p256dh, auth from push_device where person_id = ? order by id", it.PersonID).Scan(ctx, &devices)
	if err != nil {
		return err
	}
	taken, again := false, false
	for _, d := range devices {
		status, err := p.post(ctx, d, message, fmt.Sprint("n", it.ID))
		switch {
		case err == nil && status/100 == 2:
			taken = true
		case status == http.StatusNotFound || status == http.StatusGone: // it doesn't want any, any more
			_, err = p.service.db.ExecContext(ctx, "delete from push_device where id = ?", d.ID)
			if err != nil {
				return err
			}
		default:
			p.log.Warn("a device isn't reached", "notification", it.ID, "status", status, "error", err)
			again = again || err != nil || status == http.StatusTooManyRequests || status >= 500
		}
	}
	switch {
	case taken:
		return p.end(ctx, n)
	case again && n.Attempts < pushAttempts:
		_, err := p.service.db.ExecContext(context.WithoutCancel(ctx), "update push set next_at = ? where notification_id = ? and attempts = ?",
			p.service.now().Add(backoff(n.Attempts)), n.NotificationID, n.Attempts)
		return err
	}
	if it.isNotice() {
		return p.mailInstead(ctx, n)
	}
	return p.fallBack(ctx, n, it.PersonID)
}

// recheck looks again, as a notification is about to leave: what is gone, or was seen in the pages, isn't pushed. open tells whether
// anybody may read it.
func (p *Pusher) recheck(ctx context.Context, n pushed) (it item, open, left bool, err error) {
	err = p.service.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var items []item
		err := tx.NewRaw(itemsOf+`n.id = ? and n.delivery = 'push' for update of n`, n.NotificationID).Scan(ctx, &items)
		if err != nil {
			return err
		}
		if len(items) == 1 && items[0].isNotice() {
			it = items[0]
			if left, err = p.noticeLeft(ctx, tx, it); err == nil && !left {
				_, err = tx.ExecContext(ctx, "delete from push where notification_id = ?", n.NotificationID)
			}
			if err == nil {
				open, err = p.openNotice(ctx, tx, it.Data)
			}
			return err
		}
		var how deliveries
		kept, err := still(ctx, tx, p.service.talk, items, &how)
		if err == nil {
			err = how.keep(ctx, tx)
		}
		if err != nil {
			return err
		}
		if left = len(kept) > 0; !left {
			_, err = tx.ExecContext(ctx, "delete from push where notification_id = ?", n.NotificationID)
			return err
		}
		it = kept[0]
		_, open, err = p.service.talk(ctx, tx, 0, it.Data.PostID)
		return err
	})
	return it, open, left, err
}

// end notes that a device has it, even while the program stops.
func (p *Pusher) end(ctx context.Context, n pushed) error {
	_, err := p.service.db.ExecContext(context.WithoutCancel(ctx), "delete from push where notification_id = ? and attempts = ?", n.NotificationID, n.Attempts)
	return err
}

// fallBack leaves what no device takes to the next digest, or to the pages when its person wants none.
func (p *Pusher) fallBack(ctx context.Context, n pushed, personID int64) error {
	s := p.service
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := makeAttention(ctx, tx, []int64{personID}); err != nil {
			return err
		}
		var a attentionRow
		if err := tx.NewRaw("select "+attentionOf+" from attention a where person_id = ?", personID).Scan(ctx, &a); err != nil {
			return err
		}
		way := waiting
		if a.Rhythm == Never {
			way = onPage
		}
		_, err := tx.ExecContext(ctx, "update notification set delivery = ? where id = ? and delivery = 'push'", way, n.NotificationID)
		if err == nil {
			_, err = tx.ExecContext(ctx, "delete from push where notification_id = ?", n.NotificationID)
		}
		if err == nil && way == waiting {
			_, err = tx.ExecContext(ctx, "update attention set due_at = coalesce(due_at, ?) where person_id = ?",
				a.Rhythm.next(s.clock(), a.attention().quiet()), personID)
		}
		return err
	})
}

// Shown is what a device shows: few words, for others may see its screen.
type Shown struct {
	Title  string `json:"title"`
	Body   string `json:"body"`
	Path   string `json:"path"`
	Tag    string `json:"tag"`
	Lang   string `json:"lang"`
	Dir    string `json:"dir"`
	Person int64  `json:"person"` // whom it is for: a device says of what to nobody else
}

// words are what a device shows of a notification. Of a space that isn't open to all they say no name and no title.
func (p *Pusher) words(it item, open bool) Shown {
	render := p.service.render
	w := Shown{Title: render(it.Language, "notify.push_title"), Body: render(it.Language, "notify.push_closed"), Tag: fmt.Sprint("n", it.ID),
		Path: fmt.Sprintf("/notifications/%d", it.ID), Lang: it.Language, Dir: "ltr", Person: it.PersonID}
	if it.Language == "ar" {
		w.Dir = "rtl"
	}
	if it.isNotice() {
		w.Body = p.noticeWords(it, open)
		return w
	}
	if open {
		author := it.Author
		if author == "" {
			author = render(it.Language, "notify.someone")
		}
		w.Body = render(it.Language, "notify.told_"+string(it.Kind), "Title", clipped(it.Data.Thread), "Person", clipped(author), "Result", resultOf(render, it.Language, it.Data))
	}
	return w
}

// clipped is a title that fits on a small screen, and into a message.
func clipped(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// overHTTP hands a message, encrypted for a device, to its push service.
func (p *Pusher) overHTTP(ctx context.Context, d Device, message []byte, topic string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, pushPatience)
	defer cancel()
	answer, err := webpush.SendNotificationWithContext(ctx, message, &webpush.Subscription{Endpoint: d.Endpoint,
		Keys: webpush.Keys{P256dh: d.P256dh, Auth: d.Auth}}, &webpush.Options{HTTPClient: p.client, Subscriber: p.contact, TTL: int(pushKept.Seconds()),
		Topic: topic, Urgency: webpush.UrgencyNormal, RecordSize: pushRecord, VAPIDPublicKey: p.keys.Public, VAPIDPrivateKey: p.keys.Private})
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 4096)
	return answer.StatusCode, answer.Body.Close()
}

var errPrivate = errors.New("not an address of the public Internet")

// publicClient reaches the public Internet only, whatever a name leads to: people say where their devices are.
func publicClient() *http.Client {
	dialer := &net.Dialer{Timeout: pushPatience, Control: func(_, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || !public(at.Addr()) {
			return errPrivate
		}
		return nil
	}}
	return &http.Client{Timeout: pushPatience, Transport: &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4,
		IdleConnTimeout: time.Minute, TLSHandshakeTimeout: pushPatience, MaxResponseHeaderBytes: 16 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// reserved are networks that aren't of the public Internet and that netip doesn't know as such: RFC 6598, 6890, 2544, 6052, 3056.
var reserved = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
	netip.MustParsePrefix("2001:db8::/32")}

// public tells whether an address is of the public Internet.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Zone() != "" {
		return false
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
