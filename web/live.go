package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	streamsPerPerson = 6                // browsers, not tabs: those of one browser share a stream
	heartbeat        = 12 * time.Second // the only way to learn that a browser left
	backlog          = 32               // messages a slow browser may be late by
	memory           = time.Minute      // how long changes are remembered for the pages that are still loading
	remembered       = 4096             // how many of them at most
)

// Hub sends events to the browsers connected to this node. Every node has its own, fed from the bus.
type Hub struct {
	mu      sync.Mutex
	people  map[int64][]*stream // the oldest first
	recent  []remembrance       // the oldest first
	closing chan struct{}
	once    sync.Once
}

// remembrance is a change told lately.
type remembrance struct {
	at       time.Time
	personID int64 // 0 for everybody
	message  []byte
}

type stream struct {
	messages chan []byte
	gone     chan struct{}
	once     sync.Once
}

func (s *stream) close() { s.once.Do(func() { close(s.gone) }) }

// NewHub returns a hub with nobody connected.
func NewHub() *Hub { return &Hub{people: map[int64][]*stream{}, closing: make(chan struct{})} }

// Changed is the data of the event "changed": pages that show one of the subjects fetch it again.
type Changed struct {
	Subjects  []string `json:"subjects"`            // "seminar:12", "notifications"
	Everybody bool     `json:"everybody,omitempty"` // set by Broadcast, so that browsers spread their requests
	Few       bool     `json:"few,omitempty"`       // few have the subject open: those that do needn't wait
}

// Send tells the browsers of one person. Pages hear it as the DOM event halqa:<event>; Changed data refreshes their live
// parts. It never blocks: a browser too late to take it is cut off, and fetches everything when it returns.
func (h *Hub) Send(personID int64, event string, data any) {
	m := message(event, data)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(personID, event, m)
	for _, s := range h.people[personID] {
		s.offer(m)
	}
}

// Broadcast tells every connected browser.
func (h *Hub) Broadcast(event string, data any) {
	if c, ok := data.(Changed); ok {
		c.Everybody = true
		data = c
	}
	m := message(event, data)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(0, event, m)
	for _, streams := range h.people {
		for _, s := range streams {
			s.offer(m)
		}
	}
}

// Close ends every stream, so that the server can stop. Browsers come back by themselves.
func (h *Hub) Close() { h.once.Do(func() { close(h.closing) }) }

// Connected counts the open streams.
func (h *Hub) Connected() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, streams := range h.people {
		n += len(streams)
	}
	return n
}

func (s *stream) offer(m []byte) {
	select {
	case s.messages <- m:
	default:
		s.close()
	}
}

func message(event string, data any) []byte {
	raw, err := json.Marshal(data)
	if err != nil {
		raw = []byte("null")
	}
	return fmt.Appendf(nil, "event: %s\ndata: %s\n\n", event, raw)
}

// remember keeps a change for the pages made before it whose stream isn't open yet.
func (h *Hub) remember(personID int64, event string, m []byte) {
	if event != "changed" {
		return
	}
	now := time.Now()
	old := 0
	for old < len(h.recent) && (now.Sub(h.recent[old].at) > memory || len(h.recent)-old >= remembered) {
		old++
	}
	h.recent = append(h.recent[old:], remembrance{now, personID, m})
}

// replay offers what was told to a person since a moment; when it is much, "everything changed" instead.
func (h *Hub) replay(personID int64, s *stream, since time.Time) {
	var missed [][]byte
	for _, r := range h.recent {
		if (r.personID == personID || r.personID == 0) && r.at.After(since) {
			missed = append(missed, r.message)
		}
	}
	if len(missed) > backlog/2 {
		missed = [][]byte{message("changed", struct{}{})}
	}
	for _, m := range missed {
		s.offer(m)
	}
}

// join opens a stream for a person, which begins with the changes since a moment: that of the page that opens it.
func (h *Hub) join(personID int64, since time.Time) *stream {
	s := &stream{messages: make(chan []byte, backlog), gone: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.replay(personID, s, since)
	streams := append(h.people[personID], s)
	if len(streams) > streamsPerPerson {
		streams[0].close()
		streams = streams[1:]
	}
	h.people[personID] = streams
	return s
}

func (h *Hub) leave(personID int64, s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	streams := h.people[personID]
	for i := range streams {
		if streams[i] == s {
			h.people[personID] = append(streams[:i:i], streams[i+1:]...)
			break
		}
	}
	if len(h.people[personID]) == 0 {
		delete(h.people, personID)
	}
}

// streamLive is the one stream of a browser. Visitors have none: 204 tells their browser not to ask again.
func (s *site) streamLive(c *fiber.Ctx) error {
	a := actor(c)
	if !a.SignedIn() {
		return c.SendStatus(fiber.StatusNoContent)
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	conn := c.Context().Conn()
	age := min(time.Duration(max(c.QueryInt("age"), 0))*time.Millisecond, memory)
	hub, own := s.Live, s.Live.join(a.PersonID, time.Now().Add(-age))
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer hub.leave(a.PersonID, own)
		hub.pump(own, w, conn)
	})
	return nil
}

// pump writes a stream until its browser leaves, falls behind, or the server stops.
func (h *Hub) pump(s *stream, w *bufio.Writer, conn net.Conn) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	m := []byte("retry: 2000\nevent: beat\ndata: 1\n\n")
	for {
		_ = conn.SetWriteDeadline(time.Now().Add(2 * heartbeat))
		if _, err := w.Write(m); err != nil || w.Flush() != nil {
			return
		}
		select {
		case m = <-s.messages:
		case <-beat.C:
			m = []byte("event: beat\ndata: 1\n\n")
		case <-s.gone:
			return
		case <-h.closing:
			return
		}
	}
}
