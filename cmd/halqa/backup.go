package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"halqa/migrations/cluster"
	"halqa/migrations/dump"
)

// An archive is a gzipped tar: manifest.json, then database/TABLE in pieces of whole rows as COPY writes them, then
// files/NAME as they are in the data folder, then complete.json. What lacks its end isn't restored.
const (
	archiveFormat = 1
	manifestName  = "manifest.json"
	completeName  = "complete.json"
	tableFolder   = "database/"
	fileFolder    = "files/"
)

// kept tells whether something in the data folder, by its name there, belongs in an archive. PostgreSQL's own files
// don't, since the database is copied, nor does the bus: the outbox and the consumers' marks are in the database.
func kept(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first != "" && first != asideName && !strings.HasPrefix(first, "nats") && !strings.HasPrefix(first, "postgres") && !strings.HasPrefix(first, ".")
}

// manifest begins an archive.
type manifest struct {
	Format    int          `json:"format"`
	Version   string       `json:"version"` // of the program
	Structure int64        `json:"structure"`
	At        time.Time    `json:"at"`
	Tables    []dump.Table `json:"tables"`
}

// complete ends an archive.
type complete struct {
	Rows      map[string]int64 `json:"rows"` // by table
	Files     int              `json:"files"`
	Sequences []dump.Sequence  `json:"sequences"`
}

func backupCommand(ctx context.Context, args []string, out io.Writer) error {
	name, err := oneFile("backup", args, out)
	if err != nil {
		return err
	}
	cfg, err := configure()
	if err != nil {
		return err
	}
	began := time.Now()
	end, err := backupTo(ctx, cfg, newLogger(cfg), name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %s, %.1f MB, in %.1f s.\n", name, end, float64(info.Size())/1e6, time.Since(began).Seconds())
	return err
}

func (c complete) String() string {
	rows := int64(0)
	for _, n := range c.Rows {
		rows += n
	}
	return fmt.Sprintf("%d rows of %d tables and %d files", rows, len(c.Rows), c.Files)
}

// oneFile reads the arguments of a command that takes the name of one file.
func oneFile(command string, args []string, out io.Writer) (string, error) {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	if err := parse(flags, "FILE", args, out); err != nil {
		return "", err
	}
	if flags.NArg() != 1 {
		return "", parse(flags, "FILE", []string{"-h"}, out)
	}
	return flags.Arg(0), nil
}

// reachDatabase is attachDatabase for those that connect by themselves.
func reachDatabase(ctx context.Context, cfg Config, log *slog.Logger) (url string, release func() error, err error) {
	if cfg.DatabaseURL != "" {
		return cfg.DatabaseURL, func() error { return nil }, nil
	}
	return cluster.Attach(ctx, cfg.Data, log)
}

// backupTo writes an archive that appears under its name when it is whole. It never overwrites.
func backupTo(ctx context.Context, cfg Config, log *slog.Logger, name string) (end complete, err error) {
	url, release, err := reachDatabase(ctx, cfg, log)
	if err != nil {
		return end, err
	}
	defer func() { err = errors.Join(err, release()) }()
	f, err := os.CreateTemp(filepath.Dir(name), ".backup-*") // only its owner reads it: it holds everything
	if err != nil {
		return end, fmt.Errorf("back up: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if end, err = backup(ctx, cfg, url, f); err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Link(f.Name(), name) // unlike a rename, it fails when the name is taken
	}
	if err != nil {
		return end, fmt.Errorf("back up: %w", err)
	}
	return end, nil
}

// backup writes an archive of the database at url and of the data folder. The program may run: the database is copied as
// of one moment, then the files, which never change and were there before the rows that name them.
func backup(ctx context.Context, cfg Config, url string, w io.Writer) (complete, error) {
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed) // films don't shrink
	if err != nil {
		return complete{}, err
	}
	a := newArchiver(packed)
	end := complete{Rows: map[string]int64{}}
	if err := a.database(ctx, url, &end); err != nil {
		return end, err
	}
	if err := a.files(cfg.Data, &end); err != nil {
		return end, err
	}
	if err := a.json(completeName, end); err != nil {
		return end, err
	}
	return end, errors.Join(a.Close(), packed.Close())
}

// archiver writes the entries of an archive.
type archiver struct {
	*tar.Writer
	at time.Time
}

func newArchiver(w io.Writer) *archiver {
	return &archiver{Writer: tar.NewWriter(w), at: time.Now().UTC()}
}

func header(name string, size int64, at time.Time) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at, Format: tar.FormatPAX}
}

func (a *archiver) bytes(name string, data []byte) error {
	if err := a.WriteHeader(header(name, int64(len(data)), a.at)); err != nil {
		return err
	}
	_, err := a.Write(data)
	return err
}

func (a *archiver) json(name string, v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	return a.bytes(name, b.Bytes())
}

func (a *archiver) database(ctx context.Context, url string, end *complete) error {
	s, err := dump.Take(ctx, url)
	if err != nil {
		return err
	}
	defer s.Close()
	err = a.json(manifestName, manifest{Format: archiveFormat, Version: version, Structure: s.Structure, At: a.at, Tables: s.Tables})
	if err != nil {
		return err
	}
	end.Sequences = s.Sequences
	for _, t := range s.Tables {
		n, err := s.Rows(ctx, t, func(piece []byte) error { return a.bytes(tableFolder+t.Name, piece) })
		if err != nil {
			return err
		}
		end.Rows[t.Name] = n
	}
	return nil
}

func (a *archiver) files(data string, end *complete) error {
	root, err := os.OpenRoot(data)
	if errors.Is(err, fs.ErrNotExist) { // a node with every service elsewhere
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	var names []string
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case name == ".":
			return err
		case !kept(name) && e.IsDir():
			return fs.SkipDir
		case errors.Is(err, fs.ErrNotExist): // gone meanwhile
			return nil
		case err == nil && kept(name) && e.Type().IsRegular() && !strings.HasPrefix(path.Base(name), "."): // a dot: not whole yet
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		err := a.file(root, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		end.Files++
	}
	return nil
}

func (a *archiver) file(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := header(fileFolder+name, info.Size(), a.at)
	h.Mode = int64(info.Mode().Perm())
	if err := a.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.CopyN(a, f, info.Size())
	return err
}
