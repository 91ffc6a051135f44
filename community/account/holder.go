package account

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// holderKept is for how long Holder believes what it was told last. Only this long may a session that was ended on another node, or
	// in a transaction that was under way, still be held.
	holderKept = 3 * time.Second
	// mostHolders bounds the memory; a node that serves more people at once asks more often.
	mostHolders = 20_000
)

// holding remembers who holds which session. Players report every few seconds for each person, and asking who sends it costs
// as much as keeping what they say.
type holding struct {
	mu    sync.Mutex
	until time.Time // everything known is forgotten
	known map[string]*lookup
}

func (h *holding) find(hash []byte, now time.Time) *lookup {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !now.Before(h.until) || len(h.known) >= mostHolders {
		h.known, h.until = map[string]*lookup{}, now.Add(holderKept)
	}
	return h.known[string(hash)]
}

func (h *holding) keep(l *lookup) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known != nil {
		h.known[string(l.hash)] = l
	}
}

// forget is called when sessions end here.
func (h *holding) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known, h.until = nil, time.Time{}
}

// Holder returns who holds a session with what anybody's actions depend on, id and language, and nothing of what they
// may do besides: for what is asked all the time and concerns nobody but the person. A session that was ended on another node
// may still be held for holderKept. Otherwise it is Actor.
func (s *Service) Holder(ctx context.Context, token string) (Actor, error) {
	if token == "" {
		return Actor{}, ErrSignInRequired
	}
	hash := hashOf(token)
	if l := s.holding.find(hash, s.now()); l != nil {
		return l.actor, nil
	}
	l := &lookup{hash: hash, err: errors.New("the session wasn't looked up")}
	s.holders.Do(ctx, l)
	if l.err != nil {
		return Actor{}, l.err
	}
	s.holding.keep(l)
	return l.actor, s.touch(ctx, l.own)
}
