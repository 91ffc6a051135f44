package courses

import (
	"time"

	"github.com/uptrace/bun"
)

// Service offers the use cases of courses.
type Service struct {
	db  bun.IDB
	now func() time.Time
}

// New returns the service over db. A nil now means the system's clock.
func New(db bun.IDB, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{db: db, now: now}
}
