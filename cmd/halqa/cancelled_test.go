package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/enrolment"
	"halqa/enrolment/ical"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// TestAWholeSeminarIsCalledOff: whoever held anything is told in their language and why, calendars forget it, nothing of what was
// planned for it happens any more, and those who had a seat go on talking.
func TestAWholeSeminarIsCalledOff(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	now := time.Now().Add(-2 * time.Hour) // what carries mails away goes by the clock of the machine
	w := newWorld(t, testdb.Clone(t), cfg, func() time.Time { return now })
	bus := eventstest.New(t, w.p.db, w.p.consumers(), eventstest.Twice(), eventstest.Shuffled(3))
	sender, err := w.p.sender(cfg, quietly())
	w.check(err)
	box := &letterBox{t: t, dir: filepath.Join(cfg.Data, "mail")}
	settle := func() {
		t.Helper()
		bus.Settle()
		for n := 1; n > 0; {
			n, err = sender.Deliver(w.ctx)
			w.check(err)
		}
	}
	start := now.AddDate(0, 0, 20).Truncate(time.Hour)
	sem, err := w.p.enrolment.Create(w.ctx, w.moderator, enrolment.Seminar{OfficeID: w.office, SpaceID: w.space.ID, Title: in3("Atelier budget"),
		Venue: "Maison de la culture", Zone: "Africa/Tunis", Capacity: 3, Approval: enrolment.ByOffice, OfferHours: 48,
		Attend:   enrolment.Rule{Kind: enrolment.Completed, ModuleID: w.module.ID},
		Trainers: []enrolment.Trainer{{Name: "Hédi", Email: "programme@example.org"}},
		Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(3 * time.Hour)}}})
	w.check(err)
	w.check(w.p.enrolment.Publish(w.ctx, w.moderator, sem.ID))
	people := map[string]account.Actor{}
	registered := map[string]int64{}
	ask := func(name, lang string, approve bool) {
		t.Helper()
		p := w.must(w.p.account.AddPerson(w.ctx, account.Newcomer{Name: name, Email: name + "@example.org", Password: testPassword, Language: lang, Governorate: region}))
		people[name] = w.actorOf(p)
		if name == "confirmed" {
			w.check(w.p.db.RunInTx(w.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
				return events.Publish(ctx, tx, events.ModuleCompleted{PersonID: p.ID, ModuleID: w.module.ID, SpaceID: w.space.ID, Title: in3("Monter un budget"), CriterionVersion: 1, CompletedAt: now})
			}))
			settle()
		}
		reg := w.seat(people[name], sem)
		if registered[name] = reg.ID; approve {
			_, err := w.p.enrolment.Approve(w.ctx, w.moderator, reg.ID)
			w.check(err)
		}
	}
	ask("confirmed", "fr", true)
	ask("conditional", "ar", true)
	ask("left", "fr", true)
	ask("offered", "en", true)
	ask("waitlisted", "ar", true)
	ask("pending", "fr", false)
	w.check(w.p.enrolment.Cancel(w.ctx, people["left"], registered["left"], ""))
	settle()
	_, given := box.next()
	sequence := map[string]string{}
	for _, cal := range given {
		e := cal.Events()[0]
		sequence[e.Props.Get("UID").Value] = e.Props.Get("SEQUENCE").Value
	}
	for name, id := range registered {
		var state string
		w.check(w.p.db.NewRaw("select state from registration where id = ?", id).Scan(w.ctx, &state))
		if want := map[bool]string{true: "cancelled", false: name}[name == "left"]; state != want {
			t.Fatalf("%s is %s", name, state)
		}
	}
	now = now.Add(time.Hour)
	w.said(people["confirmed"], sem, "À bientôt")
	settle()
	box.next()
	w.check(w.p.enrolment.CancelSeminar(w.ctx, w.moderator, sem.ID, "Inondations"))
	settle()

	// Everybody is told, in their language, and why.
	var told []struct{ Email, Language, Reason string }
	w.check(w.p.db.NewRaw(`select p.email, m.language, m.data->>'reason' as reason from mail m join person p on p.id = m.person_id
		where m.kind = 'seminar_cancelled' order by 1`).Scan(w.ctx, &told))
	said := []string{}
	for _, m := range told {
		said = append(said, strings.TrimSuffix(m.Email, "@example.org")+" "+m.Language+" "+m.Reason)
	}
	want := []string{"conditional ar Inondations", "confirmed fr Inondations", "offered en Inondations", "pending fr Inondations", "programme fr Inondations", "waitlisted ar Inondations"}
	if !slices.Equal(said, want) {
		t.Errorf("told %q", said)
	}

	// Calendars that had it take it back.
	_, taken := box.next()
	back := 0
	for _, cal := range taken {
		e := cal.Events()[0]
		before, had := sequence[e.Props.Get("UID").Value]
		if got := cal.Props.Get("METHOD").Value; got != "CANCEL" || had && e.Props.Get("SEQUENCE").Value <= before {
			t.Errorf("%s of sequence %s after %s", got, e.Props.Get("SEQUENCE").Value, before)
		}
		if had {
			back++
		}
	}
	if back != 2 {
		t.Errorf("%d of two calendars take it back: %d given, %d taken", back, len(given), len(taken))
	}
	writer := ical.Writer{Public: cfg.PublicURL, From: "x@example.org", Language: "fr", Now: now}
	feeds := map[string][]enrolment.Card{}
	feeds["office"], err = w.p.enrolment.Feed(w.ctx, account.Actor{}, enrolment.Filter{OfficeID: w.office})
	w.check(err)
	feeds["space"], err = w.p.enrolment.Feed(w.ctx, account.Actor{}, enrolment.Filter{SpaceID: w.space.ID})
	w.check(err)
	for _, name := range []string{"confirmed", "conditional", "offered"} {
		number, err := w.p.enrolment.LinkNumber(w.ctx, people[name])
		w.check(err)
		feeds[name], err = w.p.enrolment.SeatsFeed(w.ctx, people[name].PersonID, number)
		w.check(err)
	}
	for name, cards := range feeds {
		if text := string(writer.Publish("Halqa", cards)); strings.Count(text, "STATUS:CANCELLED") != 1 || strings.Contains(text, "STATUS:CONFIRMED") {
			t.Errorf("the feed of %s says %s", name, text)
		}
	}

	// Nothing that was planned happens.
	now = start.Add(-time.Hour)
	_, err = w.p.enrolment.DoDue(w.ctx)
	w.check(err)
	settle()
	var late, open int
	w.check(w.p.db.NewRaw(`select (select count(*) from outbox where type = ?), (select count(*) from registration where state <> 'cancelled')`,
		events.SeatReminded{}.EventType()).Scan(w.ctx, &late, &open))
	if late != 0 || open != 0 {
		t.Errorf("%d reminders, %d registrations", late, open)
	}
	if breaches, err := enrolment.Audit(w.ctx, w.p.db, now); err != nil || len(breaches) != 0 {
		t.Errorf("%v, %v", breaches, err)
	}

	// Those who had a seat go on talking; the others can't.
	for name, in := range map[string]bool{"confirmed": true, "conditional": true, "left": false, "offered": false, "waitlisted": false, "pending": false} {
		circle, err := w.p.community.CircleOf(w.ctx, people[name], sem.ID)
		if (err == nil) != in {
			t.Errorf("%s in the circle: %v", name, err)
		}
		if in {
			_, err := w.p.community.Reply(w.ctx, people[name], community.NewReply{ThreadID: circle.ID, Body: "Dommage"})
			w.check(err)
		}
	}
}
