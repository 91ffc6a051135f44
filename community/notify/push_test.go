package notify

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// phone is a browser: it has keys, and reads what is encrypted for it.
type phone struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newPhone(t testing.TB) phone {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth)
	return phone{key, auth}
}

func (p phone) device(endpoint string) Device {
	return Device{Endpoint: endpoint, P256dh: base64.RawURLEncoding.EncodeToString(p.key.PublicKey().Bytes()), Auth: base64.RawURLEncoding.EncodeToString(p.auth), Agent: "Chrome on Android"}
}

// read decrypts a message as RFC 8291 and RFC 8188 say.
func (p phone) read(body []byte) ([]byte, error) {
	salt, n := body[:16], int(body[20])
	sender, sealed := body[21:21+n], body[21+n:]
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	secret, err := p.key.ECDH(public)
	if err != nil {
		return nil, err
	}
	key := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			panic(err)
		}
		return out
	}
	first := key(secret, p.auth, "WebPush: info\x00"+string(p.key.PublicKey().Bytes())+string(sender), 32)
	block, err := aes.NewCipher(key(first, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, key(first, salt, "Content-Encoding: nonce\x00", 12), sealed, nil)
	return []byte(strings.TrimSuffix(strings.TrimRight(string(plain), "\x00"), "\x02")), err
}

// pushing is a platform, a person with devices, and the push service of these.
type pushing struct {
	*story
	amel    account.Actor
	clock   *clock
	pusher  *Pusher
	service *httptest.Server
	phone   phone
	status  map[string]int // by path; 0 is 201
	shown   []Shown
	headers http.Header
	open    bool // to anybody
}

func newPushing(t *testing.T) *pushing {
	t.Helper()
	p := &pushing{story: newStory(t, testdb.Tx(t)), clock: &clock{now}, phone: newPhone(t), status: map[string]int{}, open: true}
	p.service = httptest.NewTLSServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.service.Close)
	p.story.service.now = p.clock.now
	talk := func(_ context.Context, _ bun.Tx, person, _ int64) (string, bool, error) {
		return "Le puits", p.open || person != 0, nil
	}
	p.story.service.talk = talk
	keys, err := NewPushKeys()
	if err != nil {
		t.Fatal(err)
	}
	p.pusher = NewPusher(p.db, PusherOptions{Keys: keys, Contact: "bureau@halqa.example", Render: say, Talk: talk, Client: p.service.Client(), Now: p.clock.now})
	p.amel = p.person("amel", "ar")
	p.add("/1")
	return p
}

// add gives a device the address of the push service of the test, which no device of the world has.
func (p *pushing) add(path string) {
	p.t.Helper()
	if err := p.story.service.AddDevice(p.ctx, p.amel, p.phone.device("https://push.example"+path), ""); err != nil {
		p.t.Fatal(err)
	}
	p.exec("update push_device set endpoint = ? where endpoint = ?", p.service.URL+path, "https://push.example"+path)
}

func (p *pushing) serve(w http.ResponseWriter, r *http.Request) {
	status := p.status[r.URL.Path]
	if status == 0 {
		status = http.StatusCreated
	}
	defer w.WriteHeader(status)
	if status != http.StatusCreated {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		body, err = p.phone.read(body)
	}
	var s Shown
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	if err != nil {
		p.t.Error(err)
	}
	p.shown, p.headers = append(p.shown, s), r.Header
}

// post has somebody write in a thread that amel watches.
func (p *pushing) post(id, thread int64) {
	p.t.Helper()
	if err := p.story.service.Follow(p.ctx, p.amel, Followed{OfThread, thread, Watch}); err != nil {
		p.t.Fatal(err)
	}
	p.hear(p.event(events.Contributed{PostID: id, ThreadID: thread, PersonID: -1, Kind: "reply", ThreadAuthorID: -1}))
}

func (p *pushing) deliver() {
	p.t.Helper()
	if _, err := p.pusher.Deliver(p.ctx); err != nil {
		p.t.Fatal(err)
	}
}

// ways are how what amel was told reached her, the first first.
func (p *pushing) ways() (ways []string) {
	p.t.Helper()
	if err := p.db.NewRaw("select delivery from notification order by id").Scan(p.ctx, &ways); err != nil {
		p.t.Fatal(err)
	}
	return ways
}

func TestWhatIsFollowedIsPushed(t *testing.T) {
	p := newPushing(t)
	p.post(1, 1)
	p.post(2, 1) // until she comes
	p.deliver()
	p.deliver()
	if got := p.ways(); !slices.Equal(got, []string{byPush, waiting}) || len(p.shown) != 1 || len(p.mails()) != 0 {
		t.Fatalf("ways %v, shown %+v", got, p.shown)
	}
	s := p.shown[0]
	if s.Lang != "ar" || s.Dir != "rtl" || !strings.Contains(s.Body, "ar.told_post_followed") || !strings.Contains(s.Body, "Le puits") || !strings.HasPrefix(s.Path, "/notifications/") {
		t.Errorf("%+v", s)
	}
	if h := p.headers; h.Get("Content-Encoding") != "aes128gcm" || !strings.HasPrefix(h.Get("Authorization"), "vapid t=") || h.Get("Topic") != s.Tag || h.Get("Ttl") == "" {
		t.Errorf("%v", h)
	}
	p.open = false
	p.post(3, 2)
	p.deliver()
	if len(p.shown) != 2 || p.shown[1].Body != "ar.push_closed" {
		t.Errorf("of a closed space it shows %+v", p.shown)
	}
	if load, err := p.story.service.Attention(p.ctx, p.amel); err != nil || load.Spent != 2 || load.Rhythm != Pushed {
		t.Errorf("%+v, error %v", load, err)
	}
}

func TestADeviceThatIsGoneIsForgotten(t *testing.T) {
	p := newPushing(t)
	p.add("/2")
	for i, status := range []int{http.StatusGone, http.StatusNotFound} {
		p.status[fmt.Sprint("/", i+1)] = status
		p.post(int64(i+1), int64(i+1))
		p.deliver()
		if list, err := p.story.service.Devices(p.ctx, p.amel); err != nil || len(list) != 1-i {
			t.Errorf("%d: devices %+v, error %v", status, list, err)
		}
	}
	p.post(3, 3)
	if got := p.ways(); !slices.Equal(got, []string{byPush, waiting, waiting}) || len(p.shown) != 1 {
		t.Errorf("ways %v, shown %+v", got, p.shown)
	}
	if load, err := p.story.service.Attention(p.ctx, p.amel); err != nil || load.DueAt.IsZero() {
		t.Errorf("no digest is due: %+v, error %v", load, err)
	}
}

func TestAPushServiceThatIsAway(t *testing.T) {
	p := newPushing(t)
	p.status["/1"] = http.StatusServiceUnavailable
	p.post(1, 1)
	p.deliver()
	p.deliver() // not yet
	p.status["/1"] = 0
	p.clock.at = p.clock.at.Add(time.Minute)
	p.deliver()
	if got := p.ways(); !slices.Equal(got, []string{byPush}) || len(p.shown) != 1 {
		t.Errorf("ways %v, shown %+v", got, p.shown)
	}
	p.status["/1"] = http.StatusInternalServerError
	p.post(2, 2)
	for range pushAttempts + 2 {
		p.deliver()
		p.clock.at = p.clock.at.Add(6 * time.Hour)
	}
	if got := p.ways(); !slices.Equal(got, []string{byPush, waiting}) {
		t.Errorf("after many attempts: %v", got)
	}
	p.exec("update notification set delivery = 'push' where post_id = 2")
	p.exec("insert into push (notification_id, next_at) select id, ? from notification where post_id = 2", p.clock.at)
	p.exec("update notification set read_at = ?", p.clock.at)
	p.deliver()
	if got := p.ways(); !slices.Equal(got, []string{byPush, seen}) {
		t.Errorf("what was seen meanwhile: %v", got)
	}
}

func TestDevicesOfOneself(t *testing.T) {
	p := newPushing(t)
	sami := p.person("sami", "fr")
	s := p.story.service
	good := p.phone.device("https://push.example/3")
	for what, d := range map[string]Device{"http": {Endpoint: "http://push.example/3"}, "private": {Endpoint: "https://10.0.0.1/"}, "local": {Endpoint: "https://localhost/"},
		"port": {Endpoint: "https://push.example:22/"}, "user": {Endpoint: "https://a@push.example/"}, "long": {Endpoint: "https://push.example/" + strings.Repeat("a", 1000)},
		"key": {Endpoint: good.Endpoint, P256dh: "AAAA", Auth: good.Auth}, "auth": {Endpoint: good.Endpoint, P256dh: good.P256dh, Auth: "AAAA"}} {
		if d.P256dh == "" {
			d.P256dh, d.Auth = good.P256dh, good.Auth
		}
		if err := s.AddDevice(p.ctx, sami, d, ""); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	list, _ := s.Devices(p.ctx, p.amel)
	if err := s.RemoveDevice(p.ctx, sami, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.Devices(p.ctx, p.amel); len(list) != 1 {
		t.Error("somebody removed the device of another")
	}
	p.exec("update push_device set endpoint = ?", good.Endpoint)
	if err := s.AddDevice(p.ctx, sami, good, ""); err != nil { // the phone has another person now
		t.Fatal(err)
	}
	if list, _ := s.Devices(p.ctx, p.amel); len(list) != 0 {
		t.Error("a phone shows two people's news")
	}
	renewed := p.phone.device("https://push.example/4") // by the browser itself
	if err := errors.Join(s.turn(p.ctx, p.db.(bun.Tx), sami.PersonID, Pushed, AtOnce), s.AddDevice(p.ctx, p.amel, renewed, ""), s.AddDevice(p.ctx, sami, renewed, good.Endpoint)); err != nil {
		t.Fatal(err)
	}
	list, _ = s.Devices(p.ctx, sami)
	if load, err := s.Attention(p.ctx, sami); err != nil || len(list) != 1 || list[0].Endpoint != renewed.Endpoint || load.Rhythm != AtOnce {
		t.Errorf("after the browser changed it: %+v, %s, error %v", list, load.Rhythm, err)
	}
	if err := s.RemoveDevices(p.ctx, sami); err != nil {
		t.Fatal(err)
	}
	if load, err := s.Attention(p.ctx, sami); err != nil || load.Rhythm != AtOnce {
		t.Errorf("without devices: %s, error %v", load.Rhythm, err)
	}
}

// TestNothingPrivateIsReached: what people say their devices are at may lead anywhere.
func TestNothingPrivateIsReached(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		if answer, err := publicClient().Get(address); !errors.Is(err, errPrivate) {
			t.Errorf("%s is reached: %v, error %v", address, answer, err)
		}
	}
	for _, ip := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::",
		"fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"} {
		if public(netip.MustParseAddr(ip)) {
			t.Errorf("%s is public", ip)
		}
	}
	for _, ip := range []string{"8.8.8.8", "142.250.1.1", "2a00:1450::1"} {
		if !public(netip.MustParseAddr(ip)) {
			t.Errorf("%s isn't public", ip)
		}
	}
}
