package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// minSecret is the least length of a secret, in characters.
const minSecret = 32

// Secret returns the key that signs what browsers hold. Without SECRET it is made at random, once, in the data folder,
// which is created if need be.
func (c Config) Secret() ([]byte, error) {
	if c.secret != "" {
		return []byte(c.secret), nil
	}
	path := filepath.Join(c.Data, "secret")
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err = makeSecret(path); err == nil {
			data, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	if len(data) < minSecret {
		return nil, fmt.Errorf("secret: %s is damaged: remove it to make a new one, which ends forms that are open in browsers", path)
	}
	return data, nil
}

// makeSecret writes a new secret.
func makeSecret(path string) error {
	return makeOnce(path, func() ([]byte, error) {
		key := make([]byte, 32)
		rand.Read(key) // never fails
		return []byte(hex.EncodeToString(key)), nil
	})
}

// makeOnce writes a file of the data folder whole, for its owner alone; of several programs that do so at once, one makes that
// of all.
func makeOnce(path string, content func() ([]byte, error)) error {
	// The user of the private PostgreSQL must get through the data folder; what is inside protects itself.
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil {
		return err
	}
	data, err := content()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // readable only by its owner
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
