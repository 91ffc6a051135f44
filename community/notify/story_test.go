package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func secretOfTests() ([]byte, error) { return []byte("a secret for tests"), nil }

// say is a Render that shows the language, the key and the arguments that are set.
func say(lang, key string, args ...any) string {
	var b strings.Builder
	b.WriteString(lang + "." + strings.TrimPrefix(key, "notify."))
	for i := 1; i < len(args); i += 2 {
		if s := fmt.Sprint(args[i]); s != "" && s != "0" {
			fmt.Fprintf(&b, " %s=%s", args[i-1], s)
		}
	}
	return b.String()
}

type story struct {
	t       testing.TB
	ctx     context.Context
	db      bun.IDB
	service *Service
	seq     int64
}

func newStory(t testing.TB, db bun.IDB) *story {
	return &story{t: t, ctx: context.Background(), db: db, service: New(db, Options{Render: say, Secret: secretOfTests,
		PublicURL: "https://halqa.example/", Now: func() time.Time { return now }})}
}

func (s *story) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.ctx, query, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) id(query string, args ...any) int64 {
	s.t.Helper()
	var id int64
	if err := s.db.NewRaw(query, args...).Scan(s.ctx, &id); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *story) person(name, language string) account.Actor {
	s.t.Helper()
	id := s.id("insert into person (name, email, language) values (?, ?, ?) returning id", name, name+"@example.org", language)
	return account.Actor{PersonID: id, Name: name, Language: language}
}

// organisation adds a validated one, created by somebody.
func (s *story) organisation(name string, by int64) (office, id int64) {
	s.t.Helper()
	office = s.id(`insert into office (key, name) values (?, '{}') returning id`, uuid.NewString())
	s.exec(`insert into governorate (code, office_id, name) values (?, ?, '{}')`, fmt.Sprint("G", office), office)
	id = s.id(`insert into organisation (name, kind, governorate, office_id, state, asked_by)
		values (?, 'association', ?, ?, 'validated', ?) returning id`, name, fmt.Sprint("G", office), office, by)
	return office, id
}

// event makes an event of p that happened an hour ago.
func (s *story) event(p events.Payload) events.Event {
	s.t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		s.t.Fatal(err)
	}
	s.seq++
	return events.Event{Seq: s.seq, ID: uuid.NewString(), Type: p.EventType(), Key: p.EventKey(),
		Time: now.Add(-time.Hour + time.Duration(s.seq)*time.Second), Data: data}
}

func (s *story) hear(list ...events.Event) {
	s.t.Helper()
	for _, e := range list {
		err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return s.service.Consumers()[0].Hear(ctx, tx, e)
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// told lists the kinds of what somebody was told, the latest first.
func (s *story) told(a account.Actor) []Kind {
	s.t.Helper()
	kinds := []Kind{}
	if err := s.db.NewRaw("select kind from notification where person_id = ? order by at desc, id desc", a.PersonID).Scan(s.ctx, &kinds); err != nil {
		s.t.Fatal(err)
	}
	return kinds
}

// queued lists the kinds of mails to somebody, the first first.
func (s *story) queued(a account.Actor) []string {
	s.t.Helper()
	kinds := []string{}
	err := s.db.NewRaw("select kind from mail where person_id = ? order by id", a.PersonID).Scan(s.ctx, &kinds)
	if err != nil {
		s.t.Fatal(err)
	}
	return kinds
}

func (s *story) enqueue(m Mail) {
	s.t.Helper()
	err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error { return Enqueue(ctx, tx, m) })
	if err != nil {
		s.t.Fatal(err)
	}
}
