package community

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/migrations/testdb"
)

// poll asks something in a space; what isn't said is one choice of three, anonymous and always shown.
func (w *world) poll(a account.Actor, sp account.Space, n NewPoll) Thread {
	w.t.Helper()
	w.later()
	if n.Options == nil {
		n.Options = []string{"Lundi", "Mardi", "الأربعاء"}
	}
	if n.Choices == 0 {
		n.Choices = 1
	}
	if n.Shown == "" {
		n.Shown = ShownAlways
	}
	t, err := w.StartThread(ctx, a, NewThread{SpaceID: sp.ID, Kind: Voting, Title: "Quel jour ?", Poll: n})
	w.must(err)
	return t
}

// asked is a poll as somebody sees it, the ids of its options, and its post.
func (w *world) asked(a account.Actor, t Thread) (Poll, []int64) {
	w.t.Helper()
	l := w.read(a, t).Lines[0]
	if l.Poll == nil {
		w.t.Fatalf("thread %d asks nothing", t.ID)
	}
	var ids []int64
	for _, o := range l.Poll.Options {
		ids = append(ids, o.ID)
	}
	return *l.Poll, ids
}

func votes(p Poll) (n []int) {
	for _, o := range p.Options {
		n = append(n, o.Votes)
	}
	return n
}

func TestAPollIsAskedAsItShouldBe(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	for what, c := range map[string]struct {
		poll  NewPoll
		field string
	}{
		"one option":         {NewPoll{Options: []string{"Oui", "  "}}, "options"},
		"eleven":             {NewPoll{Options: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}}, "options"},
		"twice the same":     {NewPoll{Options: []string{"Oui", " oui"}}, "options"},
		"more than there is": {NewPoll{Choices: 4}, "choices"},
		"shown to nobody":    {NewPoll{Shown: "never"}, "shown"},
		"closed before":      {NewPoll{ClosesAt: w.clock.Add(-time.Hour)}, "closes"},
	} {
		if c.poll.Options == nil {
			c.poll.Options = []string{"Oui", "Non"}
		}
		c.poll.Choices = max(c.poll.Choices, 1)
		if c.poll.Shown == "" {
			c.poll.Shown = ShownAlways
		}
		_, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Voting, Title: "T", Poll: c.poll})
		if wrong, ok := account.InvalidsOf(err); !ok || wrong[0].Field != c.field {
			t.Errorf("%s: %v, want %s refused", what, err, c.field)
		}
	}
	thread := w.poll(w.amel, w.open, NewPoll{Text: "Pour la **réunion**.", Options: []string{" Lundi ", "", "Mardi"}})
	l := w.opening(thread)
	if l.Body != "Pour la **réunion**.\n\n- Lundi\n- Mardi" || l.Poll.Text != "Pour la **réunion**." {
		t.Errorf("the post says %q", l.Body)
	}
	if list, err := w.Threads(ctx, w.amel, w.open.ID, Filter{Show: ShowPolls}); err != nil || len(list.Rows) != 1 {
		t.Errorf("polls: %+v, %v", list.Rows, err)
	}
	started := announced[events.ThreadStarted](w)
	if n := len(started); n != 1 || started[0].Kind != "poll" {
		t.Errorf("announced %+v", started)
	}
}

func TestVoting(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.poll(w.amel, w.open, NewPoll{Choices: 2, ClosesAt: w.clock.Add(48 * time.Hour)})
	post := w.opening(thread).ID
	_, o := w.asked(w.sami, thread)
	refused := func(what string, options ...int64) {
		t.Helper()
		if wrong, ok := account.InvalidsOf(w.Vote(ctx, w.sami, post, options)); !ok || wrong[0].Field != "vote" {
			t.Errorf("%s: %v", what, wrong)
		}
	}
	refused("none")
	refused("too many", o...)
	refused("of another poll", o[0], 1<<40)
	w.must(w.Vote(ctx, w.sami, post, []int64{o[0], o[1], o[0]}))
	w.must(w.Vote(ctx, w.sami, post, []int64{o[1], o[0]})) // the same
	w.must(w.Vote(ctx, w.amel, post, []int64{o[1]}))
	if p, _ := w.asked(w.amel, thread); !slices.Equal(votes(p), []int{1, 2, 0}) || p.Voters != 2 || p.Share(p.Options[0]) != 50 {
		t.Errorf("%+v", p)
	}
	w.must(w.Vote(ctx, w.sami, post, []int64{o[2]}))
	w.must(w.Unvote(ctx, w.amel, post))
	w.must(w.Unvote(ctx, w.amel, post))
	p, _ := w.asked(w.sami, thread)
	if !slices.Equal(votes(p), []int{0, 0, 1}) || !p.Voted || !p.Options[2].Mine || p.Options[0].Mine {
		t.Errorf("%+v", p)
	}
	if n := len(announced[events.PollVoted](w)); n != 4 {
		t.Errorf("%d votes announced", n)
	}
	var named []json.RawMessage
	w.must(w.db.NewRaw(`select data from outbox where type = 'community.poll_voted' and data ? 'person_id'`).Scan(ctx, &named))
	if len(named) > 0 {
		t.Errorf("the log says who voted: %s", named)
	}
	reply := w.reply(w.amel, thread, "Rien ici")
	w.wants("on what asks nothing", w.Vote(ctx, w.sami, reply.ID, o[:1]), account.ErrNotFound)
	w.must(w.Lock(ctx, w.admin, thread.ID, true))
	w.wants("while nobody replies", w.Vote(ctx, w.sami, post, o[:1]), nil)
	w.must(w.Archive(ctx, w.admin, thread.ID, true))
	w.wants("out of the lists", w.Vote(ctx, w.sami, post, o[1:2]), ErrLocked)
	w.must(w.Archive(ctx, w.admin, thread.ID, false))
	w.must(w.HidePost(ctx, w.admin, post, ""))
	w.wants("hidden", w.Vote(ctx, w.amel, post, o[:1]), account.ErrNotFound)
	w.must(w.RestorePost(ctx, w.admin, post))
	w.clock = w.clock.Add(48 * time.Hour)
	w.wants("too late", w.Vote(ctx, w.sami, post, o[1:2]), ErrPollClosed)
	w.wants("taken back too late", w.Unvote(ctx, w.sami, post), ErrPollClosed)
	if p, _ := w.asked(w.sami, thread); !slices.Equal(votes(p), []int{1, 0, 0}) || !p.Over || p.Votes || p.Closes {
		t.Errorf("after: %+v", p)
	}
}

// Who may vote and close: role × scope × visibility.
func TestWhoMayVoteAndClose(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	no, gone, out := account.ErrForbidden, account.ErrNotFound, account.ErrSignInRequired
	type rights struct{ vote, closes error }
	for _, c := range []struct {
		space account.Space
		want  map[string]rights
	}{
		{w.open, map[string]rights{"visitor": {out, out}, "amel": {nil, nil}, "sami": {nil, no}, "animator": {nil, nil}, "gafsa": {nil, nil},
			"sousse": {nil, no}, "admin": {nil, nil}, "manager": {nil, no}}},
		{w.request, map[string]rights{"visitor": {out, out}, "amel": {nil, nil}, "sami": {no, no}, "animator": {no, no}, "gafsa": {no, no},
			"sousse": {nil, nil}, "admin": {nil, nil}, "manager": {nil, no}}},
		{w.invitation, map[string]rights{"visitor": {out, out}, "amel": {nil, nil}, "sami": {gone, gone}, "animator": {gone, gone},
			"gafsa": {gone, gone}, "sousse": {nil, nil}, "admin": {nil, nil}, "manager": {nil, no}}},
	} {
		for name, actor := range map[string]account.Actor{"visitor": {}, "amel": w.amel, "sami": w.sami, "animator": w.animator,
			"gafsa": w.gafsaMod, "sousse": w.sousseMod, "admin": w.admin, "manager": w.manager} {
			thread := w.poll(w.amel, c.space, NewPoll{})
			post := w.opening(thread).ID
			_, o := w.asked(w.admin, thread)
			w.wants(name+" votes in the space "+c.space.Key, w.Vote(ctx, actor, post, o[:1]), c.want[name].vote)
			w.wants(name+" takes it back in "+c.space.Key, w.Unvote(ctx, actor, post), c.want[name].vote)
			w.wants(name+" closes in "+c.space.Key, w.ClosePoll(ctx, actor, post), c.want[name].closes)
			if c.want[name].closes == nil {
				w.wants("twice", w.ClosePoll(ctx, actor, post), nil)
				w.wants("then votes", w.Vote(ctx, w.amel, post, o[:1]), ErrPollClosed)
			}
		}
	}
	all := announced[events.PollClosed](w)
	if len(all) != 10 || all[0].By == 0 {
		t.Errorf("%d closings announced: %+v", len(all), all)
	}
}

func TestAResultIsShownWhenItWasSaidItWouldBe(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	for _, c := range []struct {
		shown                        PollShown
		before, voted, over, outside bool
	}{{ShownAlways, true, true, true, true}, {ShownVoted, false, true, true, false}, {ShownClosed, false, false, true, false}} {
		for _, open := range []bool{false, true} {
			thread := w.poll(w.amel, w.open, NewPoll{Shown: c.shown, Open: open})
			post := w.opening(thread).ID
			_, o := w.asked(w.admin, thread)
			w.must(w.Vote(ctx, w.amel, post, o[:1]))
			check := func(when string, a account.Actor, told bool) {
				t.Helper()
				p, _ := w.asked(a, thread)
				names := len(p.Options[0].Names)
				if p.Told != told || (p.Options[0].Votes > 0) != told || (names > 0) != (told && open && a.SignedIn()) || p.Voters == 0 {
					t.Errorf("%s, open %v, %s: %+v", c.shown, open, when, p)
				}
			}
			check("before", w.sami, c.before)
			check("to its moderator", w.admin, c.before)
			check("to a visitor", account.Actor{}, c.outside)
			w.must(w.Vote(ctx, w.sami, post, o[1:2]))
			check("having voted", w.sami, c.voted)
			w.must(w.ClosePoll(ctx, w.amel, post))
			check("over", w.sami, c.over)
			check("over, to a visitor", account.Actor{}, c.over)
		}
	}
}

func TestAPollIsEditedWhileNobodyVoted(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.poll(w.amel, w.open, NewPoll{Text: "Avant"})
	post := w.opening(thread).ID
	_, before := w.asked(w.amel, thread)
	next := NewPoll{Text: "Après", Options: []string{"Jeudi", "Vendredi"}, Choices: 2, Shown: ShownVoted, Open: true}
	edit := func(title string, n NewPoll) error {
		w.later()
		_, err := w.EditPost(ctx, w.amel, post, Edit{Title: title, Poll: n})
		return err
	}
	w.must(edit("Quels jours ?", next))
	p, o := w.asked(w.amel, thread)
	if p.Open || p.Text != "Après" || p.Choices != 2 || p.Shown != ShownVoted || len(o) != 2 || w.opening(thread).Body != "Après\n\n- Jeudi\n- Vendredi" {
		t.Errorf("edited: %+v", p)
	}
	if wrong, ok := account.InvalidsOf(w.Vote(ctx, w.sami, post, before[:1])); !ok || wrong[0].Key != "poll.error_changed" {
		t.Errorf("a vote for what was there before: %v", wrong)
	}
	w.must(w.Vote(ctx, w.sami, post, o[:1]))
	for what, err := range map[string]error{"the options": edit("Quels jours ?", NewPoll{Options: []string{"A", "B"}, Choices: 2, Shown: ShownVoted}),
		"how many": edit("Quels jours ?", NewPoll{Options: next.Options, Choices: 1, Shown: ShownVoted}), "the question": edit("Autre ?", NewPoll{Text: "x"})} {
		if wrong, ok := account.InvalidsOf(err); !ok || wrong[0].Key != "poll.error_voted" {
			t.Errorf("%s after a vote: %v", what, err)
		}
	}
	w.must(edit("Quels jours ?", NewPoll{Text: "Précision"}))
	if p, ids := w.asked(w.sami, thread); p.Text != "Précision" || !slices.Equal(ids, o) || p.Voters != 1 {
		t.Errorf("the text alone: %+v", p)
	}
	if _, _, all, err := w.History(ctx, w.sami, post); err != nil || len(all) != 3 {
		t.Errorf("history %+v, %v", all, err)
	}
	_, err := w.DeletePost(ctx, w.amel, post)
	w.must(err)
	var left int
	w.must(w.db.NewRaw(`select (select count(*) from poll) + (select count(*) from poll_vote)`).Scan(ctx, &left))
	if left != 0 {
		t.Errorf("%d rows outlive the post", left)
	}
}

func TestAMergedPollIsVotedOnStillAndSplitOffAgain(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	home := w.thread(w.amel, w.open)
	thread := w.poll(w.amel, w.open, NewPoll{})
	post := w.opening(thread).ID
	_, o := w.asked(w.sami, thread)
	w.must(w.Vote(ctx, w.sami, post, o[:1]))
	_, err := w.Merge(ctx, w.admin, home.ID, thread.ID)
	w.must(err)
	w.must(w.Vote(ctx, w.amel, post, o[:1]))
	if l := w.read(w.amel, home).Lines[1]; l.Poll == nil || l.Poll.Options[0].Votes != 2 || l.Poll.Question != "Quel jour ?" {
		t.Errorf("merged: %+v", l.Poll)
	}
	apart, err := w.Split(ctx, w.admin, Splitting{ThreadID: home.ID, Title: "À part", Posts: []int64{post}})
	w.must(err)
	if p, _ := w.asked(w.amel, apart); apart.Kind != Voting || p.Options[0].Votes != 2 || !p.Voted {
		t.Errorf("split off: %+v %+v", apart, p)
	}
}

func TestAnErasedPersonTakesTheirVotesAway(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.poll(w.amel, w.open, NewPoll{})
	post := w.opening(thread).ID
	_, o := w.asked(w.sami, thread)
	leaver := accounttest.Actor(t, w.db, "Partante")
	w.must(w.Vote(ctx, leaver, post, o[:1]))
	w.must(w.Vote(ctx, w.sami, post, o[:1]))
	_, err := w.db.ExecContext(ctx, `delete from person where id = ?`, leaver.PersonID)
	w.must(err)
	if p, _ := w.asked(w.amel, thread); p.Voters != 1 || p.Options[0].Votes != 1 {
		t.Errorf("%+v", p)
	}
}

func TestAPollThatWaitsIsAskedOnceApproved(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.later()
	n := NewThread{SpaceID: w.open.ID, Kind: Voting, Title: "Quel jour ?", Trapped: true,
		Poll: NewPoll{Options: []string{"Lundi", "Mardi"}, Choices: 1, Open: true, Shown: ShownVoted, ClosesAt: w.clock.Add(time.Hour)}}
	held, err := w.StartThread(ctx, w.sami, n)
	if w.must(err); held.Held == 0 {
		t.Fatal("it doesn't wait")
	}
	w.clock = w.clock.Add(2 * time.Hour)
	_, err = w.DecideHeld(ctx, w.admin, held.Held, Verdict{Approve: true})
	w.must(err)
	list, err := w.Threads(ctx, w.amel, w.open.ID, Filter{Show: ShowPolls})
	w.must(err)
	if p, _ := w.asked(w.amel, list.Rows[0].Thread); p.Over || !p.Open || p.Shown != ShownVoted || len(p.Options) != 2 {
		t.Errorf("%+v: it closed before anybody could vote", p)
	}
}

// Many people vote at once, the same ones several times, and change their minds, while the poll is closed and edited: everybody
// counts once, with no more than they may choose, and nothing changes once it is closed.
func TestManyVoteAtOnce(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	thread := w.poll(w.amel, w.open, NewPoll{Choices: 2})
	post := w.opening(thread).ID
	_, o := w.asked(w.amel, thread)
	const people = 12
	errs := make(chan error, 100)
	var group sync.WaitGroup
	for i := range people {
		who := accounttest.Actor(t, w.db, "Votante")
		for n := range 3 {
			group.Go(func() { errs <- w.Vote(ctx, who, post, []int64{o[(i+n)%3], o[(i+n+1)%3]}) })
		}
	}
	group.Go(func() {
		_, err := w.EditPost(ctx, w.amel, post, Edit{Title: "Quel jour ?", Poll: NewPoll{Options: []string{"A", "B", "C"}, Choices: 2, Shown: ShownAlways}})
		if _, refused := account.InvalidsOf(err); err != nil && !refused {
			errs <- err
		}
	})
	group.Wait()
	edited := false
	for range len(errs) {
		err := <-errs
		if wrong, ok := account.InvalidsOf(err); ok && wrong[0].Key == "poll.error_changed" {
			edited = true
		} else if err != nil {
			t.Error(err)
		}
	}
	p, o := w.asked(w.amel, thread)
	if sum := votes(p)[0] + votes(p)[1] + votes(p)[2]; sum != 2*p.Voters || p.Voters != people && !edited {
		t.Errorf("%v of %d voters", votes(p), p.Voters)
	}
	group.Go(func() { w.must(w.ClosePoll(ctx, w.amel, post)) })
	for range people {
		who := accounttest.Actor(t, w.db, "Tardive")
		group.Go(func() {
			if err := w.Vote(ctx, who, post, o[:1]); err != nil && !errors.Is(err, ErrPollClosed) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var late int
	w.must(w.db.NewRaw(`select count(*) from outbox v, outbox c where v.type = 'community.poll_voted' and c.type = 'community.poll_closed' and v.seq > c.seq`).Scan(ctx, &late))
	if late > 0 {
		t.Errorf("%d votes after the end", late)
	}
}

// Shares are whole percents, none over 100, and more votes are never a smaller share.
func TestShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Poll{Voters: rapid.IntRange(0, 5000).Draw(t, "voters")}
		a, b := rapid.IntRange(0, p.Voters).Draw(t, "a"), rapid.IntRange(0, p.Voters).Draw(t, "b")
		x, y := p.Share(PollOption{Votes: min(a, b)}), p.Share(PollOption{Votes: max(a, b)})
		if x < 0 || y > 100 || x > y || p.Voters > 0 && p.Share(PollOption{Votes: p.Voters}) != 100 {
			t.Fatalf("of %d: %d is %d %%, %d is %d %%", p.Voters, a, x, b, y)
		}
	})
}
