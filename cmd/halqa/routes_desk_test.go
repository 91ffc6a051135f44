package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"halqa/community/account"
	"halqa/enrolment"
)

// Who runs or sees what an office does: here, or in any office.
const (
	runsHere  = "s ff ff ff ff yf fff yyf" // seminars here that anybody may read
	doorsHere = "s ff ff ff yf yf fff yyf"
	// A page of those who keep its door, of a seminar that the others mustn't know of.
	doorsOnly = "s nn nn nn yn yn nnn yyn"
	// And of one in a space by invitation, which its members know of.
	doorsInvited = "s nf nn fn yn yn ffn yyn"
	runsAny      = "s ff ff ff ff yy fff yyy"
)

// fields are what the desk's form sends of a seminar. The hours are given: the world's would cross midnight late in the evening.
func (r *realm) fields(sem enrolment.Seminar, officeID int64) []string {
	zone := sem.Location()
	p := sem.Sessions[0]
	return []string{"title_fr", sem.Title["fr"], "title_ar", sem.Title["ar"], "title_en", sem.Title["en"], "office", fmt.Sprint(officeID),
		"venue", "Maison des jeunes", "capacity", "40", "version", fmt.Sprint(sem.Version), "session_0", fmt.Sprint(p.ID),
		"date_0", p.StartsAt.In(zone).Format("2006-01-02"), "from_0", "10:00", "to_0", "11:00", "do", "save"}
}

func (r *realm) deskRows() []row {
	return []row{
		{route: "GET /desk", cells: "s ff ff ff yy yy fff yyy", ask: to("/desk")},
		{route: "GET /desk/seminars/:id", cells: doorsHere, ask: to("/desk/seminars/%d", r.seminar.ID)},
		{route: "GET /desk/seminars/:id", about: "elsewhere", cells: "s ff ff ff fy fy fff yfy", ask: to("/desk/seminars/%d", r.away.ID)},
		{route: "GET /desk/seminars/:id", about: "draft", cells: doorsOnly, ask: to("/desk/seminars/%d", r.sketch.ID)},
		{route: "GET /desk/seminars/:id", about: "in a space by invitation", cells: doorsInvited, ask: to("/desk/seminars/%d", r.hidden.ID)},
		{route: "GET /desk/seminars/:id/sheet", cells: doorsHere, ask: to("/desk/seminars/%d/sheet", r.seminar.ID)},
		{route: "GET /desk/seminars/:id/sheet", about: "in a space by invitation", cells: doorsInvited, ask: to("/desk/seminars/%d/sheet", r.hidden.ID)},
		{route: "GET /desk/seminars/:id/questions", cells: runsHere, ask: to("/desk/seminars/%d/questions", r.seminar.ID)},
		{route: "POST /desk/seminars/:id/questions", cells: runsHere, lands: "/desk/seminars/", used: true, ask: func(c *comer) ask {
			sem := r.published(r.office, r.space, "Passager", week)
			return at("/desk/seminars/%d/questions", sem.ID).with("version", "2", "do", "save", "rows", "new1", "kind_new1", "line", "label_fr_new1", "Pourquoi venez-vous ?")(c)
		}},
		{route: "GET /desk/seminars/:id/registrations.xlsx", cells: runsHere, ask: to("/desk/seminars/%d/registrations.xlsx", r.seminar.ID)},
		{route: "GET /seminars/:id/answers", cells: signedIn, ask: to("/seminars/%d/answers", r.seminar.ID)},
		{route: "POST /seminars/:id/answers", about: "another's", cells: "s nn nn nn nn nn nnn nnn",
			ask: at("/seminars/%d/answers", r.seminar.ID).with("registration", fmt.Sprint(r.dalila.ID))},
		{route: "GET /desk/seminars/:id/duplicate", cells: runsAny, ask: to("/desk/seminars/%d/duplicate", r.seminar.ID)},
		{route: "POST /desk/seminars/:id/duplicate", about: "to the office here", cells: runsHere, lands: "/desk/seminars/",
			ask: at("/desk/seminars/%d/duplicate", r.seminar.ID).with("offices", fmt.Sprint(r.office), fmt.Sprintf("venue_%d", r.office), "Ribat",
				fmt.Sprintf("date_%d", r.office), "2031-05-06", fmt.Sprintf("from_%d", r.office), "09:00")},
		{route: "GET /desk/seminars/:id/twins", cells: runsHere, ask: to("/desk/seminars/%d/twins", r.seminar.ID)},
		{route: "POST /desk/seminars/:id/twins", cells: runsHere, lands: "/desk/seminars/", used: true, ask: func(c *comer) ask {
			one, other := r.published(r.office, r.space, "Passager", week), r.published(r.office, r.space, "Passager", week)
			return at("/desk/seminars/%d/twins", one.ID).with("other", fmt.Sprint(other.ID))(c)
		}},
		{route: "POST /desk/seminars/:id/twins/leave", cells: runsHere, lands: "/desk/seminars/", ask: at("/desk/seminars/%d/twins/leave", r.seminar.ID).with()},
		{route: "POST /desk/seminars/:id/twins", about: "of the office elsewhere, proposed", cells: runsHere, lands: "/desk/seminars/", used: true, ask: func(c *comer) ask {
			one, other := r.published(r.office, r.space, "Passager", week), r.published(r.elsewhere, r.space, "Passager", week)
			return at("/desk/seminars/%d/twins", one.ID).with("other", fmt.Sprint(other.ID))(c)
		}},
		{route: "POST /desk/seminars/:id/twins/:proposal/accept", cells: runsHere, lands: "/desk/seminars/", used: true, ask: r.proposal("accept", true)},
		{route: "POST /desk/seminars/:id/twins/:proposal/decline", cells: runsHere, lands: "/desk/seminars/", used: true, ask: r.proposal("decline", true)},
		{route: "POST /desk/seminars/:id/twins/:proposal/withdraw", cells: runsHere, lands: "/desk/seminars/", used: true, ask: r.proposal("withdraw", false)},
		{route: "GET /desk/seminars/:id/knowledge", cells: doorsHere, ask: to("/desk/seminars/%d/knowledge", r.seminar.ID)},
		{route: "GET /desk/seminars/:id/knowledge", about: "in a space by invitation", cells: doorsInvited, ask: to("/desk/seminars/%d/knowledge", r.hidden.ID)},
		{route: "GET /desk/seminars/:id/papers", cells: doorsHere, ask: to("/desk/seminars/%d/papers", r.seminar.ID)},
		{route: "GET /desk/seminars/:id/papers", about: "in a space by invitation", cells: doorsInvited, ask: to("/desk/seminars/%d/papers", r.hidden.ID)},
		{route: "POST /desk/seminars/:id/papers/file", cells: doorsHere, lands: "/desk/seminars/", used: true, ask: r.paperFile},
		{route: "POST /desk/seminars/:id/papers/link", cells: doorsHere, lands: "/desk/seminars/", used: true, ask: func(c *comer) ask {
			sem := r.published(r.office, r.space, "Passager", week)
			return at("/desk/seminars/%d/papers/link", sem.ID).with("title", "Guide", "url", "https://example.org")(c)
		}},
		{route: "POST /desk/seminars/:id/papers/:paper/remove", cells: doorsHere, lands: "/desk/seminars/", ask: at("/desk/seminars/%d/papers/999999/remove", r.seminar.ID).with()},
		{route: "GET /seminars/:id/papers/:paper", about: "for staff", cells: "s nn nn nn yn yn nnn yyn", ask: to("/seminars/%d/papers/%d", r.seminar.ID, r.paper())},
		{route: "GET /desk/seminars/:id/registrations/:registration", cells: runsHere,
			ask: to("/desk/seminars/%d/registrations/%d", r.seminar.ID, r.dalila.ID)},
		{route: "GET /desk/seminars/:id/registrations/:registration", about: "of another seminar", cells: "s ff ff ff ff nf fff nnf",
			ask: to("/desk/seminars/%d/registrations/%d", r.seminar.ID, r.bochra.ID)},
		{route: "GET /desk/seminars/:id/gates/:use", cells: runsHere, ask: to("/desk/seminars/%d/gates/register", r.seminar.ID)},
		{route: "GET /desk/seminars/:id/gates/:use", about: "draft", cells: "s ff ff ff ff yn fff yyn", ask: to("/desk/seminars/%d/gates/attend", r.sketch.ID)},
		{route: "GET /desk/seminars/:id/gates/:use", about: "unknown", cells: "s ff ff ff ff nn fff nnn", ask: to("/desk/seminars/%d/gates/leave", r.seminar.ID)},
		{route: "POST /desk/seminars/:id/gates/:use", cells: runsHere, ask: at("/desk/seminars/%d/gates/register", r.seminar.ID).with("do", "preview",
			"version", fmt.Sprint(r.seminar.GateVersion))},
		{route: "POST /desk/seminars/:id/gates/:use", about: "saved", cells: runsHere, lands: "/desk/seminars/", used: true, ask: r.gateAsk},
		{route: "POST /desk/seminars/:id/registrations/:registration/cancel", cells: runsHere, lands: "/desk/seminars/", used: true,
			ask: func(c *comer) ask {
				reg := r.registered(r.newcomer("Passante"), r.soon)
				return at("/desk/seminars/%d/registrations/%d/cancel", r.soon.ID, reg.ID).with("reason", "Elle ne vient pas.")(c)
			}},
		{route: "POST /desk/seminars/:id/registrations/:registration/cancel", about: "of another seminar", cells: "s ff ff ff ff nf fff nnf",
			ask: at("/desk/seminars/%d/registrations/%d/cancel", r.seminar.ID, r.bochra.ID).with("reason", "Elle ne vient pas.")},
	}
}

func (r *realm) deskFormRows() []row {
	edited := r.published(r.office, r.space, "Atelier", week)
	edit := func(sem enrolment.Seminar) func(*comer) ask {
		return func(c *comer) ask {
			now, err := r.p.enrolment.Seminar(r.ctx, r.admin, sem.ID)
			r.check(err)
			return at("/desk/seminars/%d/edit", sem.ID).with(r.fields(now.Seminar, r.office)...)(c)
		}
	}
	create := func(space account.Space, officeID int64) func(*comer) ask {
		sem := r.sketch
		sem.Version, sem.Sessions = 0, []enrolment.Session{{StartsAt: sem.StartsAt, EndsAt: sem.EndsAt}}
		return at("/desk/seminars/new?space=%d", space.ID).with(r.fields(sem, officeID)...)
	}
	act := func(what string, space account.Space, published bool) func(*comer) ask {
		return func(c *comer) ask {
			sem := r.sketched(r.office, space, "Passager", week)
			if published {
				r.check(r.p.enrolment.Publish(r.ctx, r.admin, sem.ID))
			}
			return at("/desk/seminars/%d/%s", sem.ID, what).with("reason", "La salle est prise.")(c)
		}
	}
	return []row{
		{route: "GET /desk/seminars/new", cells: runsAny, ask: to("/desk/seminars/new")},
		{route: "GET /desk/seminars/new", about: "national space", cells: runsAny, ask: to("/desk/seminars/new?space=%d", r.space.ID)},
		{route: "GET /desk/seminars/new", about: "space here", cells: runsHere, ask: to("/desk/seminars/new?space=%d", r.requested.ID)},
		{route: "GET /desk/seminars/new", about: "space by invitation", cells: "s ff ff ff ff nn fff ynn", ask: to("/desk/seminars/new?space=%d", r.circle.ID)},
		{route: "GET /desk/seminars/new", about: "space by invitation, here", cells: "s ff ff ff ff yn fff yyn", ask: to("/desk/seminars/new?space=%d", r.closed.ID)},
		{route: "POST /desk/seminars/new", cells: runsHere, lands: "/desk/seminars/", ask: create(r.space, r.office)},
		{route: "POST /desk/seminars/new", about: "for the office elsewhere", cells: "s ff ff ff ff fy fff yfy", lands: "/desk/seminars/", ask: create(r.space, r.elsewhere)},
		{route: "POST /desk/seminars/new", about: "space by invitation", cells: "s ff ff ff ff nf fff ynf", lands: "/desk/seminars/", ask: create(r.circle, r.office)},
		{route: "POST /desk/seminars/new", about: "space by invitation, here", cells: "s ff ff ff ff yf fff yyf", lands: "/desk/seminars/", ask: create(r.closed, r.office)},
		{route: "GET /desk/seminars/:id/edit", cells: runsHere, ask: to("/desk/seminars/%d/edit", r.seminar.ID)},
		{route: "GET /desk/seminars/:id/edit", about: "draft", cells: "s ff ff ff ff yn fff yyn", ask: to("/desk/seminars/%d/edit", r.sketch.ID)},
		{route: "POST /desk/seminars/:id/edit", cells: runsHere, lands: "/desk/seminars/", ask: edit(edited)},
		{route: "POST /desk/seminars/:id/edit", about: "draft", cells: "s ff ff ff ff yn fff yyn", lands: "/desk/seminars/", ask: edit(r.sketch)},
		{route: "POST /desk/seminars/:id/edit", about: "into the office elsewhere", cells: "s ff ff ff ff ff fff yff", lands: "/desk/seminars/",
			used: true, ask: func(c *comer) ask {
				sem := r.published(r.office, r.space, "Passager", week)
				sem.Version++ // by publishing it
				return at("/desk/seminars/%d/edit", sem.ID).with(r.fields(sem, r.elsewhere)...)(c)
			}},
		{route: "POST /desk/seminars/:id/publish", cells: "s ff ff ff ff yn fff yyn", lands: "/desk/seminars/", used: true, ask: act("publish", r.space, false)},
		{route: "POST /desk/seminars/:id/cancel", cells: runsHere, lands: "/desk/seminars/", used: true, ask: act("cancel", r.space, true)},
		{route: "POST /desk/seminars/:id/cancel", about: "draft", cells: "s ff ff ff ff yn fff yyn", lands: "/desk/seminars/", used: true, ask: act("cancel", r.space, false)},
		{route: "POST /desk/seminars/:id/cancel", about: "in a space by invitation", cells: "s ff ff ff ff yn fff yyn", lands: "/desk/seminars/", used: true, ask: act("cancel", r.closed, true)},
	}
}

// proposal has a seminar of the office elsewhere proposed to one here, or the other way round, and answers it here.
func (r *realm) proposal(act string, toHere bool) func(*comer) ask {
	return func(c *comer) ask {
		here, there := r.published(r.office, r.space, "Passager", week), r.published(r.elsewhere, r.space, "Passager", week)
		var err error
		if toHere {
			_, err = r.p.enrolment.ProposeTwin(r.ctx, r.people[officeElsewhere].actor, there.ID, here.ID)
		} else {
			_, err = r.p.enrolment.ProposeTwin(r.ctx, r.people[anOffice].actor, here.ID, there.ID)
		}
		r.check(err)
		now, err := r.p.enrolment.Seminar(r.ctx, r.admin, here.ID)
		r.check(err)
		talks, err := r.p.enrolment.TwinTalks(r.ctx, r.people[anOffice].actor, now.Seminar)
		r.check(err)
		return at("/desk/seminars/%d/twins/%d/%s", here.ID, talks[0].ID, act).with("words", "La salle est petite.")(c)
	}
}

// paper puts a file among the documents of the seminar here.
func (r *realm) paper() int64 {
	admin := r.people[anAdministrator].actor
	p, err := r.p.enrolment.AddFile(r.ctx, admin, r.seminar.ID, "Support", "x.txt", strings.NewReader("Bonjour"))
	r.check(err)
	return p.ID
}

// paperFile brings a file to a seminar of its own: the same one isn't taken twice.
func (r *realm) paperFile(*comer) ask {
	upload := at("/desk/seminars/%d/papers/file", r.published(r.office, r.space, "Passager", week).ID)
	upload.body = "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nSupport\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nBonjour\r\n--x--\r\n"
	return upload
}

func (r *realm) doorRows() []row {
	tick := func(path, sem enrolment.Seminar, reg enrolment.Registration) func(*comer) ask {
		return at("/desk/seminars/%d/attendance", path.ID).with("session", fmt.Sprint(sem.Sessions[0].ID),
			"listed", fmt.Sprint(reg.ID), "present", fmt.Sprint(reg.ID))
	}
	hidden := r.published(r.office, r.closed, "Huisclos soon", 2*time.Hour)
	guest := r.registered(r.people[aMember].actor, hidden)
	return []row{
		{route: "GET /desk/seminars/:id/attendance", cells: doorsHere, ask: to("/desk/seminars/%d/attendance", r.soon.ID)},
		{route: "GET /desk/seminars/:id/attendance", about: "in a space by invitation", cells: doorsInvited,
			ask: to("/desk/seminars/%d/attendance", r.hidden.ID)},
		{route: "POST /desk/seminars/:id/attendance", cells: doorsHere, lands: "/desk/seminars/", ask: tick(r.soon, r.soon, r.atDoor)},
		{route: "POST /desk/seminars/:id/attendance", about: "by the address of another seminar", cells: doorsHere, lands: "/desk/seminars/", ask: tick(r.away, r.soon, r.atDoor)},
		{route: "POST /desk/seminars/:id/attendance", about: "in a space by invitation", cells: doorsInvited, lands: "/desk/seminars/",
			ask: tick(hidden, hidden, guest)},
	}
}

func (r *realm) restRows() []row {
	const all, here = "s ff ff ff ff yy yyy yyy", "s ff ff ff ff yf yyf yyf"
	return []row{
		{route: "GET /indicators", cells: all, ask: to("/indicators")},
		{route: "GET /indicators", about: "of the office here", cells: here, ask: to("/indicators?office=%d", r.office)},
		{route: "GET /indicators", about: "of a space by invitation", cells: all, ask: to("/indicators?space=%d", r.circle.ID)},
		{route: "GET /indicators.xlsx", cells: all, ask: to("/indicators.xlsx")},
		{route: "GET /indicators.xlsx", about: "of the office here", cells: here, ask: to("/indicators.xlsx?office=%d", r.office)},
		{route: "GET /indicators.xlsx", about: "of a space by invitation", cells: all, ask: to("/indicators.xlsx?space=%d&content=shared", r.circle.ID)},
		{route: "GET /indicators.xlsx", about: "of a space by invitation, here", cells: all, ask: to("/indicators.xlsx?space=%d", r.closed.ID)},
		{route: "GET /search", cells: public, ask: to("/search")},
		{route: "GET /search", about: "for huisclos", cells: public, ask: to("/search?q=huisclos")},
		{route: "GET /search", about: "for cercleux", cells: public, ask: to("/search?q=cercleux")},
		{route: "GET /search", about: "for brouillard", cells: public, ask: to("/search?q=brouillard")},
		{route: "GET /search", about: "for ebauchon", cells: public, ask: to("/search?q=ebauchon")},
		{route: "GET /search", about: "for attendu", cells: public, ask: to("/search?q=attendu")},
		{route: "GET /notifications", cells: signedIn, ask: to("/notifications")},
		{route: "GET /notifications/:id", about: "the member's", cells: mine, ask: to("/notifications/%d", r.notification), lands: "/"},
		{route: "POST /notifications/read", cells: signedIn, ask: at("/notifications/read").with("up_to", "1000000000"), lands: "/notifications"},
		{route: "GET /mailbox", cells: "s ff ff ff ff ff fff yff", ask: to("/mailbox")},
		{route: "GET /mailbox/:id", cells: "s ff ff ff ff ff fff yff", ask: to("/mailbox/%d", r.mail)},
		{route: "GET /mailbox/:id", about: "unknown", cells: "s ff ff ff ff ff fff nff", ask: to("/mailbox/1000000000")},
	}
}

// gateAsk opens the gate of a new seminar, as somebody does who was shown the effect of it.
func (r *realm) gateAsk(c *comer) ask {
	sem := r.published(r.office, r.space, "Passager", week)
	shown := sha256.Sum256([]byte("{}")) // the open rule
	return at("/desk/seminars/%d/gates/register", sem.ID).with("do", "save", "version", "1", "previewed", hex.EncodeToString(shown[:8]))(c)
}
