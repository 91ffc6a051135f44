package notify

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// errCrash is what a test breaks a transaction with.
var errCrash = errors.New("the machine died")

// reach is one person and one post.
type reach struct{ Person, Post int64 }

// village is what a test knows of people who write, follow, change their mind and read, apart from what the package keeps.
type village struct {
	*story
	*rapid.T
	clock  *clock
	sender *Sender
	pusher *Pusher
	phone  phone // everybody's
	flaky  bool  // devices may be away, or gone
	pushes map[reach]int

	people  []account.Actor
	budget  map[int64]int
	posts   []events.Contributed
	log     []events.Event
	heard   map[int64]bool // posts
	crash   int            // questions about posts until the machine dies; 0: it doesn't
	offline bool           // the mail server

	hidden  map[int64]bool
	barred  map[int64]bool // people, from space 2
	levels  map[int64]map[Subject]map[int64]Level
	part    map[int64]map[int64]int64 // person, thread: the first event
	rhythm  map[int64]Rhythm
	follows map[reach]bool // heard, and wanted then
	listed  map[reach]bool // those of a mailing list

	hiddenOnce, neverOnce, barredOnce map[int64]bool
	lost                              map[int64]bool    // people, whose address is out of reach
	back                              map[reach]bool    // by mails that came back
	inbox                             map[reach][]int64 // mails
}

func (v *village) talk(_ context.Context, _ bun.Tx, person, post int64) (string, bool, error) {
	if v.crash > 0 {
		if v.crash--; v.crash == 0 {
			return "", false, errCrash
		}
	}
	return "Titre", v.mayRead(person, post), nil
}

func (v *village) mayRead(person, post int64) bool {
	if v.hidden[post] {
		return false
	}
	return v.post(post).SpaceID == 1 || person != 0 && !v.barred[person]
}

func (v *village) post(id int64) events.Contributed {
	return v.posts[slices.IndexFunc(v.posts, func(p events.Contributed) bool { return p.PostID == id })]
}

// wants says again, from what the test knows, whether somebody follows a post.
func (v *village) wants(person int64, p events.Contributed, seq int64) bool {
	l := v.levels[person]
	space, thread, author := l[OfSpace][p.SpaceID], l[OfThread][p.ThreadID], l[OfPerson][p.PersonID]
	switch {
	case person == p.PersonID, author == Mute, thread == Mute, thread == "" && space == Mute:
		return false
	case thread == Watch, (space == Watch || space == Listed) && thread != Track, author == Watch:
		return true
	case p.Kind == "thread":
		return space == Watch || space == Listed
	case p.ReplyToAuthor == person:
		return true
	case thread == Track:
		return false
	}
	first, takesPart := v.part[person][p.ThreadID]
	return p.ThreadAuthorID == person || takesPart && first < seq
}

// carry is the mail server: it may be away, and what it takes is in its readers' inboxes.
func (v *village) carry(ctx context.Context, batch []message, report func(message, error) error) error {
	for i, m := range batch {
		if v.offline && i%2 == 0 {
			return errCrash
		}
		var r row
		if err := v.db.NewRaw("select id, person_id, kind, data from mail where id = ?", m.id).Scan(ctx, &r); err != nil {
			return err
		}
		if r.Kind == MailAgain {
			if err := report(m, nil); err != nil {
				return err
			}
			continue
		}
		if v.lost[r.PersonID] {
			v.Errorf("person %d is written to, where no mail reaches them", r.PersonID)
		}
		for _, post := range postsOf(r) {
			at := reach{r.PersonID, post}
			v.inbox[at] = append(v.inbox[at], r.ID)
			if !v.mayRead(r.PersonID, post) {
				v.Errorf("person %d is mailed post %d, which they may not read", r.PersonID, post)
			}
		}
		if err := report(m, nil); err != nil {
			return err
		}
	}
	return nil
}

func (v *village) done() string { return MailSent }

func postsOf(r row) (ids []int64) {
	if r.Kind != DigestMail {
		return []int64{r.Data.PostID}
	}
	for _, s := range r.Data.Digest {
		for _, t := range s.Threads {
			ids = append(ids, t.Posts...)
		}
	}
	return ids
}

func found(t testing.TB, rt *rapid.T, db bun.IDB) *village {
	v := &village{story: newStory(t, db), T: rt, clock: &clock{now}, budget: map[int64]int{}, heard: map[int64]bool{}, hidden: map[int64]bool{},
		barred: map[int64]bool{}, levels: map[int64]map[Subject]map[int64]Level{}, part: map[int64]map[int64]int64{}, rhythm: map[int64]Rhythm{},
		follows: map[reach]bool{}, listed: map[reach]bool{}, hiddenOnce: map[int64]bool{}, neverOnce: map[int64]bool{}, barredOnce: map[int64]bool{}, lost: map[int64]bool{}, back: map[reach]bool{}, inbox: map[reach][]int64{}}
	v.exec("delete from person")
	v.exec("delete from outbox")
	v.exec(`insert into space (id, key, name) overriding system value values (1, 'one', '{}'), (2, 'two', '{}') on conflict do nothing`)
	v.service.now, v.service.talk = v.clock.now, v.talk
	v.sender = newSender(t, db, v.clock, SenderOptions{Folder: t.TempDir(), Talk: v.talk})
	v.sender.carrier = v
	v.pusher, v.phone, v.pushes = NewPusher(db, PusherOptions{Render: say, Talk: v.talk, Now: v.clock.now}), newPhone(t), map[reach]int{}
	v.pusher.post = v.show
	for i := range 4 {
		a := v.person(fmt.Sprint("p", i), "fr")
		v.people = append(v.people, a)
		v.levels[a.PersonID] = map[Subject]map[int64]Level{OfSpace: {}, OfThread: {}, OfPerson: {}}
		v.part[a.PersonID], v.rhythm[a.PersonID] = map[int64]int64{}, AtOnce
		v.budget[a.PersonID] = rapid.IntRange(1, 3).Draw(rt, "budget")
		v.attend(a, AtOnce)
	}
	return v
}

// show is the push service of all devices.
func (v *village) show(_ context.Context, d Device, _ []byte, topic string) (int, error) {
	if v.flaky {
		switch status := rapid.SampledFrom([]int{201, 201, 201, 503, 410, 400, 0}).Draw(v.T, "push"); status {
		case 201:
		case 0:
			return 0, errCrash
		default:
			return status, nil
		}
	}
	var at reach
	err := v.db.NewRaw("select person_id as person, post_id as post from notification where id = ?", strings.TrimPrefix(topic, "n")).Scan(v.ctx, &at)
	if err != nil {
		return 0, err
	}
	if !v.mayRead(at.Person, at.Post) {
		v.Errorf("person %d is pushed post %d, which they may not read", at.Person, at.Post)
	}
	v.pushes[at]++
	return 201, nil
}

// device gives somebody a device, or takes one.
func (v *village) device(*rapid.T) {
	a := v.somebody()
	list, err := v.service.Devices(v.ctx, a)
	v.check(err)
	if len(list) > 0 {
		v.check(v.service.RemoveDevice(v.ctx, a, list[0].ID))
	} else {
		v.check(v.service.AddDevice(v.ctx, a, v.phone.device(fmt.Sprint("https://push.example/", a.PersonID)), ""))
	}
	load, err := v.service.Attention(v.ctx, a)
	v.check(err)
	v.rhythm[a.PersonID] = load.Rhythm
}

func (v *village) push(*rapid.T) {
	v.flaky = true
	v.crash = rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(v.T, "crash")
	_, err := v.pusher.Deliver(v.ctx)
	v.flaky, v.crash = false, 0
	if !errors.Is(err, errCrash) {
		v.check(err)
	}
}

func (v *village) somebody() account.Actor { return rapid.SampledFrom(v.people).Draw(v.T, "person") }

func (v *village) check(err error) {
	v.T.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v *village) attend(a account.Actor, r Rhythm) {
	att := Attention{Rhythm: r, Budget: v.budget[a.PersonID], Hushed: rapid.Bool().Draw(v.T, "hushed"), Quiet: Quiet{20, 6}}
	v.check(v.service.Attend(v.ctx, a, att))
	v.rhythm[a.PersonID] = r
	if r == Never {
		v.neverOnce[a.PersonID] = true
	}
}

func (v *village) write(*rapid.T) {
	who := v.somebody()
	p := events.Contributed{PostID: int64(len(v.posts) + 1), PersonID: who.PersonID, Kind: "thread", ThreadAuthorID: who.PersonID,
		SpaceID: rapid.Int64Range(1, 2).Draw(v.T, "space")}
	p.ThreadID = p.PostID
	if len(v.posts) > 0 && rapid.IntRange(0, 3).Draw(v.T, "new thread") > 0 {
		to := rapid.SampledFrom(v.posts).Draw(v.T, "to")
		p.Kind, p.ThreadID, p.SpaceID, p.ThreadAuthorID = "reply", to.ThreadID, to.SpaceID, to.ThreadAuthorID
		if rapid.Bool().Draw(v.T, "answer") {
			p.ReplyToID, p.ReplyToAuthor = to.PostID, to.PersonID
		}
	}
	v.posts = append(v.posts, p)
	e := v.story.event(p)
	e.Time = v.clock.at
	v.log = append(v.log, e)
	if rapid.IntRange(0, 3).Draw(v.T, "late") > 0 {
		v.deliverEvent(len(v.log) - 1)
	}
}

// hear delivers any event, for the first time or again.
func (v *village) hear(*rapid.T) {
	if len(v.log) > 0 {
		v.deliverEvent(rapid.IntRange(0, len(v.log)-1).Draw(v.T, "event"))
	}
}

func (v *village) deliverEvent(i int) {
	e, p := v.log[i], v.posts[i]
	v.crash = rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(v.T, "crash")
	abort := rapid.IntRange(0, 5).Draw(v.T, "abort") == 0
	err := v.db.RunInTx(v.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := v.service.hear(ctx, tx, e); err != nil || !abort {
			return err
		}
		return errCrash
	})
	v.crash = 0
	if errors.Is(err, errCrash) {
		return
	}
	v.check(err)
	if at, ok := v.part[p.PersonID][p.ThreadID]; !ok || e.Seq < at {
		v.part[p.PersonID][p.ThreadID] = e.Seq
	}
	for _, a := range v.people {
		// An event that comes again tells whom it would tell now and didn't: the bus gives it once, marks aside.
		if at := (reach{a.PersonID, p.PostID}); v.wants(a.PersonID, p, e.Seq) && v.mayRead(a.PersonID, p.PostID) && !v.follows[at] {
			v.follows[at] = true
			v.listed[at] = v.levels[a.PersonID][OfSpace][p.SpaceID] == Listed && v.rhythm[a.PersonID] != Never
		}
	}
	v.heard[p.PostID] = true
}

func (v *village) follow(*rapid.T) {
	a, f := v.somebody(), Followed{Subject: rapid.SampledFrom([]Subject{OfSpace, OfThread, OfPerson}).Draw(v.T, "subject"),
		Level: Watch}
	f.Level = rapid.SampledFrom(LevelsOf(f.Subject)).Draw(v.T, "level")
	switch {
	case f.Subject == OfSpace:
		f.ID = rapid.Int64Range(1, 2).Draw(v.T, "space")
	case f.Subject == OfPerson:
		f.ID = v.somebody().PersonID
	default:
		f.ID = int64(rapid.IntRange(1, len(v.posts)+1).Draw(v.T, "thread"))
	}
	v.check(v.service.Follow(v.ctx, a, f))
	v.levels[a.PersonID][f.Subject][f.ID] = f.Level
}

func (v *village) changeRhythm(*rapid.T) {
	v.attend(v.somebody(), rapid.SampledFrom(Rhythms).Draw(v.T, "rhythm"))
}

func (v *village) unsubscribe(*rapid.T) {
	secret, _ := secretOfTests()
	if a, list := v.somebody(), rapid.Int64Range(1, 2).Draw(v.T, "list"); rapid.Bool().Draw(v.T, "of a list") && v.levels[a.PersonID][OfSpace][list] == Listed {
		_, err := v.service.Unsubscribe(v.ctx, unsubscribeToken(secret, a.PersonID, listTopic(list)))
		v.check(err)
		delete(v.levels[a.PersonID][OfSpace], list)
	} else if rapid.IntRange(0, 3).Draw(v.T, "really") == 0 {
		_, err := v.service.Unsubscribe(v.ctx, unsubscribeToken(secret, a.PersonID, AboutReplies))
		v.check(err)
		v.rhythm[a.PersonID], v.neverOnce[a.PersonID] = Never, true
	}
}

func (v *village) hide(*rapid.T) {
	if len(v.posts) > 0 {
		id := rapid.SampledFrom(v.posts).Draw(v.T, "post").PostID
		v.hidden[id] = !v.hidden[id]
		v.hiddenOnce[id] = true
	}
}

func (v *village) bar(*rapid.T) {
	a := v.somebody().PersonID
	v.barred[a] = !v.barred[a]
	v.barredOnce[a] = true
}

func (v *village) read(*rapid.T) {
	a := v.somebody()
	list, _, err := v.service.Notifications(v.ctx, a, 0)
	v.check(err)
	if len(list) > 0 {
		n := rapid.SampledFrom(list).Draw(v.T, "line")
		if rapid.Bool().Draw(v.T, "in the thread") {
			v.check(v.service.SeenThread(v.ctx, a, n.Data.ThreadID, n.Data.PostID))
		} else {
			_, err = v.service.Read(v.ctx, a, n.ID)
			v.check(err)
		}
	}
}

func (v *village) wait(*rapid.T) {
	v.clock.at = v.clock.at.Add(time.Duration(rapid.IntRange(1, 80).Draw(v.T, "hours")) * time.Hour)
}

// digests writes what is due, or dies in the middle. What it writes is what waited, may be read and wasn't.
func (v *village) digests(*rapid.T) {
	v.crash = rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(v.T, "crash")
	v.writeDigests(rapid.IntRange(0, 4).Draw(v.T, "abort") == 0)
}

func (v *village) writeDigests(abort bool) {
	type waits struct {
		Person, Post int64
		Read         bool
	}
	var before []waits
	v.check(v.db.NewRaw(`select person_id as person, post_id as post, read_at is not null as read from notification n
		where delivery = 'waiting' and exists (select from attention a where a.person_id = n.person_id and due_at <= ?)`, v.clock.at).Scan(v.ctx, &before))
	last := v.id("select coalesce(max(id), 0) from mail")
	err := v.db.RunInTx(v.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		in := *v.service
		in.db = tx
		if _, err := in.WriteDigests(ctx); err != nil || !abort {
			return err
		}
		return errCrash
	})
	v.crash = 0
	want := map[reach]bool{}
	for _, w := range before {
		if err == nil && !w.Read && v.rhythm[w.Person] != Never && v.mayRead(w.Person, w.Post) {
			want[reach{w.Person, w.Post}] = true
		}
	}
	if !errors.Is(err, errCrash) {
		v.check(err)
	}
	got := map[reach]bool{}
	var mails []row
	v.check(v.db.NewRaw("select id, person_id, kind, data from mail where id > ?", last).Scan(v.ctx, &mails))
	for _, m := range mails {
		for _, post := range postsOf(m) {
			got[reach{m.PersonID, post}] = true
		}
	}
	if !maps.Equal(got, want) {
		v.Fatalf("digests tell %v, what was followed is %v", got, want)
	}
}

func (v *village) mail(*rapid.T) {
	v.offline = rapid.IntRange(0, 3).Draw(v.T, "offline") == 0
	v.crash = rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(v.T, "crash")
	_, err := v.sender.Deliver(v.ctx)
	v.offline, v.crash = false, 0
	v.check(err)
}

// bounce has the last mail to somebody come back, for good or for now; or has their address tried again.
func (v *village) bounce(*rapid.T) {
	a := v.somebody()
	if v.lost[a.PersonID] && rapid.Bool().Draw(v.T, "again") {
		v.clock.at = v.clock.at.Add(tryAgainAfter)
		v.check(v.service.TryMailAgain(v.ctx, a))
		v.lost[a.PersonID] = false
		return
	}
	var mails []row
	v.check(v.db.NewRaw("select id, person_id, kind, data, created_at from mail where person_id = ? and state = 'sent' and kind <> ? order by id desc limit 1",
		a.PersonID, MailAgain).Scan(v.ctx, &mails))
	if len(mails) == 0 {
		return
	}
	b := Bounce{Status: rapid.SampledFrom([]string{"5.1.1", "4.2.2"}).Draw(v.T, "status")}
	for range rapid.IntRange(1, 2).Draw(v.T, "reports") {
		v.check(v.service.Bounced(v.ctx, mails[0].ID, b))
	}
	for _, post := range postsOf(mails[0]) {
		at := reach{a.PersonID, post}
		v.back[at] = true
		delete(v.inbox, at)
	}
	stop, err := v.service.Stopped(v.ctx, a)
	v.check(err)
	v.lost[a.PersonID] = stop.Address != ""
}

// settle lets everything that waits arrive.
func (v *village) settle() {
	for i := range v.log {
		for !v.heard[v.posts[i].PostID] {
			v.deliverEvent(i)
		}
	}
	for range 3 {
		v.clock.at = v.clock.at.AddDate(0, 0, 20)
		v.writeDigests(false)
		for n := 1; n > 0; {
			var err error
			n, err = v.sender.Deliver(v.ctx)
			v.check(err)
			more, err := v.pusher.Deliver(v.ctx)
			v.check(err)
			n += more
		}
	}
}

// verdict compares what the test knows with what is in the pages and in the inboxes.
func (v *village) verdict() {
	var rows []struct {
		PersonID, PostID int64
		Delivery         string
		Read             bool
	}
	v.check(v.db.NewRaw("select person_id, post_id, delivery, read_at is not null as read from notification").Scan(v.ctx, &rows))
	left := maps.Clone(v.follows)
	for _, r := range rows {
		at := reach{r.PersonID, r.PostID}
		if !left[at] {
			v.Errorf("person %d is told of post %d twice, or doesn't follow it", r.PersonID, r.PostID)
		}
		delete(left, at)
		mails := v.inbox[at]
		delete(v.inbox, at)
		fits := map[string]bool{byMail: true, byPush: true, byDigest: true, onPage: v.neverOnce[r.PersonID] || v.lostOnce(r.PersonID) || v.back[at], seen: r.Read,
			gone: v.hiddenOnce[r.PostID] || v.barredOnce[r.PersonID]}[r.Delivery]
		if pushed := v.pushes[at]; (pushed == 1) != (r.Delivery == byPush) || pushed > 1 {
			v.Errorf("post %d reaches person %d by %q, pushed %d times", r.PostID, r.PersonID, r.Delivery, pushed)
		}
		if (r.Delivery == byDigest || r.Delivery == byPush) && v.listed[at] {
			v.Errorf("post %d of a mailing list reaches person %d by %q", r.PostID, r.PersonID, r.Delivery)
		}
		if mailed := r.Delivery == byMail || r.Delivery == byDigest; !fits || mailed && len(mails) != 1 || !mailed && len(mails) != 0 {
			v.Errorf("post %d reaches person %d by %q, mails %v", r.PostID, r.PersonID, r.Delivery, mails)
		}
	}
	if len(left) != 0 || len(v.inbox) != 0 {
		v.Errorf("followed and not told: %v; told and not followed: %v", left, v.inbox)
	}
	v.thrift()
}

// lostOnce tells whether mail didn't reach somebody at some time.
func (v *village) lostOnce(person int64) bool {
	return v.id("select count(*) from mail_stop where person_id = ?", person) > 0
}

// thrift: nobody gets more mails at once in a day than they allow.
func (v *village) thrift() {
	var days []struct{ PersonID, Mails int64 }
	v.check(v.db.NewRaw(`select person_id, count(*) as mails from mail where kind not in ('digest', 'mail_again', 'list_opened', 'list_replied') group by person_id, date_trunc('day', created_at at time zone 'UTC')`).Scan(v.ctx, &days))
	for _, d := range days {
		if int(d.Mails) > v.budget[d.PersonID] {
			v.Errorf("person %d gets %d mails in a day, and allows %d", d.PersonID, d.Mails, v.budget[d.PersonID])
		}
	}
}

// TestEveryFollowedPostReachesItsReaderOnce: whatever people write, follow, read, hide and change, in whatever order the bus
// brings it and wherever machines die, each post that somebody follows reaches them exactly once, by exactly one way.
func TestEveryFollowedPostReachesItsReaderOnce(t *testing.T) {
	db := testdb.Clone(t)
	few(t, "rapid.checks", "20")
	few(t, "rapid.steps", "150")
	rapid.Check(t, func(rt *rapid.T) {
		v := found(t, rt, db)
		rt.Repeat(map[string]func(*rapid.T){"write": v.write, "write on": v.write, "write more": v.write, "mail on": v.mail, "hear": v.hear, "follow": v.follow, "rhythm": v.changeRhythm, "unsubscribe": v.unsubscribe,
			"hide": v.hide, "bar": v.bar, "read": v.read, "wait": v.wait, "digests": v.digests, "mail": v.mail, "device": v.device, "push": v.push, "push on": v.push, "bounce": v.bounce})
		v.settle()
		v.verdict()
	})
}

// few has rapid do fewer and longer checks than by default, for each step is a few transactions; its flags ask for more.
func few(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	if asked := f.Value.String(); asked == f.DefValue {
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(asked) })
	}
}
