package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/xuri/excelize/v2"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/migrations"
	"halqa/migrations/cluster"
	"halqa/migrations/testdb"
	"halqa/web/webtest"
)

// TestCrash kills the program, then PostgreSQL, then both, in the middle of a stream of completions.
func TestCrash(t *testing.T) { crash(t, 24, 1) }

// crash lets learners complete the module over HTTP while things are killed, rounds times each, and checks that every
// report that was acknowledged is there and every completion has exactly one unlock, one notification and one line in
// the export.
func crash(t *testing.T, learners, rounds int) {
	if testing.Short() {
		t.Fatal("this test has no short form")
	}
	dir := dataFolder(t, testdb.Folder(t))
	people := furnish(t, dir, learners)
	n := newVictim(t, dir)
	n.start()
	kills := []func(){n.killProgram, n.killPostgreSQL, n.killBoth}
	var acknowledged atomic.Int64
	var group sync.WaitGroup
	for _, p := range people {
		group.Go(func() {
			p.complete(t, n.base)
			acknowledged.Add(1)
		})
	}
	between := int64(max(1, learners/(rounds*len(kills)+1)))
	for i := range rounds * len(kills) {
		waitUntil(t, "learners complete the module", func() bool { return acknowledged.Load() >= int64(i+1)*between })
		kills[i%len(kills)]()
	}
	group.Wait()
	n.verify(people)
}

// complier is a learner with a session, opened before the server started: passwords are slow on purpose.
type complier struct {
	id      int64
	session string
	playing string // the playing session
	lesson  string
	quiz    string
	track   int64
	length  int64
	answers func() map[string][]string
}

// furnish makes the world in the data folder with the program's own cluster, then leaves it as a stopped program would.
func furnish(t *testing.T, dir string, learners int) []complier {
	t.Helper()
	ctx := context.Background()
	c, err := cluster.Start(ctx, cluster.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	db, err := migrations.Open(ctx, c.URL())
	if err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(ctx, db); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t, dir)
	w := newWorld(t, db, cfg, nil)
	w.seminar(learners)
	track, _ := w.lesson.Track("fr")
	var people []complier
	for i := range learners {
		p := w.person(fmt.Sprintf("apprenante%d", i))
		token, err := w.p.account.SignIn(ctx, p.Email, testPassword, account.Client{})
		w.check(err)
		people = append(people, complier{id: p.ID, session: token, playing: opened(t, db, cfg, p.ID, w.module.ID),
			lesson: w.lessonPath(), track: track.ID, length: track.DurationMS,
			quiz: fmt.Sprintf("/lessons/%d", w.quiz.ID), answers: func() map[string][]string { return w.answers(2) }})
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	return people
}

// complete plays the film in pieces, answers the quiz, and tries again until each is acknowledged, as the player does.
func (p complier) complete(t *testing.T, base string) {
	c := webtest.New(base, "fr")
	c.SetSession(p.session)
	for from := int64(0); from < p.length; from += p.length/8 + 1 {
		persist(t, func() error {
			if _, err := c.Get(p.lesson); err != nil {
				return err
			}
			status, answer, err := c.PostJSON(p.lesson+"/played", map[string]any{"session": p.playing, "track": p.track,
				"intervals": [][2]int64{{from, min(from+p.length/8+1, p.length)}}})
			return expect(http.StatusOK, status, answer, err)
		})
	}
	persist(t, func() error {
		page, err := c.Get(p.quiz)
		if err != nil {
			return err
		}
		if page.Status != http.StatusOK {
			return fmt.Errorf("the quiz: status %d", page.Status)
		}
		form, err := page.Form(p.quiz + "/answers")
		if err != nil {
			return err
		}
		for field, values := range p.answers() {
			form.Set(field, values[0])
		}
		page, err = form.Submit()
		if err != nil {
			return err
		}
		return expect(http.StatusOK, page.Status, page.Body, nil)
	})
}

func expect(want, status int, answer []byte, err error) error {
	if err == nil && status != want {
		err = fmt.Errorf("status %d: %.300s", status, answer)
	}
	return err
}

// patience bounds what may take long when everything is killed again and again on a busy machine.
const patience = 4 * time.Minute

// persist does something until it works, waiting longer after each failure as the player does: a crowd that hammers a
// server which is just starting keeps it from starting.
func persist(t *testing.T, do func() error) {
	deadline := time.After(patience)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := do()
		if err == nil {
			return
		}
		select {
		case <-deadline:
			t.Errorf("not after %s: %v", patience, err)
			return
		case <-time.After(pause/2 + rand.N(pause)):
		}
	}
}

func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	persist(t, func() error {
		if ok() {
			return nil
		}
		return fmt.Errorf("waiting until %s", what)
	})
}

// victim is the program in a process of its own.
type victim struct {
	t       *testing.T
	dir     string
	program string
	base    string
	addr    string
	process *exec.Cmd
	output  bytes.Buffer
	ended   chan struct{}
}

func newVictim(t *testing.T, dir string) *victim {
	t.Helper()
	program := filepath.Join(t.TempDir(), "halqa")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	n := &victim{t: t, dir: dir, program: program, addr: addr, base: "http://" + addr}
	t.Cleanup(func() {
		if n.process != nil {
			_ = n.process.Process.Signal(syscall.SIGTERM)
			<-n.ended
		}
		if t.Failed() {
			t.Logf("the program said:\n%s", n.output.String())
		}
	})
	return n
}

func (n *victim) start() {
	n.t.Helper()
	n.process = exec.Command(n.program, "serve")
	n.process.Env = append(os.Environ(), "ADDR="+n.addr, "DATA="+n.dir, "PUBLIC_URL="+n.base, "DEMO=0", "LOG_LEVEL=warn", "DATABASE_URL=", "NATS_URL=")
	n.process.Stdout, n.process.Stderr = &n.output, &n.output
	if err := n.process.Start(); err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan struct{})
	n.ended = ended
	go func(process *exec.Cmd) {
		_ = process.Wait()
		close(ended)
	}(n.process)
	waitUntil(n.t, "the program is ready", func() bool {
		res, err := http.Get(n.base + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

func (n *victim) killProgram() {
	n.t.Helper()
	_ = n.process.Process.Kill()
	<-n.ended
	n.start()
}

// killPostgreSQL kills the server; the program starts it again by itself.
func (n *victim) killPostgreSQL() {
	n.t.Helper()
	_ = syscall.Kill(n.postmaster(), syscall.SIGKILL)
}

func (n *victim) killBoth() {
	n.t.Helper()
	pid := n.postmaster()
	_ = n.process.Process.Kill()
	_ = syscall.Kill(pid, syscall.SIGKILL)
	<-n.ended
	n.start()
}

func (n *victim) postmaster() int {
	n.t.Helper()
	data, err := os.ReadFile(filepath.Join(n.dir, "postgres", "postmaster.pid"))
	if err != nil {
		n.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(data), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid < 2 {
		n.t.Fatalf("postmaster.pid says %q", first)
	}
	return pid
}

// verify waits until the bus is quiet, then counts.
func (n *victim) verify(people []complier) {
	n.t.Helper()
	ctx := context.Background()
	url, release, err := cluster.Attach(ctx, n.dir, quietly())
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = release() }()
	db, err := migrations.Open(ctx, url)
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	waitUntil(n.t, "everybody is told", func() bool {
		var told int
		err := db.NewRaw(`select count(*) from notification where kind = ?`, notify.SeminarUnlocked).Scan(ctx, &told)
		return err == nil && told >= len(people)
	})
	lines := n.exported()
	for _, p := range people {
		for what, query := range map[string]string{
			"completions":   `select count(*) from completion where person_id = ?`,
			"unlocks":       `select count(*) from outbox where type = 'enrolment.seminar_unlocked' and (data ->> 'person_id')::bigint = ?`,
			"notifications": `select count(*) from notification where person_id = ? and kind = '` + string(notify.SeminarUnlocked) + `'`,
		} {
			if got := count(n.t, db, query, p.id); got != 1 {
				n.t.Errorf("person %d: %d %s", p.id, got, what)
			}
		}
		if got := count(n.t, db, `select covered_ms(played) from played where person_id = ?`, p.id); int64(got) != p.length {
			n.t.Errorf("person %d: %d ms played of %d that were acknowledged", p.id, got, p.length)
		}
		if lines[p.id] != 1 {
			n.t.Errorf("person %d: %d lines in the export", p.id, lines[p.id])
		}
	}
	if dead := count(n.t, db, `select count(dead_at) from failure`); dead > 0 {
		n.t.Errorf("%d dead letters", dead)
	}
}

func count(t testing.TB, db *bun.DB, query string, args ...any) (got int) {
	t.Helper()
	if err := db.NewRaw(query, args...).Scan(context.Background(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// exported counts the lines of each person in the programme manager's spreadsheet.
func (n *victim) exported() map[int64]int {
	n.t.Helper()
	c := webtest.New(n.base, "fr")
	signIn(n.t, c, "programme@example.org")
	page, err := c.Get("/indicators.xlsx")
	if err != nil || page.Status != http.StatusOK {
		n.t.Fatalf("export: %v, status %d", err, page.Status)
	}
	return linesOf(n.t, page.Body)
}

// linesOf counts the lines of the journey's sheet by person.
func linesOf(t *testing.T, data []byte) map[int64]int {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[int64]int{}
	for _, row := range rows[1:] {
		if id, err := strconv.ParseInt(row[0], 10, 64); err == nil {
			lines[id]++
		}
	}
	return lines
}

func signIn(t testing.TB, c *webtest.Client, email string) *webtest.Page {
	t.Helper()
	page, err := c.Get("/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	form, err := page.Form("/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	page, err = form.Set("email", email).Set("password", testPassword).Submit()
	if err != nil || page.Path != "/home" {
		t.Fatalf("sign in as %s: %v, led to %s (%d): %.500s", email, err, page.Path, page.Status, page.Text())
	}
	return page
}
