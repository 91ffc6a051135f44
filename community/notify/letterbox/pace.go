package letterbox

import (
	"sync"
	"time"
)

// pace counts the mails of each client in the present minute.
type pace struct {
	now func() time.Time

	mu     sync.Mutex
	minute time.Time
	mails  map[string]int
}

// peersAtMost is the number of clients that are told apart in a minute; the others count as one.
const peersAtMost = 10_000

func newPace(now func() time.Time) *pace { return &pace{now: now, mails: map[string]int{}} }

// admit lets a client bring one more mail.
func (p *pace) admit(peer string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if minute := p.now().Truncate(time.Minute); !minute.Equal(p.minute) {
		p.minute, p.mails = minute, map[string]int{}
	}
	if _, known := p.mails[peer]; !known && len(p.mails) >= peersAtMost {
		peer = ""
	}
	p.mails[peer]++
	return p.mails[peer] <= perMinute
}
