package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"halqa/events"
	"halqa/web"
)

// gather is how long changes that concern everybody are gathered before they are told.
const gather = time.Second

// watched are the events that open pages want to hear of.
var watched = []string{
	events.SeminarChanged{}.EventType(),
	events.SeminarUnlocked{}.EventType(),
	events.RegistrationChanged{}.EventType(),
	events.NotificationAdded{}.EventType(),
	events.ModuleCompleted{}.EventType(),
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
func (t *town) everybody(subject string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.soon[subject] {
		return
	}
	t.soon[subject] = true
	time.AfterFunc(gather, func() {
		t.mu.Lock()
		delete(t.soon, subject)
		t.mu.Unlock()
		t.hub.Broadcast("changed", web.Changed{Subjects: []string{subject}})
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
		hub.Send(p.PersonID, "changed", changed(seminarSubject(p.SeminarID), "seats"))
		return err
	case events.RegistrationChanged{}.EventType():
		p, err := events.Decode[events.RegistrationChanged](e)
		hub.Send(p.PersonID, "changed", changed(seminarSubject(p.SeminarID), "seats"))
		t.everybody(seminarSubject(p.SeminarID))
		return err
	case events.NotificationAdded{}.EventType():
		p, err := events.Decode[events.NotificationAdded](e)
		hub.Send(p.PersonID, "changed", changed("notifications"))
		return err
	case events.ModuleCompleted{}.EventType():
		p, err := events.Decode[events.ModuleCompleted](e)
		hub.Send(p.PersonID, "changed", changed(fmt.Sprintf("module:%d", p.ModuleID)))
		return err
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
