package main

import (
	"fmt"

	"halqa/community/account"
)

// Those who may what in the administration: everywhere, in the office here, or anywhere at all.
const (
	adminsAll   = "s ff ff ff ff ff fff yff"
	adminsHere  = "s ff ff ff ff ff fff yyf"
	admins      = "s ff ff ff ff ff fff yyy"
	offices     = "s ff ff ff ff yy fff yyy"
	officeHere  = "s ff ff ff ff yf fff yyf"
	spaceKeeper = "s ff ff yf ff yf fff yyf"
)

func (r *realm) adminRows() []row {
	trainer := account.Grant{Role: account.Trainer, Kind: account.OverOffice, ScopeID: r.office}
	office := fmt.Sprint("office:", r.office)
	learner := r.people[aLearner].actor.PersonID
	grantee := r.newcomer("Passante")
	return []row{
		{route: "GET /admin", cells: "s ff ff yy ff yy fff yyy", ask: to("/admin")},
		{route: "GET /admin/roles", cells: admins, ask: to("/admin/roles")},
		{route: "GET /admin/roles/new", cells: admins, ask: to("/admin/roles/new?q=passant")},
		{route: "POST /admin/roles/new", cells: adminsHere, lands: "/admin/roles",
			ask: at("/admin/roles/new").with("person", fmt.Sprint(grantee.PersonID), "role", "trainer", "place", office)},
		{route: "POST /admin/roles/revoke", cells: adminsHere, lands: "/admin/roles", used: true, ask: func(c *comer) ask {
			p := r.newcomer("Passante")
			r.check(r.p.account.Grant(r.ctx, r.admin, p.PersonID, trainer))
			return at("/admin/roles/revoke").with("person", fmt.Sprint(p.PersonID), "role", "trainer", "place", office)(c)
		}},
		{route: "GET /admin/people", cells: offices, ask: to("/admin/people")},
		{route: "GET /admin/people/:id", cells: "s ff ff ff ff yn fff yyn", ask: to("/admin/people/%d", learner)},
		{route: "GET /admin/people/:id", about: "who moderates spaces by invitation", cells: "s ff ff ff ff yn fff yyn",
			ask: to("/admin/people/%d", r.people[aSpaceModerator].actor.PersonID)},
		{route: "POST /admin/people/:id/sign-out", cells: adminsHere, lands: "/admin/people/", ask: at("/admin/people/%d/sign-out", grantee.PersonID).with()},
		{route: "GET /admin/people/:id/erase", cells: "s ff ff ff ff ff fff yyn", ask: to("/admin/people/%d/erase", learner)},
		{route: "POST /admin/people/:id/erase", cells: "s ff ff ff ff ff fff yyn", lands: "/admin/people", used: true, ask: func(c *comer) ask {
			return at("/admin/people/%d/erase", r.newcomer("Partante").PersonID).with("reason", "Par lettre", "sure", "yes")(c)
		}},
		{route: "GET /admin/organisations", cells: offices, ask: to("/admin/organisations")},
		{route: "GET /organisations/:id/edit", cells: "s ff yf ff ff yf fff yyf", ask: to("/organisations/%d/edit", r.own.ID)},
		{route: "GET /organisations/:id/edit", about: "waiting elsewhere", cells: "s nn nn nn nn ny nnn yny", ask: to("/organisations/%d/edit", r.pendingAway.ID)},
		{route: "POST /organisations/:id/edit", cells: "s ff yf ff ff yf fff yyf", lands: "/organisations/", ask: at("/organisations/%d/edit", r.own.ID).
			with("organisation_name", r.own.Name, "organisation_kind", r.own.Kind, "organisation_governorate", r.own.Governorate,
				"organisation_description", r.own.Description, "version", "1")},
		{route: "GET /admin/audit", cells: "s ff ff yy ff yy fff yyy", ask: to("/admin/audit")},
		{route: "GET /admin/audit.xlsx", cells: "s ff ff yf ff yf fff yyf", ask: to("/admin/audit.xlsx?place=space:%d", r.requested.ID)},
		{route: "GET /admin/audit.csv", cells: "s ff ff yf ff yf fff yyf", ask: to("/admin/audit.csv?place=space:%d", r.requested.ID)},
	}
}

func (r *realm) adminPlaceRows() []row {
	spelled := func(name string) []string {
		return []string{"name_fr", name, "name_ar", name + " بالعربية", "name_en", name + " in English"}
	}
	named := func(path ask, name string, more ...string) func(*comer) ask {
		return path.with(append(spelled(name), more...)...)
	}
	here := fmt.Sprint(r.office)
	return []row{
		{route: "GET /admin/offices", cells: admins, ask: to("/admin/offices")},
		{route: "GET /admin/offices/new", cells: adminsAll, ask: to("/admin/offices/new")},
		{route: "POST /admin/offices/new", cells: adminsAll, lands: "/admin/offices", ask: named(at("/admin/offices/new"), "Bureau neuf")},
		{route: "GET /admin/offices/:id", cells: adminsHere, ask: to("/admin/offices/%d", r.office)},
		{route: "POST /admin/offices/:id", cells: adminsHere, lands: "/admin/offices", ask: named(at("/admin/offices/%d", r.office), "Bureau gafsa", "version", "1")},
		{route: "GET /admin/governorates/new", cells: adminsAll, ask: to("/admin/governorates/new")},
		{route: "POST /admin/governorates/new", cells: adminsAll, lands: "/admin/offices",
			ask: named(at("/admin/governorates/new"), "Neuf", "code", "TN-99", "office", here)},
		{route: "GET /admin/governorates/:code", cells: adminsAll, ask: to("/admin/governorates/%s", region)},
		{route: "POST /admin/governorates/:code", cells: adminsAll, lands: "/admin/offices",
			ask: named(at("/admin/governorates/%s", region), "gafsa", "office", here, "version", "1")},
		{route: "GET /admin/spaces", cells: "s ff ff yy ff yy fff yyy", ask: to("/admin/spaces")},
		{route: "GET /admin/spaces/new", cells: offices, ask: to("/admin/spaces/new")},
		{route: "POST /admin/spaces/new", cells: officeHere, lands: "/spaces/",
			ask: named(at("/admin/spaces/new"), "Nouveau", "visibility", "open", "hue", "10", "office", here)},
		{route: "POST /admin/spaces/new", about: "national", cells: "s ff ff ff ff ff fff yff", lands: "/spaces/",
			ask: named(at("/admin/spaces/new"), "Nouveau", "visibility", "open", "hue", "10", "office", "0")},
		{route: "GET /spaces/:key/manage", cells: spaceKeeper, ask: to("/spaces/%s/manage", r.requested.Key)},
		{route: "GET /spaces/:key/manage", about: "by invitation", cells: "s ff ff yn ff yn fff yyn", ask: to("/spaces/%s/manage", r.closed.Key)},
		{route: "GET /spaces/:key/manage", about: "national", cells: "s ff ff yn ff nn fff ynn", ask: to("/spaces/%s/manage", r.circle.Key)},
		{route: "POST /spaces/:key/manage", cells: spaceKeeper, lands: "/spaces/",
			ask: named(at("/spaces/%s/manage", r.requested.Key), "Dossiers", "visibility", "request", "office", here,
				"hue", fmt.Sprint(r.requested.Hue), "version", "1")},
	}
}

// firstStepRows put the list of a new space away.
func (r *realm) firstStepRows() []row {
	_, err := r.p.db.ExecContext(r.ctx, "insert into beginning (kind, place_id, at) values ('space', ?, now()) on conflict do nothing", r.requested.ID)
	r.check(err)
	skip := func(kind string, place int64) func(*comer) ask {
		return at("/first-steps/skip").with("kind", kind, "place", fmt.Sprint(place), "step", "")
	}
	return []row{
		{route: "POST /first-steps/skip", cells: spaceKeeper, lands: "/home", ask: skip("space", r.requested.ID)},
		{route: "POST /first-steps/skip", about: "of the platform", cells: "s ff ff ff ff ff fff fff", ask: skip("platform", 0)},
	}
}

func (r *realm) adminAxisRows() []row {
	axis, err := r.p.account.CreateAxis(r.ctx, r.admin, spelled("Axe des routes"))
	r.check(err)
	axisAt := func(rest string) ask { return at("/admin/axes/%s/%s", axis.Key, rest) }
	number := 0
	return []row{
		{route: "GET /admin/axes", cells: adminsAll, ask: to("/admin/axes")},
		{route: "GET /admin/axes/new", cells: adminsAll, ask: to("/admin/axes/new")},
		{route: "POST /admin/axes/new", cells: adminsAll, lands: "/admin/axes", used: true, ask: func(c *comer) ask {
			number++
			return at("/admin/axes/new").with("name_fr", fmt.Sprint("Axe ", number))(c)
		}},
		{route: "GET /admin/axes/:key/edit", cells: adminsAll, ask: to("/admin/axes/%s/edit", axis.Key)},
		{route: "POST /admin/axes/:key/edit", cells: adminsAll, lands: "/admin/axes", ask: axisAt("edit").with("name_fr", "Axe des routes", "version", "1")},
		{route: "POST /admin/axes/:key/move", cells: adminsAll, lands: "/admin/axes", ask: axisAt("move").with("do", "up")},
		{route: "POST /admin/axes/:key/offer", cells: adminsAll, lands: "/admin/axes", ask: axisAt("offer").with("do", "retire")},
	}
}

func (r *realm) adminMemberRows() []row {
	people := "/spaces/" + r.requested.Key + "/manage/members"
	return []row{
		{route: "GET /spaces/:key/manage/members", cells: spaceKeeper, ask: to("%s", people)},
		{route: "GET /spaces/:key/manage/members", about: "by invitation", cells: "s ff ff yn ff yn fff yyn", ask: to("/spaces/%s/manage/members", r.closed.Key)},
		{route: "POST /spaces/:key/manage/members", cells: spaceKeeper, lands: "/spaces/", used: true, ask: func(c *comer) ask {
			p := r.must(r.p.account.AddPerson(r.ctx, account.Newcomer{Name: "Passante", Email: r.email(), Language: "fr"}))
			return at("%s", people).with("email", p.Email)(c)
		}},
		{route: "POST /spaces/:key/manage/members/requests/:person", cells: spaceKeeper, lands: "/spaces/", used: true, ask: func(c *comer) ask {
			p := r.newcomer("Passante")
			_, err := r.p.account.JoinSpace(r.ctx, p, r.requested.Key)
			r.check(err)
			return at("%s/requests/%d", people, p.PersonID).with("decision", "accept")(c)
		}},
		{route: "POST /spaces/:key/manage/members/:person/remove", cells: spaceKeeper, lands: "/spaces/", used: true, ask: func(c *comer) ask {
			p := r.newcomer("Passante")
			r.check(r.p.account.AddSpaceMember(r.ctx, r.admin, r.requested.ID, p.PersonID))
			return at("%s/%d/remove", people, p.PersonID).with()(c)
		}},
	}
}

// adminSystemRows come last: they empty a consumer, and nobody fills it again here.
func (r *realm) adminSystemRows() []row {
	dead := func() (id int64) {
		r.check(r.p.db.NewRaw(`insert into failure (consumer, event_id, attempts, error, dead_at)
			select (select min(name) from consumer), (select id from outbox order by seq limit 1), 8, 'no luck', now()
			on conflict (consumer, event_id) do update set dead_at = now() returning id`).Scan(r.ctx, &id))
		return id
	}
	replayable := ""
	for _, c := range r.p.consumers() {
		if c.Reset != nil {
			replayable = c.Name
		}
	}
	dead()
	return []row{
		{route: "GET /admin/events", cells: adminsAll, ask: to("/admin/events")},
		{route: "GET /admin/system", cells: adminsAll, ask: to("/admin/system")},
		{route: "POST /admin/events/dead", cells: adminsAll, lands: "/admin/events", used: true, ask: func(c *comer) ask {
			dead()
			return at("/admin/events/dead").with()(c)
		}},
		{route: "POST /admin/events/dead/:id", cells: adminsAll, lands: "/admin/events", used: true, ask: func(c *comer) ask {
			return at("/admin/events/dead/%d", dead()).with()(c)
		}},
		{route: "POST /admin/events/replay", cells: adminsAll, lands: "/admin/events", ask: at("/admin/events/replay").with("consumer", replayable)},
	}
}
