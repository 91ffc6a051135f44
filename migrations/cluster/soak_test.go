//go:build soak

package cluster

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestSoakKills writes row after row while the server, or the program with it, is killed again and again: every row
// that was acknowledged is there at the end.
func TestSoakKills(t *testing.T) {
	dir := folder(t)
	acknowledged := 0
	for round := range 40 {
		running, server := program(t, dir)
		url := recorded(t, dir)
		do(t, url, `create table if not exists numbers (n int primary key)`)
		killed := make(chan struct{})
		go func() {
			defer close(killed)
			time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
			if round%2 == 0 {
				_ = syscall.Kill(server, syscall.SIGKILL)
			}
			if round%3 != 0 {
				_ = running.Process.Kill()
			}
		}()
		for n := acknowledged + 1; ; n++ {
			// A row whose answer was lost may be there already.
			if _, err := try(t.Context(), url, fmt.Sprintf(`insert into numbers values (%d) on conflict do nothing`, n)); err != nil {
				break
			}
			acknowledged = n
			select {
			case <-killed:
			default:
				continue
			}
			break
		}
		<-killed
		_ = running.Process.Kill()
		_ = running.Wait()
	}
	c := startIn(t, dir)
	got, err := strconv.Atoi(do(t, c.URL(), fmt.Sprintf(`select count(*) from numbers where n <= %d`, acknowledged)))
	if err != nil || got != acknowledged {
		t.Errorf("%d rows of the %d acknowledged are there (%v)", got, acknowledged, err)
	}
	t.Logf("%d rows", acknowledged)
}
