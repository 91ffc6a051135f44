package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

const (
	port       = "5432" // only in the name of the socket: nothing listens on the network
	socketName = ".s.PGSQL." + port
)

// process is one run of the postgres program.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
	err  error         // how, once done is closed
}

func (p *process) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

func (p *process) signal(s syscall.Signal) {
	if p.alive() {
		_ = syscall.Kill(p.pid, s) // it may have ended since
	}
}

// launch starts a program as the cluster's owner in its own process group, so that Ctrl-C in a terminal reaches only
// this program. The kernel sends it the signal whenDeath should this program die, whatever the cause.
func launch(who owner, log *os.File, whenDeath syscall.Signal, name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=" + filepath.Dir(name) + ":/usr/bin:/bin"}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: whenDeath, Credential: who.credential()}

	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The death signal is sent when the thread that started the child ends: keep that thread until the child has ended.
		runtime.LockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// maxLog is the size in bytes at which the log is moved to "<log>.1".
const maxLog = 8 << 20

// openLog opens the log for appending, as this program's user.
func openLog(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL's log: %w", err)
	}
	return f, nil
}

// rotate copies a log that has grown too long to "<path>.1" and empties it: PostgreSQL keeps it open for appending.
func rotate(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() < maxLog {
		return nil
	}
	if err != nil {
		return fmt.Errorf("rotate the log: %w", err)
	}
	from, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("rotate the log: %w", err)
	}
	defer from.Close()
	to, err := os.OpenFile(path+".1", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("rotate the log: %w", err)
	}
	if _, err = io.Copy(to, from); err == nil {
		err = from.Truncate(0)
	}
	if err := errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("rotate the log: %w", err)
	}
	return nil
}

// tail is the end of the log, for an error's message.
func tail(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	const most = 2000
	data, _ := io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-most), most))
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-6):], []byte("\n")))
}
