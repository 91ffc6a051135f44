package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// caller is one client that asks, waits for the answer and asks again, over one connection that stays open.
type caller struct {
	addr string
	ask  func(into []byte) []byte // appends the next request, whole, to what is empty

	fd        int
	out, in   []byte
	at        time.Time
	latencies []time.Duration
}

// threads is among how many threads the clients of a load are divided: as pgbench -j.
const threads = 2

// drive is run for callers. A goroutine for each would cost more than the server's work for the smallest requests; here a
// thread waits for many connections at once, as pgbench does, writes requests as they are and looks at no more of an answer
// than its status and its length.
func drive(callers []*caller, length time.Duration, pid int) (figures, error) {
	for _, c := range callers {
		if err := c.connect(); err != nil {
			return figures{}, err
		}
		defer func() { _ = syscall.Close(c.fd) }()
	}
	cpu, load, begin := cpuOf(pid), ownCPU(), time.Now()
	var group sync.WaitGroup
	errs := make([]error, threads)
	for n := range threads {
		group.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var mine []*caller
			for i := n; i < len(callers); i += threads {
				mine = append(mine, callers[i])
			}
			errs[n] = turn(mine, begin.Add(length))
		})
	}
	group.Wait()
	f := figures{elapsed: time.Since(begin), cpu: cpuOf(pid) - cpu, load: ownCPU() - load}
	var every []time.Duration
	for _, c := range callers {
		every = append(every, c.latencies...)
		c.latencies = c.latencies[:0]
	}
	f.tell(every)
	return f, errors.Join(errs...)
}

// turn serves the connections of one thread until each has its last answer.
func turn(callers []*caller, until time.Time) error {
	poll, err := syscall.EpollCreate1(0)
	if err != nil {
		return os.NewSyscallError("epoll_create", err)
	}
	defer func() { _ = syscall.Close(poll) }()
	for n, c := range callers {
		wanted := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(n)} // Fd is handed back as it is
		if err := errors.Join(syscall.EpollCtl(poll, syscall.EPOLL_CTL_ADD, c.fd, &wanted), c.send()); err != nil {
			return err
		}
	}
	ready := make([]syscall.EpollEvent, len(callers))
	for waiting := len(callers); waiting > 0; {
		n, err := syscall.EpollWait(poll, ready, int(answerWithin.Milliseconds()))
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return fmt.Errorf("no answer within %s: %w", answerWithin, os.NewSyscallError("epoll_wait", err))
		}
		for _, e := range ready[:n] {
			c := callers[e.Fd]
			whole, err := c.receive()
			if err != nil {
				return err
			}
			if !whole {
				continue
			}
			now := time.Now()
			c.latencies = append(c.latencies, now.Sub(c.at))
			if now.After(until) {
				waiting--
				continue
			}
			if err := c.send(); err != nil {
				return err
			}
		}
	}
	return nil
}

const answerWithin = 10 * time.Second

func (c *caller) connect() error {
	addr, err := net.ResolveTCPAddr("tcp", c.addr)
	if err != nil {
		return err
	}
	if c.fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0); err != nil {
		return os.NewSyscallError("socket", err)
	}
	c.in = make([]byte, 0, 16<<10)
	return os.NewSyscallError("connect", errors.Join(
		syscall.SetsockoptInt(c.fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
		syscall.Connect(c.fd, &syscall.SockaddrInet4{Port: addr.Port, Addr: [4]byte(addr.IP.To4())})))
}

func (c *caller) send() error {
	c.out = c.ask(c.out[:0])
	c.at = time.Now()
	n, err := syscall.Write(c.fd, c.out)
	if err == nil && n < len(c.out) {
		err = fmt.Errorf("%d of %d bytes went out", n, len(c.out)) // a request fits into a socket's buffer
	}
	return err
}

// receive reads what has come, and tells whether the answer is whole.
func (c *caller) receive() (whole bool, err error) {
	if len(c.in) == cap(c.in) {
		return false, fmt.Errorf("an answer is longer than %d bytes", cap(c.in))
	}
	n, err := syscall.Read(c.fd, c.in[len(c.in):cap(c.in)])
	if err != nil || n == 0 {
		return false, fmt.Errorf("the server hung up: %w", os.NewSyscallError("read", err))
	}
	c.in = c.in[:len(c.in)+n]
	end := bytes.Index(c.in, []byte("\r\n\r\n"))
	if end < 0 {
		return false, nil
	}
	if !bytes.HasPrefix(c.in, []byte("HTTP/1.1 200 ")) {
		return false, fmt.Errorf("answered %.600s", c.in)
	}
	body, err := bodyLength(c.in[:end])
	if err != nil || len(c.in) < end+4+body {
		return false, err
	}
	c.in = c.in[:0]
	return true, nil
}

func bodyLength(head []byte) (int, error) {
	_, rest, ok := bytes.Cut(head, []byte("Content-Length: "))
	if !ok {
		return 0, fmt.Errorf("an answer without length: %s", head)
	}
	digits, _, _ := bytes.Cut(rest, []byte("\r"))
	return strconv.Atoi(string(digits))
}

// ownCPU is the CPU time that this process used so far.
func ownCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// tell works out the latencies.
func (f *figures) tell(every []time.Duration) {
	if f.requests = len(every); f.requests == 0 {
		return
	}
	slices.Sort(every)
	f.p50, f.p95, f.p99 = every[len(every)/2], every[len(every)*95/100], every[len(every)*99/100]
}
