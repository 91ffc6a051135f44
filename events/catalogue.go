package events

import (
	"fmt"
)

// The catalogue: every event type of Halqa, in a file for each package that publishes some; here the keys by which all are
// put in order, and those that have no package of their own. Payloads only ever gain fields.

func personKey(id int64) string       { return fmt.Sprintf("person.%d", id) }
func organisationKey(id int64) string { return fmt.Sprintf("organisation.%d", id) }
func moduleKey(id int64) string       { return fmt.Sprintf("module.%d", id) }
func seminarKey(id int64) string      { return fmt.Sprintf("seminar.%d", id) }
func officeKey(id int64) string       { return fmt.Sprintf("office.%d", id) }
func spaceKey(id int64) string        { return fmt.Sprintf("space.%d", id) }
func documentKey(id int64) string     { return fmt.Sprintf("document.%d", id) }
func threadKey(id int64) string       { return fmt.Sprintf("thread.%d", id) }

// Published by the administration of the platform itself.

// ConsumerReplayed says that a consumer was emptied to hear everything again.
type ConsumerReplayed struct {
	Consumer string `json:"consumer"`
	By       int64  `json:"by"`
}

// DeadLettersRetried says that events a consumer had given up on were sent again.
type DeadLettersRetried struct {
	Count int   `json:"count"`
	By    int64 `json:"by"`
}

func (ConsumerReplayed) EventType() string    { return "platform.consumer_replayed" }
func (DeadLettersRetried) EventType() string  { return "platform.dead_letters_retried" }
func (p ConsumerReplayed) EventKey() string   { return "consumer." + p.Consumer }
func (p DeadLettersRetried) EventKey() string { return "platform" }

// Published by community/notify.

// NotificationAdded says that a person has a new in-page notification.
type NotificationAdded struct {
	PersonID       int64 `json:"person_id"`
	NotificationID int64 `json:"notification_id"`
}

// NotificationWithdrawn says that an in-page notification, which wasn't read, is no longer.
type NotificationWithdrawn struct {
	PersonID       int64 `json:"person_id"`
	NotificationID int64 `json:"notification_id"`
}

func (NotificationWithdrawn) EventType() string  { return "notify.notification_withdrawn" }
func (p NotificationWithdrawn) EventKey() string { return personKey(p.PersonID) }
func (NotificationAdded) EventType() string      { return "notify.notification_added" }
func (p NotificationAdded) EventKey() string     { return personKey(p.PersonID) }
