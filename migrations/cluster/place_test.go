package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stranger is the unprivileged user that root would start PostgreSQL as.
var stranger = owner{name: "stranger", uid: 65534, gid: 65534, drop: true}

func closedFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(emptyFolder(t), "closed")
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func elsewhere(t *testing.T) {
	t.Helper()
	before := systemData
	systemData = filepath.Join(emptyFolder(t), "system")
	t.Cleanup(func() { systemData = before })
}

func TestUnreachableFolderGoesElsewhere(t *testing.T) {
	elsewhere(t)
	data := filepath.Join(closedFolder(t), "postgres")
	got, err := reachable(data, stranger)
	if err != nil || !strings.HasPrefix(got, systemData) {
		t.Fatalf("reachable() = %s, %v; want a place under %s", got, err, systemData)
	}
	// A cluster there that no data folder links to is kept apart, not taken over.
	if err := os.Mkdir(got, 0o700); err != nil {
		t.Fatal(err)
	}
	if again, err := reachable(data, stranger); err != nil || again != got {
		t.Fatalf("reachable() = %s, %v; want %s", again, err, got)
	}
	if left, err := filepath.Glob(got + ".*"); err != nil || len(left) != 1 {
		t.Errorf("clusters kept apart: %v, %v; want one", left, err)
	}
}

func TestUnreachableClusterIsExplained(t *testing.T) {
	data := filepath.Join(closedFolder(t), "postgres")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := reachable(data, stranger)
	if want := "chmod o+x " + filepath.Dir(filepath.Dir(data)); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("reachable: %v; want it to say %q", err, want)
	}
}

func TestOwnFolderNeedsNoOthers(t *testing.T) {
	data := filepath.Join(closedFolder(t), "postgres")
	me := owner{name: "me", uid: uint32(os.Getuid()), gid: uint32(os.Getgid())}
	if got, err := reachable(data, me); err != nil || got != data {
		t.Errorf("reachable() = %s, %v; want %s", got, err, data)
	}
}

// The whole way, for whoever runs the tests: in a folder that only they can enter.
func TestStartInClosedFolder(t *testing.T) {
	elsewhere(t)
	dir := closedFolder(t)
	c := startIn(t, dir)
	do(t, c.URL(), keepOne)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	c = startIn(t, dir)
	wantRows(t, c.URL(), "1")
	url, release, err := Attach(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, url, "1")
	if err := release(); err != nil {
		t.Error(err)
	}
}

func TestDanglingLinkIsExplained(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "gone"), filepath.Join(dir, "postgres")); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("Start: %v; want it to explain", err)
	}
}

func TestSocketFolderOfAnotherUser(t *testing.T) {
	data := filepath.Join(t.TempDir(), "postgres")
	if err := os.Mkdir(data+".run", 0o700); err != nil {
		t.Fatal(err)
	}
	other := owner{name: "other", uid: uint32(os.Getuid()) + 1}
	if _, err := socketFolder(data, other); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("socketFolder: %v; want a refusal", err)
	}
}
