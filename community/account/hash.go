package account

import (
	"context"
	"fmt"
	"sync"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// hashing costs about 25 ms of a core and 19 MiB: what OWASP asks at least.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hash returns the argon2id hash of a password, waiting for its turn until ctx ends.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if err := s.hashes.Acquire(ctx, 1); err != nil {
		return "", fmt.Errorf("wait to hash: %w", err)
	}
	defer s.hashes.Release(1)
	return argon2id.CreateHash(norm.NFC.String(password), hashing)
}

// matches tells whether password has the given hash. An empty hash takes as long and matches nothing, so that an
// unknown address can't be told from a wrong password by the clock.
func (s *Service) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := s.hashes.Acquire(ctx, 1); err != nil {
		return false, fmt.Errorf("wait to hash: %w", err)
	}
	defer s.hashes.Release(1)
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), nobodysHash())
		return false, err
	}
	return argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
}

var nobodysHash = sync.OnceValue(func() string {
	h, err := argon2id.CreateHash("nobody", hashing)
	if err != nil {
		panic("argon2id: " + err.Error()) // only when the system has no randomness
	}
	return h
})
