package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// server is a halqa under measurement, a process of its own.
type server struct {
	base string
	cmd  *exec.Cmd
}

// startServer runs the program on a free port with its data in dir and returns when it is ready.
func startServer(program, dir string) (*server, time.Duration, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, 0, err
	}
	log, err := os.OpenFile(dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, err
	}
	cmd := exec.Command(program, "serve")
	cmd.Env = append(os.Environ(), "ADDR="+addr, "DATA="+dir, "DEMO=1", "PUBLIC_URL=http://"+addr, "LOG_LEVEL=error")
	cmd.Stdout, cmd.Stderr = log, log
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	s := &server{base: "http://" + addr, cmd: cmd}
	for deadline := begin.Add(2 * time.Minute); time.Now().Before(deadline); {
		if res, err := http.Get(s.base + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s, time.Since(begin), nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil, 0, fmt.Errorf("the server isn't ready after 2 minutes; see %s.log", dir)
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}
