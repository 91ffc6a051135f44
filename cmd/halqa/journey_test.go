package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/web"
	"halqa/web/webtest"
)

// site is the pages over a database, on a clock that tests set.
type site struct {
	*world
	cfg  Config
	base string
	now  time.Time
}

func (s *site) clock() time.Time { return s.now }

// openSite serves the pages of a new world on a port of their own.
func openSite(t *testing.T) *site {
	t.Helper()
	s := &site{now: time.Now()}
	cfg := testConfig(t, t.TempDir())
	s.world = newWorld(t, testdb.Clone(t), cfg, s.clock)
	s.serve(t, cfg)
	return s
}

// serve puts the pages on a free port.
func (s *site) serve(t *testing.T, cfg Config) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base, s.cfg = "http://"+listener.Addr().String(), cfg
	s.cfg.PublicURL, _ = url.Parse(s.base)
	deps, err := s.p.deps(s.cfg, s.clock)
	if err != nil {
		t.Fatal(err)
	}
	deps.Log = quietly()
	app := web.New(deps)
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.Shutdown() })
}

// visitor is a browser with its test: whatever goes wrong ends the test.
type visitor struct {
	*webtest.Client
	t *testing.T
}

func (s *site) visitor(t *testing.T, lang string) visitor {
	return visitor{webtest.New(s.base, lang), t}
}

func (s *site) signedIn(t *testing.T, name string) visitor {
	v := s.visitor(t, "fr")
	signIn(t, v.Client, name+"@example.org")
	return v
}

func (v visitor) open(path string) *webtest.Page {
	v.t.Helper()
	page, err := v.Get(path)
	if err != nil || page.Status != http.StatusOK {
		v.t.Fatalf("GET %s: %v, status %d: %.400s", path, err, page.Status, page.Text())
	}
	return page
}

func (v visitor) form(page *webtest.Page, action string) *webtest.Form {
	v.t.Helper()
	form, err := page.Form(action)
	if err != nil {
		v.t.Fatal(err)
	}
	return form
}

func (v visitor) submit(form *webtest.Form) *webtest.Page {
	v.t.Helper()
	page, err := form.Submit()
	if err != nil || page.Status != http.StatusOK {
		v.t.Fatalf("POST %s: %v, led to %s with status %d: %.800s", form.Action, err, page.Path, page.Status, page.Text())
	}
	return page
}

// sees fails unless the page says each of the texts.
func (v visitor) sees(page *webtest.Page, texts ...string) {
	v.t.Helper()
	for _, s := range texts {
		if !page.Has(s) {
			v.t.Fatalf("%s doesn't say %q: %s", page.Path, s, page.Text())
		}
	}
}

// TestJourney walks from signing up to the spreadsheet, while every event is delivered twice and out of order.
func TestJourney(t *testing.T) {
	s := openSite(t)
	bus := eventstest.New(t, s.p.db, s.p.consumers(), eventstest.Twice(), eventstest.Shuffled(7))
	bus.Settle()

	learner := s.visitor(t, "fr")
	learner.signUp("Amel Zouari", "amel@example.org")
	office := s.signedIn(t, "moderatrice")
	seminar := office.publishSeminar(s, "Atelier du journal", 1)
	bus.Settle()

	path := fmt.Sprintf("/seminars/%d", seminar)
	page := learner.open(path)
	learner.sees(page, "Atelier du journal", "Monter un budget")
	if _, err := page.Form(path + "/register"); err == nil {
		t.Fatal("the seminar is open before the module is completed")
	}

	learner.follow(s)
	bus.Settle()
	learner.submit(learner.form(learner.open(path), path+"/register"))
	bus.Settle()
	if seats := learner.open("/my/seats"); !seats.Has("Atelier du journal") {
		t.Fatalf("my seats: %s", seats.Text())
	}
	second := s.latecomer(t, bus, path)

	s.now = s.now.AddDate(0, 0, 7)
	office.takeAttendance(seminar)
	bus.Settle()

	manager := s.signedIn(t, "programme")
	s.readSheet(t, manager, second)
	notices := learner.open("/notifications")
	learner.sees(notices, "Atelier du journal")
	if breaches := auditAll(t, s); len(breaches) > 0 {
		t.Errorf("breaches: %v", breaches)
	}
}

// signUp creates an account by the page, and proves its address with the mail that a demonstration shows.
func (v visitor) signUp(name, email string) {
	v.t.Helper()
	form := v.form(v.open("/sign-up"), "/sign-up")
	form.Set("name", name).Set("email", email).Set("password", testPassword).Set("language", "fr").
		Set("governorate", region).Set("organisation", "none").Set("gender", "female")
	v.submit(form)
	page := v.open(v.lastMail("/confirm/"))
	v.submit(v.form(page, "/confirm/"))
	v.sees(v.open("/home"), name)
}

// lastMail opens the newest mail and returns its link that begins with prefix.
func (v visitor) lastMail(prefix string) string {
	v.t.Helper()
	for _, link := range v.open("/mailbox").Links() {
		if !regexp.MustCompile(`^/mailbox/\d+`).MatchString(link) {
			continue
		}
		for _, inner := range v.open(link).Links() {
			if u, err := url.Parse(inner); err == nil && strings.HasPrefix(u.Path, prefix) {
				return u.Path
			}
		}
	}
	v.t.Fatalf("no mail leads to %s", prefix)
	return ""
}

// publishSeminar has the office fill in its forms, for a week from now, gated by the module; it returns the seminar's id.
func (v visitor) publishSeminar(s *site, title string, capacity int) int64 {
	v.t.Helper()
	day := s.now.AddDate(0, 0, 7).Format("2006-01-02")
	form := v.form(v.open(fmt.Sprintf("/desk/seminars/new?space=%d", s.space.ID)), "/desk/seminars/new")
	form.Set("title_fr", title).Set("title_ar", "ورشة الصحيفة").Set("title_en", "The newspaper workshop").
		Set("description_fr", "Une journée.").Set("office", fmt.Sprint(s.office)).Set("space", fmt.Sprint(s.space.ID)).
		Set("venue", "Maison de la culture").Set("capacity", fmt.Sprint(capacity)).
		Set("date_0", day).Set("from_0", "09:00").Set("to_0", "16:00").Set("do", "save")
	page := v.submit(form)
	var id int64
	if _, err := fmt.Sscanf(page.Path, "/desk/seminars/%d", &id); err != nil {
		v.t.Fatalf("after saving: %s: %.800s", page.Path, page.Text())
	}
	gate := fmt.Sprintf("/desk/seminars/%d/gates/register", id)
	page = v.submit(v.form(v.open(gate), gate).Set("add_0", "completed").Set("do", "add 0"))
	page = v.submit(v.form(page, gate).Set("module_1", fmt.Sprint(s.module.ID)).Set("do", "preview"))
	v.submit(v.form(page, gate).Set("do", "save"))
	v.submit(v.form(v.open(fmt.Sprintf("/desk/seminars/%d", id)), fmt.Sprintf("/desk/seminars/%d/publish", id)))
	return id
}

// follow plays the film in pieces, out of order and some twice, then answers the quiz: wrong at first.
func (v visitor) follow(s *site) {
	v.t.Helper()
	page := v.open(s.lessonPath())
	session := playingSession.FindSubmatch(page.Body)
	if session == nil {
		v.t.Fatal("the lesson's page opens no playing session")
	}
	track, _ := s.lesson.Track("fr")
	s.now = s.now.Add(time.Duration(track.DurationMS) * time.Millisecond) // they take their time
	var pieces [][2]int64
	for from := int64(0); from < track.DurationMS; from += 10_000 {
		pieces = append(pieces, [2]int64{from, min(from+10_000, track.DurationMS)})
	}
	slices.Reverse(pieces)
	for i, piece := range append(pieces, pieces[:3]...) {
		status, answer, err := v.PostJSON(s.lessonPath()+"/played", map[string]any{"session": string(session[1]), "track": track.ID,
			"client": fmt.Sprint(i), "intervals": [][2]int64{piece}, "position": piece[1]})
		if err != nil || status != http.StatusOK {
			v.t.Fatalf("report: %v, status %d: %s", err, status, answer)
		}
	}
	for right := range 3 {
		quiz := fmt.Sprintf("/lessons/%d", s.quiz.ID)
		form := v.form(v.open(quiz), quiz+"/answers")
		for field, values := range s.answers(right) {
			form.Set(field, values[0])
		}
		v.submit(form)
	}
}

var playingSession = regexp.MustCompile(`data-session="([^"]+)"`)

// latecomer is a second learner, who finds the only seat taken and waits for it.
func (s *site) latecomer(t *testing.T, bus *eventstest.Bus, path string) int64 {
	t.Helper()
	p := s.person("sonia")
	v := s.signedIn(t, "sonia")
	v.follow(s)
	bus.Settle()
	v.submit(v.form(v.open(path), path+"/register"))
	bus.Settle()
	if waiting := count(t, s.p.db, `select count(*) from registration where person_id = ? and state = 'waitlisted'`, p.ID); waiting != 1 {
		t.Fatalf("%d places on the waiting list", waiting)
	}
	return p.ID
}

// takeAttendance ticks everybody who has a seat.
func (v visitor) takeAttendance(seminar int64) {
	v.t.Helper()
	path := fmt.Sprintf("/desk/seminars/%d/attendance", seminar)
	form := v.form(v.open(path), path)
	for _, id := range form.Values["listed"] {
		form.Add("present", id)
	}
	if len(form.Values["present"]) != 1 {
		v.t.Fatalf("%d people on the list", len(form.Values["present"]))
	}
	v.submit(form)
}

// readSheet exports as the programme manager does and compares the sheet with what happened and with the page.
func (s *site) readSheet(t *testing.T, manager visitor, waiting int64) {
	t.Helper()
	dashboard := manager.open("/indicators")
	manager.sees(dashboard, "Atelier du journal")
	page := manager.open("/indicators.xlsx")
	lines := linesOf(t, page.Body)
	if len(lines) != 2 || lines[waiting] != 1 {
		t.Fatalf("lines by person: %v", lines)
	}
	book, err := excelize.OpenReader(bytes.NewReader(page.Body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	row := rows[slices.IndexFunc(rows, func(r []string) bool { return len(r) > 1 && r[1] == "Amel Zouari" })]
	all := strings.Join(row, "|")
	for _, want := range []string{"Atelier du journal", "100", "gafsa"} {
		if !strings.Contains(strings.ToLower(all), strings.ToLower(want)) {
			t.Errorf("Amel's line lacks %q: %s", want, all)
		}
	}
	if attended := row[len(row)-1]; attended != "1" {
		t.Errorf("Amel attended %q sessions: %s", attended, all)
	}
}
