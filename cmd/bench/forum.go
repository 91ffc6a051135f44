package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// How big the forum is that is measured: its people, threads and posts are written by the database itself, for their number,
// with what the demonstration's people say.
const (
	forumPeople  = 10_000
	forumThreads = 5_000
	forumPosts   = 200_000
	longestTalk  = 5_000 // posts of one thread
	longTalk     = 201   // and of another
	readers      = 2_000 // with a stream open
	writers      = 640   // who write a few posts each, as fast as nobody is refused for
)

// forumFilled is what the measures go to.
type forumFilled struct {
	people               []bystander
	long, longest, space string // ids of two threads, id of their space
	middle               string // a post in the middle of the longest
}

// printForum measures lists, threads, posting, what two thousand open pages are told of a post, and a digest for everybody.
func printForum(s *server, dir string, length time.Duration) error {
	db, err := openPsql(dir)
	if err != nil {
		return err
	}
	defer db.close()
	began := time.Now()
	f, err := db.fillForum(s)
	if err != nil {
		return err
	}
	fmt.Printf("\n%d people, %d threads and %d posts, written in %.0f s.\n", forumPeople, forumThreads, forumPosts, time.Since(began).Seconds())
	v, err := prepare(s, 16)
	if err != nil {
		return err
	}
	if err := settle(s); err != nil {
		return err
	}
	err = printLoads(s, v, 16, length, []load{
		{"list of threads", get200(v, "/spaces/funding/forum")},
		{"thread of 200 replies", get200(v, "/threads/"+f.long)},
		{"thread of 5,000, its first page", get200(v, "/threads/"+f.longest)},
		{"thread of 5,000, by a post's link", get200(v, "/posts/"+f.middle)},
	})
	if err != nil {
		return err
	}
	fmt.Printf("Memory, all processes (PSS): %d MB.\n\n", memoryOf(s.cmd.Process.Pid)>>20)
	for _, measure := range []func(*server, *psql, forumFilled, time.Duration) error{printPosting, printFanOut, printDigests} {
		if err := measure(s, db, f, length); err != nil {
			return err
		}
	}
	return nil
}

// fillForum writes people, threads and posts. Posts of all threads are mixed, as time would have it.
func (p *psql) fillForum(s *server) (f forumFilled, err error) {
	var people string
	f.people, people = crowd(s, forumPeople)
	out, err := p.run(fmt.Sprintf(`
		delete from thread where title like 'Banc %%'; %s
		insert into space_member (space_id, person_id, since) select s.id, b.id, now() - interval '90 days'
		from b, space s where s.key = 'funding' or s.id %% 5 = b.n %% 5 and s.visibility = 'open';
		create temporary table words as select row_number() over (order by id) - 1 as n, body from post where deleted_at is null and hidden_at is null;
		create temporary table t as select n, case when n < 2 then (select id from space where key = 'funding') else o.ids[1 + n %% cardinality(o.ids)] end as space_id,
		  case n when 0 then %[3]d when 1 then %[4]d else 1 + (%[5]d - %[3]d - %[4]d) / (%[2]d - 2) end as posts, 0::bigint as id
		from generate_series(0, %[2]d - 1) n, (select array_agg(id order by id) as ids from space where visibility = 'open') o;
		insert into thread (space_id, kind, title, author_id, created_at, last_at)
		select space_id, 'discussion', 'Banc ' || n, (select id from b where b.n = t.n), now() - interval '80 days', now() from t;
		update t set id = thread.id from thread where thread.title = 'Banc ' || t.n;
		insert into post (thread_id, author_id, opening, body, created_at)
		select t.id, b.id, i = 0, w.body, now() - interval '80 days' * (1 - (i + 0.5) / t.posts)
		from t, generate_series(0, t.posts - 1) i join words w on w.n = i %% (select count(*) from words) join b on b.n = i * 7 %% %[6]d
		order by (i + 0.5) / t.posts, t.n;
		update thread set replies = x.n - 1, last_post_id = x.last, last_at = x.at
		from (select thread_id, count(*) as n, max(post.id) as last, max(created_at) as at from post join t on t.id = thread_id group by thread_id) x
		where thread.id = x.thread_id;
		analyze person, session, space_member, thread, post;
		select (select id from t where n = 0), (select id from t where n = 1),
		  (select post.id from post join t on t.id = thread_id and t.n = 0 order by post.id offset %[3]d / 2 limit 1), (select space_id from t where n = 0)`,
		people, forumThreads, longestTalk, longTalk, forumPosts, forumPeople))
	if err != nil {
		return f, err
	}
	ids := strings.Split(out, "|")
	if len(ids) != 4 {
		return f, fmt.Errorf("the forum is filled with %q", out)
	}
	f.longest, f.long, f.middle, f.space = ids[0], ids[1], ids[2], ids[3]
	return f, nil
}

// printPosting has people answer in the long thread. The form's token is fetched beforehand.
func printPosting(s *server, _ *psql, f forumFilled, length time.Duration) error {
	const workers, each = 16, 5 // posts of one person in a minute
	tokens := make([]string, writers)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for n := range tokens {
		page, err := f.people[n].page(s, "/threads/"+f.long)
		if err != nil {
			return err
		}
		found := formToken.FindSubmatch(page)
		if found == nil {
			return errors.New("the thread's page has no form token")
		}
		tokens[n] = string(found[1])
	}
	post := func(worker, turn int) error {
		n := worker*(writers/workers) + turn%(writers/workers)
		if turn >= each*writers/workers {
			time.Sleep(length) // they wrote what they may
			return nil
		}
		form := url.Values{"csrf": {tokens[n]}, "body": {fmt.Sprintf("Une ligne de plus, la %d.", turn)}}
		req, err := http.NewRequest(http.MethodPost, s.base+"/threads/"+f.long+"/reply", strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Cookie", f.people[n].cookie)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusSeeOther {
			return fmt.Errorf("reply: status %d", res.StatusCode)
		}
		return nil
	}
	figures, err := run(workers, length, s.cmd.Process.Pid, post)
	if err != nil {
		return err
	}
	tellForum("posting, 16 at once", figures)
	return settle(s)
}

func tellForum(name string, f figures) {
	fmt.Printf("%s: %d, %.0f a second; p50 %s, p95 %s, p99 %s, CPU each %s.\n", name, f.requests, f.rate(),
		f.p50.Round(time.Millisecond), f.p95.Round(time.Millisecond), f.p99.Round(time.Millisecond), f.cpuPerRequest().Round(time.Microsecond))
}

// printFanOut has thousands of pages open while somebody answers, and measures when each is told of it, since the answer
// was sent.
func printFanOut(s *server, _ *psql, f forumFilled, _ time.Duration) error {
	var mu sync.Mutex
	var sent time.Time
	var every []time.Duration
	conns := make([]net.Conn, 0, readers)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	subject := `"thread:` + f.longest + `"`
	for _, b := range f.people[writers : writers+readers] {
		conn, err := b.listen(func(line string) {
			if strings.Contains(line, subject) {
				mu.Lock()
				every = append(every, time.Since(sent))
				mu.Unlock()
			}
		})
		if err != nil {
			return err
		}
		conns = append(conns, conn)
	}
	if err := settle(s); err != nil {
		return err
	}
	before := memoryOf(s.cmd.Process.Pid)
	const posts = 10
	cpu, began := cpuOf(s.cmd.Process.Pid), time.Now()
	for n := range posts {
		mu.Lock()
		sent = time.Now()
		mu.Unlock()
		if err := f.answer(s, f.people[forumPeople-1-n], f.longest); err != nil {
			return err
		}
		time.Sleep(3 * time.Second) // all have heard by then, or are counted as deaf
	}
	if err := settle(s); err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	told := figures{elapsed: time.Since(began), cpu: cpuOf(s.cmd.Process.Pid) - cpu}
	told.tell(every)
	tellForum(fmt.Sprintf("a post told to %d open pages, %d times", readers, posts), told)
	fmt.Printf("Memory with %d streams, all processes (PSS): %d MB.\n", readers, before>>20)
	if told.requests != posts*readers {
		return fmt.Errorf("%d of %d heard", told.requests, posts*readers)
	}
	return nil
}

// answer writes one post.
func (f forumFilled) answer(s *server, b bystander, thread string) error {
	page, err := b.page(s, "/threads/"+thread)
	if err != nil {
		return err
	}
	token := formToken.FindSubmatch(page)
	if token == nil {
		return errors.New("the thread's page has no form token")
	}
	form := url.Values{"csrf": {string(token[1])}, "body": {"Je réponds à tous."}}
	req, err := http.NewRequest(http.MethodPost, s.base+"/threads/"+thread+"/reply", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", b.cookie)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("reply: status %d", res.StatusCode)
	}
	return nil
}

// printDigests gives everybody five posts that wait for their digest, makes it due, and measures until all are queued as
// mails. The server looks once a minute.
func printDigests(s *server, db *psql, f forumFilled, _ time.Duration) error {
	if err := settle(s); err != nil {
		return err
	}
	_, err := db.run(`
		insert into attention (person_id, rhythm, due_at) select id, 'daily', null from person where email like '%@bench.example'
		on conflict (person_id) do update set rhythm = 'daily', due_at = null;
		insert into notification (person_id, event_id, kind, data, at, delivery, thread_id, post_id)
		select p.id, gen_random_uuid(), 'thread_replied', jsonb_build_object('space_id', t.space_id, 'thread_id', t.id, 'post_id', t.last_post_id,
		  'person_id', t.author_id, 'thread', t.title), now(), 'waiting', t.id, t.last_post_id
		from (select id, row_number() over (order by id) as n from person where email like '%@bench.example') p, generate_series(0, 4) i
		join (select *, row_number() over (order by id) - 1 as n from thread where title like 'Banc %') t on true
		where t.n = (p.n * 5 + i) % ` + fmt.Sprint(forumThreads) + `;
		analyze notification, attention`)
	if err != nil {
		return err
	}
	if err := settle(s); err != nil {
		return err
	}
	if _, err := db.run(`update attention set due_at = now() - interval '1 minute' where person_id in (select id from person where email like '%@bench.example')`); err != nil {
		return err
	}
	waiting := func() (string, error) { return db.run("select count(*) from attention where due_at <= now()") }
	all, err := waiting()
	if err != nil {
		return err
	}
	var began time.Time
	var cpu time.Duration
	for deadline := time.Now().Add(10 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		left, err := waiting()
		if err != nil {
			return err
		}
		if left == all {
			began, cpu = time.Now(), cpuOf(s.cmd.Process.Pid)
			continue
		}
		if left == "0" {
			took, used := time.Since(began), cpuOf(s.cmd.Process.Pid)-cpu
			fmt.Printf("A digest of five posts for %d people: queued in %.1f s, CPU %s each; memory, all processes (PSS): %d MB.\n", forumPeople,
				took.Seconds(), (used / forumPeople).Round(time.Microsecond), memoryOf(s.cmd.Process.Pid)>>20)
			return nil
		}
	}
	return errors.New("the digests aren't written after ten minutes")
}
