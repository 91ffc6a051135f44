package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/events"
	"halqa/migrations/testdb"
)

// school is a space with one published module, a video and a quiz, and Amel who follows it with the session "amel".
type school struct {
	Deps
	db    bun.IDB
	amel  account.Actor
	video courses.Lesson
	quiz  courses.Lesson
}

func newSchool(t *testing.T, db bun.IDB, video courses.Lesson, store *media.Folder) *school {
	t.Helper()
	ctx := context.Background()
	s := &school{db: db}
	var spaceID, author int64
	insert := func(into *int64, query string) { mustDo(t, db.NewRaw(query).Scan(ctx, into)) }
	insert(&spaceID, `insert into space (key, name, description, hue) values ('funding', '{"fr":"Financement","ar":"التمويل"}', '{"fr":"Trouver l’argent."}', 38) returning id`)
	insert(&author, `insert into person (name, email) values ('Moez', 'moez@example.org') returning id`)
	insert(&s.amel.PersonID, `insert into person (name, email) values ('Amel', 'amel@example.org') returning id`)
	s.amel.Name, s.amel.Language = "Amel Trabelsi", "fr"
	s.Deps = Deps{Account: account.New(db, account.Options{}), Courses: courses.New(db, nil), Media: store, Live: NewHub(),
		Authenticate: func(_ context.Context, token string) (account.Actor, error) {
			if token == "amel" {
				return s.amel, nil
			}
			return account.Actor{}, nil
		}}
	s.write(t, account.Actor{PersonID: author, Grants: []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: spaceID}}}, spaceID, video)
	return s
}

func (s *school) write(t *testing.T, author account.Actor, spaceID int64, video courses.Lesson) {
	t.Helper()
	ctx := context.Background()
	m, err := s.Courses.CreateModule(ctx, author, courses.NewModule{SpaceID: spaceID,
		Title: events.Text{"fr": "Monter un budget", "ar": "إعداد ميزانية"}, Summary: events.Text{"fr": "Des activités aux chiffres."}})
	mustDo(t, err)
	s.video, err = s.Courses.AddLesson(ctx, author, m.ID, video)
	mustDo(t, err)
	question := courses.Question{Kind: courses.Single, Prompt: events.Text{"fr": "Deux et deux ?"}, Explanation: events.Text{"fr": "Parce que c’est ainsi."},
		Options: []courses.Option{{Key: "a", Text: events.Text{"fr": "Quatre"}, Right: true}, {Key: "b", Text: events.Text{"fr": "Cinq"}}}}
	second := question
	second.Kind, second.Prompt = courses.Multiple, events.Text{"fr": "Lesquels sont pairs ?"}
	s.quiz, err = s.Courses.AddLesson(ctx, author, m.ID, courses.Lesson{Kind: courses.Quiz, Title: events.Text{"fr": "Vérifier"}, Questions: []courses.Question{question, second}})
	mustDo(t, err)
	_, err = s.Courses.SetCriterion(ctx, author, m.ID, courses.Criterion{Mode: courses.All, Items: []courses.Item{
		{Kind: courses.ByPlaying, Percent: 80}, {Kind: courses.ByQuiz, LessonID: s.quiz.ID, Percent: 60}}})
	mustDo(t, err)
	mustDo(t, s.Courses.PublishModule(ctx, author, m.ID))
}

// opened is a playing session of the school's module, opened an hour ago.
func (s *school) opened(t *testing.T) string {
	t.Helper()
	earlier := courses.New(s.db, func() time.Time { return time.Now().Add(-time.Hour) })
	token, _, err := earlier.OpenPlaying(context.Background(), s.amel, s.video.ModuleID)
	mustDo(t, err)
	return token
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func shortVideo() courses.Lesson {
	track := func(lang, name string) courses.Track {
		return courses.Track{Language: lang, DurationMS: 100_000, Synthetic: true,
			Files:    []courses.File{{Kind: courses.Film, Blob: media.Blob{Name: name + ".mp4", Bytes: 847_015}}, {Kind: courses.Audio, Blob: media.Blob{Name: name + ".m4a", Bytes: 438_508}}},
			Chapters: []courses.Chapter{{FromMS: 0, Title: events.Text{"fr": "Début"}}, {FromMS: 50_000, Title: events.Text{"fr": "Milieu"}}}}
	}
	return courses.Lesson{Kind: courses.Video, Title: events.Text{"fr": "Des activités aux chiffres"}, Tracks: []courses.Track{track("fr", "f"), track("ar", "a")}}
}

func (s *school) amelArrives(t *testing.T) *visitor {
	v := arrive(t, s.Deps)
	v.cookies["halqa_session"] = "amel"
	return v
}

// beacon sends what the player sends.
func (v *visitor) beacon(lesson int64, token, body string) answer {
	v.t.Helper()
	return v.report(fmt.Sprintf("/lessons/%d/played", lesson), token, body)
}

func (v *visitor) report(path, token, body string) answer {
	v.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-CSRF-Token", token)
	return v.do(r)
}

func TestPlayerReports(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	token := v.token()
	track := s.video.Tracks[0].ID
	var got played
	a := v.beacon(s.video.ID, token, fmt.Sprintf(`{"session":%q,"track":%d,"client":"x","intervals":[[0,30000],[20000,50000]],"position":50000}`, s.opened(t), track))
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.StatusCode != 200 || got != (played{Percent: 50, ModulePercent: 50}) {
		t.Fatalf("status %d, %s, %v", a.StatusCode, a.body, err)
	}
	page := v.get(fmt.Sprintf("/lessons/%d", s.video.ID)).body
	for _, want := range []string{`src="/media/f.mp4#t=50.000"`, `value="50"`, "Reprise à 0:50", "Voix de synthèse", `preload="none"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the lesson lacks %s", want)
		}
	}
	for body, status := range map[string]int{
		fmt.Sprintf(`{"track":%d,"intervals":[[5,1]]}`, track):     422,
		fmt.Sprintf(`{"track":%d,"intervals":[[NaN,1]]}`, track):   422,
		fmt.Sprintf(`{"track":%d,"intervals":[[0.5,1.5]]}`, track): 422,
		`not json`:                             422,
		`{"track":999999,"intervals":[[0,1]]}`: 404,
	} {
		if a := v.beacon(s.video.ID, token, body); a.StatusCode != status || !strings.Contains(a.Header.Get("Content-Type"), "json") {
			t.Errorf("%s: status %d %s", body, a.StatusCode, a.Header.Get("Content-Type"))
		}
	}
	if a := v.beacon(s.video.ID, "", `{}`); a.StatusCode != 403 {
		t.Errorf("without token: %d", a.StatusCode)
	}
	delete(v.cookies, "halqa_session")
	if a := v.beacon(s.video.ID, v.token(), `{}`); a.StatusCode != 401 {
		t.Errorf("signed out: %d", a.StatusCode)
	}
}

// TestReportsThatWaited come together, and each is answered for itself.
func TestReportsThatWaited(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	token, track := v.token(), s.video.Tracks[0].ID
	old := s.opened(t)
	fresh, _, err := s.Courses.OpenPlaying(t.Context(), s.amel, s.video.ModuleID)
	mustDo(t, err)
	report := func(session string, track, from, to int64) string {
		return fmt.Sprintf(`{"session":%q,"track":%d,"intervals":[[%d,%d]],"position":%d}`, session, track, from, to, to)
	}
	a := v.report("/played", token, `{"reports":[`+strings.Join([]string{report(old, track, 0, 20_000), report(old, 999_999, 0, 1), report(old, track, 9, 3),
		report(fresh, track, 20_000, 100_000), report(old, track, 10_000, 30_000), report("x", track, 0, 1)}, ",")+"]}")
	var got struct {
		Answers []struct {
			Status, Percent, RetryAfter int
			Reason, Detail              string
		}
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.StatusCode != 200 {
		t.Fatalf("status %d, %s, %v", a.StatusCode, a.body, err)
	}
	var said []string
	for _, one := range got.Answers {
		said = append(said, fmt.Sprint(one.Status, one.Reason))
		if (one.Status == 200) != (one.Detail == "") || (one.Status == 429) != (one.RetryAfter > 0) {
			t.Errorf("%+v", one)
		}
	}
	if want := "200 404not_found 422invalid 429too_early 200 409session"; strings.Join(said, " ") != want {
		t.Errorf("answers %s, want %s", said, want)
	}
	if got.Answers[4].Percent != 30 {
		t.Errorf("what came after a refusal: %+v", got.Answers[4])
	}
	long := "[" + strings.Repeat(report(old, track, 0, 1)+",", courses.MostReports) + report(old, track, 0, 1) + "]"
	for _, body := range []string{`{}`, `{"reports":[]}`, `{"reports":` + long + `}`, `{"reports":[{"intervals":[[0.5,1]]}]}`, "x"} {
		if a := v.report("/played", token, body); a.StatusCode != 422 {
			t.Errorf("%.60s: status %d", body, a.StatusCode)
		}
	}
}

func TestVisitorIsAskedToSignInAndComesBack(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := arrive(t, s.Deps)
	path := fmt.Sprintf("/lessons/%d?lang=ar", s.video.ID)
	if a := v.get(path); a.StatusCode != 303 || a.Header.Get("Location") != "/sign-in?next="+url.QueryEscape(path) {
		t.Errorf("status %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	for path, want := range map[string]string{"/spaces": "Financement", "/spaces/funding": "Monter un budget",
		fmt.Sprintf("/modules/%d", s.video.ModuleID): "Regarder ou écouter au moins 80 % des vidéos"} {
		if a := v.get(path); a.StatusCode != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: status %d, lacks %s", path, a.StatusCode, want)
		}
	}
	for _, path := range []string{"/spaces/nothing", "/modules/999999", "/modules/abc", "/media/x.mp4"} {
		d := s.Deps
		d.Media, _ = media.Open(t.TempDir())
		if a := arrive(t, d).get(path); a.StatusCode != 404 {
			t.Errorf("%s: status %d", path, a.StatusCode)
		}
	}
}

func TestLessonFormsAndLanguages(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	for query, want := range map[string]string{
		"":                   `src="/media/f.mp4"`,
		"?mode=audio":        `src="/media/f.m4a"`,
		"?lang=ar":           `src="/media/a.mp4"`,
		"?lang=xx":           `src="/media/f.mp4"`,
		"?lang=ar&chapter=2": `src="/media/a.mp4#t=50.000"`,
		"?chapter=99&at=-5":  `src="/media/f.mp4"`,
		"?at=999999999":      `src="/media/f.mp4#t=100.000"`,
	} {
		if a := v.get(fmt.Sprintf("/lessons/%d%s", s.video.ID, query)); !strings.Contains(a.body, want) {
			t.Errorf("%s lacks %s", query, want)
		}
	}
}

var nonceField = regexp.MustCompile(`name="nonce" value="([^"]+)"`)

func TestQuizWithoutScript(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	path := fmt.Sprintf("/lessons/%d", s.quiz.ID)
	page := v.get(path).body
	form := url.Values{"csrf": {v.token()}, "nonce": {nonceField.FindStringSubmatch(page)[1]}}
	first, second := courses.QuestionField(s.quiz.Questions[0].ID), courses.QuestionField(s.quiz.Questions[1].ID)
	form.Set(first, "b")
	a := v.post(path+"/answers", form)
	if a.StatusCode != 422 || !strings.Contains(a.body, `value="b" checked`) || !strings.Contains(a.body, "Choisissez une réponse") ||
		!strings.Contains(a.body, form.Get("nonce")) {
		t.Fatalf("one answer of two: status %d: %s", a.StatusCode, a.body)
	}
	form.Set(second, "a")
	a = v.post(path+"/answers", form)
	where := a.Header.Get("Location")
	if a.StatusCode != 303 || !strings.HasPrefix(where, path+"?attempt=") {
		t.Fatalf("status %d to %s", a.StatusCode, where)
	}
	if again := v.post(path+"/answers", form); again.Header.Get("Location") != where {
		t.Errorf("sent twice: to %s", again.Header.Get("Location"))
	}
	result := v.get(where).body
	for _, want := range []string{"1 bonne réponse sur 2", "Il faut 60", "Parce que c’est ainsi.", "votre réponse"} {
		if !strings.Contains(result, want) {
			t.Errorf("the result lacks %s", want)
		}
	}
	if a := v.get(path + "?attempt=999999"); a.StatusCode != 404 {
		t.Errorf("no such attempt: %d", a.StatusCode)
	}
}

func TestJoiningASpace(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	v := s.amelArrives(t)
	if a := v.get("/spaces/funding"); !strings.Contains(a.body, `action="/spaces/funding/join"`) {
		t.Fatal("no way to join")
	}
	a := v.post("/spaces/funding/join", url.Values{"csrf": {v.token()}})
	if a.StatusCode != 303 || a.Header.Get("Location") != "/spaces/funding" {
		t.Fatalf("status %d to %s", a.StatusCode, a.Header.Get("Location"))
	}
	var joined int
	mustDo(t, s.db.NewRaw(`select count(*) from space_member where person_id = ?`, s.amel.PersonID).Scan(context.Background(), &joined))
	if joined != 1 {
		t.Error("not a member")
	}
}

func TestMediaAnswersRanges(t *testing.T) {
	store, err := media.Open(t.TempDir())
	mustDo(t, err)
	picture, err := os.ReadFile("../cmd/halqa/demo/content/media/budget-1.fr.jpg")
	mustDo(t, err)
	blob, err := store.Put(strings.NewReader(string(picture)))
	mustDo(t, err)
	v := arrive(t, Deps{Media: store})
	ask := func(method, ranges string) answer {
		r := httptest.NewRequest(method, "/media/"+blob.Name, nil)
		if ranges != "" {
			r.Header.Set("Range", ranges)
		}
		r.Header.Set("Accept-Encoding", "gzip, br")
		return v.do(r)
	}
	for _, test := range []struct {
		method, ranges string
		status, length int
		content        string
	}{
		{"GET", "", 200, len(picture), ""},
		{"HEAD", "", 200, 0, ""},
		{"GET", "bytes=0-99", 206, 100, fmt.Sprintf("bytes 0-99/%d", len(picture))},
		{"GET", "bytes=100-", 206, len(picture) - 100, fmt.Sprintf("bytes 100-%d/%d", len(picture)-1, len(picture))},
		{"GET", "bytes=-10", 206, 10, fmt.Sprintf("bytes %d-%d/%d", len(picture)-10, len(picture)-1, len(picture))},
		{"GET", "bytes=99999999-", 416, -1, ""},
	} {
		a := ask(test.method, test.ranges)
		if a.StatusCode != test.status || a.Header.Get("Content-Range") != test.content || test.length >= 0 && len(a.body) != test.length {
			t.Errorf("%s %s: status %d, %d bytes, %q", test.method, test.ranges, a.StatusCode, len(a.body), a.Header.Get("Content-Range"))
		}
		if test.status < 300 && (a.Header.Get("Content-Type") != "image/jpeg" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") ||
			a.Header.Get("Accept-Ranges") != "bytes" || a.Header.Get("Content-Encoding") != "") {
			t.Errorf("%s %s: headers %v", test.method, test.ranges, a.Header)
		}
	}
}

// TestAskingAtASecond opens a thread from a lesson's page: it is pinned there, and leads back.
func TestAskingAtASecond(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	s.Community = community.New(s.db, nil)
	v := s.amelArrives(t)
	lesson := fmt.Sprintf("/lessons/%d", s.video.ID)
	page := v.get(lesson + "?at=42000").body
	for _, want := range []string{`name="second" value="42"`, "Demander à 0:42", "Personne n’a encore posé"} {
		if !strings.Contains(page, want) {
			t.Errorf("the lesson lacks %s", want)
		}
	}
	form := url.Values{"csrf": {v.token()}, "nonce": {nonceField.FindStringSubmatch(page)[1]}, "kind": {"question"}, "lesson": {fmt.Sprint(s.video.ID)},
		"second": {"42"}, "title": {""}, "body": {"Je n’ai pas compris."}}
	if a := v.post("/spaces/funding/forum/new", form); a.StatusCode != 422 || !strings.Contains(a.body, `name="second" value="42"`) || !strings.Contains(a.body, "À 0:42 de la leçon") {
		t.Fatalf("without a title: status %d", a.StatusCode)
	}
	form.Set("title", "Pourquoi deux fois ?")
	a := v.post("/spaces/funding/forum/new", form)
	if a.StatusCode != 303 {
		t.Fatalf("status %d: %s", a.StatusCode, a.body)
	}
	thread := v.get(a.Header.Get("Location")).body
	if !strings.Contains(thread, lesson+"?at=40000") || !strings.Contains(thread, "Des activités aux chiffres") {
		t.Error("the thread doesn't lead back to the second")
	}
	if visitor := arrive(t, s.Deps).get(a.Header.Get("Location")).body; !strings.Contains(visitor, lesson+"?at=40000") {
		t.Error("a visitor isn't led to the second")
	}
	if page := v.get(lesson).body; !strings.Contains(page, "Pourquoi deux fois ?") || !strings.Contains(page, `data-at="42000"`) {
		t.Error("the lesson doesn't show the question")
	}
	for lesson, status := range map[string]int{"999999": 404, "": 303} {
		form.Set("lesson", lesson)
		form.Set("nonce", "")
		if a := v.post("/spaces/funding/forum/new", form); a.StatusCode != status {
			t.Errorf("about lesson %q: status %d", lesson, a.StatusCode)
		}
	}
}
