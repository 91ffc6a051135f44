package web

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// listenLive opens the stream of Leïla's browser and returns its lines.
func listenLive(t *testing.T, base, query string) <-chan string {
	t.Helper()
	r, err := http.NewRequest("GET", base+"/live"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "halqa_session", Value: "leila"})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	t.Cleanup(func() { _ = res.Body.Close() })
	return lines
}

// next returns the data of the next event with that name.
func next(t *testing.T, lines <-chan string, event string) string {
	t.Helper()
	deadline := time.After(5 * time.Second)
	for found := false; ; {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the stream ended before %q", event)
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok && found {
				return data
			}
			found = line == "event: "+event
		case <-deadline:
			t.Fatalf("no event %q", event)
		}
	}
}

func TestStream(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2")) // sleeps a while longer, by design
	t.Run("stream", func(t *testing.T) {
		d := signedIn(Deps{Live: NewHub()})
		base := serve(t, d)
		t.Cleanup(http.DefaultClient.CloseIdleConnections)
		d.Live.Send(leila.PersonID, "changed", Changed{Subjects: []string{"early"}})
		late := listenLive(t, base, "?age=5000") // a page asked for before that change
		if got := next(t, late, "changed"); got != `{"subjects":["early"]}` {
			t.Errorf("replayed %s", got)
		}
		lines := listenLive(t, base, "")
		next(t, lines, "beat") // it is open
		d.Live.Send(99, "changed", Changed{Subjects: []string{"of somebody else"}})
		d.Live.Send(leila.PersonID, "hello", map[string]int{"n": 1})
		if got := next(t, lines, "hello"); got != `{"n":1}` {
			t.Errorf("heard %s", got)
		}
		d.Live.Broadcast("changed", Changed{Subjects: []string{"seminar:12"}})
		if got := next(t, lines, "changed"); got != `{"subjects":["seminar:12"],"everybody":true}` {
			t.Errorf("heard %s", got)
		}
		for range streamsPerPerson {
			next(t, listenLive(t, base, ""), "beat")
		}
		if n := d.Live.Connected(); n > streamsPerPerson {
			t.Errorf("%d streams of one person", n)
		}
	})
}

func TestVisitorsHaveNoStream(t *testing.T) {
	if a := arrive(t, Deps{}).get("/live"); a.StatusCode != 204 {
		t.Errorf("status %d", a.StatusCode)
	}
}
