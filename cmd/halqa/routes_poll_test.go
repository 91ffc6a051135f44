package main

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
)

// poll asks something in a space in the member's name, some time ago, and returns its post and its first option.
func (r *realm) poll(space account.Space, ago time.Duration) (post, option int64) {
	r.t.Helper()
	now := r.now
	defer func() { r.now = now }()
	r.now = now.Add(-ago) // so that the member doesn't write too fast
	member := r.people[aMember].actor
	t, err := r.p.community.StartThread(r.ctx, member, community.NewThread{SpaceID: space.ID, Kind: community.Voting, Title: "Quel jour ?",
		Poll: community.NewPoll{Options: []string{"Oui", "Non"}, Choices: 1, Shown: community.ShownAlways}})
	r.check(err)
	page, err := r.p.community.Thread(r.ctx, member, t.ID, 0)
	r.check(err)
	return page.Lines[0].ID, page.Lines[0].Poll.Options[0].ID
}

// pollRows are about polls: asking, voting, closing.
func (r *realm) pollRows() []row {
	post, option := r.poll(r.space, 40*time.Minute)
	secret, hidden := r.poll(r.closed, 30*time.Minute)
	toClose, _ := r.poll(r.space, 20*time.Minute)
	asked := func(key string) func(*comer) ask {
		return func(c *comer) ask {
			if c.kind == aVisitor { // the rows before have everybody write a lot; they take breath
				r.now = r.now.Add(2 * time.Minute)
			}
			return at("/spaces/%s/polls/new", key).with("nonce", uuid.NewString(), "title", "Quel jour ?", "options", "Oui\nNon", "choices", "1", "open", "no", "shown", "always")(c)
		}
	}
	return []row{
		{route: "GET /spaces/:key/polls/new", cells: signedIn, ask: to("/spaces/%s/polls/new", r.space.Key)},
		{route: "GET /spaces/:key/polls/new", about: "by invitation, here", cells: inClosed, ask: to("/spaces/%s/polls/new", r.closed.Key)},
		{route: "POST /spaces/:key/polls/new", cells: signedIn, lands: "/threads/", ask: asked(r.space.Key)},
		{route: "POST /spaces/:key/polls/new", about: "by invitation, here", cells: inClosed, lands: "/threads/", ask: asked(r.closed.Key)},
		{route: "POST /posts/:id/vote", cells: signedIn, lands: "/threads/", ask: at("/posts/%d/vote", post).with("vote", fmt.Sprint(option))},
		{route: "POST /posts/:id/vote", about: "by invitation, here", cells: inClosed, lands: "/threads/", ask: at("/posts/%d/vote", secret).with("vote", fmt.Sprint(hidden))},
		{route: "POST /posts/:id/close", cells: "s fy ff yf ff ff fff yff", lands: "/threads/", ask: at("/posts/%d/close", toClose).with()},
	}
}
