package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 5 * time.Second
	steady       = 30 * time.Second // a run this long was a good one
)

// supervise restarts the server whenever it ends, until Stop.
func (c *Cluster) supervise() {
	defer close(c.stopped)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-c.stop
		cancel()
	}()
	backoff, begun := firstBackoff, time.Now()
	for {
		if !c.watch(c.current()) || c.options.Throwaway {
			return
		}
		if time.Since(begun) > steady {
			backoff = firstBackoff
		}
		c.log.Error("PostgreSQL ended by itself: starting it again", "error", c.current().err, "said", tail(c.place.log))
		process, err := c.run(ctx)
		for err != nil && ctx.Err() == nil {
			c.log.Error("PostgreSQL does not start: trying again", "error", err, "in", backoff)
			if pause(ctx, backoff) != nil {
				break
			}
			backoff = min(2*backoff, maxBackoff)
			process, err = c.run(ctx)
		}
		if ctx.Err() != nil {
			if process != nil {
				c.halt(process)
			}
			return
		}
		begun = time.Now()
		c.mu.Lock()
		c.process = process
		c.mu.Unlock()
		c.log.Info("PostgreSQL runs again")
	}
}

// watch returns true when p has ended by itself, and false when it was stopped. It keeps the log short meanwhile.
func (c *Cluster) watch(p *process) bool {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	for {
		select {
		case <-p.done:
			return true
		case <-c.stop:
			c.halt(p)
			return false
		case <-hourly.C:
			if err := rotate(c.place.log); err != nil {
				c.log.Warn("PostgreSQL's log", "error", err)
			}
		}
	}
}

func (c *Cluster) current() *process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.process
}

// halt stops a server: fast, or else as if the power failed, which loses nothing that was committed.
func (c *Cluster) halt(p *process) {
	steps := []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, 30 * time.Second}, {syscall.SIGQUIT, 8 * time.Second}, {syscall.SIGKILL, 5 * time.Second}}
	for _, step := range steps {
		p.signal(step.signal)
		select {
		case <-p.done:
			return
		case <-time.After(step.wait):
			c.log.Warn("PostgreSQL is slow to stop", "signal", step.signal)
		}
	}
	c.stopError = fmt.Errorf("PostgreSQL (process %d) does not stop", p.pid)
}

// Stop ends the server and returns when it has ended. It may be called more than once.
func (c *Cluster) Stop() error {
	c.stopOnce.Do(func() {
		close(c.stop)
		<-c.stopped
		err := os.Remove(c.place.url)
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		c.stopError = errors.Join(c.stopError, err, c.lock.Close())
	})
	return c.stopError
}
