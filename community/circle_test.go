package community

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// ring is a circle whose people the test decides.
type ring struct {
	*world
	Circle
	t    Thread
	in   map[int64]bool // besides the office's people
	shut bool           // as if it had never been published
}

// ring opens the circle of a seminar of Gafsa in a space of Sousse that only its members may enter.
func newRing(t *testing.T, people ...account.Actor) *ring {
	t.Helper()
	w := newWorld(t, testdb.Tx(t))
	r := &ring{world: w, in: map[int64]bool{}, Circle: Circle{SeminarID: 9, OfficeID: w.gafsa.ID, SpaceID: w.invitation.ID,
		Title: events.Text{"fr": "Monter un budget", "ar": "إعداد ميزانية"}}}
	for _, a := range people {
		r.in[a.PersonID] = true
	}
	r.Circles = Circles{
		Find: func(context.Context, bun.IDB, int64) (Circle, bool, error) { return r.Circle, !r.shut, nil },
		Has: func(_ context.Context, _ bun.IDB, a account.Actor, _ int64) (bool, error) {
			return r.in[a.PersonID] || a.Can(account.RunSeminars, account.Scope{OfficeID: w.gafsa.ID}), nil
		},
		Of: func(_ context.Context, _ bun.IDB, id int64) ([]int64, error) {
			if r.in[id] {
				return []int64{9}, nil
			}
			return nil, nil
		},
		People: func(context.Context, bun.IDB, int64) (ids []int64, err error) {
			for id := range r.in {
				ids = append(ids, id)
			}
			slices.Sort(ids)
			return ids, nil
		},
	}
	r.hear()
	r.find()
	return r
}

// hear has the consumer hear of the seminar, twice.
func (r *ring) hear() {
	r.world.t.Helper()
	for range 2 {
		r.must(r.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			_, err := r.openCircle(ctx, tx, 9)
			return err
		}))
	}
}

func (r *ring) find() {
	r.world.t.Helper()
	var err error
	r.t, err = r.CircleOf(ctx, r.gafsaMod, 9)
	r.must(err)
}

func (r *ring) enter(a account.Actor) account.Actor { r.in[a.PersonID] = true; return a }

// A circle is opened once, however often it is heard of, and called as its seminar is.
func TestACircleIsOpenedOnce(t *testing.T) {
	r := newRing(t)
	first := r.t
	r.Title = events.Text{"fr": "Suivre un budget"}
	r.OfficeID = r.sousse.ID
	r.hear()
	r.find()
	if r.t.ID != first.ID || r.t.Title != "Suivre un budget" || r.t.OfficeID != r.sousse.ID {
		t.Errorf("%+v after %+v", r.t, first)
	}
	if said := announced[events.CircleChanged](r.world); len(said) != 2 || said[0].SeminarID != 9 || said[1].Title["fr"] != "Suivre un budget" {
		t.Errorf("announced %+v", said)
	}
	if n := len(announced[events.Contributed](r.world)) + len(announced[events.ThreadStarted](r.world)); n != 0 {
		t.Errorf("%d contributions of nobody", n)
	}
}

// A circle isn't there for anybody but those in it: not in lists, nor by its address, nor for those who moderate its space.
func TestACircleIsForThoseInIt(t *testing.T) {
	r := newRing(t)
	r.enter(r.sami) // who isn't a member of the space
	r.files()
	post := r.reply(r.sami, r.t, "On partage une voiture depuis Redeyef ?")
	r.later()
	plan, err := r.AttachInThread(ctx, r.sami, r.t.ID, "Plan.png", bytes.NewReader(picture(t)))
	r.must(err)
	_, err = r.EditPost(ctx, r.sami, post.ID, Edit{Body: post.Body, Attached: []Attached{{ID: plan.ID}}})
	r.must(err)
	if _, err := r.Attach(ctx, r.sami, r.invitation.ID, "Plan.png", bytes.NewReader(picture(t))); !errors.Is(err, account.ErrNotFound) && !errors.Is(err, account.ErrForbidden) {
		t.Errorf("who is in a circle brings files to its closed space: %v", err)
	}
	for _, c := range []struct {
		who    string
		actor  account.Actor
		reads  error
		writes error
	}{
		{"who is in it", r.sami, nil, nil},
		{"a member of its space", r.amel, account.ErrNotFound, account.ErrNotFound},
		{"who moderates its space", r.sousseMod, account.ErrNotFound, account.ErrNotFound},
		{"the office", r.gafsaMod, nil, nil},
		{"an administrator", r.admin, nil, nil},
		{"a programme manager", r.manager, account.ErrNotFound, account.ErrNotFound},
		{"a visitor", account.Actor{}, account.ErrSignInRequired, account.ErrSignInRequired},
	} {
		r.meets(c.who, c.actor, post, plan, c.reads, c.writes)
	}
	delete(r.in, r.sami.PersonID)
	_, err = r.Thread(ctx, r.sami, r.t.ID, 0)
	r.wants("who has no seat any more reads", err, account.ErrNotFound)
	_, err = r.EditPost(ctx, r.sami, post.ID, Edit{Body: "Non"})
	r.wants("edits", err, account.ErrNotFound)
	_, err = r.DeletePost(ctx, r.sami, post.ID)
	r.wants("deletes", err, account.ErrNotFound)
	r.enter(r.sami)
	_, err = r.Thread(ctx, r.sami, r.t.ID, 0)
	r.wants("who has one again reads", err, nil)
}

// meets tries all that somebody can do with a circle by its addresses, and looks for it everywhere else.
func (r *ring) meets(who string, actor account.Actor, post Post, plan Attachment, reads, writes error) {
	r.world.t.Helper()
	r.later()
	_, err := r.Thread(ctx, actor, r.t.ID, 0)
	r.wants(who+" reads", err, reads)
	_, _, err = r.Post(ctx, actor, post.ID)
	r.wants(who+" reads a post", err, reads)
	_, _, err = r.Place(ctx, actor, post.ID)
	r.wants(who+" follows an address", err, reads)
	_, err = r.Heard(ctx, actor, post.ID)
	r.wants(who+" is told", err, reads)
	_, err = r.FirstUnread(ctx, actor, r.t.ID)
	r.wants(who+" jumps", err, reads)
	_, _, _, err = r.History(ctx, actor, post.ID)
	r.wants(who+" reads versions", err, reads)
	_, err = r.CircleOf(ctx, actor, 9)
	r.wants(who+" comes from the seminar", err, reads)
	_, err = r.Reply(ctx, actor, NewReply{ThreadID: r.t.ID, Body: "Oui"})
	r.wants(who+" replies", err, writes)
	_, err = r.AttachInThread(ctx, actor, r.t.ID, "Plan.png", bytes.NewReader(picture(r.world.t)))
	r.wants(who+" brings a file", err, writes)
	_, _, _, err = r.OpenAttachment(ctx, actor, plan.ID, false)
	r.wants(who+" opens a file", err, reads)
	r.wants(who+" reports", r.Report(ctx, actor, NewReport{PostID: post.ID, Reason: "spam"}), writes)
	if actor.PersonID != r.sami.PersonID {
		r.wants(who+" thanks", r.Thank(ctx, actor, post.ID, true), writes)
	}
	r.comesAcross(who, actor)
}

// comesAcross fails when somebody finds a circle among threads or news.
func (r *ring) comesAcross(who string, actor account.Actor) {
	r.world.t.Helper()
	for _, sp := range []account.Space{r.open, r.request, r.invitation} {
		for _, show := range []Show{ShowAll, ShowUnread, ShowArchived} {
			if l, err := r.Threads(ctx, actor, sp.ID, Filter{Show: show}); err == nil && len(l.Rows)+len(l.Pinned) > 0 {
				r.world.t.Errorf("%s finds it in the forum of %s", who, sp.Key)
			}
		}
	}
	if actor.SignedIn() && actor.PersonID != r.sami.PersonID {
		news, err := r.New(ctx, actor, 10)
		if r.must(err); len(news) > 0 {
			r.world.t.Errorf("%s hears of it at home", who)
		}
	}
}

// What is said in a circle counts in no space, and is told to those in it.
func TestWhatIsSaidInACircle(t *testing.T) {
	r := newRing(t)
	r.enter(r.sami)
	r.enter(r.amel)
	post := r.reply(r.sami, r.t, "Qui vient de Redeyef ?")
	said := announced[events.Contributed](r.world)
	if len(said) != 1 || said[0].SpaceID != 0 || !slices.Equal(said[0].Audience, []int64{r.amel.PersonID, r.sami.PersonID}) {
		t.Fatalf("announced %+v", said)
	}
	news, err := r.New(ctx, r.amel, 10)
	if r.must(err); len(news) != 1 || news[0].ID != r.t.ID || news[0].Unread != 1 {
		t.Errorf("new for amel: %+v", news)
	}
	if first, err := r.FirstUnread(ctx, r.amel, r.t.ID); err != nil || first != post.ID {
		t.Errorf("the first unread is %d, %v", first, err)
	}
	arabic := r.amel
	arabic.Language = "ar"
	if title, err := r.Heard(ctx, arabic, post.ID); err != nil || title != "إعداد ميزانية" {
		t.Errorf("in Arabic it is called %q, %v", title, err)
	}
	w, found, err := WordsOf(ctx, r.db, r.t.ID)
	if err != nil || !found || w.Seminar != 9 || w.SpaceID != 0 || !slices.Equal(w.Replies, []string{"Qui vient de Redeyef ?"}) {
		t.Errorf("to be found: %+v, %v", w, err)
	}
}

// The office that runs the seminar decides on what is reported; those who moderate its space never see it.
func TestReportsInACircle(t *testing.T) {
	r := newRing(t)
	r.enter(r.sami)
	r.enter(r.amel)
	post := r.reply(r.sami, r.t, "Achetez mon tapis")
	r.must(r.Report(ctx, r.amel, NewReport{PostID: post.ID, Reason: "spam"}))
	told := announced[events.PostReported](r.world)
	if len(told) != 1 || told[0].SpaceID != 0 || told[0].OfficeID != r.gafsa.ID || told[0].AssignedTo != r.gafsaMod.PersonID {
		t.Errorf("announced %+v", told)
	}
	for _, c := range []struct {
		who   string
		actor account.Actor
		sees  int
	}{{"the space's office", r.sousseMod, 0}, {"an animator", r.animator, 0}, {"the seminar's office", r.gafsaMod, 1}, {"an administrator", r.admin, 1}} {
		list, _, err := r.Queue(ctx, c.actor, QueueFilter{})
		if n, wait := r.Waiting(ctx, c.actor); err != nil || wait != nil || len(list) != c.sees || n != c.sees {
			t.Errorf("%s sees %d, %d wait, %v", c.who, len(list), n, err)
		}
		if c.sees > 0 && (!list[0].InCircle || !list[0].Mine || list[0].Space.ID != r.invitation.ID) {
			t.Errorf("%s sees %+v", c.who, list[0])
		}
	}
	if list, _, err := r.Queue(ctx, r.admin, QueueFilter{SpaceID: r.invitation.ID}); err != nil || len(list) != 0 {
		t.Errorf("in the queue of the space: %+v, %v", list, err)
	}
	r.wants("the space's office decides", r.DecideReports(ctx, r.sousseMod, post.ID, true, ""), account.ErrForbidden)
	r.wants("the space's office hides", r.HidePost(ctx, r.sousseMod, post.ID, ""), account.ErrNotFound)
	_, err := r.Accused(ctx, r.sousseMod, post.ID)
	r.wants("the space's office asks about the author", err, account.ErrForbidden)
	if _, refused := account.InvalidsOf(r.Assign(ctx, r.gafsaMod, post.ID, r.sousseMod.PersonID)); !refused {
		t.Error("given to the space's office")
	}
	r.clock = r.clock.Add(LateAfter)
	_, err = r.RemindLate(ctx)
	if late := announced[events.CaseOverdue](r.world); err != nil || len(late) != 1 || late[0].SpaceID != 0 || late[0].OfficeID != r.gafsa.ID {
		t.Errorf("reminded of %+v, %v", late, err)
	}
	r.must(r.DecideReports(ctx, r.gafsaMod, post.ID, true, "Hors sujet"))
	if w, _, err := WordsOf(ctx, r.db, r.t.ID); err != nil || len(w.Replies) != 0 {
		t.Errorf("found still: %+v, %v", w, err)
	}
	hidden := announced[events.ContributionHidden](r.world)
	if len(hidden) != 1 || hidden[0].SpaceID != 0 {
		t.Errorf("announced %+v", hidden)
	}
}

// What is said in a circle can't be taken out of it.
func TestACircleStaysOne(t *testing.T) {
	r := newRing(t)
	r.enter(r.admin)
	post := r.reply(r.admin, r.t, "Bienvenue")
	other := r.thread(r.admin, r.open)
	r.wants("moved", r.Move(ctx, r.admin, r.t.ID, r.open.ID), account.ErrForbidden)
	_, err := r.Merge(ctx, r.admin, r.t.ID, other.ID)
	r.wants("merged", err, account.ErrForbidden)
	_, err = r.Merge(ctx, r.admin, other.ID, r.t.ID)
	r.wants("merged into", err, account.ErrForbidden)
	_, err = r.Split(ctx, r.admin, Splitting{ThreadID: r.t.ID, Title: "Ailleurs", Posts: []int64{post.ID}})
	r.wants("split", err, account.ErrForbidden)
	r.wants("tagged", r.TagThread(ctx, r.admin, r.t.ID, []string{"x"}), account.ErrForbidden)
	r.must(r.Lock(ctx, r.gafsaMod, r.t.ID, true))
	_, err = r.Reply(ctx, r.admin, NewReply{ThreadID: r.t.ID, Body: "Encore"})
	r.wants("said once it is locked", err, ErrLocked)
}
