package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	reader "github.com/emersion/go-ical"

	"halqa/enrolment"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// letterBox is the folder that mails are written to.
type letterBox struct {
	t    *testing.T
	dir  string
	read []string
}

// next reads the mails that came since: their subjects, and the calendars that go with them.
func (b *letterBox) next() (headers []mail.Header, calendars []*reader.Calendar) {
	b.t.Helper()
	files, err := filepath.Glob(filepath.Join(b.dir, "*.eml"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, file := range files {
		if slices.Contains(b.read, file) {
			continue
		}
		b.read = append(b.read, file)
		raw, err := os.ReadFile(file)
		if err != nil {
			b.t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			b.t.Fatal(err)
		}
		headers = append(headers, m.Header)
		calendars = append(calendars, b.calendars(m.Header.Get("Content-Type"), m.Body)...)
	}
	return headers, calendars
}

func (b *letterBox) calendars(kind string, body io.Reader) (found []*reader.Calendar) {
	b.t.Helper()
	_, params, err := mime.ParseMediaType(kind)
	if err != nil {
		b.t.Fatal(err)
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			b.t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			b.t.Fatal(err)
		}
		if kind != "text/calendar" {
			continue
		}
		cal, err := reader.NewDecoder(decoded(part)).Decode()
		if err != nil {
			b.t.Fatal(err)
		}
		if got := cal.Props.Get("METHOD").Value; got != params["method"] {
			b.t.Errorf("the part says %s, the calendar %s", params["method"], got)
		}
		found = append(found, cal)
	}
}

// calendars is a world with an open seminar of two sessions, and the mails of those who take a seat.
type calendars struct {
	*world
	sem   enrolment.Seminar
	day   time.Time // its beginning
	mails func() ([]mail.Header, []*reader.Calendar)
}

func openCalendars(t *testing.T) *calendars {
	t.Helper()
	db := testdb.Clone(t)
	cfg := testConfig(t, t.TempDir())
	cfg.PublicURL = &url.URL{Scheme: "https", Host: "halqa.example"}
	w := newWorld(t, db, cfg, nil)
	day := time.Now().AddDate(0, 0, 7).Truncate(time.Hour)
	sem, err := w.p.enrolment.Create(w.ctx, w.moderator, enrolment.Seminar{OfficeID: w.office, SpaceID: w.space.ID, Title: in3("Atelier budget"),
		Venue: "Maison de la culture", Zone: "Africa/Tunis", Capacity: 2, Sessions: []enrolment.Session{
			{StartsAt: day, EndsAt: day.Add(3 * time.Hour)}, {StartsAt: day.AddDate(0, 0, 1), EndsAt: day.AddDate(0, 0, 1).Add(3 * time.Hour)}}})
	w.check(err)
	w.check(w.p.enrolment.Publish(w.ctx, w.moderator, sem.ID))
	sender, err := w.p.sender(cfg, quietly())
	w.check(err)
	bus := eventstest.New(t, db, w.p.consumers(), eventstest.Twice())
	box := &letterBox{t: t, dir: filepath.Join(cfg.Data, "mail")}
	c := &calendars{world: w, sem: sem, day: day, mails: func() ([]mail.Header, []*reader.Calendar) {
		bus.Settle()
		_, err := sender.Deliver(w.ctx)
		w.check(err)
		return box.next()
	}}
	c.mails() // of those who run the place
	return c
}

// TestSeatsReachTheCalendarsOfTheirPeople follows a seat through the mails: given, given back, taken again, called off.
func TestSeatsReachTheCalendarsOfTheirPeople(t *testing.T) {
	s := openCalendars(t)
	w, sem, day, mails := s.world, s.sem, s.day, s.mails
	amel := w.actorOf(w.person("amel"))
	seen := map[string]int{}
	for _, step := range []struct {
		do     func() error
		method string
	}{
		{func() error { _, err := w.p.enrolment.Register(w.ctx, amel, sem.ID); return err }, "REQUEST"},
		{func() error { return w.p.enrolment.Cancel(w.ctx, amel, w.seatOf(amel.PersonID), "") }, "CANCEL"},
		{func() error { _, err := w.p.enrolment.Register(w.ctx, amel, sem.ID); return err }, "REQUEST"},
		{func() error { return w.p.enrolment.CancelSeminar(w.ctx, w.moderator, sem.ID, "Inondations") }, "CANCEL"},
	} {
		w.check(step.do())
		headers, calendars := mails()
		if len(headers) != 1 || len(calendars) != 2 {
			t.Fatalf("%d mails with %d calendars, want one with two", len(headers), len(calendars))
		}
		if link := headers[0].Get("List-Unsubscribe"); !strings.HasPrefix(link, "<https://halqa.example/unsubscribe/") ||
			headers[0].Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("List-Unsubscribe: %s", link)
		}
		for i, cal := range calendars {
			if got := cal.Props.Get("METHOD").Value; got != step.method {
				t.Errorf("%s, want %s", got, step.method)
			}
			event := cal.Events()[0]
			start, err := event.DateTimeStart(time.UTC)
			if err != nil || !start.Equal(day.AddDate(0, 0, i)) {
				t.Errorf("session %d begins at %s, want %s, error %v", i, start, day.AddDate(0, 0, i), err)
			}
			seen[event.Props.Get("UID").Value]++
			if who := event.Props.Get("ATTENDEE").Value; who != "mailto:amel@example.org" {
				t.Errorf("invites %s", who)
			}
		}
	}
	if len(seen) != 4 { // two seats of two sessions, each given and taken
		t.Errorf("events %v", seen)
	}
	for uid, n := range seen {
		if n != 2 {
			t.Errorf("%s came %d times: what is taken back isn't what was given", uid, n)
		}
	}
}

// TestAMoveReachesCalendars moves one session of a seminar and drops the other.
func TestAMoveReachesCalendars(t *testing.T) {
	s := openCalendars(t)
	w := s.world
	amel := w.actorOf(w.person("amel"))
	_, err := w.p.enrolment.Register(w.ctx, amel, s.sem.ID)
	w.check(err)
	_, given := s.mails()
	sem := s.sem
	sem.Version++ // it was published
	sem.Sessions = []enrolment.Session{{ID: sem.Sessions[0].ID, StartsAt: s.day.Add(2 * time.Hour), EndsAt: s.day.Add(4 * time.Hour)}}
	sem, err = w.p.enrolment.Edit(w.ctx, w.moderator, sem)
	w.check(err)
	headers, calendars := s.mails()
	if len(headers) != 1 || len(calendars) != 2 {
		t.Fatalf("%d mails with %d calendars", len(headers), len(calendars))
	}
	for i, method := range []string{"REQUEST", "CANCEL"} {
		before, after := given[i].Events()[0], calendars[i].Events()[0]
		if got := calendars[i].Props.Get("METHOD").Value; got != method || before.Props.Get("UID").Value != after.Props.Get("UID").Value ||
			before.Props.Get("SEQUENCE").Value >= after.Props.Get("SEQUENCE").Value {
			t.Errorf("%s of %s %s after %s %s", got, after.Props.Get("UID").Value, after.Props.Get("SEQUENCE").Value,
				before.Props.Get("UID").Value, before.Props.Get("SEQUENCE").Value)
		}
	}
	if start, err := calendars[0].Events()[0].DateTimeStart(time.UTC); err != nil || !start.Equal(s.day.Add(2*time.Hour)) {
		t.Errorf("it begins at %s, error %v", start, err)
	}
	sem.Description = events.Text{"fr": "Un autre programme"} // which moves nobody
	_, err = w.p.enrolment.Edit(w.ctx, w.moderator, sem)
	w.check(err)
	if headers, _ := s.mails(); len(headers) != 0 {
		t.Errorf("%d mails of an edit that moves nobody", len(headers))
	}
}

// another publishes a seminar at the same time as the first.
func (c *calendars) another(change func(*enrolment.Seminar)) enrolment.Seminar {
	c.t.Helper()
	plan := enrolment.Seminar{OfficeID: c.office, SpaceID: c.space.ID, Title: in3("Atelier budget"), Venue: "Ailleurs", Zone: "Africa/Tunis",
		Capacity: 1, Sessions: []enrolment.Session{{StartsAt: c.day, EndsAt: c.day.Add(3 * time.Hour)}}}
	change(&plan)
	sem, err := c.p.enrolment.Create(c.ctx, c.moderator, plan)
	c.check(err)
	c.check(c.p.enrolment.Publish(c.ctx, c.moderator, sem.ID))
	return sem
}

// TestAChangeOfPlaceIsOneMail exchanges a seat for one at a twin: one mail takes the one out of the calendar and puts the other in.
func TestAChangeOfPlaceIsOneMail(t *testing.T) {
	s := openCalendars(t)
	w := s.world
	amel := w.actorOf(w.person("amel"))
	twin := s.another(func(*enrolment.Seminar) {})
	w.check(w.p.enrolment.Twin(w.ctx, w.moderator, s.sem.ID, twin.ID))
	_, err := w.p.enrolment.Register(w.ctx, amel, s.sem.ID)
	w.check(err)
	_, given := s.mails()
	_, err = w.p.enrolment.Switch(w.ctx, amel, twin.ID, enrolment.Request{})
	w.check(err)
	headers, calendars := s.mails()
	var methods []string
	for i, cal := range calendars {
		methods = append(methods, cal.Props.Get("METHOD").Value)
		if uid := cal.Events()[0].Props.Get("UID").Value; i < 2 && uid != given[i].Events()[0].Props.Get("UID").Value {
			t.Errorf("takes %s back", uid)
		}
	}
	if len(headers) != 1 || !slices.Equal(methods, []string{"CANCEL", "CANCEL", "REQUEST"}) {
		t.Errorf("%d mails with %v", len(headers), methods)
	}
}

// TestCalendarsForgetWhatAMailPutThere has somebody who chose to get no more mails give back the seat that one put into their calendar,
// then take and give back another, of which their calendar never heard.
func TestCalendarsForgetWhatAMailPutThere(t *testing.T) {
	s := openCalendars(t)
	w := s.world
	amel := w.actorOf(w.person("amel"))
	for i, want := range [][]string{{"REQUEST", "REQUEST"}, {"CANCEL", "CANCEL"}, nil, nil} {
		if i == 1 {
			w.check(w.p.notify.Choose(w.ctx, amel, nil))
		}
		var err error
		if i%2 == 0 {
			_, err = w.p.enrolment.Register(w.ctx, amel, s.sem.ID)
		} else {
			err = w.p.enrolment.Cancel(w.ctx, amel, w.seatOf(amel.PersonID), "")
		}
		w.check(err)
		_, calendars := s.mails()
		var methods []string
		for _, cal := range calendars {
			methods = append(methods, cal.Props.Get("METHOD").Value)
		}
		if !slices.Equal(methods, want) {
			t.Errorf("step %d: the calendar hears %v, want %v", i, methods, want)
		}
	}
}

// TestAnOfferIsInNoCalendar offers a seat, which the office then takes back: calendars never hear of it.
func TestAnOfferIsInNoCalendar(t *testing.T) {
	s := openCalendars(t)
	w := s.world
	amel, sami := w.actorOf(w.person("amel")), w.actorOf(w.person("sami"))
	sem := s.another(func(sem *enrolment.Seminar) { sem.OfferHours = 48 })
	_, err := w.p.enrolment.Register(w.ctx, amel, sem.ID)
	w.check(err)
	_, err = w.p.enrolment.Register(w.ctx, sami, sem.ID)
	w.check(err)
	s.mails()
	w.check(w.p.enrolment.Cancel(w.ctx, amel, w.seatOf(amel.PersonID), ""))
	if _, calendars := s.mails(); len(calendars) != 1 { // of who left
		t.Errorf("%d calendars as a seat is offered", len(calendars))
	}
	w.check(w.p.enrolment.Cancel(w.ctx, w.moderator, w.seatOf(sami.PersonID), "Doublon"))
	if headers, calendars := s.mails(); len(headers) != 1 || len(calendars) != 0 {
		t.Errorf("%d mails with %d calendars as the offer ends", len(headers), len(calendars))
	}
}

// seatOf is the registration of a person that isn't withdrawn.
func (w *world) seatOf(personID int64) (id int64) {
	w.t.Helper()
	w.check(w.p.db.NewRaw("select id from registration where person_id = ? and state <> 'cancelled'", personID).Scan(w.ctx, &id))
	return id
}

// decoded undoes the encoding of a part.
func decoded(part *multipart.Part) io.Reader {
	if part.Header.Get("Content-Transfer-Encoding") == "base64" {
		return base64.NewDecoder(base64.StdEncoding, part)
	}
	return part
}
