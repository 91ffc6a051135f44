package account

import (
	"context"
	"runtime"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/sync/semaphore"
)

// Options are what the service is wired to.
type Options struct {
	// Mail hands a mail over, in the transaction that makes it true. It must be set.
	Mail func(ctx context.Context, tx bun.Tx, m Mail) error
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Hashes bounds the passwords hashed at the same time, each taking a core and 19 MiB; all cores but one when 0.
	Hashes int
}

// Service holds the use cases.
type Service struct {
	db      bun.IDB
	mail    func(ctx context.Context, tx bun.Tx, m Mail) error
	now     func() time.Time
	hashes  *semaphore.Weighted
	lookups *Gatherer[*lookup] // sessions being looked for
	holders *Gatherer[*lookup] // those of which only the holder matters
	holding holding
}

// New returns the use cases over db.
func New(db bun.IDB, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Hashes == 0 {
		o.Hashes = max(1, runtime.GOMAXPROCS(0)-1)
	}
	s := &Service{db: db, mail: o.Mail, now: o.Now, hashes: semaphore.NewWeighted(int64(o.Hashes))}
	s.lookups = NewGatherer(100, s.lookUp)
	s.holders = NewGatherer(256, s.lookUpHolders)
	return s
}

// Mail is something to tell a person by mail. Whoever delivers it writes the text, in the person's language.
type Mail struct {
	To       string
	PersonID int64 // 0 while the address isn't proved
	Language string
	Kind     string            // "confirm", "magic", "reset", "already_registered", "erase", "erased", "erased_for", "organisation_decided", "membership_decided"
	Data     map[string]string // "name", "path" (of the link, to be put behind the public URL), and what the kind needs
}
