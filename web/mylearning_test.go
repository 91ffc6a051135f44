package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
	"halqa/migrations/testdb"
	"halqa/web/browsertest"
)

// completes has Amel complete the school's module, whose space gives attestations, and makes her a member of an
// organisation that waits for her answer. It returns the organisation's id.
func (s *school) completes(t *testing.T) (organisation int64) {
	t.Helper()
	ctx := context.Background()
	_, err := s.Courses.ReportPlayed(ctx, s.amel, courses.Report{Session: s.opened(t), TrackID: s.video.Tracks[0].ID,
		Intervals: []courses.Interval{{From: 0, To: s.video.Tracks[0].DurationMS}}})
	mustDo(t, err)
	_, _, err = s.Courses.AnswerQuiz(ctx, s.amel, s.quiz.ID, uuid.New(), courses.Answers{s.quiz.Questions[0].ID: {"a"}, s.quiz.Questions[1].ID: {"a"}})
	mustDo(t, err)
	for _, query := range []string{
		`insert into attesting_space (space_id, at) select id, now() from space where key = 'funding'`,
		`insert into office (key, name) values ('gafsa', '{"fr":"Gafsa"}')`,
		`insert into governorate (code, office_id, name) select 'TN-71', id, '{"fr":"Gafsa"}' from office`,
		`insert into organisation (name, kind, governorate, office_id, state) select 'Oasis vivante', 'association', 'TN-71', id, 'validated' from office`,
		`insert into membership (person_id, organisation_id, state) select p.id, o.id, 'active' from person p, organisation o where p.email = 'amel@example.org'`,
	} {
		_, err := s.db.NewRaw(query).Exec(ctx)
		mustDo(t, err)
	}
	mustDo(t, s.db.NewRaw(`select id from organisation`).Scan(ctx, &organisation))
	return organisation
}

func TestMyLearning(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	s.Deps.Enrolment = nil
	organisation := s.completes(t)
	v := s.amelArrives(t)
	token := v.token()
	page := v.get("/my/learning").body
	for _, want := range []string{"Monter un budget", "Montrer votre avancement à", "Oasis vivante", "Voir mon attestation"} {
		if !strings.Contains(page, want) {
			t.Errorf("my learning lacks %q", want)
		}
	}
	shared := fmt.Sprintf("/organisations/%d/progress", organisation)
	if a := v.get(shared); a.StatusCode != 403 {
		t.Errorf("a member sees everybody's progress: %d", a.StatusCode)
	}
	if a := v.post("/my/learning/sharing", url.Values{"csrf": {token}, "organisation": {fmt.Sprint(organisation)}, "do": {"agree"}}); a.StatusCode != 303 {
		t.Fatalf("agree: status %d", a.StatusCode)
	}
	page = v.get("/my/learning").body
	if strings.Contains(page, "Montrer votre avancement à") || !strings.Contains(page, "Ne plus montrer") {
		t.Error("it asks again, or offers no way back")
	}
	learner := s.amel
	s.amel.Grants = []account.Grant{{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: organisation}}
	if a := v.get(shared); a.StatusCode != 200 || !strings.Contains(a.body, "Monter un budget") {
		t.Errorf("an administrator: status %d", a.StatusCode)
	}
	s.amel = learner
	a := v.post(fmt.Sprintf("/modules/%d/attestation", s.video.ModuleID), url.Values{"csrf": {token}})
	where := a.Header.Get("Location")
	if a.StatusCode != 303 || !strings.HasPrefix(where, "/attestations/") {
		t.Fatalf("attestation: status %d to %q", a.StatusCode, where)
	}
	stranger := arrive(t, s.Deps)
	if a := stranger.get(where); a.StatusCode != 200 || !strings.Contains(a.body, "Amel") || !strings.Contains(a.body, "تشهد حلقة") {
		t.Errorf("a stranger verifies: status %d", a.StatusCode)
	}
	if a := stranger.get("/attestations/AAAAAAAAAAAAAAAA"); a.StatusCode != 404 {
		t.Errorf("an invented code: status %d", a.StatusCode)
	}
}

func TestReportsBeyondTheBoundSayWhen(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	token := v.token()
	page := v.get(fmt.Sprintf("/lessons/%d", s.video.ID)).body
	_, rest, _ := strings.Cut(page, `data-session="`)
	session, _, _ := strings.Cut(rest, `"`)
	track := s.video.Tracks[0].ID
	a := v.beacon(s.video.ID, token, fmt.Sprintf(`{"session":%q,"track":%d,"intervals":[[0,100000]]}`, session, track))
	if a.StatusCode != 429 || !strings.Contains(a.body, `"reason":"too_early"`) || a.Header.Get("Retry-After") == "" {
		t.Errorf("too much: status %d, %s", a.StatusCode, a.body)
	}
	if a := v.beacon(s.video.ID, token, fmt.Sprintf(`{"session":%q,"track":%d,"intervals":[[0,20000]]}`, session, track)); a.StatusCode != 200 {
		t.Errorf("what can have been played: status %d, %s", a.StatusCode, a.body)
	}
	a = v.beacon(s.video.ID, token, fmt.Sprintf(`{"session":"invented","track":%d,"intervals":[[0,1000]]}`, track))
	if a.StatusCode != 409 || !strings.Contains(a.body, `"reason":"session"`) {
		t.Errorf("an invented session: status %d, %s", a.StatusCode, a.body)
	}
}

// TestMyLearningInABrowser looks at my learning, what an organisation sees, the attestation and the author's criterion.
func TestMyLearningInABrowser(t *testing.T) {
	s, base, _ := realSchool(t)
	organisation := s.completes(t)
	ctx := context.Background()
	code, err := s.Courses.Attest(ctx, s.amel, s.video.ModuleID)
	mustDo(t, err)
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		s.amel.Language = c.lang
		s.amel.Grants = []account.Grant{{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: organisation}}
		b := browsertest.New(t, c.width, c.lang, c.dark)
		signIn(b, base)
		mustDo(t, s.Courses.Share(ctx, s.amel, organisation, true))
		for _, page := range []struct{ name, path string }{
			{"mylearning", "/my/learning"}, {"shared", fmt.Sprintf("/organisations/%d/progress", organisation)}, {"attestation", "/attestations/" + code},
		} {
			b.Open(base + page.path)
			b.Shot(page.name)
			b.Check()
		}
	}
}
