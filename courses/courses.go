package courses

import (
	"crypto/rand"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Service offers the use cases of courses.
type Service struct {
	db      bun.IDB
	now     func() time.Time
	key     []byte // signs playing sessions
	reports *account.Gatherer[[]*pending]
}

// processKey signs the sessions of services that were given no key: they are known to this process alone.
var processKey = func() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return key
}()

// New returns the service over db. A nil now means the system's clock.
func New(db bun.IDB, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	s := &Service{db: db, now: now, key: processKey}
	s.reports = account.NewGatherer(largestBatch, s.writeAll)
	return s
}

// SignWith makes playing sessions be signed with key, which every node must share, and returns s.
func (s *Service) SignWith(key []byte) *Service {
	s.key = key
	return s
}
