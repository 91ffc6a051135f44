package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/xuri/excelize/v2"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/enrolment/monitoring"
	"halqa/events"
	"halqa/migrations/testdb"
)

// journey is a site over a small programme that two offices follow, where the session token "12" is person 12.
type journey struct {
	t            *testing.T
	ctx          context.Context
	tx           bun.Tx
	deps         Deps
	gafsa, tunis int64
	amel         int64
	people       map[int64]account.Actor
	seq          int64
}

func newJourney(t *testing.T) *journey {
	t.Helper()
	j := &journey{t: t, ctx: context.Background(), tx: testdb.Tx(t), people: map[int64]account.Actor{}}
	zone := time.FixedZone("Tunis", 3600)
	j.deps = Deps{Zone: zone,
		Monitoring: monitoring.New(j.tx, monitoring.Options{Texts: Texts(zone), Location: zone}),
		Notify:     notify.New(j.tx, notify.Options{Render: Letters(zone), PublicURL: "https://halqa.example"}),
		Authenticate: func(_ context.Context, token string) (account.Actor, error) {
			var id int64
			_, err := fmt.Sscan(token, &id)
			return j.people[id], err
		},
	}
	j.gafsa = j.id(`insert into office (key, name) values ('gafsa', '{"fr": "Bureau de Gafsa", "ar": "مكتب قفصة", "en": "Gafsa office"}') returning id`)
	j.tunis = j.id(`insert into office (key, name) values ('tunis', '{"fr": "Bureau de Tunis", "ar": "مكتب تونس", "en": "Tunis office"}') returning id`)
	j.amel = j.person("=Amel", account.Grant{})
	space := j.id(`insert into space (key, name) values ('budget', '{"fr": "Budget"}') returning id`)
	for i, office := range []int64{j.gafsa, j.tunis} {
		start := time.Date(2026, 12, 10+i, 9, 0, 0, 0, zone)
		j.hear(j.deps.Monitoring.Consumers(), events.SeminarChanged{SeminarID: int64(i + 1), OfficeID: office, SpaceID: space, State: "published", Capacity: 20,
			Title: events.Text{"fr": fmt.Sprint("Séminaire ", office), "ar": fmt.Sprint("ندوة ", office)}, Modules: []int64{7},
			Sessions: []events.SeminarSession{{ID: int64(i + 1), StartsAt: start, EndsAt: start.Add(time.Hour)}}})
	}
	return j
}

func (j *journey) id(query string, args ...any) int64 {
	j.t.Helper()
	var id int64
	if err := j.tx.NewRaw(query, args...).Scan(j.ctx, &id); err != nil {
		j.t.Fatal(err)
	}
	return id
}

func (j *journey) person(name string, grants ...account.Grant) int64 {
	j.t.Helper()
	id := j.id("insert into person (name, email) values (?, ?) returning id", name, uuid.NewString()+"@example.org")
	j.people[id] = account.Actor{PersonID: id, Name: name, Language: "fr", Grants: grants}
	return id
}

func (j *journey) hear(consumers []events.Consumer, p events.Payload) {
	j.t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		j.t.Fatal(err)
	}
	j.seq++
	e := events.Event{Seq: j.seq, ID: uuid.NewString(), Type: p.EventType(), Key: p.EventKey(), Time: time.Now(), Data: data}
	if err := consumers[0].Hear(j.ctx, j.tx, e); err != nil {
		j.t.Fatal(err)
	}
}

// as opens a browser signed in as somebody; 0 is a visitor.
func (j *journey) as(id int64, lang string) *visitor {
	v := arrive(j.t, j.deps)
	v.header.Set("Accept-Language", lang)
	if id != 0 {
		a := j.people[id]
		a.Language = lang
		j.people[id] = a
		v.cookies[(&site{Deps: j.deps.withDefaults()}).sessionCookie()] = fmt.Sprint(id)
	}
	return v
}

func (j *journey) moderator(office int64) int64 {
	return j.person("Nizar", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: office})
}

func (j *journey) manager() int64 {
	return j.person("Salma", account.Grant{Role: account.ProgrammeManager, Kind: account.OverPlatform})
}

func TestIndicatorsShowWhatTheReaderMayRead(t *testing.T) {
	j := newJourney(t)
	empty := j.as(j.manager(), "fr").get("/indicators")
	if empty.StatusCode != 200 || !strings.Contains(empty.body, "arriveront d’eux-mêmes") {
		t.Errorf("empty page: %d", empty.StatusCode)
	}
	j.hear(j.deps.Monitoring.Consumers(), events.ModuleProgressed{PersonID: j.amel, ModuleID: 7, Percent: 40})
	gafsa, tunis := fmt.Sprint("Séminaire ", j.gafsa), fmt.Sprint("Séminaire ", j.tunis)
	for _, c := range []struct {
		name        string
		who         int64
		path        string
		status      int
		has, hasNot string
	}{
		{"manager", j.manager(), "/indicators", 200, tunis, "Bureau de Sousse"},
		{"moderator", j.moderator(j.gafsa), "/indicators", 200, gafsa, tunis},
		{"moderator asking for more", j.moderator(j.gafsa), fmt.Sprint("/indicators?office=", j.tunis), 403, "", tunis},
		{"period", j.manager(), "/indicators?from=2026-12-11&to=2026-12-31", 200, tunis, gafsa},
		{"nothing in the period", j.manager(), "/indicators?to=2026-01-01", 200, "Rien dans cette sélection", gafsa},
		{"a date that is none", j.manager(), "/indicators?from=hier", 422, "Écrivez la date ainsi", ""},
		{"the wrong way round", j.manager(), "/indicators?from=2026-12-31&to=2026-01-01", 422, "vient avant la première", ""},
		{"learner", j.amel, "/indicators", 403, "", gafsa},
		{"visitor", 0, "/indicators", 303, "", ""},
		{"learner's export", j.amel, "/indicators.xlsx", 403, "", ""},
		{"visitor's export", 0, "/indicators.xlsx", 303, "", ""},
		{"moderator's export of more", j.moderator(j.gafsa), fmt.Sprint("/indicators.xlsx?office=", j.tunis), 403, "", ""},
		{"export of a date that is none", j.manager(), "/indicators.xlsx?to=hier", 422, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := j.as(c.who, "fr").get(c.path)
			if a.StatusCode != c.status || !strings.Contains(a.body, c.has) || c.hasNot != "" && strings.Contains(a.body, c.hasNot) {
				t.Errorf("status %d, want %d with %q and without %q", a.StatusCode, c.status, c.has, c.hasNot)
			}
		})
	}
}

// TestWorkbooksSpeakEveryLanguage finds texts that the sheets lack: they put their keys together as they are written.
func TestWorkbooksSpeakEveryLanguage(t *testing.T) {
	j := newJourney(t)
	monitor := j.deps.Monitoring.Consumers()
	j.hear(monitor, events.ModuleProgressed{PersonID: j.amel, ModuleID: 7, Percent: 40})
	for i, state := range []string{"confirmed", "waitlisted", "cancelled", "attended", "absent"} {
		id := j.person("P")
		if _, err := j.tx.ExecContext(j.ctx, "update person set gender = ?, birth_year = ? where id = ?", []string{"female", "male"}[i%2], 2015-i*10, id); err != nil {
			t.Fatal(err)
		}
		j.hear(monitor, events.RegistrationChanged{RegistrationID: int64(i), SeminarID: 1, PersonID: id, State: state})
		j.hear(monitor, events.AttendanceRecorded{SeminarID: 1, SessionID: 1, PersonID: id, Present: i%2 == 0})
	}
	manager := j.manager()
	for _, lang := range []string{"fr", "ar", "en"} {
		for _, content := range []string{"full", "shared"} {
			complaints := listenTo(t)
			a := j.as(manager, "fr").get("/indicators.xlsx?from=2026-01-01&to=2026-12-31&language=" + lang + "&content=" + content)
			if a.StatusCode != 200 || a.Header.Get("Content-Type") != workbookType || !strings.Contains(a.Header.Get("Content-Disposition"), ".xlsx") {
				t.Fatalf("status %d, %v", a.StatusCode, a.Header)
			}
			f, err := excelize.OpenReader(strings.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			for _, sheet := range f.GetSheetList() {
				rows, err := f.GetRows(sheet)
				if err != nil || len(rows) < 2 {
					t.Errorf("%s has %d rows, error %v", sheet, len(rows), err)
				}
				if text := fmt.Sprint(sheet, rows); strings.Contains(text, "monitoring.") || strings.Contains(text, "{{") {
					t.Errorf("%s: a text is missing: %s", lang, text)
				}
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if complaints.Len() > 0 {
				t.Errorf("%s: %s", lang, complaints)
			}
		}
	}
}

func TestMailsSpeakEveryLanguage(t *testing.T) {
	for _, kind := range notify.MailKinds {
		for _, lang := range []string{"fr", "ar", "en"} {
			complaints := listenTo(t)
			say := Letters(time.UTC)
			for _, part := range []string{"_subject", "_text", "_action"} {
				said := []any{"Name", "Amel", "Title", "Budget", "StartsAt", time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC),
					"Until", time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), "Place", 3, "Organisation", "جمعية", "Reason", "", "Person", "Sami", "Space", "Projets", "Result", "Lundi."}
				if kind == notify.DigestMail && part == "_subject" {
					said = append(said, "Count", 3)
				}
				text := say(lang, "notify.mail_"+kind+part, said...)
				if strings.Contains(text, "notify.") || strings.Contains(text, "UTC") || strings.Contains(text, "no value") {
					t.Errorf("%s %s%s: %s", lang, kind, part, text)
				}
			}
			if complaints.Len() > 0 {
				t.Errorf("%s %s: %s", lang, kind, complaints)
			}
		}
	}
	if got := Letters(time.FixedZone("", 3600))("fr", "notify.mail_confirmed_text", "Title", "Budget", "StartsAt", time.Date(2026, 12, 1, 8, 30, 0, 0, time.UTC)); !strings.Contains(got, "1er décembre 2026, 09:30") {
		t.Errorf("the time is not said as people say it: %s", got)
	}
}

// listenTo collects what the log says, such as missing texts.
func listenTo(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &b
}
