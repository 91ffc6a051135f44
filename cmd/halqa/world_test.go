package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/cmd/halqa/demo/content"
	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/events"
)

// world is the least there must be for a journey: an office with its region, a space with one module, and those who run
// them. Names are in three languages, for pages to be whole.
type world struct {
	t         testing.TB
	ctx       context.Context
	p         *platform
	office    int64
	elsewhere int64 // another office
	space     account.Space
	module    courses.Module
	lesson    courses.Lesson
	quiz      courses.Lesson
	admin     account.Actor
	moderator account.Actor // of the office
	manager   account.Actor // of the whole programme
}

const (
	testPassword = "une-phrase-de-passe"
	region       = "TN-71"
	otherRegion  = "TN-51"
)

// arabic are the world's French texts, for pages that must be wholly Arabic.
var arabic = map[string]string{
	"Bureau gafsa": "مكتب قفصة", "Bureau sousse": "مكتب سوسة", "gafsa": "قفصة", "sousse": "سوسة",
	"Financement": "التمويل", "Budgets": "إعداد الميزانيات وطلب المنح", "Monter un budget": "إعداد ميزانية",
	"En dix minutes": "في عشر دقائق", "Les charges": "الأعباء", "Vérifier": "لنتثبّت", "Deux et deux ?": "كم حاصل اثنين واثنين؟",
	"Trois et un ?": "كم حاصل ثلاثة وواحد؟", "Quatre.": "أربعة.", "Trois": "ثلاثة", "Quatre": "أربعة",
	"Atelier budget": "ورشة الميزانية", "Une journée": "يوم كامل",
}

func in3(s string) events.Text {
	ar, ok := arabic[s]
	if !ok {
		panic("no Arabic for " + s)
	}
	return events.Text{"fr": s, "ar": ar, "en": s + " in English"}
}

func testConfig(t testing.TB, dir string) Config {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Tunis")
	if err != nil {
		t.Fatal(err)
	}
	return Config{Data: dir, PublicURL: &url.URL{Scheme: "http", Host: "localhost"}, TimeZone: zone, Demo: true}
}

// quietly is a log that nobody reads.
func quietly() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// opened is a playing session of a module, opened an hour ago as the pages of cfg would.
func opened(t testing.TB, db *bun.DB, cfg Config, personID, moduleID int64) string {
	t.Helper()
	secret, err := cfg.Secret()
	if err != nil {
		t.Fatal(err)
	}
	earlier := courses.New(db, func() time.Time { return time.Now().Add(-time.Hour) }).SignWith(secret)
	session, _, err := earlier.OpenPlaying(context.Background(), account.Actor{PersonID: personID}, moduleID)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// newWorld fills an empty database through the use cases.
func newWorld(t testing.TB, db *bun.DB, cfg Config, now func() time.Time) *world {
	t.Helper()
	p, err := newPlatform(db, cfg, now)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), p: p}
	w.places()
	w.admin = w.actorOf(w.must(p.account.CreateAdministrator(w.ctx, account.Newcomer{Name: "Nabil", Email: "admin@example.org",
		Password: testPassword, Language: "fr", Governorate: region})))
	w.moderator = w.holder("moderatrice", account.OfficeModerator, account.OverOffice, w.office)
	w.manager = w.holder("programme", account.ProgrammeManager, account.OverPlatform, 0)
	w.publishModule()
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) must(p account.Person, err error) account.Person {
	w.t.Helper()
	w.check(err)
	return p
}

func (w *world) places() {
	w.t.Helper()
	w.check(w.p.db.RunInTx(w.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var north, south account.Office
		for _, o := range []struct {
			key    string
			region string
			row    *account.Office
		}{{"gafsa", region, &south}, {"sousse", otherRegion, &north}} {
			*o.row = account.Office{Key: o.key, Name: in3("Bureau " + o.key)}
			if _, err := tx.NewInsert().Model(o.row).Exec(ctx); err != nil {
				return err
			}
			governorate := account.Governorate{Code: o.region, OfficeID: o.row.ID, Name: in3(o.key)}
			if _, err := tx.NewInsert().Model(&governorate).Exec(ctx); err != nil {
				return err
			}
		}
		w.office, w.elsewhere = south.ID, north.ID
		w.space = account.Space{Key: "funding", Name: in3("Financement"), Description: in3("Budgets"), Visibility: account.Open, Hue: 32}
		return account.LoadSpace(ctx, tx, &w.space)
	}))
}

// person creates somebody who can sign in with testPassword.
func (w *world) person(name string) account.Person {
	w.t.Helper()
	return w.must(w.p.account.AddPerson(w.ctx, account.Newcomer{Name: name, Email: name + "@example.org", Password: testPassword,
		Language: "fr", Governorate: region, Gender: "female"}))
}

func (w *world) actorOf(p account.Person) account.Actor {
	w.t.Helper()
	actor, err := w.p.account.ActorOf(w.ctx, p.ID)
	w.check(err)
	return actor
}

// holder creates somebody with a role.
func (w *world) holder(name string, role account.Role, kind account.ScopeKind, scope int64) account.Actor {
	w.t.Helper()
	p := w.person(name)
	w.check(w.p.account.Grant(w.ctx, w.admin, p.ID, account.Grant{Role: role, Kind: kind, ScopeID: scope}))
	return w.actorOf(p)
}

// publishModule publishes a module of one short film and a quiz of two questions, completed by playing 80 % and one right
// answer.
func (w *world) publishModule() {
	w.t.Helper()
	var err error
	w.module, err = w.p.courses.CreateModule(w.ctx, w.admin, courses.NewModule{SpaceID: w.space.ID, Title: in3("Monter un budget"), Summary: in3("En dix minutes")})
	w.check(err)
	w.lesson, err = w.p.courses.AddLesson(w.ctx, w.admin, w.module.ID, courses.Lesson{Kind: courses.Video, Title: in3("Les charges"),
		Tracks: []courses.Track{w.track("fr"), w.track("ar")}})
	w.check(err)
	w.quiz, err = w.p.courses.AddLesson(w.ctx, w.admin, w.module.ID, courses.Lesson{Kind: courses.Quiz, Title: in3("Vérifier"),
		Questions: []courses.Question{question("Deux et deux ?"), question("Trois et un ?")}})
	w.check(err)
	_, err = w.p.courses.SetCriterion(w.ctx, w.admin, w.module.ID, courses.Criterion{Mode: courses.All, Items: []courses.Item{
		{Kind: courses.ByPlaying, Percent: 80}, {Kind: courses.ByQuiz, LessonID: w.quiz.ID, Percent: 50}}})
	w.check(err)
	w.check(w.p.courses.PublishModule(w.ctx, w.admin, w.module.ID))
}

func question(prompt string) courses.Question {
	return courses.Question{Kind: courses.Single, Prompt: in3(prompt), Explanation: in3("Quatre."), Options: []courses.Option{
		{Key: "a", Text: in3("Trois")}, {Key: "b", Text: in3("Quatre"), Right: true}}}
}

// track is the first film of the demonstration's budget module.
func (w *world) track(lang string) courses.Track {
	w.t.Helper()
	modules, err := content.Modules()
	w.check(err)
	from, ok := modules[0].Lessons[0].Track(lang)
	if !ok {
		w.t.Fatalf("the first film lacks %s", lang)
	}
	track := courses.Track{Language: lang, DurationMS: from.DurationMS, Synthetic: true}
	for _, c := range from.Chapters {
		track.Chapters = append(track.Chapters, courses.Chapter{FromMS: c.StartMS, Title: events.Text(c.Titles)})
	}
	for _, kind := range []courses.FileKind{courses.Film, courses.Audio, courses.Captions, courses.Poster} {
		data, err := content.ReadFile(from.Files[string(kind)].Name)
		w.check(err)
		blob, err := w.p.media.Put(bytes.NewReader(data))
		w.check(err)
		track.Files = append(track.Files, courses.File{Kind: kind, Blob: blob})
		if kind == courses.Captions {
			track.Transcript, err = media.ParseVTT(data)
			w.check(err)
		}
	}
	return track
}

// seminar publishes a seminar in a week, gated by the module.
func (w *world) seminar(capacity int) enrolment.Seminar {
	w.t.Helper()
	start := time.Now().AddDate(0, 0, 7).Truncate(time.Hour)
	sem, err := w.p.enrolment.Create(w.ctx, w.moderator, enrolment.Seminar{OfficeID: w.office, SpaceID: w.space.ID,
		Title: in3("Atelier budget"), Description: in3("Une journée"), Venue: "Maison de la culture", Zone: "Africa/Tunis",
		Capacity: capacity, Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(6 * time.Hour)}},
		Gate: enrolment.Rule{Mode: enrolment.All, Of: []enrolment.Rule{{Kind: enrolment.Completed, ModuleID: w.module.ID}}}})
	w.check(err)
	w.check(w.p.enrolment.Publish(w.ctx, w.moderator, sem.ID))
	return sem
}

// answers gives the right answer to n questions of the quiz.
func (w *world) answers(n int) url.Values {
	v := url.Values{}
	for i, q := range w.quiz.Questions {
		v.Set(courses.QuestionField(q.ID), map[bool]string{true: "b", false: "a"}[i < n])
	}
	return v
}

func (w *world) lessonPath() string { return fmt.Sprintf("/lessons/%d", w.lesson.ID) }

func dataFolder(t testing.TB, parent string) string { t.Helper(); return filepath.Join(parent, "data") }

// auditAll checks every seminar's seats.
func auditAll(t testing.TB, s *site) []enrolment.Breach {
	t.Helper()
	breaches, err := enrolment.Audit(s.ctx, s.p.db, s.now)
	s.check(err)
	return breaches
}
