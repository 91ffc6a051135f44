package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/events"
	"halqa/migrations/testdb"
	"halqa/web/views"
)

// studio is a school in which Moez, with the session "moez", writes.
type studio struct {
	*school
	store *media.Folder
	dir   string
	moez  account.Actor
}

func newStudio(t *testing.T, db bun.IDB) *studio {
	t.Helper()
	w := &studio{dir: t.TempDir()}
	var err error
	w.store, err = media.Open(w.dir)
	mustDo(t, err)
	w.school = newSchool(t, db, shortVideo(), w.store)
	var spaceID int64
	mustDo(t, db.NewRaw(`select space_id from module where id = ?`, w.video.ModuleID).Scan(context.Background(), &spaceID))
	mustDo(t, db.NewRaw(`select id from person where name = 'Moez'`).Scan(context.Background(), &w.moez.PersonID))
	w.moez.Name, w.moez.Language = "Moez", "fr"
	w.moez.Grants = []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: spaceID}}
	known := w.Authenticate
	w.Authenticate = func(ctx context.Context, token string) (account.Actor, error) {
		if token == "moez" {
			return w.moez, nil
		}
		return known(ctx, token)
	}
	return w
}

func (w *studio) moezArrives(t *testing.T) *visitor {
	v := arrive(t, w.Deps)
	v.cookies["halqa_session"] = "moez"
	return v
}

// bring uploads a file as a form without scripts does.
func (v *visitor) bring(path, token, kind, name string, data []byte) answer {
	v.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for field, value := range map[string]string{"csrf": token, "kind": kind} {
		mustDo(v.t, m.WriteField(field, value))
	}
	part, err := m.CreateFormFile("file", name)
	mustDo(v.t, err)
	_, err = part.Write(data)
	mustDo(v.t, err)
	mustDo(v.t, m.Close())
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return v.do(r)
}

func demoFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(demoContent, "media", name))
	mustDo(t, err)
	return data
}

// TestWritingAModuleWithoutScript goes from an empty space to a published module, by forms alone.
func TestWritingAModuleWithoutScript(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	v := w.moezArrives(t)
	token := v.token()
	send := func(path string, pairs ...string) answer {
		t.Helper()
		form := url.Values{"csrf": {token}}
		for i := 0; i < len(pairs); i += 2 {
			form.Add(pairs[i], pairs[i+1])
		}
		return v.post(path, form)
	}
	manage := v.get("/spaces/funding/modules")
	newPath := regexpFind(t, `/author/modules/new\?space=\d+`, manage.body)
	expect(t, send(newPath, "title_fr", " "), 422, "Donnez un titre")
	expect(t, v.get(newPath), 200, "Créer le brouillon")
	a := send(newPath, "title_fr", "Écrire un projet", "title_ar", "كتابة مشروع")
	expect(t, a, 303)
	module := a.Header.Get("Location")
	expect(t, v.get(module), 200, "Avant de publier", "Ajoutez au moins une leçon", "Brouillon")
	expect(t, send(module+"/publish"), 422, "Avant de publier")

	expect(t, send(module+"/lessons", "new_title", "", "kind", "video"), 422, "Donnez un titre")
	video := send(module+"/lessons", "new_title", "Le film", "kind", "video").Header.Get("Location")
	reading := send(module+"/lessons", "new_title", "À lire", "kind", "reading").Header.Get("Location")
	quiz := send(module+"/lessons", "new_title", "Le quiz", "kind", "quiz").Header.Get("Location")

	film := demoFile(t, "budget-1.fr.240p.mp4")
	expect(t, v.bring(video+"/tracks/fr/file", token, "captions", "a.srt", []byte("1\n0:01 --> 0:02\nx")), 422, "Envoyez d’abord le film")
	expect(t, v.bring(video+"/tracks/fr/file", token, "240p", "film.mp4", film), 303)
	expect(t, v.bring(video+"/tracks/fr/file", token, "captions", "a.srt", []byte("1\n00:00:01,000 --> 00:00:02,000\nBonjour <script>\n")), 303)
	expect(t, v.bring(video+"/tracks/fr/file", token, "captions", "a.srt", []byte("1\n00:01\nBonjour")), 422, "Ligne 2")
	page := v.get(video).body
	version := regexpFind(t, `name="version" value="\d+"`, page)[len(`name="version" value="`):]
	version = strings.TrimSuffix(version, `"`)
	expect(t, send(video+"/tracks/fr/chapters", "version", version, "chapters", "zéro"), 422, "Ligne 1", "zéro")
	expect(t, send(video+"/tracks/fr/chapters", "version", version, "chapters", "0:00 Début\n0:20 Suite"), 303)
	expect(t, send(video+"/tracks/fr/chapters", "version", version, "chapters", "0:00 Autre"), 409, "Quelqu’un d’autre", "0:00 Autre")
	expect(t, v.get(video+"/preview"), 200, "0:20", "Suite", "Bonjour", "Rien de ce que vous faites ici ne compte")

	body := "# Titre\n\n<script>alert(1)</script>\n\nمرحبا [x](javascript:alert(1))"
	expect(t, send(reading, "version", "1", "title_fr", "À lire", "body_fr", body), 303)
	if page := v.get(reading + "/preview").body; strings.Contains(page, "<script>alert") || strings.Contains(page, "javascript:alert") || !strings.Contains(page, `<h2 dir="auto">Titre</h2>`) {
		t.Errorf("the reading shows %s", page)
	}
	w.writeQuiz(t, send, quiz)

	expect(t, send(module+"/criterion", "version", "0", "mode", "all"), 422, "entre une et vingt conditions")
	id := strings.TrimPrefix(reading, "/author/lessons/")
	expect(t, send(module+"/criterion", "version", "0", "mode", "all", "with_"+id, "yes", "with_played", "yes", "percent_played", "0"), 422, "entre 1 et 100")
	expect(t, send(module+"/criterion", "version", "0", "mode", "all", "with_"+id, "yes"), 303)
	expect(t, send(module+"/criterion", "version", "0", "mode", "any", "with_"+id, "yes"), 409, "Quelqu’un d’autre")
	expect(t, send(module+"/publish"), 303)

	amel := w.amelArrives(t)
	expect(t, amel.get("/spaces/funding"), 200, "Écrire un projet")
	lesson := "/lessons/" + id
	expect(t, amel.get(lesson), 200, "J’ai lu ce texte", `<h2 dir="auto">Titre</h2>`)
	expect(t, amel.post(lesson+"/read", url.Values{"csrf": {amel.token()}}), 303)
	expect(t, amel.get(lesson), 200, "Vous avez lu ce texte", "Module terminé, bravo")
	expect(t, send(reading+"/remove"), 422, "compte dans ce qui termine")
	expect(t, send(video+"/remove"), 303)
	expect(t, send(video+"/show"), 303)
	expect(t, send(video+"/move", "do", "down"), 303)
	expect(t, send(module+"/move", "do", "up"), 303)
	expect(t, send(module+"/retire"), 303)
	expect(t, amel.get(lesson), 404)
	expect(t, send(module+"/restore"), 303)
	expect(t, amel.get(lesson), 200)
}

func (w *studio) writeQuiz(t *testing.T, send func(path string, pairs ...string) answer, quiz string) {
	t.Helper()
	expect(t, send(quiz+"/questions", "version", "1", "editing", "fr", "do", "add"), 200, `name="q0_prompt_fr"`, `name="q0_o2_fr"`)
	typed := []string{"version", "1", "editing", "fr", "q", "0", "q0_id", "0", "q0_kind", "single", "q0_prompt_fr", "Deux et deux ?", "q0_o", "0", "q0_o0_fr", "Quatre",
		"q0_o", "1", "q0_o1_fr", "Cinq", "q0_o", "2", "q0_o2_fr", ""}
	expect(t, send(quiz+"/questions", append(typed, "do", "lang ar")...), 200, `name="q0_prompt_ar"`, `name="q0_prompt_fr" value="Deux et deux ?"`, "Quatre")
	expect(t, send(quiz+"/questions", append(typed, "do", "save")...), 422, "Il faut deux réponses", "Deux et deux ?")
	expect(t, send(quiz+"/questions", append(typed, "q0_o0_right", "yes", "do", "save")...), 303)
	expect(t, send(quiz+"/questions", append(typed, "q0_o0_right", "yes", "do", "save")...), 409, "Quelqu’un d’autre", "Deux et deux ?")
}

func regexpFind(t *testing.T, pattern, in string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindString(in)
	if found == "" {
		t.Fatalf("no %s in the page", pattern)
	}
	return found
}

func TestUploadsOfEveryKindOfHarm(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	v := w.moezArrives(t)
	token := v.token()
	path := fmt.Sprintf("/author/lessons/%d/tracks/en/file", w.video.ID)
	m4a := demoFile(t, "budget-1.fr.audio.m4a")
	for name, try := range map[string]struct {
		kind string
		data []byte
		want string
	}{
		"a page":                {"240p", []byte("<!doctype html><script>alert(1)</script>"), "ni un MP4"},
		"a page as captions":    {"captions", []byte("<script>alert(1)</script>"), "Ligne 1"},
		"a picture with script": {"240p", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "ni un MP4"},
		"sound as a film":       {"240p", m4a, "son seul"},
		"a film as sound":       {"audio", demoFile(t, "budget-1.fr.240p.mp4"), "film"},
		"captions as a film":    {"240p", []byte("WEBVTT\n\n00:00.000 --> 00:02.000\nx\n"), "ne dit pas combien"},
		"a cut film":            {"240p", demoFile(t, "budget-1.fr.240p.mp4")[:200], "ni un MP4"},
		"too many captions":     {"captions", bytes.Repeat([]byte("x"), media.MaxCaptions+10), "dépasse"},
		"nothing":               {"240p", nil, "ni un MP4"},
	} {
		if a := v.bring(path, token, try.kind, "x.mp4", try.data); a.StatusCode != 422 || !strings.Contains(a.body, try.want) {
			t.Errorf("%s: status %d, lacks %q", name, a.StatusCode, try.want)
		}
	}
	expect(t, v.bring(path, token, "poster", "x.jpg", []byte("\xff\xd8\xff")), 400)
	expect(t, v.bring(path, "", "audio", "x.m4a", m4a), 403)
	expect(t, v.bring(strings.Replace(path, "/en/", "/xx/", 1), token, "audio", "x.m4a", m4a), 422)
	amel := w.amelArrives(t)
	expect(t, amel.bring(path, amel.token(), "audio", "x.m4a", m4a), 403)
	r := httptest.NewRequest("POST", path, strings.NewReader("csrf="+url.QueryEscape(token)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	expect(t, v.do(r), 403)
	for _, blob := range w.unused(t) {
		if ext := filepath.Ext(blob); !slices.Contains([]string{".mp4", ".m4a", ".vtt"}, ext) {
			t.Errorf("kept %s", blob)
		}
	}
	expect(t, v.bring(path, token, "audio", "x.m4a", m4a), 303)
	page := v.get(fmt.Sprintf("/author/lessons/%d", w.video.ID)).body
	served := v.get(regexpFind(t, `/media/[0-9a-f]{32}\.m4a`, page))
	if served.Header.Get("Content-Type") != "audio/mp4" || served.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("served as %s", served.Header.Get("Content-Type"))
	}
}

func (w *studio) unused(t *testing.T) (names []string) {
	t.Helper()
	left, err := os.ReadDir(w.dir)
	mustDo(t, err)
	for _, f := range left {
		if strings.HasPrefix(f.Name(), ".") {
			t.Errorf("an unfinished upload is left: %s", f.Name())
		}
		names = append(names, f.Name())
	}
	return names
}

func TestUploadTellsScripts(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	v := w.moezArrives(t)
	v.header.Set("Accept", "application/json")
	token := func() string {
		v.header.Del("Accept")
		defer v.header.Set("Accept", "application/json")
		return v.token()
	}()
	path := fmt.Sprintf("/author/lessons/%d/tracks/en/file", w.video.ID)
	if a := v.bring(path, token, "audio", "x", []byte("no sound")); a.StatusCode != 422 || !strings.Contains(a.body, `"file":"Ce fichier`) {
		t.Errorf("status %d: %s", a.StatusCode, a.body)
	}
	want := fmt.Sprintf(`{"location":"/author/lessons/%d#track-en"}`, w.video.ID)
	if a := v.bring(path, token, "audio", "x", demoFile(t, "budget-1.fr.audio.m4a")); a.StatusCode != 200 || a.body != want {
		t.Errorf("status %d: %s", a.StatusCode, a.body)
	}
}

// TestBigBodiesAreRefused sends more than the limit to a page that takes no file, and to one that does.
func TestBigBodiesAreRefused(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	v := w.moezArrives(t)
	token := v.token()
	expect(t, v.post("/language", url.Values{"csrf": {token}, "language": {strings.Repeat("x", 2<<20)}}), 413)
	path := fmt.Sprintf("/author/lessons/%d/tracks/en/file", w.video.ID)
	expect(t, v.bring(path, token, "captions", "x", make([]byte, 3<<20)), 422, "dépasse")
}

// TestBodiesInChunksAreRead sends a form whose length isn't told, as some proxies do.
func TestBodiesInChunksAreRead(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	w.Secret = []byte("a secret for tests")
	token := w.moezArrives(t).token()
	body := io.MultiReader(strings.NewReader("csrf="+url.QueryEscape(token)+"&language=ar"), strings.NewReader("&next=/spaces"))
	r, err := http.NewRequest("POST", serve(t, w.Deps)+"/language", body)
	mustDo(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", "halqa_session=moez")
	res, err := http.DefaultTransport.RoundTrip(r)
	mustDo(t, err)
	_ = res.Body.Close()
	if res.StatusCode != 303 || res.Header.Get("Location") != "/spaces" {
		t.Errorf("status %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
}

// TestUploadsLookAtTheirToken asks every route that reads its own body to refuse a form without its token.
func TestUploadsLookAtTheirToken(t *testing.T) {
	db := testdb.Tx(t)
	w := newStudio(t, db)
	w.moez.Grants = []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}
	w.Enrolment = enrolment.New(db, nil)
	start := time.Now().AddDate(0, 0, 7).Truncate(time.Minute)
	sem, err := w.Enrolment.Create(context.Background(), w.moez, enrolment.Seminar{OfficeID: accounttest.Office(t, db, "nord").ID,
		SpaceID: accounttest.Space(t, db, "nord", 0).ID, Title: events.Text{"fr": "Atelier"}, Venue: "Ici", Zone: "Africa/Tunis", Capacity: 5,
		Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(time.Hour)}}})
	mustDo(t, err)
	w.Community = community.New(db, nil)
	v := w.moezArrives(t)
	names := strings.NewReplacer("/seminars/:id", fmt.Sprintf("/seminars/%d", sem.ID), ":id", fmt.Sprint(w.video.ID), ":lang", "fr", ":key", "funding")
	asked := 0
	for _, r := range Routes(w.Deps) {
		if r.Access.streams {
			asked++
			expect(t, v.bring(names.Replace(r.Path), "forged", "240p", "x", []byte("x")), 403)
		}
	}
	if asked == 0 {
		t.Error("no route streams")
	}
}

// What an address is called changes nothing: only routes declared as Streaming read their own body, and must.
func TestOnlyDeclaredRoutesStream(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	ran := false
	ok := func(c *fiber.Ctx) error { ran = true; return c.SendString("fine") }
	s := &site{Deps: w.Deps.withDefaults()}
	v := arrive(t, w.Deps,
		Route{"POST", "/test/file", Public, ok},
		Route{"POST", "/test/forgets", Streaming(Public), ok},
		Route{"POST", "/test/undeclared", Public, func(c *fiber.Ctx) error {
			_, err := s.receive(c, func(views.Form) int64 { return 10 }, func(views.Form, string, io.Reader) error { return nil })
			return err
		}})
	token := v.token()
	expect(t, v.bring("/test/file", "forged", "240p", "x", []byte("x")), 403)
	if ran {
		t.Error("a form without its token reached a handler")
	}
	expect(t, v.bring("/test/file", token, "240p", "x", make([]byte, 2<<20)), 413)
	expect(t, v.bring("/test/file", token, "240p", "x", []byte("x")), 200, "fine")
	expect(t, v.bring("/test/forgets", token, "240p", "x", []byte("x")), 500)
	expect(t, v.bring("/test/undeclared", token, "240p", "x", []byte("x")), 500)
}

func TestAuthorsPagesAreForAuthors(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	amel, moez, nobody := w.amelArrives(t), w.moezArrives(t), arrive(t, w.Deps)
	names := strings.NewReplacer("/modules/:id", fmt.Sprintf("/modules/%d", w.video.ModuleID), "/lessons/:id", fmt.Sprintf("/lessons/%d", w.video.ID), ":key", "funding")
	for _, r := range (&site{Deps: w.Deps}).authorRoutes() {
		if r.Method != "GET" {
			continue
		}
		path := names.Replace(r.Path)
		expect(t, moez.get(path), 200)
		expect(t, amel.get(path), 403)
		expect(t, nobody.get(path), 303)
	}
	// A moderator of another space isn't one here.
	w.moez.Grants[0].ScopeID++
	for _, path := range []string{"/spaces/funding/modules", "/author/modules/:id", "/author/lessons/:id", "/author/lessons/:id/preview"} {
		expect(t, moez.get(names.Replace(path)), 403)
	}
	if strings.Contains(amel.get("/spaces/funding").body, "/spaces/funding/modules") {
		t.Error("a learner is led to the authors' pages")
	}
}

func TestSoundAloneIsALesson(t *testing.T) {
	w := newStudio(t, testdb.Tx(t))
	ctx := context.Background()
	l, err := w.Courses.StartLesson(ctx, w.moez, w.video.ModuleID, courses.Video, events.Text{"fr": "Son"})
	mustDo(t, err)
	v := w.moezArrives(t)
	expect(t, v.bring(fmt.Sprintf("/author/lessons/%d/tracks/fr/file", l.ID), v.token(), "audio", "x.m4a", demoFile(t, "budget-1.fr.audio.m4a")), 303)
	mustDo(t, w.Courses.ShowLesson(ctx, w.moez, l.ID))
	page := w.amelArrives(t).get(fmt.Sprintf("/lessons/%d", l.ID))
	expect(t, page, 200, `.m4a"`, "Son seul")
	if strings.Contains(page.body, `src=""`) || strings.Contains(page.body, "mode=video") {
		t.Error("the player has nothing to play")
	}
}
