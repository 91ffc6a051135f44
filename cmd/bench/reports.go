package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"halqa/web/webtest"
)

// reporters is how many players report at once, each of another person, as each client of pgbench has another row.
const reporters = 64

// piece is how much of the film each report says was played, in milliseconds: all of it is news, and less than time allows.
const piece = 1

// carried is how many reports a phone sends in one request when the network is back.
const carried = 20

// printReports measures reports of players, each answered after it is durable, one in a request and many as a phone sends what
// waited, beside pgbench doing the upsert of one row
// that a report comes down to, in the same cluster with the same durability and as many clients on as many threads, right
// after. In the end the database must have every millisecond that was acknowledged.
func printReports(s *server, dir string, length time.Duration) error {
	db, err := openPsql(dir)
	if err != nil {
		return err
	}
	defer db.close()
	players, err := openPlayers(s, db)
	if err != nil {
		return err
	}
	alone, together := callersOf(s, players, (*player).report), callersOf(s, players, (*player).reportWhatWaited)
	pid := s.cmd.Process.Pid
	if _, err := drive(alone, time.Second, pid); err != nil {
		return err
	}
	fmt.Printf("\n%d clients, %s each, one after the other, three times.\n\n", reporters, length)
	fmt.Println("| durable writes | per second | p50 | p99 | CPU each, all processes | of the load | memory after, all processes |")
	fmt.Println("|---|---:|---:|---:|---:|---:|---:|")
	var one, many, theirs float64
	for range 3 {
		f, err := drive(alone, length, pid)
		if err != nil {
			return err
		}
		one += printReported("reports over HTTP", f, pid)
		if f, err = drive(together, length, pid); err != nil {
			return err
		}
		f.requests *= carried
		many += printReported(fmt.Sprintf("reports over HTTP, %d in a request", carried), f, pid)
		p, err := db.pgbench(length, pid)
		if err != nil {
			return err
		}
		fmt.Printf("| pgbench, upsert of one row | %.0f | mean %s | | %s | %s | |\n", p.rate(), p.p50, p.cpuPerRequest().Round(time.Microsecond),
			p.loadPerRequest().Round(time.Microsecond))
		theirs += p.rate()
	}
	fmt.Printf("\nReports: %.2f × pgbench; %d in a request: %.2f ×.\n", one/theirs, carried, many/theirs)
	return db.hasAll(players)
}

// printReported prints a load of reports and returns how many there were a second. Latencies are of requests.
func printReported(name string, f figures, pid int) float64 {
	fmt.Printf("| %s | %.0f | %s | %s | %s | %s | %d MB |\n", name, f.rate(), f.p50.Round(10*time.Microsecond),
		f.p99.Round(10*time.Microsecond), f.cpuPerRequest().Round(time.Microsecond), f.loadPerRequest().Round(time.Microsecond), memoryOf(pid)>>20)
	return f.rate()
}

// player is one browser's player, with a report that was written beforehand but for its numbers.
type player struct {
	head    []byte // of each request, between its first line and its length
	lesson  string
	session string
	track   string
	at      int64 // ms
	piece   int64 // ms that a report says were played
	body    []byte
}

// playedHead is a report's head, for a host, a form's token and cookies; its length follows.
const playedHead = "HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAccept: application/json\r\n" +
	"X-CSRF-Token: %s\r\nCookie: %s\r\nContent-Length: "

var (
	sessionOf = regexp.MustCompile(`data-session="([^"]+)"`)
	formToken = regexp.MustCompile(`name="csrf-token" content="([^"]+)"`)
)

// openPlayers signs people in and opens the same lesson to each; what earlier runs say they played of it is forgotten.
func openPlayers(s *server, db *psql) ([]*player, error) {
	players := make([]*player, reporters)
	errs := make([]error, reporters)
	var group sync.WaitGroup
	door := make(chan struct{}, 4) // passwords are slow to check, and a crowd at the door is answered that it is too much
	for n := range players {
		group.Go(func() {
			door <- struct{}{}
			defer func() { <-door }()
			players[n], errs[n] = openPlayer(s, n)
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	_, err := db.run("delete from playing_session; delete from played where track_id in (" + tracksOf(players) + ")")
	return players, err
}

func callersOf(s *server, players []*player, report func(p *player, into []byte) []byte) (callers []*caller) {
	for _, p := range players {
		callers = append(callers, &caller{addr: strings.TrimPrefix(s.base, "http://"), ask: func(into []byte) []byte { return report(p, into) }})
	}
	return callers
}

// tracksOf are the tracks that are played, in the languages of the people.
func tracksOf(players []*player) string {
	var all []string
	for _, p := range players {
		all = append(all, p.track)
	}
	return strings.Join(all, ",")
}

func openPlayer(s *server, n int) (*player, error) {
	c := webtest.New(s.base, "fr")
	if err := signIn(c, fmt.Sprintf("personne%03d@demo.example", n+1)); err != nil {
		return nil, err
	}
	module, err := follow(c, "/spaces/funding", "/modules/")
	if err != nil {
		return nil, err
	}
	lesson, err := follow(c, module, "/lessons/")
	if err != nil {
		return nil, err
	}
	page, err := c.Get(lesson)
	if err != nil {
		return nil, err
	}
	session, track, token := sessionOf.FindSubmatch(page.Body), trackID.FindSubmatch(page.Body), formToken.FindSubmatch(page.Body)
	if session == nil || track == nil || token == nil {
		return nil, fmt.Errorf("%s names no session, track or form token", lesson)
	}
	base, err := url.Parse(s.base)
	if err != nil {
		return nil, err
	}
	var cookies []string
	for _, cookie := range c.Cookies().Cookies(base) {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	return &player{head: fmt.Appendf(nil, playedHead, base.Host, token[1], strings.Join(cookies, "; ")), lesson: lesson,
		session: string(session[1]), track: string(track[1]), piece: piece}, nil
}

// report says that the next piece was played.
func (p *player) report(into []byte) []byte {
	p.body = p.appendReport(p.body[:0])
	return p.post(into, p.lesson+"/played")
}

// reportWhatWaited says it of the next pieces, in one request.
func (p *player) reportWhatWaited(into []byte) []byte {
	p.body = append(p.body[:0], `{"reports":[`...)
	for range carried {
		p.body = append(p.appendReport(p.body), ',')
	}
	p.body = append(p.body[:len(p.body)-1], "]}"...)
	return p.post(into, "/played")
}

func (p *player) appendReport(body []byte) []byte {
	body = append(body, `{"session":"`...)
	body = append(body, p.session...)
	body = append(body, `","track":`...)
	body = append(body, p.track...)
	body = append(body, `,"client":"bench","position":`...)
	body = strconv.AppendInt(body, p.at, 10)
	body = append(body, `,"intervals":[[`...)
	body = strconv.AppendInt(body, p.at, 10)
	body = append(body, ',')
	p.at += p.piece
	body = strconv.AppendInt(body, p.at, 10)
	return append(body, `]]}`...)
}

func (p *player) post(into []byte, path string) []byte {
	into = append(append(append(into, "POST "...), path...), ' ')
	into = append(into, p.head...)
	into = strconv.AppendInt(into, int64(len(p.body)), 10)
	return append(append(into, "\r\n\r\n"...), p.body...)
}
