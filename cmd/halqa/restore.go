package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"halqa/events"
	"halqa/migrations"
	"halqa/migrations/dump"
)

// Errors of restoring.
var (
	errNotArchive = errors.New("it isn't an archive of halqa backup, or it is damaged")
	errHasFiles   = errors.New("the data folder already has files")
)

func restoreCommand(ctx context.Context, args []string, out io.Writer) error {
	name, err := oneFile("restore", args, out)
	if err != nil {
		return err
	}
	cfg, err := configure()
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer f.Close()
	began := time.Now()
	m, end, err := restore(ctx, cfg, newLogger(cfg), f)
	if err != nil {
		return fmt.Errorf("restore %s: %w", name, err)
	}
	_, err = fmt.Fprintf(out, "Restored %s as of %s, in %.1f s.\n", end, m.At.In(cfg.TimeZone).Format(time.DateTime), time.Since(began).Seconds())
	return err
}

// asideName is where files wait, in the data folder, until all is known to be there.
const asideName = "restoring"

// restore fills an empty database and an empty data folder with an archive: whole or not at all. It refuses those that
// aren't empty, and a database that a running program uses.
func restore(ctx context.Context, cfg Config, log *slog.Logger, r io.Reader) (m manifest, end complete, err error) {
	entries, m, err := openArchive(r)
	if err != nil {
		return m, end, err
	}
	if err := refuseFiles(cfg.Data); err != nil {
		return m, end, err
	}
	url, release, err := reachDatabase(ctx, cfg, log)
	if err != nil {
		return m, end, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if end, err = fill(ctx, cfg.Data, url, entries, m); err != nil {
		return m, end, err
	}
	if err := forgetBus(ctx, cfg); err != nil {
		return m, end, err
	}
	return m, end, upgrade(ctx, url)
}

// archive is an archive being read.
type archive struct {
	*tar.Reader
	packed *gzip.Reader
}

// openArchive reads the manifest and returns the entries after it.
func openArchive(r io.Reader) (*archive, manifest, error) {
	var m manifest
	packed, err := gzip.NewReader(r)
	if err != nil {
		return nil, m, fmt.Errorf("%w: %w", errNotArchive, err)
	}
	entries := &archive{tar.NewReader(packed), packed}
	h, err := entries.Next()
	if err != nil || h.Name != manifestName {
		return nil, m, errors.Join(errNotArchive, err)
	}
	if err := json.NewDecoder(io.LimitReader(entries, 1<<20)).Decode(&m); err != nil {
		return nil, m, fmt.Errorf("%w: %w", errNotArchive, err)
	}
	if m.Format != archiveFormat {
		return nil, m, fmt.Errorf("%w: its format is %d", dump.ErrNewer, m.Format)
	}
	return entries, m, nil
}

func refuseFiles(data string) error {
	there, err := os.ReadDir(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range there {
		if !e.IsDir() || !kept(e.Name()) {
			continue
		}
		found, err := os.ReadDir(filepath.Join(data, e.Name()))
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return fmt.Errorf("%w: %s", errHasFiles, filepath.Join(data, e.Name()))
		}
	}
	return err
}

// fill loads the database and puts the files into a folder beside their places; once the end was read and everything is
// there, it makes both real.
func fill(ctx context.Context, data, url string, entries *archive, m manifest) (complete, error) {
	var end complete
	if err := os.MkdirAll(data, 0o711); err != nil { // as the private PostgreSQL wants it
		return end, err
	}
	aside := filepath.Join(data, asideName)
	if err := errors.Join(os.RemoveAll(aside), os.Mkdir(aside, 0o700)); err != nil {
		return end, err
	}
	defer os.RemoveAll(aside)
	root, err := os.OpenRoot(aside)
	if err != nil {
		return end, err
	}
	defer root.Close()
	loader, err := dump.Load(ctx, url, m.Structure)
	if err != nil {
		return end, err
	}
	defer loader.Close()
	if end, err = unpack(ctx, entries, m, loader, root); err != nil {
		return end, err
	}
	if err := place(root, data); err != nil {
		return end, err
	}
	return end, loader.Commit(ctx, end.Sequences)
}

// unpack reads every entry and compares what there was with what the end says.
func unpack(ctx context.Context, entries *archive, m manifest, loader *dump.Loader, root *os.Root) (end complete, err error) {
	got := complete{Rows: map[string]int64{}}
	for {
		h, err := entries.Next()
		if err != nil {
			return end, fmt.Errorf("%w: %w", errNotArchive, err)
		}
		table, isTable := strings.CutPrefix(h.Name, tableFolder)
		file, isFile := strings.CutPrefix(h.Name, fileFolder)
		switch {
		case h.Typeflag != tar.TypeReg:
			return end, fmt.Errorf("%w: %q isn't a file", errNotArchive, h.Name)
		case isTable:
			i := slices.IndexFunc(m.Tables, func(t dump.Table) bool { return t.Name == table })
			if i < 0 {
				return end, fmt.Errorf("%w: no table %q", errNotArchive, table)
			}
			n, err := loader.Rows(ctx, m.Tables[i], entries)
			if err != nil {
				return end, err
			}
			got.Rows[table] += n
		case isFile:
			if err := unpackFile(root, file, h.FileInfo().Mode().Perm(), entries); err != nil {
				return end, err
			}
			got.Files++
		case h.Name == completeName:
			if err := json.NewDecoder(entries).Decode(&end); err != nil {
				return end, fmt.Errorf("%w: %w", errNotArchive, err)
			}
			return end, compare(entries, got, end)
		default:
			return end, fmt.Errorf("%w: %q", errNotArchive, h.Name)
		}
	}
}

// compare fails unless everything that was promised came, up to the checksum of the last byte.
func compare(entries *archive, got, want complete) error {
	if _, err := entries.Next(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows its end", errNotArchive)
	}
	if _, err := io.Copy(io.Discard, entries.packed); err != nil {
		return fmt.Errorf("%w: %w", errNotArchive, err)
	}
	for table, n := range want.Rows {
		if got.Rows[table] != n {
			return fmt.Errorf("%w: table %s has %d rows, not %d", errNotArchive, table, got.Rows[table], n)
		}
	}
	if got.Files != want.Files {
		return fmt.Errorf("%w: it has %d files, not %d", errNotArchive, got.Files, want.Files)
	}
	return nil
}

// unpackFile writes one file of the data folder. The root keeps names such as ../x out.
func unpackFile(root *os.Root, name string, mode fs.FileMode, r io.Reader) error {
	if !kept(name) || !filepath.IsLocal(name) {
		return fmt.Errorf("%w: %q", errNotArchive, name)
	}
	if dir := path.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

// place moves the files where they belong; folders there are empty.
func place(root *os.Root, data string) error {
	all, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range all {
		target := filepath.Join(data, e.Name())
		if e.IsDir() {
			if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err := os.Rename(filepath.Join(root.Name(), e.Name()), target); err != nil {
			return err
		}
	}
	return nil
}

// forgetBus throws away what the bus still holds of another history. The outbox says again what consumers haven't heard.
func forgetBus(ctx context.Context, cfg Config) error {
	if cfg.NATSURL == "" {
		return os.RemoveAll(filepath.Join(cfg.Data, "nats"))
	}
	conn, err := nats.Connect(cfg.NATSURL, nats.Name("halqa restore"))
	if err != nil {
		return fmt.Errorf("connect to NATS_URL: %w", err)
	}
	defer conn.Close()
	return events.Discard(ctx, conn)
}

func upgrade(ctx context.Context, url string) error {
	db, err := migrations.Open(ctx, url)
	if err != nil {
		return err
	}
	defer db.Close()
	return migrations.Up(ctx, db)
}
