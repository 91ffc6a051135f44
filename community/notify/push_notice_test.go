package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"halqa/events"
	"halqa/migrations/testdb"
)

// seat has something become of a registration of amel's, at a seminar of its own in a week.
func (p *pushing) seat(id int64, state, reason string) {
	p.t.Helper()
	p.hear(p.event(events.RegistrationChanged{RegistrationID: id, SeminarID: id, PersonID: p.amel.PersonID, State: state, Reason: reason,
		Title: events.Text{"ar": "ندوة"}, StartsAt: p.clock.at.AddDate(0, 0, 7), Until: p.clock.at.AddDate(0, 0, 2)}))
}

// way is how the last thing that amel was told reached her.
func (p *pushing) way() (way string) {
	p.t.Helper()
	err := p.db.NewRaw("select coalesce(delivery, '') from notification order by id desc limit 1").Scan(p.ctx, &way)
	if err != nil {
		p.t.Fatal(err)
	}
	return way
}

func TestSeatsArePushed(t *testing.T) {
	p := newPushing(t)
	p.pusher.seminar = func(_ context.Context, _ bun.IDB, id int64) (bool, error) { return id != 3, nil }
	for i, c := range []struct {
		state, reason, shows string // "" for mailed
	}{{"offered", "", "ar.told_seat_offered Title=ندوة"}, {"confirmed", "promoted", "ar.told_promoted Title=ندوة"}, {"cancelled", "seminar_cancelled", "ar.push_seat"},
		{"confirmed", "", ""}, {"waitlisted", "", ""}} {
		mails, shown := len(p.queued(p.amel)), len(p.shown)
		p.seat(int64(i+1), c.state, c.reason)
		p.deliver()
		p.deliver()
		if got := len(p.queued(p.amel)) - mails; got != 0 != (c.shows == "") {
			t.Errorf("%s %s: %d mails", c.state, c.reason, got)
		}
		if got := p.shown[shown:]; len(got) != 0 && (len(got) != 1 || got[0].Body != c.shows) || len(got) == 0 != (c.shows == "") {
			t.Errorf("%s %s shows %+v", c.state, c.reason, got)
		}
	}
	p.hear(p.event(events.SeminarUnlocked{PersonID: p.amel.PersonID, SeminarID: 1, Title: events.Text{"ar": "ندوة"}, StartsAt: p.clock.at.AddDate(0, 0, 7)}))
	p.deliver()
	if last := p.shown[len(p.shown)-1]; last.Body != "ar.told_unlocked Title=ندوة" || p.way() != byPush {
		t.Errorf("an opening shows %+v", last)
	}
	if load, err := p.story.service.Attention(p.ctx, p.amel); err != nil || load.Spent < 4 {
		t.Errorf("what devices show takes nothing from the budget: %+v, error %v", load, err)
	}
}

// TestMeasuresArePushedWithoutAWord: others may see the screen.
func TestMeasuresArePushedWithoutAWord(t *testing.T) {
	p := newPushing(t)
	id := p.id(`insert into measure (person_id, kind, act, cause, words, by_id, at) values (?, 'platform', 'warn', 'insult', 'Restons courtois', ?, ?) returning id`,
		p.amel.PersonID, p.amel.PersonID, p.clock.at)
	p.hear(p.event(events.MeasureTaken{MeasureID: id, PersonID: p.amel.PersonID, State: "warn"}))
	p.deliver()
	if len(p.shown) != 1 || p.shown[0].Body != "ar.push_measure" || len(p.queued(p.amel)) != 0 {
		t.Errorf("shown %+v, mails %v", p.shown, p.queued(p.amel))
	}
}

func TestWhatIsNoNewsAnyMoreIsntPushed(t *testing.T) {
	p := newPushing(t)
	s := p.story.service
	if err := s.Attend(p.ctx, p.amel, Attention{Rhythm: Pushed, Budget: 5, Hushed: true, Quiet: Quiet{From: 8, Until: 18}}); err != nil {
		t.Fatal(err)
	}
	p.seat(1, "offered", "")
	p.seat(1, "confirmed", "promoted") // before her quiet hours are over
	p.seat(2, "offered", "")
	p.deliver()
	if len(p.shown) != 0 {
		t.Fatalf("shown in quiet hours: %+v", p.shown)
	}
	list, _, err := s.Notifications(p.ctx, p.amel, 0)
	if err == nil {
		_, err = s.Read(p.ctx, p.amel, list[0].ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.clock.at = p.clock.at.Add(12 * time.Hour)
	p.deliver()
	if len(p.shown) != 1 || len(p.queued(p.amel)) != 0 {
		t.Errorf("shown %+v, mails %v", p.shown, p.queued(p.amel))
	}
	p.seat(4, "offered", "")
	p.exec("update notification set data = data || jsonb_build_object('starts_at', ?::text) where data->>'registration_id' = '4'", p.clock.at.Format(time.RFC3339))
	p.exec("update push set next_at = ?", p.clock.at)
	p.deliver()
	if len(p.shown) != 1 || p.way() != onPage {
		t.Errorf("of a seminar that began: %+v, %s", p.shown, p.way())
	}
}

// answering pushes to devices whose service always answers with a status, or isn't reached when that is 0. It counts what they show.
func answering(db bun.IDB, c *clock, status int, shown *int) *Pusher {
	p := NewPusher(db, PusherOptions{Render: say, Now: c.now, Log: slog.New(slog.DiscardHandler)})
	p.post = func(context.Context, Device, []byte, string) (int, error) {
		if status == 0 {
			return 0, errors.New("away")
		}
		if status == http.StatusCreated {
			*shown++
		}
		return status, nil
	}
	return p
}

// TestANoticeReachesItsPersonOnce: whatever they chose, whichever devices they have and however these answer, what concerns their seats
// is shown or mailed or left to the pages, never two of these, and never lost when it is wanted.
func TestANoticeReachesItsPersonOnce(t *testing.T) {
	db := testdb.Clone(t)
	few(t, "rapid.checks", "60")
	rapid.Check(t, func(rt *rapid.T) {
		s := newStory(t, db)
		s.exec("delete from person")
		c := &clock{now}
		s.service.now = c.now
		amel := s.person("amel", "fr")
		shown := 0
		status := rapid.SampledFrom([]int{201, 201, 410, 503, 0}).Draw(rt, "status")
		pusher := answering(db, c, status, &shown)
		check := func(err error) {
			t.Helper()
			if err != nil {
				rt.Fatal(err)
			}
		}
		device := rapid.Bool().Draw(rt, "device")
		if device {
			check(s.service.AddDevice(s.ctx, amel, newPhone(t).device("https://push.example/1"), ""))
		}
		rhythm := rapid.SampledFrom([]Rhythm{Pushed, Pushed, AtOnce, Never}).Draw(rt, "rhythm")
		check(s.service.Attend(s.ctx, amel, Attention{Rhythm: rhythm, Budget: 1}))
		topics := []Topic{AboutOpenings, AboutSeats, AboutPromotions, AboutCancellations}
		some := func(what string) []Topic {
			return rapid.SliceOfDistinct(rapid.SampledFrom(topics), rapid.ID[Topic]).Draw(rt, what)
		}
		mailed, pushed := some("mailed"), some("pushed")
		check(s.service.Choose(s.ctx, amel, mailed))
		check(s.service.ChoosePushed(s.ctx, amel, pushed))
		list, err := s.service.Choices(s.ctx, amel)
		check(err)
		state := rapid.SampledFrom([][2]string{{"offered", ""}, {"confirmed", ""}, {"cancelled", "seminar_cancelled"}}).Draw(rt, "state")
		e := s.event(events.RegistrationChanged{RegistrationID: 1, SeminarID: 1, PersonID: amel.PersonID, State: state[0], Reason: state[1], StartsAt: now.AddDate(0, 1, 0)})
		for range 2 {
			check(db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error { return s.service.hear(ctx, tx, e) }))
		}
		if rapid.Bool().Draw(rt, "removes it") {
			check(s.service.RemoveDevices(s.ctx, amel))
		}
		for range pushAttempts + 2 {
			_, err := pusher.Deliver(s.ctx)
			check(err)
			c.at = c.at.Add(time.Hour)
		}
		kind := s.told(amel)[0]
		var wants Choice
		if n := slices.IndexFunc(list, func(one Choice) bool { return one.Topic == TopicOf(string(kind)) }); n >= 0 {
			wants = list[n]
		}
		mails := len(s.queued(amel))
		what := fmt.Sprintf("%s, device %t, %s, answers %d, %+v: shown %d times, %d mails", kind, device, rhythm, status, wants, shown, mails)
		if shown+mails > 1 || shown == 0 && mails == 0 && wants.Mailed || shown > 0 && !wants.Pushed || mails > 0 && !wants.Mailed {
			rt.Error(what)
		}
		if left := s.id("select count(*) from push"); left != 0 {
			rt.Errorf("%s: %d wait for ever", what, left)
		}
	})
}
