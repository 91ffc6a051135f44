package events

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// source is the CloudEvents source of everything Halqa announces.
const source = "/halqa"

// cloudEvent is the JSON form of an Event: CloudEvents 1.0, structured mode, with the sequence extension.
type cloudEvent struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject"`
	Time            time.Time       `json:"time"`
	DataContentType string          `json:"datacontenttype"`
	Sequence        string          `json:"sequence"`
	Data            json.RawMessage `json:"data"`
}

// MarshalJSON writes e as a CloudEvents 1.0 object; the key is its subject.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(cloudEvent{
		SpecVersion: "1.0", ID: e.ID, Source: source, Type: e.Type, Subject: e.Key, Time: e.Time.UTC(),
		DataContentType: "application/json", Sequence: strconv.FormatInt(e.Seq, 10), Data: e.Data,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote. It refuses other versions of CloudEvents and events without id or type.
func (e *Event) UnmarshalJSON(b []byte) error {
	var c cloudEvent
	if err := json.Unmarshal(b, &c); err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	if c.SpecVersion != "1.0" || c.ID == "" || c.Type == "" {
		return fmt.Errorf("read event %q of type %q: not a CloudEvents 1.0 object", c.ID, c.Type)
	}
	seq, err := strconv.ParseInt(c.Sequence, 10, 64)
	if err != nil {
		return fmt.Errorf("read event %s: sequence: %w", c.ID, err)
	}
	*e = Event{Seq: seq, ID: c.ID, Type: c.Type, Key: c.Subject, Time: c.Time, Data: c.Data}
	return nil
}
