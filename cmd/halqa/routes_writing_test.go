package main

import (
	"fmt"
	"strings"
	"time"

	"halqa/community"
	"halqa/community/account"
)

// attachmentRows are about files of a thread of the open space and of one of the closed one.
func (r *realm) attachmentRows(thread, inside int64, closed string) []row {
	author := r.people[aMember].actor
	brought := func(space account.Space) community.Attachment {
		a, err := r.p.community.Attach(r.ctx, author, space.ID, "x.txt", strings.NewReader(word(space, r)))
		r.check(err)
		return a
	}
	posted := func(space account.Space, to int64) int64 {
		r.now = r.now.Add(-time.Hour)
		defer func() { r.now = r.now.Add(time.Hour) }()
		a := brought(space)
		_, err := r.p.community.Reply(r.ctx, author, community.NewReply{ThreadID: to, Body: word(space, r), Attached: []community.Attached{{ID: a.ID}}})
		r.check(err)
		return a.ID
	}
	file := func(path string, about any) func(*comer) ask {
		a := at(path, about)
		a.body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nBonjour\r\n--x--\r\n"
		return func(*comer) ask { return a }
	}
	open, secret := posted(r.space, thread), posted(r.closed, inside)
	const hers, mates = "n ny nn nn nn nn nnn nnn", "n ny nn yn yn yn yyn yyn"
	draft := func(thread int64, body string) func(*comer) ask {
		return at("/drafts").with("place", fmt.Sprintf("/threads/%d/reply", thread), "draft_device", "phone", "body", body)
	}
	return []row{
		{route: "GET /drafts", cells: signedIn, ask: to("/drafts")},
		{route: "POST /drafts", cells: signedIn, ask: draft(thread, "Bavardage")},
		{route: "POST /drafts", about: "by invitation, here", cells: closed, ask: draft(inside, "Huisclos")},
		{route: "POST /drafts/:id/drop", cells: signedIn, lands: "/drafts", ask: at("/drafts/999999/drop").with()},
		{route: "GET /attachments", cells: signedIn, ask: to("/attachments?ids=%d", open)},
		{route: "POST /spaces/:key/forum/files", cells: signedIn, used: true, ask: file("/spaces/%s/forum/files", r.space.Key)},
		{route: "POST /spaces/:key/forum/files", about: "by invitation, here", cells: closed, used: true, ask: file("/spaces/%s/forum/files", r.closed.Key)},
		{route: "POST /threads/:id/files", cells: signedIn, used: true, ask: file("/threads/%d/files", thread)},
		{route: "POST /threads/:id/files", about: "by invitation, here", cells: closed, used: true, ask: file("/threads/%d/files", inside)},
		{route: "GET /attachments/:id", cells: public, ask: to("/attachments/%d", open)},
		{route: "GET /attachments/:id", about: "by invitation, here", cells: mates, ask: to("/attachments/%d", secret)},
		{route: "GET /attachments/:id", about: "not posted yet", cells: hers, ask: to("/attachments/%d", brought(r.space).ID)},
		{route: "GET /attachments/:id/light", cells: public, ask: to("/attachments/%d/light", open)},
		{route: "GET /attachments/:id/light", about: "by invitation, here", cells: mates, ask: to("/attachments/%d/light", secret)},
	}
}

// newsletter is one that was sent in a space.
func (r *realm) newsletter(space account.Space) (id int64) {
	r.t.Helper()
	r.check(r.p.db.NewRaw(`insert into newsletter (space_id, from_at, until_at, state, subject, body, sent_at) values (?0, ?1, ?1, 'sent', ?2, ?2, ?1) returning id`,
		space.ID, r.now, fmt.Sprintf(`{"fr": %q}`, word(space, r))).Scan(r.ctx, &id))
	return id
}

// guardRows are about what waits for a moderator: here, what the member wrote in the closed space.
func (r *realm) guardRows(thread, inside int64, moderated, here string) []row {
	sends := func(space account.Space) func(*comer) ask { // a draft
		return func(c *comer) ask {
			_, err := r.p.db.ExecContext(r.ctx, `insert into newsletter (space_id, from_at, until_at, state, subject, body) values (?0, ?1, ?1, 'draft', ?2, ?2) on conflict do nothing`,
				space.ID, r.now, fmt.Sprintf(`{"fr": %q}`, word(space, r)))
			r.check(err)
			return at("/spaces/%s/newsletter/send", space.Key).with("version", "1")(c)
		}
	}
	now := r.now
	defer func() { r.now = now }()
	r.now = now.Add(-30 * time.Minute) // so that the member doesn't write too fast
	p, err := r.p.community.Reply(r.ctx, r.people[aMember].actor, community.NewReply{ThreadID: inside, Body: "Huisclos", Trapped: true})
	r.check(err)
	withdrawn, err := r.p.community.Reply(r.ctx, r.people[aMember].actor, community.NewReply{ThreadID: inside, Body: "Huisclos", Trapped: true})
	r.check(err)
	file, err := r.p.community.Attach(r.ctx, r.people[aMember].actor, r.closed.ID, "x.txt", strings.NewReader("Huisclos"))
	r.check(err)
	r.now = r.now.Add(5 * time.Minute)
	_, err = r.p.community.Reply(r.ctx, r.people[aMember].actor, community.NewReply{ThreadID: inside, Body: "Huisclos", Trapped: true,
		Attached: []community.Attached{{ID: file.ID}}})
	r.check(err)
	return []row{
		{route: "GET /attachments/:id", about: "waiting for a moderator, here", cells: "n ny nn yn nn yn nnn yyn", ask: to("/attachments/%d", file.ID)},
		{route: "GET /spaces/:key/forum/guard", cells: moderated, ask: to("/spaces/%s/forum/guard", r.space.Key)},
		{route: "GET /spaces/:key/forum/guard", about: "by invitation, here", cells: here, ask: to("/spaces/%s/forum/guard", r.closed.Key)},
		{route: "POST /spaces/:key/forum/guard", cells: moderated, lands: "/spaces/", ask: at("/spaces/%s/forum/guard", r.space.Key).with("suspect", "yes", "version", "0")},
		{route: "POST /spaces/:key/forum/guard", about: "by invitation, here", cells: here, lands: "/spaces/", ask: at("/spaces/%s/forum/guard", r.closed.Key).with("suspect", "yes", "version", "0")},
		{route: "POST /threads/:id/slow", cells: moderated, lands: "/threads/", ask: at("/threads/%d/slow", thread).with("slow", "0")},
		{route: "POST /threads/:id/slow", about: "by invitation, here", cells: here, lands: "/threads/", ask: at("/threads/%d/slow", inside).with("slow", "0")},
		{route: "GET /spaces/:key/animate", cells: moderated, ask: to("/spaces/%s/animate", r.space.Key)},
		{route: "GET /spaces/:key/animate", about: "by invitation, here", cells: here, ask: to("/spaces/%s/animate", r.closed.Key)},
		{route: "POST /spaces/:key/animate/welcome", cells: "s ff ff nf ff ff fff nff", ask: at("/spaces/%s/animate/welcome", r.space.Key).with("person", "999999")},
		{route: "POST /spaces/:key/animate/welcome", about: "by invitation, here", cells: here, lands: "/spaces/",
			ask: at("/spaces/%s/animate/welcome", r.closed.Key).with("person", fmt.Sprint(r.people[aMember].actor.PersonID))},
		{route: "GET /spaces/:key/newsletter", cells: moderated, ask: to("/spaces/%s/newsletter", r.space.Key)},
		{route: "GET /spaces/:key/newsletter", about: "by invitation, here", cells: here, ask: to("/spaces/%s/newsletter", r.closed.Key)},
		{route: "POST /spaces/:key/newsletter", cells: moderated, ask: at("/spaces/%s/newsletter", r.space.Key).with("do", "preview", "body_fr", "Bavardage")},
		{route: "POST /spaces/:key/newsletter", about: "by invitation, here", cells: here, ask: at("/spaces/%s/newsletter", r.closed.Key).with("do", "preview", "body_fr", "Huisclos")},
		{route: "POST /spaces/:key/newsletter/send", cells: moderated, lands: "/spaces/", used: true, ask: sends(r.space)},
		{route: "POST /spaces/:key/newsletter/send", about: "by invitation, here", cells: here, lands: "/spaces/", used: true, ask: sends(r.closed)},
		{route: "GET /newsletters/:id", cells: signedIn, ask: to("/newsletters/%d", r.newsletter(r.space))},
		{route: "GET /newsletters/:id", about: "by invitation, here", cells: "s ny nn yn yn yn yyn yyn", ask: to("/newsletters/%d", r.newsletter(r.closed))},
		{route: "GET /moderation/held", cells: "s ff ff yy ff yy fff yyy", ask: to("/moderation/held")},
		{route: "POST /moderation/held", cells: "s ff ff yy ff yy fff yyy", lands: "/moderation/held", ask: at("/moderation/held").with("do", "approve", "held", "999999")},
		{route: "GET /held/:id", cells: "s ny nn yn nn yn nnn yyn", ask: to("/held/%d", p.Held)},
		{route: "POST /held/:id/withdraw", cells: "s ny nn nn nn nn nnn nnn", lands: "/spaces/", ask: at("/held/%d/withdraw", withdrawn.Held).with()},
	}
}
