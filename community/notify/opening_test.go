package notify

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/migrations/testdb"
)

// Somebody to whom several seminars opened hears of them once, and their mail lists those that are still to come.
func TestSeveralSeminarsAreOneNotification(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami := s.person("Amel", "fr"), s.person("Sami", "ar")
	opened := func(person int64, starts ...time.Time) events.Event {
		p := events.SeminarUnlocked{PersonID: person, SeminarID: 1, Title: events.Text{"fr": "Un"}, StartsAt: starts[0]}
		for i, at := range starts[1:] {
			p.Also = append(p.Also, events.Opening{SeminarID: int64(i + 2), Title: events.Text{"fr": "Autre"}, StartsAt: at})
		}
		return s.event(p)
	}
	list := []events.Event{opened(amel.PersonID, now, soon, soon), opened(sami.PersonID, now, soon), s.event(events.ModuleCompleted{PersonID: amel.PersonID, ModuleID: 4})}
	for range 2 {
		err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error { return s.service.Consumers()[0].Hear(ctx, tx, list...) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if told, mailed := s.told(amel), s.queued(amel); len(told) != 2 || len(mailed) != 1 {
		t.Errorf("told %v, mailed %v", told, mailed)
	}
	for _, c := range []struct {
		to          int64
		path        string
		says, lines int
	}{{amel.PersonID, openPath, 2, 2}, {sami.PersonID, "/seminars/2", 0, 0}} {
		var data struct {
			Data Data `bun:"type:jsonb"`
		}
		if err := s.db.NewRaw("select data from mail where person_id = ?", c.to).Scan(s.ctx, &data); err != nil {
			t.Fatal(err)
		}
		l := composer{render: func(_, key string, args ...any) string { return key }, public: "https://halqa.example"}.
			compose(Mail{Kind: string(SeminarUnlocked), Language: "fr", Data: data.Data})
		if data.Data.Path != c.path || len(data.Data.Openings) != c.says || strings.Count(l.Text(), "mail_opening_note") != c.lines {
			t.Errorf("person %d: %s, %v, %s", c.to, data.Data.Path, data.Data.Openings, l.Text())
		}
	}
}
