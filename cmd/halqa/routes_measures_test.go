package main

import (
	"errors"
	"fmt"

	"halqa/community/account"
)

// warned is a warning to somebody about a post of theirs, in the space here.
func (r *realm) warned(about account.Actor, post int64) int64 {
	r.t.Helper()
	_, seen, err := r.p.account.MeasuresAbout(r.ctx, r.admin, about.PersonID)
	r.check(err)
	m, err := r.p.account.Measure(r.ctx, r.admin, account.NewMeasure{PersonID: about.PersonID, PostID: post, SpaceID: r.closed.ID, Kind: account.OverSpace,
		Act: account.Warn, Cause: "other", Words: "Huisclos", Seen: seen})
	r.check(err)
	return m.ID
}

// inside is a newcomer to the closed space here, with a post of theirs.
func (r *realm) inside() (account.Actor, int64) {
	r.t.Helper()
	by := r.newcomer("Passante")
	r.check(r.p.account.AddSpaceMember(r.ctx, r.admin, r.closed.ID, by.PersonID))
	_, post := r.talk(r.actorOf(account.Person{ID: by.PersonID}), r.closed, "Huisclos")
	return by, post
}

// barred is the page of somebody banned from the platform.
func (r *realm) barred() string {
	r.t.Helper()
	r.fresh++
	n := account.Newcomer{Name: "Passante", Email: fmt.Sprintf("exile%d@example.org", r.fresh), Language: "fr", Password: "a phrase for an exile"}
	p, err := r.p.account.AddPerson(r.ctx, n)
	r.check(err)
	_, err = r.p.account.Measure(r.ctx, r.admin, account.NewMeasure{PersonID: p.ID, SpaceID: r.space.ID, Kind: account.OverPlatform, Act: account.Ban,
		Cause: "spam", Words: "Bavardage"})
	r.check(err)
	var b account.Banned
	if _, err := r.p.account.SignIn(r.ctx, n.Email, n.Password, account.Client{}); !errors.As(err, &b) {
		r.t.Fatalf("an exile signs in: %v", err)
	}
	return "/barred/" + b.Token
}

func (r *realm) measureRows() []row {
	const judges = "s ff ff yf ff yf fff yyf"
	member := r.people[aMember].actor
	_, post := r.inside()
	return []row{
		{route: "GET /measures", cells: signedIn, ask: to("/measures")},
		{route: "POST /measures/:id/appeal", cells: mine, lands: "/measures", used: true,
			ask: func(c *comer) ask {
				return at("/measures/%d/appeal", r.warned(member, 0)).with("appeal", "Huisclos")(c)
			}},
		{route: "GET /barred/:token", cells: public, ask: to("%s", r.barred())},
		{route: "GET /barred/:token", about: "of nobody", cells: "n nn nn nn nn nn nnn nnn", ask: to("/barred/nothing")},
		{route: "POST /barred/:token", cells: public, lands: "/barred/", used: true,
			ask: func(c *comer) ask { return at("%s", r.barred()).with("appeal", "Bavardage")(c) }},
		{route: "GET /moderation/measures", cells: "s ff ff yy ff yy fff yyy", ask: to("/moderation/measures")},
		{route: "POST /moderation/measures/:id", cells: judges, lands: "/moderation/measures", used: true,
			ask: func(c *comer) ask {
				by, post := r.inside()
				return at("/moderation/measures/%d", r.warned(by, post)).with("do", "lift", "answer", "Huisclos")(c)
			}},
		{route: "GET /moderation/posts/:id/measure", cells: judges, ask: to("/moderation/posts/%d/measure", post)},
		{route: "POST /moderation/posts/:id/measure", cells: judges, lands: "/moderation/measures", used: true,
			ask: func(c *comer) ask {
				_, post := r.inside()
				return at("/moderation/posts/%d/measure", post).with("act", "warn", "kind", "space", "cause", "other", "words", "Huisclos")(c)
			}},
	}
}
