package natsd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// TestMain lets the test binary be, when asked, a program that publishes until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("NATSD_TEST_PROGRAM"); dir != "" {
		publishForEver(dir)
	}
	os.Exit(m.Run())
}

func publishForEver(dir string) {
	s, err := Start(dir, nil)
	if err != nil {
		panic(err)
	}
	conn, err := s.Conn()
	if err != nil {
		panic(err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		panic(err)
	}
	if err := prepare(context.Background(), js); err != nil {
		panic(err)
	}
	for i := 0; ; i++ {
		if _, err := js.Publish(context.Background(), "halqa.test", fmt.Append(nil, i)); err != nil {
			panic(err)
		}
		if i == 500 {
			fmt.Println("published")
		}
	}
}

// prepare makes the stream and the consumer, or finds them.
func prepare(ctx context.Context, js jetstream.JetStream) error {
	if _, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "halqa", Subjects: []string{"halqa.>"}}); err != nil {
		return err
	}
	_, err := js.CreateOrUpdateConsumer(ctx, "halqa", jetstream.ConsumerConfig{Durable: "reader", AckPolicy: jetstream.AckExplicitPolicy})
	return err
}

func start(t *testing.T, dir string, log *slog.Logger) (*Server, jetstream.JetStream) {
	t.Helper()
	s, err := Start(dir, log)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := s.Conn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return s, js
}

// works checks that the stream takes messages and the consumer delivers the newest of them.
func works(t *testing.T, js jetstream.JetStream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := prepare(ctx, js); err != nil {
		t.Fatal(err)
	}
	ack, err := js.Publish(ctx, "halqa.test", []byte("newest"))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := js.Consumer(ctx, "halqa", "reader")
	if err != nil {
		t.Fatal(err)
	}
	for {
		msg, err := reader.Next(jetstream.FetchContext(ctx))
		if err != nil {
			t.Fatalf("the newest message was not delivered: %v", err)
		}
		meta, err := msg.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		if err := msg.Ack(); err != nil {
			t.Fatal(err)
		}
		if meta.Sequence.Stream == ack.Sequence {
			return
		}
	}
}

// filled is a stopped store with a stream of 101 messages, of which the consumer has read all but the last.
func filled(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "nats")
	s, js := start(t, dir, nil)
	if err := prepare(t.Context(), js); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if _, err := js.Publish(t.Context(), "halqa.test", bytes.Repeat(fmt.Append(nil, i), 100)); err != nil {
			t.Fatal(err)
		}
	}
	reader, err := js.Consumer(t.Context(), "halqa", "reader")
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		msg, err := reader.Next()
		if err != nil {
			t.Fatal(err)
		}
		if err := msg.DoubleAck(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := js.Publish(t.Context(), "halqa.test", []byte("unread")); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestStreamsSurviveStop(t *testing.T) {
	dir := filled(t)
	var said bytes.Buffer
	_, js := start(t, dir, slog.New(slog.NewTextHandler(&said, nil)))
	reader, err := js.Consumer(t.Context(), "halqa", "reader")
	if err != nil {
		t.Fatal(err)
	}
	info, err := reader.Info(t.Context())
	if err != nil || info.NumPending != 1 || info.AckFloor.Stream != 100 {
		t.Errorf("consumer after the stop: %+v, %v; want one message left", info, err)
	}
	if said.Len() > 0 {
		t.Errorf("a healthy start said %s", said.String())
	}
	if _, err := os.Stat(dir + ".broken"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a healthy store was moved aside: %v", err)
	}
}

func TestSecondStartIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	start(t, dir, nil)
	if _, err := Start(dir, nil); !errors.Is(err, ErrRunning) {
		t.Errorf("second Start: %v; want ErrRunning", err)
	}
}

func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	for range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "NATSD_TEST_PROGRAM="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, err = out.Read(make([]byte, 1))
		if killErr := cmd.Process.Kill(); err != nil || killErr != nil {
			t.Fatal(err, killErr)
		}
		_ = cmd.Wait()
	}
	_, js := start(t, dir, nil)
	works(t, js)
}

// However any one file of the store is damaged, the server starts and works.
func TestDamagedStore(t *testing.T) {
	good := filled(t)
	var files []string
	err := filepath.WalkDir(good, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, strings.TrimPrefix(path, good))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 6 {
		t.Fatalf("the store has only %q", files)
	}
	damages := map[string]func(path string, data []byte) error{
		"missing": func(path string, _ []byte) error { return os.Remove(path) },
		"empty":   func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
		"half":    func(path string, data []byte) error { return os.WriteFile(path, data[:len(data)/2], 0o600) },
		"zeros":   func(path string, data []byte) error { return os.WriteFile(path, make([]byte, len(data)), 0o600) },
		"flipped": func(path string, data []byte) error {
			for i := range data {
				if i%37 == 0 {
					data[i] ^= 0x55
				}
			}
			return os.WriteFile(path, data, 0o600)
		},
	}
	for _, file := range files {
		for name, damage := range damages {
			t.Run(name+file, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "nats")
				if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
					t.Fatal(err)
				}
				data, err := os.ReadFile(dir + file)
				if err == nil {
					err = damage(dir+file, data)
				}
				if err != nil {
					t.Fatal(err)
				}
				_, js := start(t, dir, nil)
				works(t, js)
			})
		}
	}
}

// What can't be recovered is kept for whoever wants to look, and said.
func TestBrokenStoreIsMovedAside(t *testing.T) {
	dir := filled(t)
	if err := os.Remove(filepath.Join(dir, "jetstream", "$G", "streams", "halqa", "meta.sum")); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	start(t, dir, slog.New(slog.NewTextHandler(&said, nil)))
	if !strings.Contains(said.String(), "begins a new store") {
		t.Errorf("the log says %s", said.String())
	}
	if _, err := os.Stat(filepath.Join(dir+".broken", "jetstream", "$G", "streams", "halqa", "meta.inf")); err != nil {
		t.Errorf("the broken store was not kept: %v", err)
	}
}
