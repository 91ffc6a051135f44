package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"halqa/web/webtest"
)

// printUnlock has that many people a second complete a module that opens seminars, each by the report of their player that
// reaches the share asked for, and measures when the live stream of their own browser says that a seminar changed for
// them: since the report was answered, which is right after its commit, and since it was sent.
func printUnlock(s *server, dir string, length time.Duration) error {
	db, err := openPsql(dir)
	if err != nil {
		return err
	}
	defer db.close()
	nearly, err := almostThere(s, db, *completions*max(1, int(length.Seconds())))
	if err != nil {
		return err
	}
	defer func() {
		for _, l := range nearly {
			l.close()
		}
	}()
	if err := settle(s); err != nil {
		return err
	}
	pid := s.cmd.Process.Pid
	cpu, program, begin := cpuOf(pid), cpuAlone(pid), time.Now()
	var group sync.WaitGroup
	for n, l := range nearly {
		group.Go(func() {
			time.Sleep(time.Until(begin.Add(time.Duration(n) * time.Second / time.Duration(*completions))))
			l.err = l.complete()
		})
	}
	group.Wait()
	if err := settle(s); err != nil { // whoever heard nothing by now never will
		return err
	}
	used, alone := cpuOf(pid)-cpu, cpuAlone(pid)-program
	if err := tellUnlocks(nearly, used); err != nil {
		return err
	}
	fmt.Printf("\nOf that CPU, PostgreSQL uses %s.\n", ((used - alone) / time.Duration(len(nearly))).Round(time.Microsecond))
	return nil
}

func tellUnlocks(nearly []*learner, used time.Duration) error {
	var answered, heard, whole []time.Duration
	deaf := 0
	for _, l := range nearly {
		if l.err != nil {
			return l.err
		}
		at := l.heard()
		if at.IsZero() {
			deaf++
			continue
		}
		answered, heard, whole = append(answered, l.answered.Sub(l.sent)), append(heard, max(0, at.Sub(l.answered))), append(whole, at.Sub(l.sent))
	}
	fmt.Printf("\n%d people completed a module, %d a second, each with a stream open; %d heard nothing.\n\n", len(nearly), *completions, deaf)
	fmt.Println("| unlocking | p50 | p95 | p99 | most | CPU each, all processes |")
	fmt.Println("|---|---:|---:|---:|---:|---:|")
	for _, row := range []struct {
		name string
		took []time.Duration
	}{{"report answered", answered}, {"then the browser hears", heard}, {"both", whole}} {
		var f figures
		f.tell(row.took)
		if f.requests == 0 {
			return errors.New("nobody heard anything")
		}
		fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", row.name, f.p50.Round(time.Millisecond), f.p95.Round(time.Millisecond),
			f.p99.Round(time.Millisecond), slices.Max(row.took).Round(time.Millisecond), (used / time.Duration(len(nearly))).Round(time.Microsecond))
	}
	if deaf > 0 {
		return fmt.Errorf("%d browsers were told nothing", deaf)
	}
	return nil
}

// learner is somebody one report away from completing a module, with a page open.
type learner struct {
	bystander
	report         *player
	sent, answered time.Time
	err            error

	conn, stream net.Conn
	mu           sync.Mutex
	heardAt      time.Time
}

// almostThere makes people who played nearly what a module asks for, in the database itself, and opens their pages.
func almostThere(s *server, db *psql, n int) ([]*learner, error) {
	guide := webtest.New(s.base, "fr")
	if err := signIn(guide, "personne001@demo.example"); err != nil {
		return nil, err
	}
	module, err := follow(guide, "/spaces/funding", "/modules/")
	if err != nil {
		return nil, err
	}
	e, err := db.eve(strings.TrimPrefix(module, "/modules/"))
	if err != nil {
		return nil, err
	}
	strangers, statements := crowd(s, n)
	if err := db.nearly(e, statements); err != nil {
		return nil, err
	}
	people := make([]*learner, n)
	for i, b := range strangers {
		people[i] = &learner{bystander: b}
	}
	errs := make([]error, n)
	door := make(chan struct{}, 8)
	var group sync.WaitGroup
	for i, l := range people {
		group.Go(func() {
			door <- struct{}{}
			defer func() { <-door }()
			errs[i] = l.open(s, e)
		})
	}
	group.Wait()
	return people, errors.Join(errs...)
}

// eve is what is left to play of a module.
type eve struct {
	module, lesson, track string
	from, to              int64 // ms of the track
	done                  []string
	percent               int64
}

// asked is the share of a module's films that the demonstration's criteria ask for, in percent.
const asked = 80

// eve finds the lesson and the moment at which a module's films reach what is asked.
func (p *psql) eve(module string) (eve, error) {
	e := eve{module: module}
	out, err := p.run(`select l.id, t.id, t.duration_ms, (select max(duration_ms) from track where lesson_id = l.id) from lesson l
		join track t on t.lesson_id = l.id and t.language = 'fr' where l.module_id = ` + module + ` and l.state = 'shown' order by l.position`)
	if err != nil {
		return e, err
	}
	type film struct{ duration, weight int64 }
	var whole, before int64
	films := map[string]film{}
	var names [][]string
	for _, line := range strings.Fields(out) {
		f := strings.Split(line, "|")
		duration, _ := strconv.ParseInt(f[2], 10, 64)
		weight, _ := strconv.ParseInt(f[3], 10, 64)
		films[f[1]], whole, names = film{duration, weight}, whole+weight, append(names, f)
	}
	want := whole * asked / 100
	for _, f := range names {
		here := films[f[1]]
		if before+here.weight <= want {
			before, e.done = before+here.weight, append(e.done, f[1])
			continue
		}
		least := (want - before) * here.duration / here.weight
		e.lesson, e.track, e.from, e.to = f[0], f[1], max(0, least-3000), min(here.duration, least+3000)
		e.percent = 100 * (before + e.from*here.weight/here.duration) / whole
		return e, nil
	}
	return e, fmt.Errorf("module %s has no film", module)
}

// nearly writes what people did, after the statements that make them.
func (p *psql) nearly(e eve, people string) error {
	_, err := p.run(people + fmt.Sprintf(`
		insert into module_progress (person_id, module_id, percent, opened_at, touched_at) select id, %[1]s, %[2]d, now(), now() from b;
		insert into progress_step (person_id, module_id, step, at) select id, %[1]s, step, now() from b, generate_series(5, %[2]d, 5) step;
		insert into played (person_id, track_id, played, opened_at, touched_at)
		select b.id, t.id, int4multirange(int4range(0, case when t.id = %[3]s then %[4]d else t.duration_ms end)), now(), now()
		from b, track t where t.id in (%[5]s);
		insert into quiz_attempt (person_id, lesson_id, nonce, answers, score, at)
		select b.id, l.id, gen_random_uuid(), '[]', 100, now() from b, lesson l where l.module_id = %[1]s and l.kind = 'quiz';
		analyze person, session, module_progress, played, quiz_attempt`,
		e.module, e.percent, e.track, e.from, strings.Join(append(e.done, e.track), ",")))
	return err
}

// open opens the lesson's page and the stream that it opens.
func (l *learner) open(s *server, e eve) error {
	lesson := "/lessons/" + e.lesson
	page, err := l.bystander.page(s, lesson)
	if err != nil {
		return err
	}
	session, token := sessionOf.FindSubmatch(page), formToken.FindSubmatch(page)
	if session == nil || token == nil {
		return fmt.Errorf("%s names no session or form token", lesson)
	}
	l.report = &player{session: string(session[1]), track: e.track, lesson: lesson, at: e.from, piece: e.to - e.from,
		head: fmt.Appendf(nil, playedHead, l.addr, token[1], l.cookie)}
	if l.conn, err = net.Dial("tcp", l.addr); err != nil {
		return err
	}
	l.stream, err = l.listen(l.hear)
	return err
}

// hear notes when a seminar changed for this person, not for everybody.
func (l *learner) hear(line string) {
	if !strings.Contains(line, `"seminar:`) || strings.Contains(line, `"everybody"`) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heardAt.IsZero() {
		l.heardAt = time.Now()
	}
}

func (l *learner) heard() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heardAt
}

// complete sends the report that completes the module.
func (l *learner) complete() error {
	l.sent = time.Now()
	if _, err := l.conn.Write(l.report.report(nil)); err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReader(l.conn), nil)
	if err != nil {
		return err
	}
	l.answered = time.Now()
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !bytes.Contains(body.Bytes(), []byte(`"justCompleted":true`)) {
		return fmt.Errorf("the last report: status %d: %.300s", res.StatusCode, body.Bytes())
	}
	return nil
}

func (l *learner) close() {
	for _, c := range []net.Conn{l.conn, l.stream} {
		if c != nil {
			_ = c.Close()
		}
	}
}
