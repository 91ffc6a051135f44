package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"
)

// watchers is how many people load a film at once.
const watchers = 16

const nginxConf = `daemon off; worker_processes 2; pid %[1]s/nginx.pid; error_log %[1]s/nginx.log crit;
events { worker_connections 512; }
http { access_log off; sendfile on; tcp_nopush on; default_type video/mp4;
  client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  server { listen %[2]s; root %[3]s; } }
`

// printVideo measures the bytes of a film that arrive per second, beside nginx sending the same file, by turns.
func printVideo(s *server, dir string, length time.Duration) error {
	film, err := largestFilm(filepath.Join(dir, "media"))
	if err != nil {
		return err
	}
	addr, stop, err := startNginx(filepath.Dir(film))
	if err != nil {
		return err
	}
	defer stop()
	name := filepath.Base(film)
	info, err := os.Stat(film)
	if err != nil {
		return err
	}
	fmt.Printf("\nA film of %.1f MB, %d clients, %s each, by turns.\n\n| film | MB per second |\n|---|---:|\n", float64(info.Size())/1e6, watchers, length)
	var ours, theirs float64
	for range 2 {
		a, err := loadFilm(s.base+"/media/"+name, info.Size(), length)
		if err != nil {
			return err
		}
		b, err := loadFilm("http://"+addr+"/"+name, info.Size(), length)
		if err != nil {
			return err
		}
		fmt.Printf("| halqa | %.0f |\n| nginx | %.0f |\n", a/1e6, b/1e6)
		ours, theirs = ours+a, theirs+b
	}
	fmt.Printf("\nFilms: %.2f × nginx.\n", ours/theirs)
	return nil
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
func loadFilm(url string, size int64, length time.Duration) (float64, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: watchers, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var total atomic.Int64
	f, err := run(watchers, length, os.Getpid(), func(int, int) error {
		res, err := client.Get(url)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		n, err := io.Copy(io.Discard, res.Body)
		total.Add(n)
		if err == nil && n != size {
			err = fmt.Errorf("%s: %d bytes of %d, status %d", url, n, size, res.StatusCode)
		}
		return err
	})
	return float64(total.Load()) / f.elapsed.Seconds(), err
}
