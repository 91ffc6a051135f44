package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Link is a kind of single-use link sent by mail.
type Link string

// The links. Opening one only shows a button: mail scanners open links too, and a GET must not use them up.
const (
	ConfirmLink Link = "confirm"
	MagicLink   Link = "magic"
	ResetLink   Link = "reset"
)

var linkLife = map[Link]time.Duration{ConfirmLink: 3 * 24 * time.Hour, MagicLink: 30 * time.Minute, ResetLink: time.Hour, EraseLink: time.Hour}

// link is a row of token.
type link struct {
	bun.BaseModel `bun:"table:token,alias:token"`

	Hash      []byte `bun:",pk"`
	Kind      Link
	Email     string
	PersonID  int64           `bun:",nullzero"`
	Data      json.RawMessage `bun:"type:jsonb,nullzero,default:'{}'"`
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time `bun:",nullzero"`
}

// secret returns a new random 256-bit token, in 43 letters fit for an address or a cookie, and its hash.
func secret() (token string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashOf(token)
}

// hashOf is what is kept of a token. The token is random enough that a plain SHA-256 is.
func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// newLink stores a link and returns its path.
func (s *Service) newLink(ctx context.Context, tx bun.Tx, l link) (path string, err error) {
	token, hash := secret()
	l.Hash, l.CreatedAt = hash, s.now()
	l.ExpiresAt = l.CreatedAt.Add(linkLife[l.Kind])
	if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
		return "", fmt.Errorf("store %s link: %w", l.Kind, err)
	}
	if l.Kind == EraseLink { // its page is for nobody else, and says what goes
		return "/profile/erase?code=" + token, nil
	}
	return "/" + string(l.Kind) + "/" + token, nil
}

// CheckLink tells whether a link may still be used, without using it: nil, ErrTokenUsed or ErrTokenExpired. It returns
// the name of the person it is for, so that the page can greet them.
func (s *Service) CheckLink(ctx context.Context, kind Link, token string) (name string, err error) {
	l, err := findLink(ctx, s.db.NewSelect(), kind, token)
	if err != nil {
		return "", err
	}
	if err := l.usable(s.now()); err != nil {
		return "", err
	}
	if kind == ConfirmLink {
		var n Newcomer
		err := json.Unmarshal(l.Data, &n)
		return n.Name, err
	}
	err = s.db.NewSelect().Table("person").Column("name").Where("id = ?", l.PersonID).Scan(ctx, &name)
	return name, err
}

// useLink marks a link as used and returns it. Of two who use it at once, the second waits and gets ErrTokenUsed.
func (s *Service) useLink(ctx context.Context, tx bun.Tx, kind Link, token string) (link, error) {
	l, err := findLink(ctx, tx.NewSelect().For("update"), kind, token)
	if err != nil {
		return link{}, err
	}
	if err := l.usable(s.now()); err != nil {
		return link{}, err
	}
	l.UsedAt = s.now()
	if _, err := tx.NewUpdate().Model(&l).Column("used_at").WherePK().Exec(ctx); err != nil {
		return link{}, fmt.Errorf("use %s link: %w", kind, err)
	}
	return l, nil
}

func findLink(ctx context.Context, q *bun.SelectQuery, kind Link, token string) (link, error) {
	var l link
	err := q.Model(&l).Where("hash = ? and kind = ?", hashOf(token), kind).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return link{}, fmt.Errorf("%s link: %w", kind, ErrTokenExpired)
	}
	if err != nil {
		return link{}, fmt.Errorf("%s link: %w", kind, err)
	}
	return l, nil
}

func (l link) usable(now time.Time) error {
	switch {
	case !l.UsedAt.IsZero():
		return fmt.Errorf("%s link: %w", l.Kind, ErrTokenUsed)
	case !now.Before(l.ExpiresAt):
		return fmt.Errorf("%s link: %w", l.Kind, ErrTokenExpired)
	}
	return nil
}
