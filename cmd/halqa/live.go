package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"halqa/events"
	"halqa/web"
)

// gather is how long changes that concern everybody are gathered before they are told; briefly is how long those of a
// thread are, which few have open and who wait for the answer.
const (
	gather  = time.Second
	briefly = 200 * time.Millisecond
)

// watched are the events that open pages want to hear of.
var watched = []string{
	events.SeminarChanged{}.EventType(),
	events.SeminarUnlocked{}.EventType(),
	events.RegistrationChanged{}.EventType(),
	events.NotificationAdded{}.EventType(),
	events.NotificationWithdrawn{}.EventType(),
	events.ModuleCompleted{}.EventType(),
	events.Contributed{}.EventType(),
	events.ContributionEdited{}.EventType(),
	events.ContributionDeleted{}.EventType(),
	events.NameErased{}.EventType(),
	events.ContributionHidden{}.EventType(),
	events.ContributionRestored{}.EventType(),
	events.AnswerAccepted{}.EventType(),
	events.PostThanked{}.EventType(),
	events.PollVoted{}.EventType(),
	events.PollClosed{}.EventType(),
	events.CircleChanged{}.EventType(),
	events.ThreadChanged{}.EventType(),
	events.ThreadTagged{}.EventType(),
	events.ThreadMoved{}.EventType(),
	events.PostReported{}.EventType(),
	events.ReportDecided{}.EventType(),
	events.CaseAssigned{}.EventType(),
	events.BatchDone{}.EventType(),
	events.PostHeld{}.EventType(),
	events.HeldDecided{}.EventType(),
}

// town tells the browsers of this node what changed in the pages they have open.
type town struct {
	hub *web.Hub
	log *slog.Logger

	mu   sync.Mutex
	soon map[string]bool // subjects that everybody will be told of in a moment
}

// crier hears an event and tells those it concerns.
func (t *town) crier(e events.Event) {
	if err := t.tell(e); err != nil {
		t.log.Warn("tell browsers", "event", e.ID, "error", err)
	}
}

// everybody tells all browsers of a subject, a moment later and once for all changes of that moment: when thousands
// register at once, thousands of open pages must not ask again thousands of times each.
func (t *town) everybody(subject string) { t.after(gather, subject, false) }

// readers tells those who have a thread open.
func (t *town) readers(subject string) { t.after(briefly, subject, true) }

func (t *town) after(wait time.Duration, subject string, few bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.soon[subject] {
		return
	}
	t.soon[subject] = true
	time.AfterFunc(wait, func() {
		t.mu.Lock()
		delete(t.soon, subject)
		t.mu.Unlock()
		t.hub.Broadcast("changed", web.Changed{Subjects: []string{subject}, Few: few})
	})
}

func (t *town) tell(e events.Event) error {
	hub := t.hub
	switch e.Type {
	case events.SeminarChanged{}.EventType():
		p, err := events.Decode[events.SeminarChanged](e)
		t.everybody(seminarSubject(p.SeminarID))
		return err
	case events.SeminarUnlocked{}.EventType():
		p, err := events.Decode[events.SeminarUnlocked](e)
		subjects := []string{"seats"}
		for _, o := range p.All() {
			subjects = append(subjects, seminarSubject(o.SeminarID))
		}
		hub.Send(p.PersonID, "changed", changed(subjects...))
		return err
	case events.RegistrationChanged{}.EventType():
		p, err := events.Decode[events.RegistrationChanged](e)
		hub.Send(p.PersonID, "changed", changed(seminarSubject(p.SeminarID), "seats"))
		t.everybody(seminarSubject(p.SeminarID))
		return err
	case events.NotificationAdded{}.EventType(), events.NotificationWithdrawn{}.EventType():
		p, err := events.Decode[events.NotificationAdded](e) // both are of a person
		hub.Send(p.PersonID, "changed", changed("notifications"))
		return err
	case events.ModuleCompleted{}.EventType():
		p, err := events.Decode[events.ModuleCompleted](e)
		hub.Send(p.PersonID, "changed", changed(fmt.Sprintf("module:%d", p.ModuleID)))
		return err
	case events.PostReported{}.EventType(), events.ReportDecided{}.EventType(), events.CaseAssigned{}.EventType(), events.BatchDone{}.EventType(),
		events.PostHeld{}.EventType(), events.HeldDecided{}.EventType():
		t.readers("moderation")
		return nil
	}
	return t.tellTalk(e)
}

// tellTalk tells of what was said in a space: in its thread, in lists of threads, on people's homes.
func (t *town) tellTalk(e events.Event) error {
	var place struct {
		ThreadID int64 `json:"thread_id"`
		SpaceID  int64 `json:"space_id"`
		ToThread int64 `json:"to_thread"` // of a thread whose posts moved
		ToSpace  int64 `json:"to_space"`
	}
	if err := json.Unmarshal(e.Data, &place); err != nil { // every event of a thread carries these two
		return fmt.Errorf("event %s: %w", e.ID, err)
	}
	t.readers(fmt.Sprintf("thread:%d", place.ThreadID))
	if place.ToThread != 0 {
		t.readers(fmt.Sprintf("thread:%d", place.ToThread))
		t.everybody(fmt.Sprintf("forum:%d", place.ToSpace))
	}
	switch e.Type { // lists say nothing of thanks and votes
	case events.PostThanked{}.EventType(), events.PollVoted{}.EventType(), events.PollClosed{}.EventType():
		return nil
	}
	if place.SpaceID != 0 { // a circle is in no forum
		t.everybody(fmt.Sprintf("forum:%d", place.SpaceID))
	}
	if e.Type != (events.ThreadChanged{}).EventType() && e.Type != (events.ThreadTagged{}).EventType() {
		t.everybody("news")
	}
	return nil
}

func seminarSubject(id int64) string { return fmt.Sprintf("seminar:%d", id) }

func changed(subjects ...string) web.Changed { return web.Changed{Subjects: subjects} }

// watch feeds the hub from the bus until ctx ends.
func watch(ctx context.Context, bus *events.Bus, hub *web.Hub, log *slog.Logger) error {
	t := &town{hub: hub, log: log, soon: map[string]bool{}}
	return bus.Watch(ctx, watched, t.crier)
}
