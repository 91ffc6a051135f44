package main

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestSecretIsMadeOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	secrets := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range secrets {
		all.Go(func() {
			var err error
			if secrets[i], err = secretOf(folder); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range secrets {
		if len(s) < minSecret || !bytes.Equal(s, secrets[0]) {
			t.Fatalf("secrets differ: %q", secrets)
		}
	}
	path := filepath.Join(folder, "secret")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v, %v; want mode 0600", info, err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secretOf(folder); err == nil {
		t.Error("an empty secret is accepted")
	}
}
