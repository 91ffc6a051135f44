package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// figures are what one load showed.
type figures struct {
	requests int
	failed   int
	elapsed  time.Duration
	cpu      time.Duration // of the whole process tree
	load     time.Duration // the CPU time that asking took, in this process
	p50, p95 time.Duration
	p99      time.Duration
}

func (f figures) rate() float64 { return float64(f.requests) / f.elapsed.Seconds() }

func (f figures) cpuPerRequest() time.Duration {
	return f.cpu / time.Duration(max(f.requests, 1))
}

func (f figures) loadPerRequest() time.Duration {
	return f.load / time.Duration(max(f.requests, 1))
}

// run lets each worker call do in a loop for the given time and measures every call.
func run(workers int, length time.Duration, pid int, do func(worker, turn int) error) (figures, error) {
	latencies := make([][]time.Duration, workers)
	failures := make([]int, workers)
	var first sync.Once
	var firstErr error
	cpu, load, begin := cpuOf(pid), ownCPU(), time.Now()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for turn := 0; time.Since(begin) < length; turn++ {
				at := time.Now()
				if err := do(w, turn); err != nil {
					failures[w]++
					first.Do(func() { firstErr = err })
				}
				latencies[w] = append(latencies[w], time.Since(at))
			}
		})
	}
	wg.Wait()
	f := figures{elapsed: time.Since(begin), cpu: cpuOf(pid) - cpu, load: ownCPU() - load}
	f.tell(slices.Concat(latencies...))
	for _, n := range failures {
		f.failed += n
	}
	if f.failed > 0 {
		return f, fmt.Errorf("%d of %d requests failed, the first: %w", f.failed, f.requests, firstErr)
	}
	return f, nil
}
