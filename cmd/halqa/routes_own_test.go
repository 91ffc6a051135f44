package main

import (
	"bufio"
	"fmt"
	"strings"
	"testing"

	"halqa/events"
)

// TestRoutesToOneself checks what no address names: the stream and the notifications of the person who asks.
func TestRoutesToOneself(t *testing.T) {
	r := openRealm(t)
	mine, theirs := r.as(aMember), r.as(aLearner)
	stream := r.stream(t, theirs)
	town := &town{hub: r.hub, log: quietly(), soon: map[string]bool{}}
	for _, c := range []*comer{mine, theirs} {
		town.crier(events.Event{Type: events.ModuleCompleted{}.EventType(), Data: fmt.Appendf(nil, `{"person_id": %d, "module_id": %d}`, c.actor.PersonID, c.kind)})
	}
	if got, want := <-stream, fmt.Sprintf(`data: {"subjects":["module:%d"]}`, theirs.kind); got != want {
		t.Errorf("the learner's stream begins with %s, want %s", got, want)
	}
	unread := func() int {
		return count(t, r.p.db, `select count(*) from notification where person_id = ? and read_at is null`, mine.actor.PersonID)
	}
	before := unread()
	all := at("/notifications/read").with("up_to", "1000000000")
	if r.send(theirs, all(theirs), nil); before == 0 || unread() != before {
		t.Errorf("another person leaves %d of %d notifications unread", unread(), before)
	}
	if r.send(mine, all(mine), nil); unread() != 0 {
		t.Errorf("%d notifications are unread after reading all", unread())
	}
}

// stream opens somebody's live stream, once it flows, and carries the data of its changes.
func (r *realm) stream(t *testing.T, c *comer) <-chan string {
	t.Helper()
	a := at("/live")
	res, err := browser.Do(a.request(t, r.base, c))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() && lines.Text() != "" { // the first beat
	}
	changes := make(chan string, 8)
	go func() {
		defer close(changes)
		for event := ""; lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = name
			} else if event == "changed" && strings.HasPrefix(lines.Text(), "data: ") {
				changes <- lines.Text()
			}
		}
	}()
	return changes
}

// TestRoutesOfADemonstration checks the one thing that a demonstration opens: its mailbox.
func TestRoutesOfADemonstration(t *testing.T) {
	s := openSite(t)
	page := s.visitor(t, "en").open("/mailbox")
	if page.Path != "/mailbox" {
		t.Errorf("the mailbox leads to %s", page.Path)
	}
}
