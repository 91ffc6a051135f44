package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/web"
)

// realm is a world with something of everything that routes name, in the office that the tests look at and in another
// one, and with one person of each kind. Here is the first office, elsewhere the other. It is no demonstration: the
// mailbox is closed.
type realm struct {
	*site
	hub    *web.Hub
	deps   web.Deps
	routes []web.Route
	people map[kind]*comer
	fresh  int // numbers what is made for one request
	read   map[reading]bool

	requested, circle, closed account.Space // by request here; by invitation, national and here
	open, inRequested         course        // published; the first in an open national space
	inCircle, inClosed, draft course        // draft is in the open space

	seminar, away, hidden, sketch enrolment.Seminar // here, elsewhere, here in the closed space, here and a draft
	soon                          enrolment.Seminar // here, in two hours
	dalila, bochra                enrolment.Registration
	atDoor                        enrolment.Registration
	own                           account.Organisation // whose administrator is orgAdmin
	pending, pendingAway          account.Organisation
	applicant                     account.Person // to own
	notification, mail            int64          // of member; to anybody
}

// kind is a kind of person: a column of the table.
type kind int

// The columns. Here and elsewhere are offices; a space moderator moderates every space of the table, or none of them.
const (
	aVisitor kind = iota
	aLearner
	aMember // of own and of the closed spaces
	anOrgAdmin
	otherOrgAdmin
	aSpaceModerator
	otherSpaceModerator
	aTrainer
	trainerElsewhere
	anOffice
	officeElsewhere
	aManager
	managerHere
	managerElsewhere
	anAdministrator
	administratorHere
	administratorElsewhere
	kinds
)

var kindNames = [kinds]string{"visitor", "learner", "member", "organisation administrator", "another's administrator",
	"space moderator", "another space's moderator", "trainer", "trainer elsewhere", "office moderator",
	"office moderator elsewhere", "programme manager", "programme manager here", "programme manager elsewhere",
	"administrator", "administrator here", "administrator elsewhere"}

func (k kind) String() string { return kindNames[k] }

// week is how far ahead seminars are.
const week = 7 * 24 * time.Hour

// course is a module's identities.
type course struct{ module, lesson, track, quiz int64 }

func openRealm(t *testing.T) *realm {
	t.Helper()
	r := &realm{site: &site{now: time.Now().Truncate(time.Second)}, hub: web.NewHub(), people: map[kind]*comer{}, read: map[reading]bool{}}
	cfg := testConfig(t, t.TempDir())
	cfg.Demo = false
	listener := r.listen(t)
	cfg.PublicURL, _ = url.Parse(r.base)
	clock := func() time.Time { return r.now }
	r.world = newWorld(t, testdb.Clone(t), cfg, clock)
	deps, err := r.p.deps(cfg, clock)
	r.check(err)
	deps.Log, deps.Live = quietly(), r.hub
	r.deps, r.routes = deps, web.Routes(deps)
	r.serve(t, listener, web.New(deps))
	r.furnish()
	return r
}

func (s *site) listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + listener.Addr().String()
	return listener
}

func (r *realm) serve(t *testing.T, listener net.Listener, app *fiber.App) {
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() {
		r.hub.Close()
		_ = app.Shutdown()
	})
}

// furnish fills the realm through the use cases.
func (r *realm) furnish() {
	r.t.Helper()
	r.spaces()
	r.open = course{r.module.ID, r.lesson.ID, r.lesson.Tracks[0].ID, r.quiz.ID}
	r.inRequested = r.course(r.requested, "Monter un dossier", true)
	r.inCircle = r.course(r.circle, "Cercleux module", true)
	r.inClosed = r.course(r.closed, "Huisclos module", true)
	r.draft = r.course(r.space, "Brouillard", false)
	r.populate()
	r.seminars()
	r.organisations()
	bus := eventstest.New(r.t, r.p.db, r.p.consumers())
	bus.Settle()
	r.check(r.p.search.Build(r.ctx)) // spaces are announced by nobody
	r.check(r.p.db.NewRaw(`select min(id) from notification where person_id = ?`, r.people[aMember].actor.PersonID).Scan(r.ctx, &r.notification))
	r.link(r.email())
	r.check(r.p.db.NewRaw(`select max(id) from mail`).Scan(r.ctx, &r.mail))
}

func (r *realm) spaces() {
	r.t.Helper()
	r.requested = account.Space{Key: "by-request", OfficeID: r.office, Visibility: account.ByRequest, Name: spelled("Dossiers")}
	r.circle = account.Space{Key: "circle", Visibility: account.ByInvitation, Name: spelled("Cercleux")}
	r.closed = account.Space{Key: "closed", OfficeID: r.office, Visibility: account.ByInvitation, Name: spelled("Huisclos")}
	r.check(r.p.db.RunInTx(r.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, sp := range []*account.Space{&r.requested, &r.circle, &r.closed} {
			if err := account.LoadSpace(ctx, tx, sp); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (r *realm) course(space account.Space, title string, publish bool) course {
	r.t.Helper()
	m, err := r.p.courses.CreateModule(r.ctx, r.admin, courses.NewModule{SpaceID: space.ID, Title: spelled(title), Summary: spelled(title)})
	r.check(err)
	lesson, err := r.p.courses.AddLesson(r.ctx, r.admin, m.ID, courses.Lesson{Kind: courses.Video, Title: spelled(title), Tracks: r.lesson.Tracks[:1]})
	r.check(err)
	quiz, err := r.p.courses.AddLesson(r.ctx, r.admin, m.ID, courses.Lesson{Kind: courses.Quiz, Title: spelled(title), Questions: []courses.Question{question("Deux et deux ?")}})
	r.check(err)
	_, err = r.p.courses.SetCriterion(r.ctx, r.admin, m.ID, courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 80}}})
	r.check(err)
	if publish {
		r.check(r.p.courses.PublishModule(r.ctx, r.admin, m.ID))
	}
	return course{m.ID, lesson.ID, lesson.Tracks[0].ID, quiz.ID}
}

// populate creates one person of each kind.
func (r *realm) populate() {
	r.t.Helper()
	over := func(role account.Role, place account.ScopeKind, ids ...int64) (grants []account.Grant) {
		for _, id := range ids {
			grants = append(grants, account.Grant{Role: role, Kind: place, ScopeID: id})
		}
		return grants
	}
	other := account.Space{Key: "other", OfficeID: r.elsewhere, Visibility: account.Open, Name: spelled("Ailleurs")}
	r.check(r.p.db.RunInTx(r.ctx, nil, func(ctx context.Context, tx bun.Tx) error { return account.LoadSpace(ctx, tx, &other) }))
	grants := map[kind][]account.Grant{
		aSpaceModerator:        over(account.SpaceModerator, account.OverSpace, r.space.ID, r.requested.ID, r.circle.ID, r.closed.ID),
		otherSpaceModerator:    over(account.SpaceModerator, account.OverSpace, other.ID),
		aTrainer:               over(account.Trainer, account.OverOffice, r.office),
		trainerElsewhere:       over(account.Trainer, account.OverOffice, r.elsewhere),
		anOffice:               over(account.OfficeModerator, account.OverOffice, r.office),
		officeElsewhere:        over(account.OfficeModerator, account.OverOffice, r.elsewhere),
		aManager:               over(account.ProgrammeManager, account.OverPlatform, 0),
		managerHere:            over(account.ProgrammeManager, account.OverOffice, r.office),
		managerElsewhere:       over(account.ProgrammeManager, account.OverOffice, r.elsewhere),
		anAdministrator:        over(account.Administrator, account.OverPlatform, 0),
		administratorHere:      over(account.Administrator, account.OverOffice, r.office),
		administratorElsewhere: over(account.Administrator, account.OverOffice, r.elsewhere),
	}
	for k := range kinds {
		c := &comer{kind: k, password: k == aLearner || k == anAdministrator}
		r.people[k] = c
		if k == aVisitor {
			continue
		}
		p := r.someone(k)
		for _, g := range grants[k] {
			r.check(r.p.account.Grant(r.ctx, r.admin, p.ID, g))
		}
		c.actor, c.email = r.actorOf(p), p.Email
	}
	for _, sp := range []account.Space{r.requested, r.circle, r.closed} {
		r.check(r.p.account.AddSpaceMember(r.ctx, r.admin, sp.ID, r.people[aMember].actor.PersonID))
	}
}

// someone is a person of a kind. Only those whom the table has sign in again have a password: hashing takes time.
func (r *realm) someone(k kind) account.Person {
	r.t.Helper()
	n := account.Newcomer{Name: k.String(), Email: fmt.Sprintf("personne%d@example.org", k), Language: "fr", Governorate: region}
	if r.people[k].password {
		n.Password = testPassword
	}
	return r.must(r.p.account.AddPerson(r.ctx, n))
}

func (r *realm) seminars() {
	r.t.Helper()
	r.seminar = r.published(r.office, r.space, "Atelier", week)
	r.away = r.published(r.elsewhere, r.space, "Lointain", week)
	r.hidden = r.published(r.office, r.closed, "Huisclos seminar", week)
	r.soon = r.published(r.office, r.space, "Bientôt", 2*time.Hour)
	r.sketch = r.sketched(r.office, r.space, "Ebauchon", week)
	r.dalila = r.registered(r.newcomer("Dalila"), r.seminar)
	r.bochra = r.registered(r.newcomerOf("Bochra", otherRegion), r.away)
	r.atDoor = r.registered(r.newcomer("Dalila"), r.soon)
	r.registered(r.people[aMember].actor, r.soon)
}

func (r *realm) sketched(officeID int64, space account.Space, title string, after time.Duration) enrolment.Seminar {
	r.t.Helper()
	start := r.now.Add(after).Truncate(time.Minute)
	sem, err := r.p.enrolment.Create(r.ctx, r.admin, enrolment.Seminar{OfficeID: officeID, SpaceID: space.ID, Title: spelled(title),
		Venue: "Maison de la culture", Zone: "Africa/Tunis", Capacity: 30,
		Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(time.Hour)}}})
	r.check(err)
	return sem
}

func (r *realm) published(officeID int64, space account.Space, title string, after time.Duration) enrolment.Seminar {
	r.t.Helper()
	sem := r.sketched(officeID, space, title, after)
	r.check(r.p.enrolment.Publish(r.ctx, r.admin, sem.ID))
	return sem
}

func (r *realm) registered(who account.Actor, sem enrolment.Seminar) enrolment.Registration {
	r.t.Helper()
	reg, err := r.p.enrolment.Register(r.ctx, who, sem.ID)
	r.check(err)
	return reg
}

func (r *realm) organisations() {
	r.t.Helper()
	r.own = r.organisation(r.people[anOrgAdmin].actor, "Oasis", region)
	r.validate(r.own)
	r.validate(r.organisation(r.people[otherOrgAdmin].actor, "Palmier", otherRegion))
	r.pending = r.organisation(r.people[aMember].actor, "Attendu", region)
	r.pendingAway = r.organisation(r.newcomer("Nord"), "Attendeur", otherRegion)
	r.join(r.people[aMember].actor, true)
	r.applicant = r.join(r.newcomer("Candide"), false)
	for k, c := range r.people {
		if k != aVisitor {
			c.actor = r.actorOf(account.Person{ID: c.actor.PersonID})
		}
	}
}

func (r *realm) organisation(by account.Actor, name, governorate string) account.Organisation {
	r.t.Helper()
	o, err := r.p.account.CreateOrganisation(r.ctx, by, account.NewOrganisation{Name: name, Kind: "association", Governorate: governorate})
	r.check(err)
	return o
}

func (r *realm) validate(o account.Organisation) {
	r.t.Helper()
	r.check(r.p.account.DecideOrganisation(r.ctx, r.admin, o.ID, true, ""))
}

// join lets somebody ask to join own, and become a member if accepted.
func (r *realm) join(who account.Actor, accepted bool) account.Person {
	r.t.Helper()
	r.check(r.p.account.JoinOrganisation(r.ctx, who, r.own.ID))
	if accepted {
		r.check(r.p.account.DecideMembership(r.ctx, r.admin, r.own.ID, who.PersonID, true, ""))
	}
	return account.Person{ID: who.PersonID}
}

// email is an address that nobody has yet.
func (r *realm) email() string {
	r.fresh++
	return fmt.Sprintf("passant%d@example.org", r.fresh)
}

// newcomer is somebody without a password, which saves the time of hashing it.
func (r *realm) newcomer(name string) account.Actor {
	r.t.Helper()
	return r.newcomerOf(name, region)
}

func (r *realm) newcomerOf(name, governorate string) account.Actor {
	r.t.Helper()
	return r.actorOf(r.must(r.p.account.AddPerson(r.ctx, account.Newcomer{Name: name, Email: r.email(), Language: "fr", Governorate: governorate})))
}

// spelled names something in three languages by one word, which tells where it is shown.
func spelled(s string) events.Text {
	return events.Text{"fr": s, "ar": s + " بالعربية", "en": s + " in English"}
}
