package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
)

// fair is a town with a space, its module, and two offices that run seminars.
type fair struct {
	*town
	space, module int64
	sousse        account.Office
	staff         *visitor
	moderator     account.Actor
}

func openFair(t *testing.T) *fair { return openFairIn(t, settle(t)) }

func openFairIn(t *testing.T, in *town) *fair {
	t.Helper()
	f := &fair{town: in, module: 1}
	f.deps.Enrolment = enrolment.New(f.db, func() time.Time { return f.now })
	f.deps.Courses = courses.New(f.db, func() time.Time { return f.now })
	f.deps.Zone = time.FixedZone("Africa/Tunis", 3600)
	f.sousse = accounttest.Office(t, f.db, "sousse")
	err := f.db.NewRaw(`insert into space (key, name) values ('projets', '{"fr": "Gestion de projet"}') returning id`).Scan(context.Background(), &f.space)
	if err != nil {
		t.Fatal(err)
	}
	f.staff, f.moderator = f.person(t, "Moez", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: f.office.ID})
	f.tell(t, events.ModulePublished{ModuleID: f.module, SpaceID: f.space, Title: events.Text{"fr": "Monter un budget"}})
	return f
}

// tell lets enrolment hear an event.
func (f *fair) tell(t *testing.T, p events.Payload) {
	t.Helper()
	err := f.db.RunInTx(context.Background(), nil, func(ctx context.Context, tx bun.Tx) error {
		e := eventOf(t, p, f.now)
		for _, c := range f.deps.Enrolment.Consumers() {
			if slices.Contains(c.Types, e.Type) {
				if err := c.Hear(ctx, tx, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seminar publishes a seminar in ten days; capacity 0 leaves it a draft of one seat.
func (f *fair) seminar(t *testing.T, capacity int, gate enrolment.Rule) enrolment.Seminar {
	t.Helper()
	start := f.now.Add(240 * time.Hour)
	sem, err := f.deps.Enrolment.Create(context.Background(), f.moderator, enrolment.Seminar{
		OfficeID: f.office.ID, SpaceID: f.space, Title: events.Text{"fr": "Atelier budget"}, Venue: "Maison des jeunes", Zone: "Africa/Tunis",
		Capacity: max(capacity, 1), Gate: gate, Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(3 * time.Hour)}},
	})
	if err == nil && capacity > 0 {
		err = f.deps.Enrolment.Publish(context.Background(), f.moderator, sem.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return sem
}

func budgetDone(f *fair) enrolment.Rule {
	return enrolment.Rule{Kind: enrolment.Completed, ModuleID: f.module}
}

func TestTheSeatOfALearner(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 1, budgetDone(f))
	here := fmt.Sprintf("/seminars/%d", sem.ID)
	amel, a := f.person(t, "Amel")
	expect(t, f.visitor(t).get(here), 200, "Monter un budget", "/sign-in?next=", "Quelques conditions d’abord")
	expect(t, f.visitor(t).get("/seminars"), 200, "Atelier budget", "Conditions à remplir d’abord")
	expect(t, amel.get(here), 200, "Il vous manque une condition", fmt.Sprintf("module:%d", f.module))
	expect(t, amel.send(here+"/register", url.Values{}), 303, "→ "+here)
	expect(t, amel.get(here), 200, "voyez ci-dessous ce qui manque")

	f.tell(t, events.ModuleCompleted{PersonID: a.PersonID, ModuleID: f.module, SpaceID: f.space, CompletedAt: f.now})
	expect(t, amel.get(here), 200, "Vous pouvez vous inscrire", "Encore 1 place")
	expect(t, amel.send(here+"/register", url.Values{}), 303)
	expect(t, amel.get(here), 200, "C’est fait : votre place est confirmée", "Je ne peux plus venir")
	expect(t, amel.get("/my/seats"), 200, "Atelier budget", "Votre place est réservée")

	sami, b := f.person(t, "Sami")
	f.tell(t, events.ModuleCompleted{PersonID: b.PersonID, ModuleID: f.module, SpaceID: f.space, CompletedAt: f.now})
	expect(t, sami.get(here), 200, "Rejoindre la liste d’attente", "Vous serez à la place 1")
	expect(t, sami.send(here+"/register", url.Values{}), 303)
	expect(t, sami.get(here), 200, "Vous êtes sur la liste d’attente, à la place 1")

	mine := strings.Split(strings.Split(amel.get(here).body, `name="registration" value="`)[1], `"`)[0]
	if a := sami.send(here+"/cancel", url.Values{"registration": {mine}}); a.StatusCode != 404 {
		t.Errorf("somebody else’s seat is given back: %d", a.StatusCode)
	}
	expect(t, amel.send(here+"/cancel", url.Values{"registration": {mine}}), 303)
	expect(t, amel.get(here), 200, "Votre inscription est annulée")
	expect(t, sami.get(here), 200, "Votre place est confirmée")
}

func TestSeminarsOneMayNotSee(t *testing.T) {
	f := openFair(t)
	draft := f.seminar(t, 0, enrolment.Rule{})
	amel, _ := f.person(t, "Amel")
	expect(t, amel.get(fmt.Sprintf("/seminars/%d", draft.ID)), 404)
	expect(t, amel.get("/seminars/nothing"), 404)
	expect(t, f.staff.get(fmt.Sprintf("/seminars/%d", draft.ID)), 200, "l’équipe du bureau est seule à voir")
	expect(t, f.visitor(t).get("/my/seats"), 303, "/sign-in")
	expect(t, f.visitor(t).get("/seminars"), 200, "Aucun séminaire à venir")
}
