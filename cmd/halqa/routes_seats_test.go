package main

import "fmt"

// seatRows are the pages of how seats are given.
func (r *realm) seatRows() []row {
	insider := r.join(r.newcomer("Passante"), true)
	guest := r.newcomer("Passante")
	r.join(guest, true)
	theirs := r.registered(guest, r.seminar)
	elsewhere := r.published(r.elsewhere, r.space, "Lointain", week)
	mySeat := func(what string) func(c *comer) ask {
		return func(c *comer) ask {
			who := c.actor
			if c.kind == aVisitor {
				who = r.people[aLearner].actor
			}
			return at("/seminars/%d/%s", elsewhere.ID, what).with("registration", fmt.Sprint(r.registered(who, elsewhere).ID))(c)
		}
	}
	const ours = "s ff yf ff ff ff fff yff"
	return []row{
		{route: "POST /seminars/:id/accept", cells: signedIn, lands: "/seminars/", ask: mySeat("accept")},
		{route: "POST /seminars/:id/answers", cells: signedIn, lands: "/seminars/", ask: mySeat("answers")},
		{route: "POST /seminars/:id/accept", about: "another's seat", cells: "s nn nn nn nn nn nnn nnn",
			ask: at("/seminars/%d/accept", r.seminar.ID).with("registration", fmt.Sprint(r.dalila.ID))},
		{route: "GET /seminars/:id/group", cells: "s ff yy ff ff ff fff yyy", ask: to("/seminars/%d/group", r.seminar.ID)},
		{route: "GET /seminars/:id/group", about: "of an organisation", cells: ours, ask: to("/seminars/%d/group?organisation=%d", r.seminar.ID, r.own.ID)},
		{route: "POST /seminars/:id/group", cells: ours, lands: "/organisations/",
			ask: at("/seminars/%d/group", elsewhere.ID).with("organisation", fmt.Sprint(r.own.ID), "people", fmt.Sprint(insider.ID), "whole", "no")},
		{route: "POST /seminars/:id/switch", cells: signedIn, lands: "/seminars/", ask: at("/seminars/%d/switch", elsewhere.ID).with()},
		{route: "GET /seminars/:id/talk", about: "whose staff alone is there", cells: "s nn nn nn yn yn nnn yyn", lands: "/threads/", ask: to("/seminars/%d/talk", r.seminar.ID)},
		{route: "GET /seminars/:id/talk", about: "who has a seat", cells: "s yy yy yy yy yy yyy yyy", lands: "/threads/", ask: func(c *comer) ask {
			if c.kind != aVisitor {
				r.registered(c.actor, elsewhere)
			}
			return to("/seminars/%d/talk", elsewhere.ID)(c)
		}},
		{route: "GET /organisations/:id/seats", cells: ours, ask: to("/organisations/%d/seats", r.own.ID)},
		{route: "POST /organisations/:id/seats/:registration", cells: "s ff yn ff ff ff fff yyn", lands: "/organisations/",
			ask: at("/organisations/%d/seats/%d", r.own.ID, theirs.ID).with("decision", "approve")},
		{route: "POST /desk/seminars/:id/registrations/:registration/approve", cells: runsHere, lands: "/desk/seminars/",
			ask: at("/desk/seminars/%d/registrations/%d/approve", r.seminar.ID, r.dalila.ID).with()},
		{route: "POST /desk/seminars/:id/registrations/:registration/approve", about: "of another seminar", cells: "s ff ff ff ff nf fff nnf",
			ask: at("/desk/seminars/%d/registrations/%d/approve", r.seminar.ID, r.bochra.ID).with()},
		{route: "POST /desk/seminars/:id/registrations/:registration/refuse", cells: runsHere, lands: "/desk/seminars/",
			ask: at("/desk/seminars/%d/registrations/%d/refuse", r.seminar.ID, r.dalila.ID).with("reason", "Hors public.")},
		{route: "POST /desk/seminars/:id/registrations/:registration/refuse", about: "of another seminar", cells: "s ff ff ff ff nf fff nnf",
			ask: at("/desk/seminars/%d/registrations/%d/refuse", r.seminar.ID, r.bochra.ID).with("reason", "Hors public.")},
		{route: "GET /desk/absences", cells: runsAny, ask: to("/desk/absences")},
		{route: "POST /desk/absences", cells: runsHere, lands: "/desk/absences",
			ask: at("/desk/absences").with("office", fmt.Sprint(r.office), "absences", "0", "months", "12")},
	}
}
