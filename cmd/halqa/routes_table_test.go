package main

import (
	"fmt"
	"net/url"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
)

// row is a route with one thing that it names, and what becomes of each kind of person who asks. A cell is
//
//	y  they may: the page, or a redirect to lands
//	h  they are signed in already and sent home
//	s  they are asked to sign in
//	f  forbidden: 403
//	n  they aren't told that it exists: 404
//	u  refused for what the form lacks: 422
//	-  not asked, since the answer doesn't depend on the person
//
// in the order of the kinds: visitor, learner and member, administrators of the organisation and of another, moderators
// of the space and of another, trainers here and elsewhere, moderators of the office here and elsewhere, managers and then
// administrators of the platform, here and elsewhere.
type row struct {
	route string
	about string
	cells string
	ask   func(*comer) ask
	lands string // prefix of where it redirects those who may
	used  bool   // who may uses up what it names: each gets a new one
	ends  bool   // who may ends the session they came with
}

const (
	public   = "y yy yy yy yy yy yyy yyy"
	few      = "y y- -- -- -- -- --- y--"
	fewMine  = "s y- -- -- -- -- --- y--"
	signedIn = "s yy yy yy yy yy yyy yyy"
	mine     = "s ny nn nn nn nn nnn nnn"
	nobodys  = "n nn nn nn nn nn nnn nnn"
)

// to asks always for the same page.
func to(format string, args ...any) func(*comer) ask {
	a := ask{path: fmt.Sprintf(format, args...)}
	return func(*comer) ask { return a }
}

// with sends always the same form to a page.
func (a ask) with(pairs ...string) func(*comer) ask {
	a.form = url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		a.form.Add(pairs[i], pairs[i+1])
	}
	return func(*comer) ask { return a }
}

func at(format string, args ...any) ask { return ask{path: fmt.Sprintf(format, args...)} }

// rows is the table.
func (r *realm) rows() []row {
	var all []row
	for _, part := range [][]row{r.publicRows(), r.accountRows(), r.linkRows(), r.organisationRows(), r.learningRows(), r.ownLearningRows(), r.reportRows(),
		r.seminarRows(), r.seatRows(), r.deskRows(), r.deskFormRows(), r.doorRows(), r.restRows(),
		r.adminRows(), r.adminPlaceRows(), r.adminAxisRows(), r.firstStepRows(), r.adminMemberRows(), r.adminSystemRows(), r.authorRows(),
		r.peopleRows(), r.libraryRows(), r.forumRows(), r.measureRows(), r.pseudonymRows(), r.offlineRows(), r.calendarRows()} {
		all = append(all, part...)
	}
	return all
}

func (r *realm) publicRows() []row {
	return []row{
		{route: "GET /", cells: public, ask: to("/")},
		{route: "GET /design", cells: public, ask: to("/design")},
		{route: "GET /live", cells: public, ask: to("/live")},
		{route: "POST /language", cells: public, ask: at("/language").with("language", "fr", "next", "/spaces"), lands: "/spaces"},
		{route: "POST /theme", cells: public, ask: at("/theme").with("theme", "dark", "next", "/spaces"), lands: "/spaces"},
		{route: "GET /home", cells: signedIn, ask: to("/home")},
		{route: "GET /spaces", cells: public, ask: to("/spaces")},
		{route: "GET /seminars", cells: public, ask: to("/seminars")},
		{route: "GET /my/seats", cells: signedIn, ask: to("/my/seats")},
		{route: "GET /media/:name", cells: public, ask: to("/media/%s", r.lesson.Tracks[0].File(courses.Captions).Name)},
		{route: "GET /media/:name", about: "unknown", cells: nobodys, ask: to("/media/0123456789abcdef.mp4")},
	}
}

func (r *realm) accountRows() []row {
	own := func(c *comer) string {
		if c.kind == aVisitor {
			return r.people[aLearner].email
		}
		return c.email
	}
	return []row{
		{route: "GET /sign-up", cells: "y hh hh hh hh hh hhh hhh", ask: to("/sign-up")},
		{route: "GET /sign-in", cells: "y hh hh hh hh hh hhh hhh", ask: to("/sign-in")},
		{route: "GET /check-mail", cells: public, ask: to("/check-mail")},
		{route: "GET /reset", cells: public, ask: to("/reset")},
		{route: "POST /sign-up", cells: few, lands: "/check-mail", ask: func(*comer) ask {
			return at("/sign-up").with("name", "Passant", "email", r.email(), "password", testPassword, "language", "fr", "governorate", region)(nil)
		}},
		{route: "POST /sign-in", cells: few, lands: "/home", ends: true, ask: func(c *comer) ask {
			return at("/sign-in").with("email", own(c), "password", testPassword)(c)
		}},
		{route: "POST /sign-out", cells: few, lands: "/", ends: true, ask: at("/sign-out").with()},
		{route: "POST /magic", cells: public, lands: "/check-mail", ask: func(c *comer) ask { return at("/magic").with("email", own(c))(c) }},
		{route: "POST /reset", cells: public, lands: "/check-mail", ask: func(c *comer) ask { return at("/reset").with("email", own(c))(c) }},
		{route: "GET /profile", cells: signedIn, ask: to("/profile")},
		{route: "GET /profile/data", cells: signedIn, ask: to("/profile/data")},
		{route: "GET /profile/erase", cells: signedIn, ask: to("/profile/erase")},
		{route: "POST /profile/erase", about: "by somebody who isn't sure", cells: "s uu uu uu uu uu uuu uuu", ask: at("/profile/erase").with("password", testPassword)},
		{route: "POST /profile/erase/link", cells: signedIn, lands: "/profile/erase", ask: at("/profile/erase/link").with()},
		{route: "POST /profile", cells: signedIn, lands: "/profile", ask: func(c *comer) ask {
			return at("/profile").with("name", "Quelqu'un", "language", "fr", "governorate", region, "gender", "female")(c)
		}},
		{route: "POST /profile/password", cells: fewMine, lands: "/profile", ends: true,
			ask: at("/profile/password").with("current", testPassword, "password", testPassword)},
		{route: "POST /profile/sign-out-everywhere", cells: fewMine, lands: "/", ends: true, ask: at("/profile/sign-out-everywhere").with()},
	}
}

func (r *realm) linkRows() []row {
	magic := func() string {
		p := r.must(r.p.account.AddPerson(r.ctx, account.Newcomer{Name: "Passant", Email: r.email(), Language: "fr"}))
		r.check(r.p.account.SendMagicLink(r.ctx, p.Email, account.Client{}))
		return r.lastMail()
	}
	reset := func() string {
		p := r.must(r.p.account.AddPerson(r.ctx, account.Newcomer{Name: "Passant", Email: r.email(), Language: "fr"}))
		r.check(r.p.account.SendReset(r.ctx, p.Email, account.Client{}))
		return r.lastMail()
	}
	confirm := func() string { return r.link(r.email()) }
	post := func(path func() string, pairs ...string) func(*comer) ask {
		return func(c *comer) ask { return ask{path: path()}.with(pairs...)(c) }
	}
	return []row{
		{route: "GET /magic/:token", cells: public, ask: to("%s", magic())},
		{route: "GET /confirm/:token", cells: public, ask: to("%s", confirm())},
		{route: "GET /reset/:token", cells: public, ask: to("%s", reset())},
		{route: "GET /magic/:token", about: "unknown", cells: nobodys, ask: to("/magic/unknown")},
		{route: "GET /reset/:token", about: "of another kind", cells: nobodys, ask: to("/reset/%s", magic()[len("/magic/"):])},
		{route: "POST /magic/:token", cells: few, lands: "/home", used: true, ends: true, ask: post(magic)},
		{route: "POST /confirm/:token", cells: few, lands: "/home", used: true, ends: true, ask: post(confirm)},
		{route: "POST /reset/:token", cells: few, lands: "/home", used: true, ends: true, ask: post(reset, "password", testPassword)},
	}
}

func (r *realm) organisationRows() []row {
	decide := func(format string, accept string, args ...any) func(*comer) ask {
		return at(format, args...).with("decision", accept, "reason", "Nous ne la connaissons pas.")
	}
	applicant := func(format string) func(*comer) ask {
		return func(c *comer) ask {
			return decide(format, "accept", r.own.ID, r.join(r.newcomer("Passante"), false).ID)(c)
		}
	}
	third := r.organisation(r.newcomer("Tierce"), "Tierce", region)
	r.validate(third)
	insider := r.join(r.newcomer("Passante"), true)
	const ours = "s ff yf ff ff yf fff yyf"
	return []row{
		{route: "GET /organisations/found", cells: public, ask: to("/organisations/found?q=atten")},
		{route: "GET /organisations/join", cells: signedIn, ask: to("/organisations/join?q=oasis")},
		{route: "POST /organisations/join", cells: signedIn, lands: "/profile", ask: at("/organisations/join").with("organisation_id", fmt.Sprint(third.ID))},
		{route: "POST /organisations/join", about: "not validated", cells: "s uu uu uu uu uu uuu uuu",
			ask: at("/organisations/join").with("organisation_id", fmt.Sprint(r.pendingAway.ID))},
		{route: "GET /organisations/new", cells: signedIn, ask: to("/organisations/new")},
		{route: "POST /organisations/new", cells: "s yu yy yy yy yy yyy yyy", lands: "/profile", ask: func(c *comer) ask {
			return at("/organisations/new").with("organisation_name", fmt.Sprint("Naissante ", c.kind), "organisation_kind", "media",
				"organisation_governorate", otherRegion)(c)
		}},
		{route: "GET /organisations/:id", cells: signedIn, ask: to("/organisations/%d", r.own.ID)},
		{route: "GET /organisations/:id", about: "waiting", cells: "s ny nn nn nn yn nnn yyn", ask: to("/organisations/%d", r.pending.ID)},
		{route: "GET /organisations/:id", about: "waiting elsewhere", cells: "s nn nn nn nn ny nnn yny", ask: to("/organisations/%d", r.pendingAway.ID)},
		{route: "POST /organisations/:id/members/:person", cells: ours, lands: "/organisations/", used: true, ask: applicant("/organisations/%d/members/%d")},
		{route: "POST /organisations/:id/members/:person", about: "who didn't ask", cells: "s ff nf ff ff nf fff nnf",
			ask: decide("/organisations/%d/members/%d", "accept", r.own.ID, r.people[aLearner].actor.PersonID)},
		{route: "POST /organisations/:id/administrators", cells: ours, lands: "/organisations/",
			ask: at("/organisations/%d/administrators", r.own.ID).with("person", fmt.Sprint(insider.ID))},
		{route: "POST /organisations/:id/administrators", about: "oneself", cells: "s ff yf ff ff uf fff uuf", lands: "/organisations/",
			ask: func(c *comer) ask {
				return at("/organisations/%d/administrators", r.own.ID).with("person", fmt.Sprint(c.actor.PersonID))(c)
			}},
		{route: "GET /desk/organisations", cells: "s ff ff ff ff yy fff yyy", ask: to("/desk/organisations")},
		{route: "POST /desk/organisations/:id", cells: "s ff ff ff ff yf fff yyf", lands: "/desk/organisations", used: true,
			ask: func(c *comer) ask {
				r.fresh++
				o := r.organisation(r.newcomer("Passante"), fmt.Sprint("Naissante ", r.fresh), region)
				return decide("/desk/organisations/%d", []string{"accept", "refuse"}[r.fresh%2], o.ID)(c)
			}},
		{route: "POST /desk/organisations/:id/members/:person", cells: "s ff ff ff ff yf fff yyf", lands: "/desk/organisations", used: true,
			ask: applicant("/desk/organisations/%d/members/%d")},
		{route: "POST /organisations/:id/leave", cells: "s ny nn nn nn nn nnn nnn", lands: "/profile", ask: at("/organisations/%d/leave", r.pending.ID).with()},
	}
}

func (r *realm) learningRows() []row {
	return []row{
		{route: "GET /spaces/:key", cells: public, ask: to("/spaces/%s", r.space.Key)},
		{route: "GET /spaces/:key", about: "by request", cells: public, ask: to("/spaces/%s", r.requested.Key)},
		{route: "GET /spaces/:key", about: "by invitation", cells: "n ny nn yn nn nn ynn ynn", ask: to("/spaces/%s", r.circle.Key)},
		{route: "GET /spaces/:key", about: "by invitation, here", cells: "n ny nn yn yn yn yyn yyn", ask: to("/spaces/%s", r.closed.Key)},
		{route: "POST /spaces/:key/join", cells: signedIn, lands: "/spaces/", ask: at("/spaces/%s/join", r.space.Key).with()},
		{route: "POST /spaces/:key/join", about: "by request", cells: signedIn, lands: "/spaces/", ask: at("/spaces/%s/join", r.requested.Key).with()},
		{route: "POST /spaces/:key/join", about: "by invitation", cells: "s ny nn yn nn nn fnn ynn", lands: "/spaces/", ask: at("/spaces/%s/join", r.circle.Key).with()},
		{route: "POST /spaces/:key/join", about: "by invitation, here", cells: "s ny nn yn fn yn ffn yyn", lands: "/spaces/", ask: at("/spaces/%s/join", r.closed.Key).with()},
		{route: "GET /modules/:id", cells: public, ask: to("/modules/%d", r.open.module)},
		{route: "GET /modules/:id", about: "by request", cells: "s fy ff yf yf yf yyf yyf", ask: to("/modules/%d", r.inRequested.module)},
		{route: "GET /modules/:id", about: "by invitation", cells: "n ny nn yn nn nn ynn ynn", ask: to("/modules/%d", r.inCircle.module)},
		{route: "GET /modules/:id", about: "by invitation, here", cells: "n ny nn yn yn yn yyn yyn", ask: to("/modules/%d", r.inClosed.module)},
		{route: "GET /modules/:id", about: "draft", cells: "n nn nn yn nn nn nnn ynn", ask: to("/modules/%d", r.draft.module)},
		{route: "GET /lessons/:id", cells: signedIn, ask: to("/lessons/%d", r.open.lesson)},
		{route: "GET /lessons/:id", about: "quiz", cells: signedIn, ask: to("/lessons/%d", r.open.quiz)},
		{route: "GET /lessons/:id", about: "by request", cells: "s fy ff yf yf yf yyf yyf", ask: to("/lessons/%d", r.inRequested.lesson)},
		{route: "GET /lessons/:id", about: "by invitation", cells: "s ny nn yn nn nn ynn ynn", ask: to("/lessons/%d", r.inCircle.lesson)},
		{route: "GET /lessons/:id", about: "by invitation, here", cells: "s ny nn yn yn yn yyn yyn", ask: to("/lessons/%d", r.inClosed.quiz)},
		{route: "GET /lessons/:id", about: "draft", cells: "s nn nn yn nn nn nnn ynn", ask: to("/lessons/%d", r.draft.lesson)},
	}
}

func (r *realm) reportRows() []row {
	played := func(in course) func(*comer) ask {
		a := at("/lessons/%d/played", in.lesson)
		a.json = fmt.Sprintf(`{"track":%d,"intervals":[[0,5000]],"position":5000}`, in.track)
		return func(*comer) ask { return a }
	}
	together := func(*comer) ask { // whose every report is judged as those above
		a := at("/played")
		a.json = `{"reports":[{"track":1,"intervals":[]}]}`
		return a
	}
	session := func(in course) func(*comer) ask {
		a := at("/modules/%d/sessions", in.module)
		a.json = "{}"
		return func(*comer) ask { return a }
	}
	answers := func(in course) func(*comer) ask {
		var question int64
		r.check(r.p.db.NewRaw(`select min(id) from question where lesson_id = ?`, in.quiz).Scan(r.ctx, &question))
		return func(c *comer) ask {
			return at("/lessons/%d/answers", in.quiz).with("nonce", uuid.NewString(), courses.QuestionField(question), "b")(c)
		}
	}
	short := r.course(r.space, "Bref", true)
	const byRequest, byInvitation, here = "s fy ff yf yf yf yyf yyf", "s ny nn yn nn nn ynn ynn", "s ny nn yn yn yn yyn yyn"
	const draft = "s nn nn nn nn nn nnn nnn"
	return []row{
		{route: "POST /lessons/:id/played", cells: signedIn, ask: played(short)},
		{route: "POST /played", cells: signedIn, ask: together},
		{route: "POST /modules/:id/sessions", cells: signedIn, ask: session(short)},
		{route: "POST /modules/:id/sessions", about: "by request", cells: byRequest, ask: session(r.inRequested)},
		{route: "POST /modules/:id/sessions", about: "by invitation", cells: byInvitation, ask: session(r.inCircle)},
		{route: "POST /modules/:id/sessions", about: "by invitation, here", cells: here, ask: session(r.inClosed)},
		{route: "POST /modules/:id/sessions", about: "draft", cells: "s nn nn yn nn nn nnn ynn", ask: session(r.draft)},
		{route: "POST /lessons/:id/played", about: "by request", cells: byRequest, ask: played(r.inRequested)},
		{route: "POST /lessons/:id/played", about: "by invitation", cells: byInvitation, ask: played(r.inCircle)},
		{route: "POST /lessons/:id/played", about: "by invitation, here", cells: here, ask: played(r.inClosed)},
		{route: "POST /lessons/:id/played", about: "draft", cells: draft, ask: played(r.draft)},
		{route: "POST /lessons/:id/answers", cells: signedIn, lands: "/lessons/", ask: answers(short)},
		{route: "POST /lessons/:id/answers", about: "by request", cells: byRequest, lands: "/lessons/", ask: answers(r.inRequested)},
		{route: "POST /lessons/:id/answers", about: "by invitation", cells: byInvitation, lands: "/lessons/", ask: answers(r.inCircle)},
		{route: "POST /lessons/:id/answers", about: "by invitation, here", cells: here, lands: "/lessons/", ask: answers(r.inClosed)},
		{route: "POST /lessons/:id/answers", about: "draft", cells: draft, ask: answers(r.draft)},
	}
}

func (r *realm) seminarRows() []row {
	dropped := r.sketched(r.office, r.space, "Ebauchon", week)
	r.check(r.p.enrolment.CancelSeminar(r.ctx, r.admin, dropped.ID, "Ebauchon"))
	elsewhere := r.published(r.elsewhere, r.space, "Lointain", week)
	asked := r.published(r.office, r.requested, "Réservé", week)
	register := func(sem enrolment.Seminar) func(*comer) ask { return at("/seminars/%d/register", sem.ID).with() }
	mySeat := func(c *comer) ask {
		who := c.actor
		if c.kind == aVisitor {
			who = r.people[aLearner].actor
		}
		reg := r.registered(who, elsewhere)
		return at("/seminars/%d/cancel", elsewhere.ID).with("registration", fmt.Sprint(reg.ID))(c)
	}
	return []row{
		{route: "GET /seminars/:id", cells: public, ask: to("/seminars/%d", r.seminar.ID)},
		{route: "GET /seminars/:id", about: "in a space by invitation", cells: "n ny nn yn yn yn yyn yyn", ask: to("/seminars/%d", r.hidden.ID)},
		{route: "GET /seminars/:id", about: "in a space by request", cells: "s fy ff yf yf yf yyf yyf", ask: to("/seminars/%d", asked.ID)},
		{route: "POST /seminars/:id/register", about: "in a space by request", cells: "s fy ff yf yf yf yyf yyf", lands: "/seminars/", ask: register(asked)},
		{route: "GET /seminars/:id", about: "draft", cells: "n nn nn nn yn yn nnn yyn", ask: to("/seminars/%d", r.sketch.ID)},
		{route: "GET /seminars/:id", about: "cancelled draft", cells: "n nn nn nn yn yn nnn yyn", ask: to("/seminars/%d", dropped.ID)},
		{route: "POST /seminars/:id/register", cells: signedIn, lands: "/seminars/", ask: register(elsewhere)},
		{route: "POST /seminars/:id/register", about: "in a space by invitation", cells: "s ny nn yn yn yn yyn yyn", lands: "/seminars/", ask: register(r.hidden)},
		{route: "POST /seminars/:id/register", about: "draft", cells: "s nn nn nn nn nn nnn nnn", ask: register(r.sketch)},
		{route: "POST /seminars/:id/register", about: "cancelled draft", cells: "s nn nn nn nn nn nnn nnn", ask: register(dropped)},
		{route: "POST /seminars/:id/cancel", cells: signedIn, lands: "/seminars/", ask: mySeat},
		{route: "POST /seminars/:id/cancel", about: "another's seat", cells: "s nn nn nn nn un nnn uun",
			ask: at("/seminars/%d/cancel", r.seminar.ID).with("registration", fmt.Sprint(r.dalila.ID))},
	}
}
