package web

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"halqa/courses"
	"halqa/migrations/testdb"
	"halqa/web/browsertest"
)

// speaks gives the school's video a transcript of some words, its module a third question, and lets it be followed by
// its text.
func (s *school) speaks(t *testing.T, words int) {
	t.Helper()
	ctx := context.Background()
	said := strings.TrimSpace(strings.Repeat("Chaque activité a un coût, et chaque coût une raison. ", words/9))
	_, err := s.db.NewRaw(`update track set transcript = jsonb_build_array(jsonb_build_object('from', 0, 'to', 5000, 'text', ?::text))
		where lesson_id = ? and language = 'fr'`, said, s.video.ID).Exec(ctx)
	mustDo(t, err)
	_, err = s.db.NewRaw(`insert into question (lesson_id, position, kind, prompt, options)
		select lesson_id, 3, kind, jsonb_build_object('fr', ?::text), options from question where id = ?`, "Et trois et un ?", s.quiz.Questions[0].ID).Exec(ctx)
	mustDo(t, err)
	_, err = s.db.NewRaw(`update module set by_text = true where id = ?`, s.video.ModuleID).Exec(ctx)
	mustDo(t, err)
}

var (
	textNonce  = regexp.MustCompile(`name="nonce" value="([^"]+)"`)
	askedField = regexp.MustCompile(`id="f-(q\d+)"`)
)

// textForm is the form of a page about a text, every question answered alike.
func textForm(t *testing.T, page, token, key string) url.Values {
	t.Helper()
	nonce := textNonce.FindStringSubmatch(page)
	if nonce == nil {
		t.Fatalf("no form in %.2000s", page)
	}
	form := url.Values{"csrf": {token}, "nonce": {nonce[1]}}
	for _, q := range askedField.FindAllStringSubmatch(page, -1) {
		form.Set(q[1], key)
	}
	return form
}

// TestTextPageWaitsInWords: answers sent too early stay in their form with the wait in words, and so do those after the
// day's tries.
func TestTextPageWaitsInWords(t *testing.T) {
	s := newSchool(t, testdb.Tx(t), shortVideo(), nil)
	s.speaks(t, 900)
	ago := time.Duration(0)
	s.Deps.Now = func() time.Time { return time.Now().Add(ago) }
	s.Deps.Courses = courses.New(s.db, s.Deps.Now)
	v := s.amelArrives(t)
	path, token := fmt.Sprintf("/lessons/%d/text", s.video.ID), v.token()
	first := v.get(path).body
	if !strings.Contains(first, "au moins 3 minutes") || !strings.Contains(first, "3 essais") {
		t.Errorf("the rule isn't said: %.3000s", first)
	}
	form := textForm(t, first, token, "a")
	early := v.post(path, form)
	if early.StatusCode != 429 || early.Header.Get("Retry-After") == "" {
		t.Errorf("too early: status %d, Retry-After %q", early.StatusCode, early.Header.Get("Retry-After"))
	}
	for _, want := range []string{"dans 3 minutes", "toujours là", form.Get("nonce")} {
		if !strings.Contains(early.body, want) {
			t.Errorf("too early: lacks %q", want)
		}
	}
	if n := strings.Count(early.body, " checked"); n != 3 {
		t.Errorf("%d of 3 answers are still in the form", n)
	}
	ago = 10 * time.Minute
	for n := range courses.TextTries {
		page := v.post(path, textForm(t, v.get(path).body, token, "b"))
		if page.StatusCode != 422 || !strings.Contains(page.body, "réponse n’était pas juste") {
			t.Errorf("wrong answers, %d: status %d", n, page.StatusCode)
		}
	}
	if page := v.get(path).body; !strings.Contains(page, "dans 24 heures") || textNonce.MatchString(page) {
		t.Error("without tries the page doesn't say when, or asks again")
	}
	form.Set("nonce", uuid.NewString())
	for name := range form {
		if strings.HasPrefix(name, "q") {
			form.Set(name, "a")
		}
	}
	if page := v.post(path, form); page.StatusCode != 429 || strings.Count(page.body, " checked") != 3 {
		t.Errorf("answers after the last try: status %d", page.StatusCode)
	}
	ago = 25 * time.Hour
	form.Set("nonce", uuid.NewString())
	if page := v.post(path, form); page.StatusCode != 303 {
		t.Errorf("the next day: status %d", page.StatusCode)
	}
}

// TestTextInABrowser follows a video by its text on a phone and a desktop, too early and wrongly at first.
func TestTextInABrowser(t *testing.T) {
	s, base, _ := realSchool(t)
	s.speaks(t, 900)
	path := fmt.Sprintf("/lessons/%d/text", s.video.ID)
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", true}} {
		s.amel.Language = c.lang
		b := browsertest.New(t, c.width, c.lang, c.dark)
		signIn(b, base)
		s.exec(t, `delete from text_reading`)
		s.exec(t, `delete from text_try`)
		b.Open(base + path)
		b.Shot("text")
		b.Check()
		answerAll(b, "a")
		b.Wait(".notice.warn")
		if n := browsertest.Eval[int](b, `document.querySelectorAll("main input:checked").length`); n != 3 {
			t.Errorf("%d of 3 answers are still there", n)
		}
		b.Said()
		b.Shot("text-early")
		b.Check()
		s.exec(t, `update text_reading set opened_at = opened_at - interval '1 hour'`)
		s.exec(t, `insert into text_try (person_id, lesson_id, nonce, at) select person_id, lesson_id, gen_random_uuid(), now() from text_reading, generate_series(1, 2)`)
		b.Open(base + path)
		answerAll(b, "b")
		b.WaitFor(`document.querySelector(".notice.warn") && !document.querySelector("main [name=nonce]")`)
		b.Said()
		b.Shot("text-spent")
		b.Check()
		s.exec(t, `delete from text_try`)
		b.Open(base + path)
		answerAll(b, "a")
		b.WaitFor(fmt.Sprintf(`location.pathname === "/lessons/%d"`, s.video.ID))
		s.exec(t, `delete from text_followed`)
	}
}

// answerAll gives every question the same answer and sends them.
func answerAll(b *browsertest.Browser, key string) {
	b.T.Helper()
	b.Wait("main .question")
	browsertest.Eval[any](b, fmt.Sprintf(`(document.querySelectorAll("main .question input").forEach((i) => { i.checked = i.value === %q; }), null)`, key))
	b.Click("main form[action$='/text'] button")
}

func (s *school) exec(t *testing.T, query string) {
	t.Helper()
	_, err := s.db.NewRaw(query).Exec(context.Background())
	mustDo(t, err)
}
