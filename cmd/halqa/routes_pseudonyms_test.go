package main

import (
	"halqa/community"
	"halqa/community/account"
)

// masked is the pseudonym of somebody in the closed space here.
func (r *realm) masked() int64 {
	r.t.Helper()
	_, err := r.p.db.ExecContext(r.ctx, `update space set pseudonyms = true where id = ?`, r.closed.ID)
	r.check(err)
	by, _ := r.inside()
	by = r.actorOf(account.Person{ID: by.PersonID})
	t, err := r.p.community.StartThread(r.ctx, by, community.NewThread{SpaceID: r.closed.ID, Kind: community.Question, Title: "Huisclos", Body: "Huisclos",
		As: community.UnderPseudonym})
	r.check(err)
	return t.AuthorID
}

func (r *realm) pseudonymRows() []row {
	const looks = "s ff ff ff ff yf fff yyf"
	mask := r.masked()
	return []row{
		{route: "GET /pseudonyms", cells: signedIn, ask: to("/pseudonyms")},
		{route: "GET /pseudonyms/:id", cells: looks, ask: to("/pseudonyms/%d", mask)},
		{route: "GET /pseudonyms/:id", about: "of a person", cells: "s ff ff ff ff nn fff nnn", ask: to("/pseudonyms/%d", r.people[aMember].actor.PersonID)},
		{route: "POST /pseudonyms/:id", cells: looks, ask: at("/pseudonyms/%d", mask).with("cause", "law", "words", "Huisclos")},
		{route: "POST /pseudonyms/:id", about: "for no reason", cells: "s ff ff ff ff uf fff uuf", ask: at("/pseudonyms/%d", mask).with("words", "Huisclos")},
	}
}
