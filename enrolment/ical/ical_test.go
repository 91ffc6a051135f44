package ical

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	reader "github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"halqa/enrolment"
	"halqa/events"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func writer(lang string) Writer {
	u, _ := url.Parse("https://halqa.example:8443/base")
	return Writer{Public: u, From: "noreply@halqa.example", Language: lang, Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
}

// workshop begins at nine in a zone, on each of the days.
func workshop(l *time.Location, days ...time.Time) enrolment.Card {
	c := enrolment.Card{OfficeName: events.Text{"fr": "Bureau de l’Oasis", "ar": "مكتب الواحة"}, Seminar: enrolment.Seminar{
		ID: 12, Version: 3, State: enrolment.Published, Zone: l.String(), Venue: "Maison des associations", Address: "12, avenue Bourguiba; Gafsa",
		Title:       events.Text{"fr": "Monter un budget, de A à Z ; suite", "ar": "إعداد ميزانية متماسكة لجمعية محلية صغيرة من البداية إلى النهاية"},
		Description: events.Text{"fr": "Matin : cas pratiques.\r\nAprès-midi : \\vos\\ budgets.", "ar": "صباحًا: حالات تطبيقية.\nبعد الظهر: ميزانياتكم."}}}
	for i, d := range days {
		start := time.Date(d.Year(), d.Month(), d.Day(), 9, 0, 0, 0, l)
		c.Sessions = append(c.Sessions, enrolment.Session{ID: int64(31 + i), StartsAt: start, EndsAt: start.Add(3 * time.Hour)})
	}
	c.StartsAt, c.EndsAt = c.Sessions[0].StartsAt, c.Sessions[len(days)-1].EndsAt
	return c
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// read has an independent reader read a file, after its lines were held against the format.
func read(t testing.TB, data []byte) *reader.Calendar {
	t.Helper()
	if !bytes.HasSuffix(data, []byte("\r\n")) || !utf8.Valid(data) {
		t.Errorf("no end of line at the end, or no UTF-8")
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) || line == "" {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
	}
	cal, err := reader.NewDecoder(bytes.NewReader(data)).Decode()
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return cal
}

func prop(t testing.TB, e reader.Event, name string) string {
	t.Helper()
	if name == "SEQUENCE" { // a number
		return e.Props.Get(name).Value
	}
	text, err := e.Props.Text(name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return text
}

func TestTimesAreRightWhereverTheyAreRead(t *testing.T) {
	for name, days := range map[string][]time.Time{
		"Africa/Tunis": {date(2026, 12, 5), date(2027, 7, 3)},
		"Europe/Paris": {date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 30), date(2027, 10, 31)}, // over both changes of time
	} {
		l := zone(t, name)
		card := workshop(l, days...)
		list := read(t, writer("fr").Publish("Gafsa", []enrolment.Card{card})).Events()
		if len(list) != len(days) {
			t.Fatalf("%d events for %d sessions", len(list), len(days))
		}
		for i, e := range list {
			start, err := e.DateTimeStart(time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			end, err := e.DateTimeEnd(time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if got := start.In(l).Format("2006-01-02 15:04"); got != days[i].Format("2006-01-02")+" 09:00" || end.Sub(start) != 3*time.Hour {
				t.Errorf("%s: begins at %s and takes %s", name, got, end.Sub(start))
			}
		}
	}
	paris := workshop(zone(t, "Europe/Paris"), date(2027, 3, 27), date(2027, 3, 28))
	if data := string(writer("fr").Publish("", []enrolment.Card{paris})); !strings.Contains(data, "DTSTART:20270327T080000Z") || !strings.Contains(data, "DTSTART:20270328T070000Z") {
		t.Error("the hour of UTC doesn't change with the time of Paris")
	}
}

func TestAnEventSaysEverything(t *testing.T) {
	card := workshop(zone(t, "Africa/Tunis"), date(2026, 12, 5), date(2026, 12, 6))
	cal := read(t, writer("fr").Publish("Séminaires : Gafsa", []enrolment.Card{card}))
	e := cal.Events()[1]
	for name, want := range map[string]string{
		"UID": "session-32@halqa.example", "SUMMARY": "Monter un budget, de A à Z ; suite (2/2)", "STATUS": "CONFIRMED", "SEQUENCE": "6",
		"LOCATION":    "Maison des associations, 12, avenue Bourguiba; Gafsa",
		"DESCRIPTION": "Matin : cas pratiques.\nAprès-midi : \\vos\\ budgets.\n\nhttps://halqa.example:8443/base/seminars/12",
	} {
		if got := prop(t, e, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := e.Props.Get("URL").Value; got != "https://halqa.example:8443/base/seminars/12" {
		t.Errorf("URL is %s", got)
	}
	organiser := e.Props.Get("ORGANIZER")
	if organiser.Value != "mailto:noreply@halqa.example" || organiser.Params.Get("CN") != "Bureau de l’Oasis" {
		t.Errorf("ORGANIZER is %+v", organiser)
	}
	if method := cal.Props.Get("METHOD"); method.Value != "PUBLISH" {
		t.Errorf("METHOD is %s", method.Value)
	}
	arabic := read(t, writer("ar").Publish("", []enrolment.Card{card})).Events()[0]
	if got := prop(t, arabic, "SUMMARY"); got != card.Title["ar"]+" (1/2)" {
		t.Errorf("in Arabic %q", got)
	}
}

func TestStatusAndSequenceFollowTheSeminarAndTheSeat(t *testing.T) {
	seat := func(state enrolment.Standing) *enrolment.Registration {
		return &enrolment.Registration{ID: 5, State: state}
	}
	for name, c := range map[string]struct {
		change                func(*enrolment.Card)
		status, sequence, uid string
	}{
		"open":             {func(*enrolment.Card) {}, "CONFIRMED", "6", "session-31@halqa.example"},
		"draft":            {func(c *enrolment.Card) { c.State = enrolment.Draft }, "TENTATIVE", "6", "session-31@halqa.example"},
		"called off":       {func(c *enrolment.Card) { c.State, c.Version = enrolment.Cancelled, 4 }, "CANCELLED", "9", "session-31@halqa.example"},
		"seat":             {func(c *enrolment.Card) { c.Mine = seat(enrolment.Confirmed) }, "CONFIRMED", "6", "session-31-seat-5@halqa.example"},
		"queue":            {func(c *enrolment.Card) { c.Mine = seat(enrolment.Waitlisted) }, "TENTATIVE", "6", "session-31-seat-5@halqa.example"},
		"given back":       {func(c *enrolment.Card) { c.Mine = seat(enrolment.Withdrawn) }, "CANCELLED", "7", "session-31-seat-5@halqa.example"},
		"edited meanwhile": {func(c *enrolment.Card) { c.Version = 7 }, "CONFIRMED", "14", "session-31@halqa.example"},
	} {
		card := workshop(zone(t, "Africa/Tunis"), date(2026, 12, 5))
		c.change(&card)
		e := read(t, writer("fr").Publish("", []enrolment.Card{card})).Events()[0]
		if s, q, u := prop(t, e, "STATUS"), prop(t, e, "SEQUENCE"), prop(t, e, "UID"); s != c.status || q != c.sequence || u != c.uid {
			t.Errorf("%s: %s %s %s", name, s, q, u)
		}
	}
}

func TestInvitations(t *testing.T) {
	card := workshop(zone(t, "Africa/Tunis"), date(2026, 12, 5), date(2026, 12, 6))
	for state, method := range map[enrolment.Standing]string{enrolment.Confirmed: "REQUEST", enrolment.Withdrawn: "CANCEL"} {
		card.Mine = &enrolment.Registration{ID: 5, State: state}
		list := writer("fr").Invitations(card, `Amel "d'Ali", BCC`, "amel@example.org")
		if len(list) != 2 || list[0].Name != "halqa-2026-12-05-0900.ics" || !strings.HasSuffix(list[0].Type, "method="+method) {
			t.Fatalf("%d files, the first %s %s", len(list), list[0].Name, list[0].Type)
		}
		for _, file := range list {
			cal := read(t, file.Data)
			if len(cal.Events()) != 1 || cal.Props.Get("METHOD").Value != method {
				t.Errorf("%d events by %s", len(cal.Events()), cal.Props.Get("METHOD").Value)
			}
			who := cal.Events()[0].Props.Get("ATTENDEE")
			if who.Value != "mailto:amel@example.org" || who.Params.Get("CN") != "Amel d’Ali BCC" || who.Params.Get("RSVP") != "false" ||
				who.Params.Get("PARTSTAT") != "ACCEPTED" {
				t.Errorf("ATTENDEE is %+v", who)
			}
		}
	}
}

// TestWhateverIsTypedStaysText writes any text: an independent reader finds the same events, and nothing else.
func TestWhateverIsTypedStaysText(t *testing.T) {
	tunis := zone(t, "Africa/Tunis")
	words := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"x\r\nEND:VEVENT\r\nBEGIN:VEVENT", "a\nATTENDEE:mailto:b@c.org", `\`, `\n`, `";:,'`,
		"\x00\x07", "\xff\xfe", strings.Repeat("ندوة ", 80), strings.Repeat("a", 200), " ", "^n^'", "a\u2028b\u0085c"}))
	rapid.Check(t, func(r *rapid.T) {
		card := workshop(tunis, date(2026, 12, 5), date(2026, 12, 6))
		card.Title = events.Text{"fr": words.Draw(r, "title")}
		card.Description = events.Text{"fr": words.Draw(r, "description")}
		card.Venue, card.Address = words.Draw(r, "venue"), words.Draw(r, "address")
		card.OfficeName = events.Text{"fr": words.Draw(r, "office")}
		list := read(t, writer("fr").Publish(words.Draw(r, "name"), []enrolment.Card{card})).Events()
		if len(list) != 2 {
			r.Fatalf("%d events", len(list))
		}
		for i, e := range list {
			if got, want := prop(t, e, "SUMMARY"), numbered(clean(card.Title["fr"]), i, 2); strings.TrimSpace(got) != strings.TrimSpace(want) {
				r.Fatalf("%q is read as %q", want, got)
			}
			if len(e.Props.Values("ATTENDEE")) > 0 {
				r.Fatal("somebody was invited")
			}
		}
	})
}
