package main

import (
	"context"
	"fmt"
	"log/slog"

	"halqa/events"
	"halqa/web"
)

// watched are the events that open pages want to hear of.
var watched = []string{
	events.SeminarChanged{}.EventType(),
	events.SeminarUnlocked{}.EventType(),
	events.RegistrationChanged{}.EventType(),
	events.NotificationAdded{}.EventType(),
	events.ModuleCompleted{}.EventType(),
}

// feed tells the browsers of this node what changed in the pages they have open.
func feed(hub *web.Hub, log *slog.Logger) func(events.Event) {
	return func(e events.Event) {
		if err := tell(hub, e); err != nil {
			log.Warn("tell browsers", "event", e.ID, "error", err)
		}
	}
}

func tell(hub *web.Hub, e events.Event) error {
	switch e.Type {
	case events.SeminarChanged{}.EventType():
		p, err := events.Decode[events.SeminarChanged](e)
		hub.Broadcast("changed", changed(seminarSubject(p.SeminarID)))
		return err
	case events.SeminarUnlocked{}.EventType():
		p, err := events.Decode[events.SeminarUnlocked](e)
		hub.Send(p.PersonID, "changed", changed(seminarSubject(p.SeminarID), "seats"))
		return err
	case events.RegistrationChanged{}.EventType():
		p, err := events.Decode[events.RegistrationChanged](e)
		hub.Send(p.PersonID, "changed", changed("seats"))
		hub.Broadcast("changed", changed(seminarSubject(p.SeminarID)))
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
	return bus.Watch(ctx, watched, feed(hub, log))
}
