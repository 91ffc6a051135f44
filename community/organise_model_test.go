package community

import (
	"cmp"
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// mPost and mThread are a forum as anybody would keep it in their head.
type mPost struct {
	id, author, space int64 // space: where it was written
	as                string
	hidden, deleted   bool
	options           []int64         // of a poll
	votes             map[int64]int64 // by person: which of them
}

type mThread struct {
	id, space int64
	posts     []*mPost // in order; the first opens the thread
	into      int64    // where they went, when it was merged
}

func (t *mThread) gone() bool {
	return t.into != 0 || t.posts[0].deleted && !slices.ContainsFunc(t.posts[1:], func(p *mPost) bool { return !p.deleted })
}

// model is what the forum must be, after a random life.
type model struct {
	*world
	t       *rapid.T
	people  []account.Actor
	members map[int64]bool // of both spaces, by person
	threads map[int64]*mThread
	marks   map[[2]int64]int64 // how far a person read a thread
	from    int64              // of the outbox
}

func (m *model) draw(what string, n int) int { return rapid.IntRange(0, n-1).Draw(m.t, what) }

// living are the threads that can be read still.
func (m *model) living() (all []*mThread) {
	for _, t := range m.threads {
		if !t.gone() {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *mThread) int { return cmp.Compare(a.id, b.id) })
	return all
}

func (m *model) pick() *mThread {
	all := m.living()
	if len(all) == 0 {
		return nil
	}
	return all[m.draw("thread", len(all))]
}

func (m *model) home(id int64) *mThread {
	for m.threads[id].into != 0 {
		id = m.threads[id].into
	}
	return m.threads[id]
}

func (m *model) reads(a account.Actor, t *mThread) bool {
	return !t.gone() && (m.members[a.PersonID] || t.space == m.open.ID)
}

func (m *model) start() {
	sp := []account.Space{m.open, m.request}[m.draw("space", 2)]
	start := m.world.thread
	if rapid.Bool().Draw(m.t, "asks") {
		start = func(a account.Actor, sp account.Space) Thread { return m.poll(a, sp, NewPoll{}) }
	}
	thread := start(m.people[0], sp)
	opening := m.opening(thread)
	p := &mPost{id: opening.ID, author: thread.AuthorID, space: sp.ID, as: "thread", votes: map[int64]int64{}}
	if opening.Poll != nil {
		for _, o := range opening.Poll.Options {
			p.options = append(p.options, o.ID)
		}
	}
	m.threads[thread.ID] = &mThread{id: thread.ID, space: sp.ID, posts: []*mPost{p}}
	m.marks[[2]int64{thread.AuthorID, thread.ID}] = p.id
}

// vote has somebody choose, or choose otherwise, wherever what asks is now.
func (m *model) vote() {
	for _, t := range m.living() {
		for _, p := range t.posts {
			who := m.people[m.draw("who", len(m.people))]
			if p.options == nil || p.hidden || p.deleted || !m.reads(who, t) || t.posts[0].hidden && t.posts[0].author != who.PersonID {
				continue
			}
			p.votes[who.PersonID] = p.options[m.draw("option", len(p.options))]
			m.must(m.Vote(ctx, who, p.id, []int64{p.votes[who.PersonID]}))
		}
	}
}

// checkVotes compares what a post shows of its poll with what was chosen.
func (m *model) checkVotes(p *mPost, l Line) {
	if p.options == nil || p.deleted {
		if l.Poll != nil {
			m.t.Fatalf("post %d asks %+v", p.id, l.Poll)
		}
		return
	}
	if l.Poll == nil || l.Poll.Voters != len(p.votes) || len(l.Poll.Options) != len(p.options) {
		m.t.Fatalf("post %d asks %+v, want %d voters", p.id, l.Poll, len(p.votes))
	}
	for _, o := range l.Poll.Options {
		want := 0
		for _, option := range p.votes {
			if option == o.ID {
				want++
			}
		}
		if o.Votes != want {
			m.t.Fatalf("option %d of post %d has %d votes, want %d", o.ID, p.id, o.Votes, want)
		}
	}
}

// reply answers a thread by any of its addresses, also that of one merged into it.
func (m *model) reply() {
	ids := []int64{}
	for id := range m.threads {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := ids[m.draw("address", len(ids))]
	t, who := m.home(id), m.people[m.draw("who", len(m.people))]
	if !m.reads(who, t) || t.posts[0].hidden {
		return
	}
	p := m.world.reply(who, Thread{ID: id}, "Et puis")
	t.posts = append(t.posts, &mPost{id: p.ID, author: who.PersonID, space: t.space, as: "reply"})
	m.marks[[2]int64{who.PersonID, t.id}] = p.ID
}

func (m *model) seen() {
	t, who := m.pick(), m.people[m.draw("who", len(m.people))]
	if t == nil || !m.reads(who, t) || t.posts[0].hidden {
		return
	}
	p := t.posts[m.draw("post", len(t.posts))]
	m.must(m.Seen(ctx, who, t.id, p.id))
	key := [2]int64{who.PersonID, t.id}
	m.marks[key] = max(m.marks[key], p.id)
}

func (m *model) hide() {
	t := m.pick()
	if t == nil {
		return
	}
	p := t.posts[m.draw("post", len(t.posts))]
	if p.hidden {
		m.must(m.RestorePost(ctx, m.admin, p.id))
		p.hidden = p.deleted // of a deleted one there is nothing to restore
	} else {
		m.must(m.HidePost(ctx, m.admin, p.id, ""))
		p.hidden = true
	}
}

func (m *model) remove() {
	t := m.pick()
	if t == nil {
		return
	}
	p := t.posts[m.draw("post", len(t.posts))]
	i := slices.IndexFunc(m.people, func(a account.Actor) bool { return a.PersonID == p.author })
	if p.deleted || !m.reads(m.people[i], t) || t.posts[0].hidden && t.posts[0].author != p.author {
		return
	}
	_, err := m.DeletePost(ctx, m.people[i], p.id)
	m.must(err)
	p.deleted = true
}

func (m *model) move() {
	t := m.pick()
	if t == nil {
		return
	}
	to := m.open.ID
	if t.space == to {
		to = m.request.ID
	}
	m.must(m.Move(ctx, m.admin, t.id, to))
	t.space = to
}

func (m *model) merge() {
	a, b := m.pick(), m.pick()
	if a == nil || a == b {
		return
	}
	_, err := m.Merge(ctx, m.admin, a.id, b.id)
	if a.posts[0].hidden != b.posts[0].hidden {
		if _, refused := account.InvalidsOf(err); !refused {
			m.t.Fatalf("merging hidden and seen: %v", err)
		}
		return
	}
	m.must(err)
	to, from := a, b
	if b.posts[0].id < a.posts[0].id {
		to, from = b, a
	}
	both := slices.SortedFunc(slices.Values(slices.Concat(to.posts, from.posts)), func(x, y *mPost) int { return cmp.Compare(x.id, y.id) })
	for _, who := range m.people {
		inTo, inFrom := [2]int64{who.PersonID, to.id}, [2]int64{who.PersonID, from.id}
		_, one := m.marks[inTo]
		_, other := m.marks[inFrom]
		if !one && !other {
			continue
		}
		mark := int64(0)
		for _, p := range both {
			of := inFrom
			if slices.Contains(to.posts, p) {
				of = inTo
			}
			read, begun := m.marks[of]
			if p.id > read && (begun || m.members[who.PersonID]) && p.author != who.PersonID {
				break
			}
			mark = p.id
		}
		delete(m.marks, inFrom)
		defer func() { m.marks[inTo] = mark }() // the other people's marks aren't of these threads
	}
	to.posts, from.posts, from.into = both, nil, to.id
	m.follow(from.id, to.id)
}

// follow turns what led to a thread to another.
func (m *model) follow(from, to int64) {
	for _, t := range m.threads {
		if t.into == from {
			t.into = to
		}
	}
}

func (m *model) split() {
	t := m.pick()
	if t == nil || len(t.posts) < 2 || t.posts[0].hidden {
		return
	}
	first := 1 + m.draw("first", len(t.posts)-1)
	c := Splitting{ThreadID: t.id, Title: "À part", Posts: []int64{t.posts[first].id}, Onward: rapid.Bool().Draw(m.t, "onward")}
	taken := t.posts[first : first+1]
	if c.Onward {
		taken = t.posts[first:]
	} else if last := t.posts[len(t.posts)-1]; last != t.posts[first] {
		c.Posts, taken = append(c.Posts, last.id), []*mPost{t.posts[first], last}
	}
	taken = slices.Clone(taken)
	thread, err := m.Split(ctx, m.admin, c)
	if taken[0].hidden || taken[0].deleted {
		if _, refused := account.InvalidsOf(err); !refused {
			m.t.Fatalf("a new thread that nobody can read: %v", err)
		}
		return
	}
	m.must(err)
	n := &mThread{id: thread.ID, space: t.space, posts: taken}
	t.posts = slices.DeleteFunc(slices.Clone(t.posts), func(p *mPost) bool { return slices.Contains(taken, p) })
	if t.gone() {
		t.into = n.id
		m.follow(t.id, n.id)
	}
	m.threads[n.id] = n
	for _, who := range m.people {
		if read, begun := m.marks[[2]int64{who.PersonID, t.id}]; begun {
			mark := int64(0)
			for _, p := range taken {
				if p.id <= read {
					mark = p.id
				}
			}
			m.marks[[2]int64{who.PersonID, n.id}] = mark
		}
	}
}

// check compares the forum with the model.
func (m *model) check() {
	m.world.t.Helper()
	for id, t := range m.threads {
		got, err := findThread(ctx, m.db, id)
		m.must(err)
		if t.gone() != !got.DeletedAt.IsZero() || t.into != got.MergedInto || got.SpaceID != t.space && t.into == 0 {
			m.t.Fatalf("thread %d is %+v, want %+v", id, got, *t)
		}
		if to, err := m.MovedTo(ctx, m.admin, id); t.into != 0 && !m.home(id).gone() && (err != nil || to != m.home(id).id) {
			m.t.Fatalf("the address of thread %d leads to %d (%v), want %d", id, to, err, m.home(id).id)
		}
		if !t.gone() {
			m.checkThread(t, got)
		}
	}
}

func (m *model) checkThread(t *mThread, got Thread) {
	page, err := m.Thread(ctx, m.admin, t.id, 0)
	m.must(err)
	replies := 0
	for i, p := range t.posts {
		l := page.Lines[i]
		if l.ID != p.id || l.Opening != (i == 0) || l.Hidden() != p.hidden || l.Deleted() != p.deleted {
			m.t.Fatalf("post %d of thread %d is %+v, want %+v", i, t.id, l.Post, *p)
		}
		m.checkVotes(p, l)
		if at, _, err := m.Place(ctx, m.admin, p.id); err != nil || at != t.id {
			m.t.Fatalf("the address of post %d leads to thread %d (%v), want %d", p.id, at, err, t.id)
		}
		if i > 0 && !p.hidden && !p.deleted {
			replies++
		}
	}
	if len(page.Lines) != len(t.posts) || got.Replies != replies || got.Hidden != t.posts[0].hidden {
		m.t.Fatalf("thread %d has %d posts and counts %d replies, want %d and %d", t.id, len(page.Lines), got.Replies, len(t.posts), replies)
	}
	for _, who := range m.people {
		_, err := m.Thread(ctx, who, t.id, 0)
		hidden := got.Hidden && got.AuthorID != who.PersonID
		if may := m.reads(who, t) && !hidden; may != (err == nil) {
			m.t.Fatalf("%s reads thread %d: %v", who.Name, t.id, err)
		}
		read, begun := m.marks[[2]int64{who.PersonID, t.id}]
		want := 0
		for _, p := range t.posts {
			if !p.hidden && !p.deleted && p.id > read && (begun || m.members[who.PersonID]) && p.author != who.PersonID {
				want++
			}
		}
		if n, err := m.unread(ctx, who, got); err != nil || n != want {
			m.t.Fatalf("%s has %d unread in thread %d (%v), want %d", who.Name, n, t.id, err, want)
		}
	}
}

// checkContributions folds what was announced as the gates do, and compares: each post counts where and as it was written, while
// everybody may read it.
func (m *model) checkContributions() {
	type fact struct {
		PostID  int64  `json:"post_id"`
		SpaceID int64  `json:"space_id"`
		Kind    string `json:"kind"`
	}
	var rows []struct {
		Type string
		Data json.RawMessage `bun:"type:jsonb"`
	}
	m.must(m.db.NewRaw(`select type, data from outbox where seq > ? and type in ('community.contributed', 'community.contribution_hidden',
		'community.contribution_restored', 'community.contribution_deleted') order by seq`, m.from).Scan(ctx, &rows))
	type state struct {
		fact
		seen bool
	}
	facts := map[int64]state{}
	for _, r := range rows {
		var f fact
		m.must(json.Unmarshal(r.Data, &f))
		facts[f.PostID] = state{f, r.Type == "community.contributed" || r.Type == "community.contribution_restored"}
	}
	for _, t := range m.threads {
		for _, p := range t.posts {
			if want := (state{fact{p.id, p.space, p.as}, !p.hidden && !p.deleted}); facts[p.id] != want {
				m.t.Fatalf("post %d counts as %+v, want %+v", p.id, facts[p.id], want)
			}
		}
	}
}

// Whatever is moved, merged, split, hidden, restored, deleted, written and read, in whatever order: counts, positions, what is
// unread, addresses, permissions and contributions stay right.
func TestAForumThatIsOrganised(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	mona := w.member("Mona", w.open, w.request)
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{world: w, t: rt, people: []account.Actor{w.amel, mona, w.sami}, members: map[int64]bool{w.amel.PersonID: true, mona.PersonID: true},
			threads: map[int64]*mThread{}, marks: map[[2]int64]int64{}}
		m.must(m.db.NewRaw(`select coalesce(max(seq), 0) from outbox`).Scan(ctx, &m.from))
		m.start()
		m.start()
		for range 4 {
			m.reply()
		}
		deeds := []func(){m.reply, m.reply, m.reply, m.seen, m.seen, m.hide, m.hide, m.remove, m.move, m.merge, m.split, m.split, m.start, m.vote, m.vote}
		for range rapid.IntRange(3, 18).Draw(rt, "deeds") {
			deeds[m.draw("deed", len(deeds))]()
		}
		m.check()
		m.checkContributions()
	})
}
