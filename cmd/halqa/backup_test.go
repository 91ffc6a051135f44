package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"halqa/events/eventstest"
	"halqa/migrations/dump"
	"halqa/migrations/testdb"
)

// furnished is a site where somebody learnt something, with its archive.
func furnished(t *testing.T) (*site, Config, []byte) {
	t.Helper()
	s := openSite(t)
	bus := eventstest.New(t, s.p.db, s.p.consumers())
	s.person("amel")
	v := s.signedIn(t, "amel")
	v.follow(s)
	sem := s.seminar(1)
	bus.Settle()
	path := fmt.Sprintf("/seminars/%d", sem.ID)
	v.submit(v.form(v.open(path), path+"/register"))
	bus.Settle()
	var archive bytes.Buffer
	end, err := backup(context.Background(), s.cfg, testdb.URL(s.p.db), &archive)
	if err != nil {
		t.Fatal(err)
	}
	if end.Rows["completion"] != 1 || end.Files < 5 {
		t.Fatalf("the archive holds %+v", end)
	}
	return s, s.cfg, archive.Bytes()
}

// texts are what somebody sees of the pages that tell the whole story.
func (s *site) texts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for who, paths := range map[string][]string{
		"":          {"/", "/spaces", "/spaces/funding", "/seminars", fmt.Sprintf("/modules/%d", s.module.ID)},
		"amel":      {"/home", "/my/seats", "/notifications", s.lessonPath(), fmt.Sprintf("/modules/%d", s.module.ID)},
		"programme": {"/indicators"},
	} {
		v := s.visitor(t, "fr")
		if who != "" {
			v = s.signedIn(t, who)
		}
		for _, path := range paths {
			all[who+path] = v.open(path).Text()
		}
	}
	for _, f := range s.lesson.Tracks[0].Files {
		all[f.Name] = string(s.visitor(t, "fr").open("/media/" + f.Name).Body)
	}
	return all
}

// TestBackupAndRestore restores into an empty folder, with a PostgreSQL of its own, and reads the same pages there.
func TestBackupAndRestore(t *testing.T) {
	s, cfg, archive := furnished(t)
	ctx := context.Background()
	before := s.texts(t)

	other := cfg
	other.Data = dataFolder(t, testdb.Folder(t))
	m, end, err := restore(ctx, other, quietly(), bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	if m.Structure == 0 || end.Rows["person"] == 0 {
		t.Errorf("restored %+v %+v", m, end)
	}
	source, err := attachDatabase(ctx, other, quietly())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := source.close(); err != nil {
			t.Error(err)
		}
	}()
	p, err := newPlatform(source.db, other, s.clock)
	if err != nil {
		t.Fatal(err)
	}
	w := *s.world
	w.p = p
	again := &site{world: &w, now: s.now}
	again.serve(t, other)
	after := again.texts(t)
	for path, want := range before {
		if after[path] != want {
			t.Errorf("%s\nbefore: %.600s\nafter:  %.600s", path, want, after[path])
		}
	}
	a, errA := os.ReadFile(filepath.Join(cfg.Data, "secret"))
	b, errB := os.ReadFile(filepath.Join(other.Data, "secret"))
	if err := errors.Join(errA, errB); err != nil || !bytes.Equal(a, b) {
		t.Errorf("the secret differs: %v", err)
	}
	again.person("sonia") // identities go on where they were
	bus := eventstest.New(t, p.db, p.consumers())
	bus.Settle()
	if n := count(t, p.db, `select count(*) from notification`); n != count(t, s.p.db, `select count(*) from notification`) {
		t.Errorf("a restored bus said things again: %d notifications", n)
	}
	if _, _, err := restore(ctx, other, quietly(), bytes.NewReader(archive)); err == nil {
		t.Error("it was restored over what is there")
	}
}

func TestRestoreRefuses(t *testing.T) {
	s, cfg, archive := furnished(t)
	ctx := context.Background()
	empty := func() Config {
		c := cfg
		c.Data = filepath.Join(t.TempDir(), "data")
		c.DatabaseURL = testdb.CloneURL(t)
		return c
	}
	t.Run("what was cut short, and then takes the whole", func(t *testing.T) {
		c := empty()
		for _, n := range []int{0, 10, len(archive) / 2, len(archive) - 9} {
			if _, _, err := restore(ctx, c, quietly(), bytes.NewReader(archive[:n])); err == nil {
				t.Fatalf("%d of %d bytes were restored", n, len(archive))
			}
		}
		if _, _, err := restore(ctx, c, quietly(), bytes.NewReader(archive)); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(c.Data); err != nil || len(left) != 2 {
			t.Errorf("in the data folder: %v %v", left, err)
		}
	})
	t.Run("what was damaged", func(t *testing.T) {
		c, damaged := empty(), bytes.Clone(archive)
		damaged[len(damaged)-6] ^= 1 // in the checksum
		if _, _, err := restore(ctx, c, quietly(), bytes.NewReader(damaged)); !errors.Is(err, errNotArchive) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a database that holds people", func(t *testing.T) {
		c := empty()
		if _, _, err := restore(ctx, c, quietly(), bytes.NewReader(archive)); err != nil {
			t.Fatal(err)
		}
		c.Data = filepath.Join(t.TempDir(), "elsewhere")
		if _, _, err := restore(ctx, c, quietly(), bytes.NewReader(archive)); !errors.Is(err, dump.ErrNotEmpty) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a database in use", func(t *testing.T) {
		c := empty()
		c.DatabaseURL = testdb.URL(s.p.db)
		if _, _, err := restore(ctx, c, quietly(), bytes.NewReader(archive)); !errors.Is(err, dump.ErrInUse) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a folder with films", func(t *testing.T) {
		c := empty()
		c.Data = cfg.Data
		if _, _, err := restore(ctx, c, quietly(), bytes.NewReader(archive)); !errors.Is(err, errHasFiles) {
			t.Errorf("got %v", err)
		}
	})
	for name, change := range map[string]func(a *archiver) error{
		"a name that climbs": func(a *archiver) error { return a.bytes(fileFolder+"media/../../../climbed", []byte("x")) },
		"another folder":     func(a *archiver) error { return a.bytes(fileFolder+"postgres/x", []byte("x")) },
		"an unknown table":   func(a *archiver) error { return a.bytes(tableFolder+"pg_authid", []byte("x")) },
		"an unknown entry":   func(a *archiver) error { return a.bytes("etc/passwd", []byte("x")) },
		"no end":             func(*archiver) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := empty()
			if _, _, err := restore(ctx, c, quietly(), forged(t, change)); !errors.Is(err, errNotArchive) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(filepath.Dir(c.Data)), "climbed")); err == nil {
				t.Error("it climbed")
			}
		})
	}
}

// forged is an archive with a valid beginning and whatever change adds.
func forged(t *testing.T, change func(*archiver) error) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	a := newArchiver(packed)
	err := a.json(manifestName, manifest{Format: archiveFormat, Structure: 1})
	if err := errors.Join(err, change(a), a.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestBackupNeverOverwrites(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.DatabaseURL = testdb.CloneURL(t)
	name := filepath.Join(t.TempDir(), "halqa.tar.gz")
	if _, err := backupTo(context.Background(), cfg, quietly(), name); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
	if _, err := backupTo(context.Background(), cfg, quietly(), name); !errors.Is(err, os.ErrExist) {
		t.Errorf("the second backup: %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(name)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
