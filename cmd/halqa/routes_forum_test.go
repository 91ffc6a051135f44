package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
)

// talk opens a thread in a space in somebody's name and returns it with its opening post.
func (r *realm) talk(by account.Actor, space account.Space, title string) (thread, post int64) {
	r.t.Helper()
	t, err := r.p.community.StartThread(r.ctx, by, community.NewThread{SpaceID: space.ID, Kind: community.Question, Title: title, Body: title})
	r.check(err)
	page, err := r.p.community.Thread(r.ctx, by, t.ID, 0)
	r.check(err)
	return t.ID, page.Lines[0].ID
}

// batch is an administrator's act on a post.
func (r *realm) batch(post int64) int64 {
	r.t.Helper()
	id, err := r.p.community.StartBatch(r.ctx, r.people[anAdministrator].actor, "keep", "", []int64{post})
	r.check(err)
	return id
}

// forumTalk is what the forum rows are about: a thread with answers in the open space, and one in the closed one.
type forumTalk struct {
	thread, post, answer   int64   // in the open space
	inside, secret, within int64   // in the closed one
	requested              int64   // in the one by request
	spare                  []int64 // posts to delete
}

const (
	inClosed     = "s ny nn yn yn yn yyn yyn" // those inside the closed space
	byModerators = "s ff ff yf ff ff fff yff" // those who moderate the open space
	byClosed     = "s ff ff yn ff yn fff yyn" // and the closed one
)

func (r *realm) forumTalk() *forumTalk {
	now := r.now
	defer func() { r.now = now }()
	r.now = now.Add(-2 * time.Hour) // so that the member doesn't write too fast
	member := r.people[aMember].actor
	t := &forumTalk{}
	t.thread, t.post = r.talk(member, r.space, "Bavardage")
	t.inside, t.secret = r.talk(member, r.closed, "Huisclos")
	t.requested, _ = r.talk(member, r.requested, "Dossiers")
	for range 6 {
		r.now = r.now.Add(10 * time.Minute)
		p, err := r.p.community.Reply(r.ctx, member, community.NewReply{ThreadID: t.thread, Body: "Bavardage"})
		r.check(err)
		t.spare = append(t.spare, p.ID)
	}
	r.now = r.now.Add(10 * time.Minute)
	reply, err := r.p.community.Reply(r.ctx, member, community.NewReply{ThreadID: t.inside, Body: "Huisclos"})
	r.check(err)
	t.answer, t.within = t.spare[5], reply.ID
	return t
}

func (r *realm) forumRows() []row {
	t := r.forumTalk()
	return slices.Concat(r.tagRows(t.thread, t.inside, byModerators, byClosed), r.organiseRows(t.thread, t.inside, byModerators, byClosed),
		r.attachmentRows(t.thread, t.inside, inClosed), r.guardRows(t.thread, t.inside, byModerators, byClosed), r.threadRows(t), r.pollRows(), r.postRows(t), r.moderationRows(t))
}

// threadRows are about reading and writing in a forum.
func (r *realm) threadRows(t *forumTalk) []row {
	fresh := func(path, body string, args ...any) func(*comer) ask {
		return func(c *comer) ask {
			return at(path, args...).with("nonce", uuid.NewString(), "kind", "discussion", "title", "Bavardage", "body", body)(c)
		}
	}
	told := func(path string, args ...any) func(*comer) ask {
		return func(c *comer) ask {
			return at(path, args...).with("nonce", uuid.NewString(), "title", "Huisclos", "context", "Huisclos", "action", "Huisclos",
				"result", "Huisclos", "lesson", "Huisclos")(c)
		}
	}
	return []row{
		{route: "GET /spaces/:key/forum", cells: public, ask: to("/spaces/%s/forum", r.space.Key)},
		{route: "GET /spaces/:key/forum", about: "by request", cells: "s fy ff yf yf yf yyf yyf", ask: to("/spaces/%s/forum", r.requested.Key)},
		{route: "GET /spaces/:key/forum", about: "by invitation, here", cells: "n ny nn yn yn yn yyn yyn", ask: to("/spaces/%s/forum", r.closed.Key)},
		{route: "GET /spaces/:key/forum/new", cells: signedIn, ask: to("/spaces/%s/forum/new", r.space.Key)},
		{route: "GET /spaces/:key/forum/new", about: "by invitation, here", cells: inClosed, ask: to("/spaces/%s/forum/new", r.closed.Key)},
		{route: "POST /spaces/:key/forum/new", cells: signedIn, lands: "/threads/", ask: fresh("/spaces/%s/forum/new", "Bavardage", r.space.Key)},
		{route: "POST /spaces/:key/forum/new", about: "empty", cells: "s uu uu uu uu uu uuu uuu", ask: fresh("/spaces/%s/forum/new", " ", r.space.Key)},
		{route: "POST /spaces/:key/forum/new", about: "by invitation, here", cells: inClosed, lands: "/threads/", ask: fresh("/spaces/%s/forum/new", "Huisclos", r.closed.Key)},
		{route: "GET /spaces/:key/mentions", cells: signedIn, ask: to("/spaces/%s/mentions?q=am", r.space.Key)},
		{route: "GET /spaces/:key/mentions", about: "by invitation, here", cells: inClosed, ask: to("/spaces/%s/mentions?q=am", r.closed.Key)},
		{route: "GET /spaces/:key/experiences", cells: public, ask: to("/spaces/%s/experiences", r.space.Key)},
		{route: "GET /spaces/:key/experiences", about: "by invitation, here", cells: "n ny nn yn yn yn yyn yyn", ask: to("/spaces/%s/experiences", r.closed.Key)},
		{route: "GET /spaces/:key/experiences/new", cells: signedIn, ask: to("/spaces/%s/experiences/new", r.space.Key)},
		{route: "GET /spaces/:key/experiences/new", about: "by invitation, here", cells: inClosed, ask: to("/spaces/%s/experiences/new", r.closed.Key)},
		{route: "POST /spaces/:key/experiences/new", cells: signedIn, lands: "/threads/", ask: told("/spaces/%s/experiences/new", r.space.Key)},
		{route: "POST /spaces/:key/experiences/new", about: "by invitation, here", cells: inClosed, lands: "/threads/", ask: told("/spaces/%s/experiences/new", r.closed.Key)},
		{route: "GET /threads/:id", cells: public, ask: to("/threads/%d", t.thread)},
		{route: "GET /threads/:id", about: "by request", cells: "s fy ff yf yf yf yyf yyf", ask: to("/threads/%d", t.requested)},
		{route: "GET /threads/:id", about: "by invitation, here", cells: "n ny nn yn yn yn yyn yyn", ask: to("/threads/%d", t.inside)},
		{route: "GET /threads/:id/unread", cells: signedIn, lands: "/threads/", ask: to("/threads/%d/unread", t.thread)},
		{route: "GET /threads/:id/unread", about: "by invitation, here", cells: inClosed, lands: "/threads/", ask: to("/threads/%d/unread", t.inside)},
		{route: "POST /threads/:id/reply", cells: signedIn, lands: "/threads/", ask: fresh("/threads/%d/reply", "Bavardage", t.thread)},
		{route: "POST /threads/:id/reply", about: "by invitation, here", cells: inClosed, lands: "/threads/", ask: fresh("/threads/%d/reply", "Huisclos", t.inside)},
		{route: "POST /threads/:id/read", cells: signedIn, ask: at("/threads/%d/read", t.thread).with("post", fmt.Sprint(t.post))},
		{route: "POST /threads/:id/read", about: "by invitation, here", cells: inClosed, ask: at("/threads/%d/read", t.inside).with("post", fmt.Sprint(t.secret))},
		{route: "POST /preview", cells: signedIn, ask: at("/preview").with("body", "**oui**")},
	}
}

// postRows are about a post: its author's deeds and everybody's.
func (r *realm) postRows(t *forumTalk) []row {
	const thankers = "s yf yy yy yy yy yyy yyy"
	const authors = "s fy ff ff ff ff fff fff"
	deletable := func(c *comer) ask {
		id := t.spare[0]
		t.spare = t.spare[1:]
		return at("/posts/%d/delete", id).with()(c)
	}
	return []row{
		{route: "GET /posts/:id/history", cells: public, ask: to("/posts/%d/history", t.post)},
		{route: "GET /posts/:id/history", about: "by invitation, here", cells: "n ny nn yn yn yn yyn yyn", ask: to("/posts/%d/history", t.secret)},
		{route: "POST /posts/:id/thank", cells: thankers, lands: "/threads/", ask: at("/posts/%d/thank", t.answer).with("on", "true")},
		{route: "POST /posts/:id/thank", about: "by invitation, here", cells: "s nf nn yn yn yn yyn yyn", lands: "/threads/", ask: at("/posts/%d/thank", t.within).with("on", "true")},
		{route: "POST /posts/:id/accept", cells: "s fy ff yf ff ff fff yff", lands: "/threads/", ask: at("/posts/%d/accept", t.answer).with("on", "true")},
		{route: "POST /posts/:id/accept", about: "by invitation, here", cells: "s ny nn yn fn yn ffn yyn", lands: "/threads/", ask: at("/posts/%d/accept", t.within).with("on", "true")},
		{route: "GET /posts/:id", cells: public, lands: "/threads/", ask: to("/posts/%d", t.post)},
		{route: "GET /posts/:id", about: "by invitation, here", cells: "n ny nn yn yn yn yyn yyn", lands: "/threads/", ask: to("/posts/%d", t.secret)},
		{route: "GET /posts/:id/edit", cells: authors, ask: to("/posts/%d/edit", t.post)},
		{route: "POST /posts/:id/edit", cells: authors, lands: "/threads/", ask: at("/posts/%d/edit", t.post).with("title", "Bavardages", "body", "Bavardages")},
		{route: "POST /posts/:id/delete", cells: authors, lands: "/threads/", used: true, ask: deletable},
		{route: "GET /posts/:id/report", cells: signedIn, ask: to("/posts/%d/report", t.post)},
		{route: "GET /posts/:id/report", about: "by invitation, here", cells: inClosed, ask: to("/posts/%d/report", t.secret)},
		{route: "POST /posts/:id/report", cells: signedIn, lands: "/threads/", ask: at("/posts/%d/report", t.post).with("reason", "spam")},
		{route: "POST /posts/:id/report", about: "by invitation, here", cells: inClosed, lands: "/threads/", ask: at("/posts/%d/report", t.secret).with("reason", "spam")},
	}
}

// moderationRows are what those who moderate do.
func (r *realm) moderationRows(t *forumTalk) []row {
	reported := func(c *comer) ask {
		by := r.newcomer("Passante")
		r.check(r.p.account.AddSpaceMember(r.ctx, r.admin, r.closed.ID, by.PersonID))
		_, id := r.talk(r.actorOf(account.Person{ID: by.PersonID}), r.closed, "Huisclos")
		r.check(r.p.community.Report(r.ctx, r.people[aMember].actor, community.NewReport{PostID: id, Reason: "other"}))
		return at("/moderation/posts/%d", id).with("do", []string{"hide", "keep"}[id%2])(c)
	}
	return []row{
		{route: "POST /threads/:id/pin", cells: byModerators, lands: "/threads/", ask: at("/threads/%d/pin", t.thread).with("on", "yes")},
		{route: "POST /threads/:id/pin", about: "by invitation, here", cells: byClosed, lands: "/threads/", ask: at("/threads/%d/pin", t.inside).with("on", "yes")},
		{route: "POST /threads/:id/lock", cells: byModerators, lands: "/threads/", ask: at("/threads/%d/lock", t.thread).with("on", "no")},
		{route: "POST /threads/:id/lock", about: "by invitation, here", cells: byClosed, lands: "/threads/", ask: at("/threads/%d/lock", t.inside).with("on", "no")},
		{route: "GET /moderation", cells: "s ff ff yy ff yy fff yyy", ask: to("/moderation")},
		{route: "POST /moderation/posts/:id", cells: "s ff ff yf ff yf fff yyf", lands: "/moderation", used: true, ask: reported},
		{route: "POST /moderation/batches", cells: "s ff ff yy ff yy fff yyy", lands: "/moderation/batches/",
			ask: at("/moderation/batches").with("do", "keep", "which", "chosen", "post", fmt.Sprint(t.secret))},
		{route: "GET /moderation/batches/:id", cells: "s ff ff nn ff nn fff ynn", ask: to("/moderation/batches/%d", r.batch(t.post))},
		{route: "GET /moderation/figures", cells: signedIn, ask: to("/moderation/figures")},
		{route: "GET /posts/:id/hide", cells: byModerators, ask: to("/posts/%d/hide", t.post)},
		{route: "GET /posts/:id/hide", about: "by invitation, here", cells: byClosed, ask: to("/posts/%d/hide", t.secret)},
		{route: "POST /posts/:id/hide", about: "by invitation, here", cells: byClosed, lands: "/threads/", ask: at("/posts/%d/hide", t.secret).with("note", "Non")},
		{route: "POST /posts/:id/restore", about: "by invitation, here", cells: byClosed, lands: "/threads/", ask: at("/posts/%d/restore", t.secret).with()},
	}
}

// word is what is said in a space: in the closed one, what nobody else may read.
func word(space account.Space, r *realm) string {
	if space.ID == r.closed.ID {
		return "Huisclos"
	}
	return "Bavardage"
}

// tagRows are about the tags of a thread of the open space and of one of the closed one.
func (r *realm) tagRows(thread, inside int64, moderated, here string) []row {
	tag := func(space account.Space, name string) int64 {
		r.t.Helper()
		r.check(r.p.community.ListTag(r.ctx, r.admin, space.ID, name))
		all, err := r.p.community.Tags(r.ctx, r.admin, space.ID)
		r.check(err)
		for _, g := range all {
			if g.Name == name {
				return g.ID
			}
		}
		return 0
	}
	open, closed, n := tag(r.space, "Bavard"), tag(r.closed, "Huisclos"), 0
	dropped := func(space account.Space) func(*comer) ask {
		return func(c *comer) ask {
			n++
			return at("/tags/%d/drop", tag(space, fmt.Sprintf("%s %d", word(space, r), n))).with()(c)
		}
	}
	const list, hers = "/spaces/", "s ny nn yn fn yn ffn yyn"
	return []row{
		{route: "GET /spaces/:key/forum/tags", cells: moderated, ask: to("/spaces/%s/forum/tags", r.space.Key)},
		{route: "GET /spaces/:key/forum/tags", about: "by invitation, here", cells: here, ask: to("/spaces/%s/forum/tags", r.closed.Key)},
		{route: "POST /spaces/:key/forum/tags", cells: moderated, lands: list, ask: at("/spaces/%s/forum/tags", r.space.Key).with("name", "Bavards")},
		{route: "POST /spaces/:key/forum/tags", about: "by invitation, here", cells: here, lands: list, ask: at("/spaces/%s/forum/tags", r.closed.Key).with("name", "Huisclos bis")},
		{route: "POST /tags/:id/rename", cells: moderated, lands: list, ask: at("/tags/%d/rename", open).with("name", "Bavarde")},
		{route: "POST /tags/:id/rename", about: "by invitation, here", cells: here, lands: list, ask: at("/tags/%d/rename", closed).with("name", "Huisclos ter")},
		{route: "POST /tags/:id/drop", cells: moderated, lands: list, used: true, ask: dropped(r.space)},
		{route: "POST /tags/:id/drop", about: "by invitation, here", cells: here, lands: list, used: true, ask: dropped(r.closed)},
		{route: "GET /threads/:id/tags", cells: "s fy ff yf ff ff fff yff", ask: to("/threads/%d/tags", thread)},
		{route: "GET /threads/:id/tags", about: "by invitation, here", cells: hers, ask: to("/threads/%d/tags", inside)},
		{route: "POST /threads/:id/tags", cells: "s fy ff yf ff ff fff yff", lands: "/threads/", ask: at("/threads/%d/tags", thread).with("tags", "Bavarde")},
		{route: "POST /threads/:id/tags", about: "by invitation, here", cells: hers, lands: "/threads/", ask: at("/threads/%d/tags", inside).with()},
	}
}

// organiseRows are about moving the threads of two spaces about.
func (r *realm) organiseRows(thread, inside int64, moderated, here string) []row {
	other := func(space account.Space) (id, reply int64) {
		by := r.newcomer("Passante")
		r.check(r.p.account.AddSpaceMember(r.ctx, r.admin, space.ID, by.PersonID))
		author := r.actorOf(account.Person{ID: by.PersonID})
		id, _ = r.talk(author, space, word(space, r))
		p, err := r.p.community.Reply(r.ctx, author, community.NewReply{ThreadID: id, Body: word(space, r)})
		r.check(err)
		return id, p.ID
	}
	merged := func(space account.Space, into int64) func(*comer) ask {
		return func(c *comer) ask {
			id, _ := other(space)
			return at("/threads/%d/merge", into).with("other", fmt.Sprint(id))(c)
		}
	}
	split := func(space account.Space) func(*comer) ask {
		return func(c *comer) ask {
			id, reply := other(space)
			return at("/threads/%d/split", id).with("title", word(space, r), "posts", fmt.Sprint(reply))(c)
		}
	}
	const lands = "/threads/"
	return []row{
		{route: "GET /threads/:id/organise", cells: moderated, ask: to("/threads/%d/organise", thread)},
		{route: "GET /threads/:id/organise", about: "by invitation, here", cells: here, ask: to("/threads/%d/organise", inside)},
		{route: "POST /threads/:id/archive", cells: moderated, lands: lands, ask: at("/threads/%d/archive", thread).with("on", "no")},
		{route: "POST /threads/:id/archive", about: "by invitation, here", cells: here, lands: lands, ask: at("/threads/%d/archive", inside).with("on", "no")},
		{route: "POST /threads/:id/move", cells: moderated, lands: lands, ask: at("/threads/%d/move", thread).with("space", fmt.Sprint(r.space.ID))},
		{route: "POST /threads/:id/move", about: "by invitation, here", cells: here, lands: lands, ask: at("/threads/%d/move", inside).with("space", fmt.Sprint(r.closed.ID))},
		{route: "POST /threads/:id/merge", cells: moderated, lands: lands, used: true, ask: merged(r.space, thread)},
		{route: "POST /threads/:id/merge", about: "by invitation, here", cells: here, lands: lands, used: true, ask: merged(r.closed, inside)},
		{route: "POST /threads/:id/split", cells: moderated, lands: lands, used: true, ask: split(r.space)},
		{route: "POST /threads/:id/split", about: "by invitation, here", cells: here, lands: lands, used: true, ask: split(r.closed)},
	}
}
