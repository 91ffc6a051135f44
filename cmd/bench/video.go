package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// watchers is how many people load a film at once.
const watchers = 16

const nginxConf = `daemon off; worker_processes 2; pid %[1]s/nginx.pid; error_log %[1]s/nginx.log crit;
events { worker_connections 512; }
http { access_log off; sendfile on; tcp_nopush on; default_type video/mp4;
  client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  server { listen %[2]s reuseport; root %[3]s; } }
`

// bigFilm is the size of a film as people upload them, and playersRange what a player asks of it at a time.
const (
	bigFilm      = 128 << 20
	playersRange = 1 << 20
)

// asking is one way of loading a film.
type asking struct {
	name  string
	file  string
	size  int64
	piece int64 // bytes asked at a time, from places all over the film; 0: the whole
}

// printVideo measures the bytes of films that arrive per second, beside nginx sending the same files to the same client, by
// turns: a small film, a large one, and pieces of the large one from all over it, as people seek. The client reads and
// throws away, so that it costs little.
func printVideo(s *server, dir string, length time.Duration) error {
	small, err := largestFilm(filepath.Join(dir, "media"))
	if err != nil {
		return err
	}
	info, err := os.Stat(small)
	if err != nil {
		return err
	}
	big, err := makeFilm(filepath.Dir(small))
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(big) }()
	addr, stop, err := startNginx(filepath.Dir(small))
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("\n%d clients, %s each, by turns, twice.\n\n| film | halqa, MB/s | nginx, MB/s | ratio |\n|---|---:|---:|---:|\n", watchers, length)
	for _, a := range []asking{
		{fmt.Sprintf("whole, %.1f MB", float64(info.Size())/1e6), filepath.Base(small), info.Size(), 0},
		{fmt.Sprintf("whole, %d MB", bigFilm>>20), filepath.Base(big), bigFilm, 0},
		{fmt.Sprintf("pieces of %d MB", playersRange>>20), filepath.Base(big), bigFilm, playersRange},
	} {
		var ours, theirs float64
		for range 2 {
			rate, err := loadFilm(strings.TrimPrefix(s.base, "http://"), "/media/"+a.file, a, length)
			if err != nil {
				return err
			}
			ours += rate / 2
			if rate, err = loadFilm(addr, "/"+a.file, a, length); err != nil {
				return err
			}
			theirs += rate / 2
		}
		fmt.Printf("| %s | %.0f | %.0f | %.2f |\n", a.name, ours/1e6, theirs/1e6, ours/theirs)
	}
	return nil
}

// makeFilm writes a large film; what is in it doesn't matter.
func makeFilm(folder string) (string, error) {
	path := filepath.Join(folder, strings.Repeat("be", 16)+".mp4")
	noise := make([]byte, bigFilm)
	r := rand.NewChaCha8([32]byte{})
	_, _ = r.Read(noise) // never fails
	return path, os.WriteFile(path, noise, 0o644)
}

func largestFilm(folder string) (film string, err error) {
	var most int64
	err = filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err == nil && filepath.Ext(path) == ".mp4" && info.Size() > most {
			film, most = path, info.Size()
		}
		return err
	})
	if err == nil && film == "" {
		err = fmt.Errorf("no film in %s", folder)
	}
	return film, err
}

func startNginx(root string) (addr string, stop func(), err error) {
	program, err := exec.LookPath("/usr/sbin/nginx")
	if err != nil {
		return "", nil, fmt.Errorf("there is no nginx to compare with: %w", err)
	}
	if addr, err = freeAddress(); err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "bench-nginx")
	if err != nil {
		return "", nil, err
	}
	conf := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(nginxConf, dir, addr, root)
	if os.Getuid() == 0 {
		text = "user root; " + text
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return "", nil, err
	}
	cmd := exec.Command(program, "-c", conf)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	for range 200 {
		if res, err := http.Get("http://" + addr + "/"); err == nil {
			_ = res.Body.Close()
			return addr, stop, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("nginx doesn't answer on %s", addr)
}

// loadFilm returns bytes per second.
func loadFilm(addr, path string, a asking, length time.Duration) (float64, error) {
	loaders := make([]*loader, watchers)
	for n := range loaders {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return 0, err
		}
		defer func() { _ = conn.Close() }()
		loaders[n] = &loader{conn: conn, in: bufio.NewReaderSize(conn, 256<<10), places: rand.New(rand.NewPCG(uint64(n), 1))}
	}
	var total atomic.Int64
	f, err := run(watchers, length, os.Getpid(), func(worker, _ int) error {
		n, err := loaders[worker].load(addr, path, a)
		total.Add(n)
		return err
	})
	return float64(total.Load()) / f.elapsed.Seconds(), err
}

// loader asks over one connection, as a browser does.
type loader struct {
	conn   net.Conn
	in     *bufio.Reader
	places *rand.Rand
}

func (l *loader) load(addr, path string, a asking) (int64, error) {
	ask, want := "", a.size
	if a.piece > 0 {
		from := l.places.Int64N(a.size - a.piece)
		ask, want = fmt.Sprintf("Range: bytes=%d-%d\r\n", from, from+a.piece-1), a.piece
	}
	if _, err := fmt.Fprintf(l.conn, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, addr, ask); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return 0, err
	}
	if res.ContentLength != want || a.piece > 0 && res.StatusCode != http.StatusPartialContent {
		return 0, fmt.Errorf("%s: status %d with %d bytes, want %d", path, res.StatusCode, res.ContentLength, want)
	}
	n, err := l.in.Discard(int(want)) // not through res.Body, which copies it
	return int64(n), err
}
