package media

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestUnfinishedUploadsAreSwept(t *testing.T) {
	f := open(t)
	old, fresh := filepath.Join(f.dir, ".put-1"), filepath.Join(f.dir, ".put-2")
	now := time.Now()
	for path, age := range map[string]time.Duration{old: 25 * time.Hour, fresh: time.Hour} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SweepUnfinished(now); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the old one is left")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("the fresh one is gone")
	}
}
