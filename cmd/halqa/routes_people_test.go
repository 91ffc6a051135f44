package main

import (
	"bytes"
	"fmt"

	"halqa/community/account"
	"halqa/community/library"
	"halqa/community/library/librarytest"
)

// Cells of what is in a space by request here, and in one by invitation.
const (
	inRequested        = "s fy ff yf yf yf yyf yyf"
	inCircle           = "n ny nn yn nn nn ynn ynn"
	inCircleOnceSigned = "s ny nn yn nn nn ynn ynn"
)

// asked is an introduction that waits for its answer.
func (r *realm) asked(by account.Actor, of int64, message string) int64 {
	r.t.Helper()
	id, err := r.p.introductions.Ask(r.ctx, by, of, message)
	r.check(err)
	return id
}

func (r *realm) peopleRows() []row {
	hidden := r.newcomer("Discrete")
	r.check(r.p.account.UpdateCard(r.ctx, hidden, account.Card{Shown: map[account.CardField]account.Audience{account.CardName: account.ToNobody}}))
	fields := []string{"card_occupation", "Trésorière"}
	for _, f := range account.CardFields {
		fields = append(fields, "card_"+string(f)+"_for", "members")
	}
	member := r.people[aMember].actor
	told := "Bonjour, je prépare un projet sur l’eau et vous le connaissez."
	toMember := r.asked(r.newcomer("Curieuse"), member.PersonID, told)
	fromMember := r.asked(member, r.newcomer("Sollicitee").PersonID, told)
	known := r.newcomer("Connue")
	met := r.asked(member, known.PersonID, told)
	r.check(r.p.introductions.Answer(r.ctx, known, met, true, ""))
	sociable := r.newcomer("Sociable")
	return []row{
		{route: "GET /introductions", cells: signedIn, ask: to("/introductions")},
		{route: "GET /people/:id/introduction", cells: signedIn, ask: to("/people/%d/introduction", sociable.PersonID)},
		{route: "GET /people/:id/introduction", about: "who left the directory", cells: "s nn nn nn nn nn nnn nnn", ask: to("/people/%d/introduction", hidden.PersonID)},
		{route: "POST /people/:id/introduction", cells: signedIn, lands: "/people", ask: at("/people/%d/introduction", sociable.PersonID).with("message", told)},
		{route: "POST /people/:id/introduction", about: "who left the directory", cells: "s nn nn nn nn nn nnn nnn", ask: at("/people/%d/introduction", hidden.PersonID).with("message", told)},
		{route: "POST /introductions/:id/answer", cells: mine, lands: "/introductions", ask: at("/introductions/%d/answer", toMember).with("decision", "decline")},
		{route: "POST /introductions/:id/withdraw", cells: mine, lands: "/introductions", ask: at("/introductions/%d/withdraw", fromMember).with()},
		{route: "POST /introductions/:id/outcome", cells: mine, lands: "/introductions", ask: at("/introductions/%d/outcome", met).with("outcome", "met")},
		{route: "GET /people", cells: signedIn, ask: to("/people?q=personne")},
		{route: "GET /people", about: "of a space by request", cells: inRequested, ask: to("/people?space=%d", r.requested.ID)},
		{route: "GET /people", about: "of a space by invitation", cells: inCircleOnceSigned, ask: to("/people?space=%d", r.circle.ID)},
		{route: "GET /people/:id", cells: signedIn, ask: to("/people/%d", r.people[aMember].actor.PersonID)},
		{route: "GET /people/:id", about: "who left the directory", cells: "s nn nn nn nn nn nnn nnn", ask: to("/people/%d", hidden.PersonID)},
		{route: "GET /organisations", cells: signedIn, ask: to("/organisations?kind=association")},
		{route: "GET /organisations", about: "of a space by invitation", cells: inCircleOnceSigned, ask: to("/organisations?space=%d", r.circle.ID)},
		{route: "GET /spaces/:key/people", cells: signedIn, ask: to("/spaces/%s/people", r.space.Key)},
		{route: "GET /spaces/:key/people", about: "by request", cells: inRequested, ask: to("/spaces/%s/people", r.requested.Key)},
		{route: "GET /spaces/:key/people", about: "by invitation", cells: inCircleOnceSigned, ask: to("/spaces/%s/people", r.circle.Key)},
		{route: "POST /profile/card", cells: signedIn, lands: "/profile", ask: at("/profile/card").with(fields...)},
		{route: "POST /profile/card", about: "without audiences", cells: "s uu uu uu uu uu uuu uuu", ask: at("/profile/card").with("card_bio", "x")},
	}
}

// shelved is a document that somebody gave to a space.
func (r *realm) shelved(by account.Actor, space account.Space, title string) library.Document {
	r.t.Helper()
	d, err := r.p.library.Give(r.ctx, by, space.ID, library.Draft{Title: spelled(title), Kind: "guide", Languages: []string{"fr"}},
		title+".pdf", bytes.NewReader(librarytest.File("pdf")))
	r.check(err)
	return d
}

func (r *realm) libraryRows() []row {
	open, asked := r.shelved(r.admin, r.space, "Feuillet"), r.shelved(r.admin, r.requested, "Dossier type")
	closed := r.shelved(r.admin, r.circle, "Cercleux document")
	member := r.people[aMember].actor
	waits := r.shelved(member, r.requested, "Proposition")
	fresh := func(by account.Actor, path string, pairs ...string) func(*comer) ask {
		return func(c *comer) ask {
			return at("/documents/%d/"+path, r.shelved(by, r.requested, fmt.Sprint("Feuillet ", c.kind)).ID).with(pairs...)(c)
		}
	}
	gift := at("/spaces/%s/library", r.requested.Key)
	gift.file = string(librarytest.File("pdf"))
	return []row{
		{route: "GET /library", cells: public, ask: to("/library")},
		{route: "GET /library", about: "of a space by request", cells: inRequested, ask: to("/library?space=%d", r.requested.ID)},
		{route: "GET /library", about: "of a space by invitation", cells: inCircle, ask: to("/library?space=%d", r.circle.ID)},
		{route: "GET /spaces/:key/library", cells: public, ask: to("/spaces/%s/library", r.space.Key)},
		{route: "GET /spaces/:key/library", about: "by request", cells: inRequested, ask: to("/spaces/%s/library", r.requested.Key)},
		{route: "GET /spaces/:key/library", about: "by invitation", cells: inCircle, ask: to("/spaces/%s/library", r.circle.Key)},
		{route: "GET /spaces/:key/library/new", about: "by request", cells: "s fy ff yf ff yf fff yyf", ask: to("/spaces/%s/library/new", r.requested.Key)},
		{route: "GET /spaces/:key/library/new", about: "by invitation", cells: "s ny nn yn nn nn fnn ynn", ask: to("/spaces/%s/library/new", r.circle.Key)},
		{route: "POST /spaces/:key/library", about: "by request", cells: "s fy ff yf ff yf fff yyf", lands: "/spaces/", ask: gift.with("title_fr", "Feuillet", "kind", "guide", "languages", "fr")},
		{route: "POST /spaces/:key/library", about: "without a file, by request", cells: "s fu ff uf ff uf fff uuf", ask: at("/spaces/%s/library", r.requested.Key).with("kind", "guide")},
		{route: "POST /spaces/:key/library", about: "without a file, by invitation", cells: "s nu nn un nn nn fnn unn", ask: at("/spaces/%s/library", r.circle.Key).with("kind", "guide")},
		{route: "GET /documents/:id", cells: public, ask: to("/documents/%d", open.ID)},
		{route: "GET /documents/:id", about: "by request", cells: inRequested, ask: to("/documents/%d", asked.ID)},
		{route: "GET /documents/:id", about: "by invitation", cells: inCircle, ask: to("/documents/%d", closed.ID)},
		{route: "GET /documents/:id", about: "the member's, proposed", cells: "s fy ff yf nf yf nnf yyf", ask: to("/documents/%d", waits.ID)},
		{route: "GET /documents/:id/file", cells: public, ask: to("/documents/%d/file", open.ID)},
		{route: "GET /documents/:id/file", about: "by request", cells: inRequested, ask: to("/documents/%d/file", asked.ID)},
		{route: "GET /documents/:id/file", about: "by invitation", cells: inCircle, ask: to("/documents/%d/file", closed.ID)},
		{route: "GET /documents/:id/file", about: "the member's, proposed", cells: "s fy ff yf nf yf nnf yyf", ask: to("/documents/%d/file", waits.ID)},
		{route: "POST /documents/:id/decide", cells: "s ff ff yf nf yf nnf yyf", lands: "/spaces/", used: true, ask: fresh(member, "decide", "decision", "accept")},
		{route: "GET /documents/:id/edit", cells: "s ff ff yf ff yf fff yyf", ask: to("/documents/%d/edit", asked.ID)},
		{route: "GET /documents/:id/edit", about: "the member's, proposed", cells: "s fy ff yf nf yf nnf yyf", ask: to("/documents/%d/edit", waits.ID)},
		{route: "GET /documents/:id/edit", about: "by invitation", cells: "s nf nn yn nn nn fnn ynn", ask: to("/documents/%d/edit", closed.ID)},
		{route: "POST /documents/:id/edit", cells: "s ff ff yf ff yf fff yyf", lands: "/documents/",
			ask: at("/documents/%d/edit", asked.ID).with("title_fr", "Feuillet", "kind", "guide", "languages", "fr", "version", "1")},
		{route: "POST /documents/:id/withdraw", cells: "s ff ff yf ff yf fff yyf", lands: "/spaces/", used: true, ask: fresh(r.admin, "withdraw")},
		{route: "POST /documents/:id/withdraw", about: "the member's, proposed", cells: "s fy ff -f nf -f nnf --f", lands: "/spaces/", used: true, ask: fresh(member, "withdraw")},
	}
}
