package natsd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// checkRecovered compares the streams and consumers that are on disk with those that the server has. It only warns
// about one it can't recover, and the name stays unusable.
func checkRecovered(s *server.Server, dir string) error {
	lost, err := notRecovered(s, dir)
	for range 10 { // what is being deleted is on disk for a moment longer
		if err != nil || len(lost) == 0 {
			return err
		}
		time.Sleep(20 * time.Millisecond)
		lost, err = notRecovered(s, dir)
	}
	if err != nil || len(lost) == 0 {
		return err
	}
	return fmt.Errorf("%w: could not recover %s", errBroken, strings.Join(lost, ", "))
}

func notRecovered(s *server.Server, dir string) ([]string, error) {
	known, err := recovered(s)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(stored(dir), func(path string) bool { return known[path] }), nil
}

// recovered is the set of the server's streams, as "stream", and consumers, as "stream/consumer".
func recovered(s *server.Server) (map[string]bool, error) {
	state, err := s.Jsz(&server.JSzOptions{Accounts: true, Streams: true, Consumer: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	known := map[string]bool{}
	for _, account := range state.AccountDetails {
		for _, stream := range account.Streams {
			known[stream.Name] = true
			for _, consumer := range stream.Consumer {
				known[stream.Name+"/"+consumer.Name] = true
			}
		}
	}
	return known, nil
}

// stored lists the streams and consumers on disk in the same form.
func stored(dir string) []string {
	var found []string
	streams := filepath.Join(dir, "jetstream", "$G", "streams")
	for _, stream := range folders(streams) {
		found = append(found, stream)
		for _, consumer := range folders(filepath.Join(streams, stream, "obs")) {
			found = append(found, stream+"/"+consumer)
		}
	}
	return found
}

// folders lists the folders in dir, without those that the server is deleting.
func folders(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // there is none yet
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	return names
}

// dropIndexes removes the indexes that a clean stop left, so that the server makes them anew from the messages, whose
// checksums it verifies then. With an index it would trust damaged messages, and consumers get stuck at them.
func dropIndexes(dir string) error {
	indexes, err := filepath.Glob(filepath.Join(dir, "jetstream", "$G", "streams", "*", "msgs", "index.db"))
	for _, index := range indexes {
		err = errors.Join(err, os.Remove(index))
	}
	return err
}
