package courses

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"halqa/community/account"
)

// Errors of reports. Both leave the report with its sender, who sends it again: later, or under a new session.
var (
	// ErrSession refuses a report whose session isn't one that this server opened for this person and module, or is too
	// old: a new one must be opened.
	ErrSession = fmt.Errorf("courses: not a playing session of this person and module: %w", account.ErrConflict)
	// ErrTooEarly refuses a report that names more than can have been played by now; see TooEarly.
	ErrTooEarly = errors.New("courses: more than can have been played by now")
)

// TooEarly is ErrTooEarly with the moment from which the same report will be admitted.
type TooEarly struct{ Until time.Time }

func (e TooEarly) Error() string { return ErrTooEarly.Error() }
func (e TooEarly) Unwrap() error { return ErrTooEarly }

// Playing is one playing session: the server gave a person a module to follow, as a page or to take away, at a time.
// Any number of devices, lessons and tracks of the module may report under it.
type Playing struct {
	PersonID, ModuleID int64
	OpenedAt           time.Time // whole milliseconds
	Nonce              int64
}

const (
	playingLife  = 180 * 24 * time.Hour // how long reports may come under a session: a phone may stay without network
	unnamedLife  = 12 * time.Hour       // how long reports that name no session share one
	playingBytes = 8 + 8 + 8 + 8        // of a token, before its signature
	playingMAC   = 16
)

// OpenPlaying opens a playing session in a module that the actor may read, and returns it with the token that reports
// name it by. Nothing is written until something is reported. It returns the errors of Module, and ErrSignInRequired.
func (s *Service) OpenPlaying(ctx context.Context, actor account.Actor, moduleID int64) (token string, p Playing, err error) {
	if !actor.SignedIn() {
		return "", p, account.ErrSignInRequired
	}
	m, err := moduleByID(ctx, s.db, moduleID, "")
	if err != nil {
		return "", p, err
	}
	if _, err := readable(ctx, s.db, actor, m); err != nil {
		return "", p, err
	}
	token, p = s.openPlaying(actor.PersonID, moduleID)
	return token, p, nil
}

func (s *Service) openPlaying(personID, moduleID int64) (string, Playing) {
	var nonce [8]byte
	_, _ = rand.Read(nonce[:]) // never fails
	p := Playing{PersonID: personID, ModuleID: moduleID, OpenedAt: s.now().Truncate(time.Millisecond),
		Nonce: int64(binary.BigEndian.Uint64(nonce[:])>>1) | 1}
	return p.token(s.key), p
}

// token is p, signed.
func (p Playing) token(key []byte) string {
	raw := make([]byte, 0, playingBytes+playingMAC)
	for _, n := range []int64{p.PersonID, p.ModuleID, p.OpenedAt.UnixMilli(), p.Nonce} {
		raw = binary.BigEndian.AppendUint64(raw, uint64(n))
	}
	return base64.RawURLEncoding.EncodeToString(append(raw, signature(key, raw)...))
}

func signature(key, raw []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("playing session\x00"))
	mac.Write(raw)
	return mac.Sum(nil)[:playingMAC]
}

// playing reads the token of a session of a person, still open at a time; ErrSession otherwise.
func playing(token string, key []byte, personID int64, now time.Time) (Playing, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != playingBytes+playingMAC || !hmac.Equal(raw[playingBytes:], signature(key, raw[:playingBytes])) {
		return Playing{}, ErrSession
	}
	number := func(n int) int64 { return int64(binary.BigEndian.Uint64(raw[8*n:])) }
	p := Playing{PersonID: number(0), ModuleID: number(1), OpenedAt: time.UnixMilli(number(2)), Nonce: number(3)}
	if p.PersonID != personID || now.After(p.Until()) {
		return Playing{}, ErrSession
	}
	return p, nil
}

// compare orders sessions by when they were opened.
func (p Playing) compare(q Playing) int {
	return cmp.Or(p.OpenedAt.Compare(q.OpenedAt), cmp.Compare(p.Nonce, q.Nonce), cmp.Compare(p.ModuleID, q.ModuleID))
}

// Until is when nothing can be reported under p any more.
func (p Playing) Until() time.Time { return p.OpenedAt.Add(playingLife) }

// SweepPlaying forgets sessions that nothing can be reported under any more, and returns how many.
func (s *Service) SweepPlaying(ctx context.Context) (int64, error) {
	res, err := s.db.NewRaw(`delete from playing_session where heard_at < ?`, s.now().Add(-playingLife)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("sweep playing sessions: %w", err)
	}
	return res.RowsAffected()
}
