package account_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
)

// register is what was done in a country, by offices, as the audit should tell it.
type register struct {
	*country
	space              account.Space // of Gafsa
	oasis              account.Organisation
	gafsa, tunis, talk []string // talk is of the space
}

func keepRegister(t *testing.T) *register {
	t.Helper()
	r := &register{country: inCountry(t, setup(t))}
	var err error
	r.space, err = r.CreateSpace(ctx, r.moderator, account.Space{OfficeID: r.country.gafsa.ID, Name: events.Text{"fr": "Eau"}, Visibility: account.Open})
	must(t, err)
	must(t, r.Grant(ctx, r.local, r.rim.ID, account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: r.space.ID}))
	r.oasis = accounttest.Organisation(t, r.db, "Oasis", r.country.tunis)
	must(t, r.JoinOrganisation(ctx, account.Actor{PersonID: r.sami.ID}, r.oasis.ID))
	must(t, r.DecideMembership(ctx, r.elsewhere, r.oasis.ID, r.sami.ID, true, ""))
	_, err = r.db.ExecContext(ctx, `insert into outbox (id, type, key, data) values
		(gen_random_uuid(), 'enrolment.seminar_changed', 'seminar.1', ?::jsonb),
		(gen_random_uuid(), 'enrolment.attendance_recorded', 'seminar.1', ?::jsonb),
		(gen_random_uuid(), 'courses.module_progressed', 'person.1', '{"person_id": 1}')`,
		fmt.Sprintf(`{"seminar_id": 1, "office_id": %d, "title": {"fr": "Atelier"}, "state": "published", "by": %d}`, r.country.gafsa.ID, r.moderator.PersonID),
		fmt.Sprintf(`{"seminar_id": 1, "person_id": %d, "present": true, "by": %d}`, r.rim.ID, r.moderator.PersonID))
	must(t, err)
	r.gafsa = []string{"Local role_granted Rîm Jaziri Eau", "Moderator attendance_present Rîm Jaziri ", "Moderator seminar_published  Atelier",
		"Moderator space_created  Eau"}
	r.tunis = []string{"Elsewhere membership_active سامي الطرابلسي Oasis", "سامي الطرابلسي membership_requested سامي الطرابلسي Oasis"}
	return r
}

// speak adds what is said and given in the space, and a module elsewhere.
func (r *register) speak(t *testing.T) {
	t.Helper()
	_, err := r.db.ExecContext(ctx, `insert into outbox (id, type, key, data) values
		(gen_random_uuid(), 'community.contribution_hidden', 'person.1', ?0::jsonb), (gen_random_uuid(), 'library.document_proposed', 'document.1', ?1::jsonb),
		(gen_random_uuid(), 'courses.module_retired', 'module.1', ?2::jsonb), (gen_random_uuid(), 'community.contributed', 'person.1', ?0::jsonb)`,
		fmt.Sprintf(`{"post_id": 1, "thread_id": 1, "space_id": %d, "person_id": %d, "kind": "reply", "by": %d}`, r.space.ID, r.rim.ID, r.moderator.PersonID),
		fmt.Sprintf(`{"document_id": 1, "space_id": %d, "title": {"fr": "Guide"}, "given_by": %d}`, r.space.ID, r.rim.ID),
		fmt.Sprintf(`{"module_id": 1, "space_id": 99, "title": {"fr": "Ailleurs"}, "by": %d}`, r.elsewhere.PersonID))
	must(t, err)
	r.talk = []string{"Moderator post_hidden Rîm Jaziri Eau", "Rîm Jaziri document_proposed Rîm Jaziri Guide"}
}

// told is who did what to whom, and where, as the audit tells it.
func (r *register) told(t *testing.T, a account.Actor, f account.AuditFilter) (what []string) {
	t.Helper()
	lines, _, err := r.Audit(ctx, a, f)
	must(t, err)
	for _, l := range lines {
		what = append(what, l.By+" "+l.What+" "+l.Person+" "+l.Name.String())
	}
	slices.Sort(what)
	return what
}

// asked is an audit that somebody asks for, and what it tells them.
type asked struct {
	who  account.Actor
	f    account.AuditFilter
	want []string
}

func (r *register) answers(t *testing.T, all map[string]asked) {
	t.Helper()
	for name, c := range all {
		if got := r.told(t, c.who, c.f); !slices.Equal(got, slices.Sorted(slices.Values(c.want))) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTheAuditTellsWhoDidWhatInOnesOffices(t *testing.T) {
	r := keepRegister(t)
	r.answers(t, map[string]asked{
		"the office":          {r.local, account.AuditFilter{}, r.gafsa},
		"the platform":        {r.admin, account.AuditFilter{}, slices.Concat(r.tunis, r.gafsa)},
		"of one person":       {r.admin, account.AuditFilter{PersonID: r.sami.ID, Kind: "organisations"}, r.tunis},
		"of an unknown kind":  {r.admin, account.AuditFilter{Kind: "unknown"}, nil},
		"before anything was": {r.admin, account.AuditFilter{To: r.now.AddDate(-1, 0, 0)}, nil},
	})
}

func TestTheAuditIsNarrowedToPlacesAndKinds(t *testing.T) {
	r := keepRegister(t)
	r.speak(t)
	here := slices.Concat(r.talk, []string{r.gafsa[0], r.gafsa[3]})
	r.answers(t, map[string]asked{
		"the office":              {r.moderator, account.AuditFilter{}, slices.Concat(r.talk, r.gafsa)},
		"its space":               {r.moderator, account.AuditFilter{SpaceID: r.space.ID}, here},
		"the platform, its space": {r.admin, account.AuditFilter{SpaceID: r.space.ID}, here},
		"the platform, an office": {r.admin, account.AuditFilter{OfficeID: r.country.tunis.ID}, r.tunis},
		"forums":                  {r.moderator, account.AuditFilter{Kind: "forum"}, r.talk[:1]},
		"libraries":               {r.admin, account.AuditFilter{Kind: "library"}, r.talk[1:]},
		"by name":                 {r.admin, account.AuditFilter{Who: "rim", Kind: "forum"}, r.talk[:1]},
		"by no name":              {r.admin, account.AuditFilter{Who: "personne"}, nil},
		"modules elsewhere":       {r.moderator, account.AuditFilter{Kind: "modules"}, nil},
		"modules":                 {r.admin, account.AuditFilter{Kind: "modules"}, []string{"Elsewhere module_retired  Ailleurs"}},
	})
}

func TestTheAuditIsNarrowedToWhatItIsAbout(t *testing.T) {
	r := keepRegister(t)
	r.speak(t)
	of := func(id int64) events.About { return events.About{OrganisationID: id} }
	atelier := events.About{SeminarID: 1}
	r.answers(t, map[string]asked{
		"an organisation":             {r.admin, account.AuditFilter{About: of(r.oasis.ID)}, r.tunis},
		"one of their office":         {r.elsewhere, account.AuditFilter{About: of(r.oasis.ID)}, r.tunis},
		"one of another office":       {r.moderator, account.AuditFilter{About: of(r.oasis.ID)}, nil},
		"another":                     {r.admin, account.AuditFilter{About: of(r.oasis.ID + 1)}, nil},
		"a seminar":                   {r.moderator, account.AuditFilter{About: atelier}, r.gafsa[1:3]},
		"a seminar of another office": {r.elsewhere, account.AuditFilter{About: atelier}, nil},
		"acted":                       {r.admin, account.AuditFilter{PersonID: r.sami.ID, Side: events.Acted}, r.tunis[1:]},
		"is concerned":                {r.admin, account.AuditFilter{PersonID: r.sami.ID, Side: events.Concerned}, r.tunis},
		"a moderator is concerned":    {r.admin, account.AuditFilter{PersonID: r.moderator.PersonID, Side: events.Concerned}, nil},
		"proposed it herself":         {r.admin, account.AuditFilter{Who: "rim", Side: events.Acted}, r.talk[1:]},
		"others did it to her":        {r.admin, account.AuditFilter{Who: "rim", Side: events.Concerned}, []string{r.gafsa[0], r.gafsa[1], r.talk[0]}},
	})
}

func TestWhoMayNotReadTheAudit(t *testing.T) {
	r := keepRegister(t)
	for name, c := range map[string]struct {
		who  account.Actor
		f    account.AuditFilter
		want error
	}{
		"another office":       {r.moderator, account.AuditFilter{OfficeID: r.country.tunis.ID}, account.ErrForbidden},
		"an unknown office":    {r.moderator, account.AuditFilter{OfficeID: 99}, account.ErrForbidden},
		"somebody of no roles": {account.Actor{PersonID: r.rim.ID}, account.AuditFilter{}, account.ErrForbidden},
		"a visitor":            {account.Actor{}, account.AuditFilter{}, account.ErrSignInRequired},
	} {
		if _, _, err := r.Audit(ctx, c.who, c.f); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
