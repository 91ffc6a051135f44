package web

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/browsertest"
)

// busySeminars are seminars whose seats are given in every way, with people in every state.
type busySeminars struct {
	*town
	base                     string
	shared, offered, decided enrolment.Seminar
	asking                   enrolment.Registration
	organisation             int64
}

func openSeminars(t *testing.T) *busySeminars {
	t.Helper()
	w, org := country(t)
	b := &busySeminars{town: w, organisation: org.ID}
	ctx := t.Context()
	w.deps.Enrolment, w.deps.Courses = enrolment.New(w.db, nil), courses.New(w.db, nil)
	sp := accounttest.Space(t, w.db, "financement", w.office.ID, func(sp *account.Space) {
		sp.Name, sp.Hue = events.Text{"fr": "Financement", "ar": "التمويل", "en": "Funding"}, 38
	})
	moderator := accounttest.Actor(t, w.db, "Leïla Ben Amor", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: w.office.ID})
	leader := accounttest.Actor(t, w.db, "Nadia Khemiri", account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID})
	person := func(name, gender string) account.Actor {
		a := accounttest.Actor(t, w.db, name)
		_, err := w.db.ExecContext(ctx, `update person set gender = nullif(?, ''), governorate = 'TN-11' where id = ?`, gender, a.PersonID)
		mustDo(t, err)
		_, err = w.db.ExecContext(ctx, `insert into membership (person_id, organisation_id, state) values (?, ?, 'active')`, a.PersonID, org.ID)
		mustDo(t, err)
		return a
	}
	_, err := w.db.ExecContext(ctx, `insert into membership (person_id, organisation_id, state) values (?, ?, 'active')`, leader.PersonID, org.ID)
	mustDo(t, err)
	publish := func(title events.Text, capacity int, change func(*enrolment.Seminar)) enrolment.Seminar {
		t.Helper()
		start := time.Now().AddDate(0, 0, 20).Truncate(time.Hour)
		sem := enrolment.Seminar{OfficeID: w.office.ID, SpaceID: sp.ID, Title: title, Venue: "Maison des associations", Zone: "Africa/Tunis",
			Capacity: capacity, Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(3 * time.Hour)}}}
		change(&sem)
		sem, err := w.deps.Enrolment.Create(ctx, moderator, sem)
		mustDo(t, err)
		mustDo(t, w.deps.Enrolment.Publish(ctx, moderator, sem.ID))
		return sem
	}
	register := func(sem enrolment.Seminar, a account.Actor) enrolment.Registration {
		t.Helper()
		reg, err := w.deps.Enrolment.Register(ctx, a, sem.ID)
		mustDo(t, err)
		return reg
	}
	amel, sami, nour, karim := person("Amel Trabelsi", "male"), person("سامي الهمامي", "male"), person("Nour Ben Salah", "female"), person("Karim Jlassi", "male")
	b.shared = publish(events.Text{"fr": "Monter un budget qui tient", "ar": "إعداد ميزانية متماسكة"}, 4, func(s *enrolment.Seminar) {
		s.Quotas = []enrolment.Quota{
			{Trait: enrolment.ByGender, Values: []string{"female"}, Min: 2},
			{Trait: enrolment.ByOrganisation, Values: []string{"public_actor"}, Min: 1, Max: 2},
			{Trait: enrolment.ByGovernorate, Values: []string{"TN-11", "TN-12"}, Max: 4}}
		s.PerOrganisation, s.ReservedUntil = 3, s.Sessions[0].StartsAt.AddDate(0, 0, -5)
	})
	register(b.shared, sami)
	register(b.shared, nour)
	register(b.shared, amel)
	b.offered = publish(events.Text{"fr": "Rendre compte à un bailleur", "ar": "تقديم الحساب للمموّل"}, 1, func(s *enrolment.Seminar) {
		s.OfferHours = 48
		s.Attend = enrolment.Rule{Kind: enrolment.Completed, ModuleID: 9}
	})
	mustDo(t, w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		e := eventOf(t, events.ModulePublished{ModuleID: 9, SpaceID: sp.ID, Title: events.Text{"fr": "Lire un budget", "ar": "قراءة ميزانية"}}, time.Now())
		return w.deps.Enrolment.Consumers()[0].Hear(ctx, tx, e)
	}))
	first := register(b.offered, karim)
	register(b.offered, amel)
	mustDo(t, w.deps.Enrolment.Cancel(ctx, karim, first.ID, ""))
	b.decided = publish(events.Text{"fr": "Parler à la presse", "ar": "مخاطبة الصحافة"}, 10, func(s *enrolment.Seminar) { s.Approval = enrolment.ByBoth })
	b.asking = register(b.decided, amel)
	register(b.decided, accounttest.Actor(t, w.db, "Olfa Mejri"))
	people := map[string]int64{"leila": moderator.PersonID, "amel": amel.PersonID, "nadia": leader.PersonID, "karim": karim.PersonID}
	w.deps.Authenticate = func(ctx context.Context, session string) (account.Actor, error) {
		if people[session] == 0 {
			return account.Actor{}, nil
		}
		return w.deps.Account.ActorOf(ctx, people[session])
	}
	b.base = serve(t, w.deps)
	return b
}

func TestSeatsInABrowser(t *testing.T) {
	w := openSeminars(t)
	pages := []struct{ who, name, path string }{
		{"amel", "seat-waiting", fmt.Sprintf("/seminars/%d", w.shared.ID)}, {"amel", "seat-offered", fmt.Sprintf("/seminars/%d", w.offered.ID)},
		{"amel", "seat-requested", fmt.Sprintf("/seminars/%d", w.decided.ID)}, {"karim", "seat-condition", fmt.Sprintf("/seminars/%d", w.offered.ID)},
		{"amel", "seats", "/my/seats"},
		{"nadia", "seat-group", fmt.Sprintf("/seminars/%d/group", w.shared.ID)}, {"nadia", "seat-organisation", fmt.Sprintf("/organisations/%d/seats", w.organisation)},
		{"leila", "seat-desk", fmt.Sprintf("/desk/seminars/%d", w.shared.ID)}, {"leila", "seat-desk-asking", fmt.Sprintf("/desk/seminars/%d", w.decided.ID)},
		{"leila", "seat-guest", fmt.Sprintf("/desk/seminars/%d/registrations/%d", w.decided.ID, w.asking.ID)},
		{"leila", "seat-form", fmt.Sprintf("/desk/seminars/%d/edit", w.shared.ID)}, {"leila", "seat-absences", "/desk/absences"},
	}
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		_, err := w.db.ExecContext(t.Context(), `update person set language = ?`, c.lang)
		mustDo(t, err)
		b := browsertest.New(t, c.width, c.lang, c.dark)
		for _, page := range pages {
			enter(b, w.base, page.who)
			b.Open(w.base + page.path)
			b.Shot(page.name)
			b.Check()
		}
	}
}
