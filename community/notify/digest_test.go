package notify

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/migrations/testdb"
)

// TestManyNodesWriteEachDigestOnce has several nodes write the digests that are due at the same moment.
func TestManyNodesWriteEachDigestOnce(t *testing.T) {
	const people = 350
	s := newStory(t, testdb.Clone(t))
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Titre", true, nil }
	s.exec(`insert into person (name, email, language) select 'p' || n, 'p' || n || '@example.org', 'fr' from generate_series(1, ?) n`, people)
	s.exec(`insert into attention (person_id, rhythm, due_at) select id, 'daily', ? from person`, now)
	s.exec(`insert into notification (person_id, event_id, kind, data, at, thread_id, post_id, delivery)
		select id, gen_random_uuid(), 'post_followed', '{"thread_id": 1, "post_id": 1}', now(), 1, 1, 'waiting' from person`)
	var nodes sync.WaitGroup
	for range 4 {
		nodes.Go(func() {
			for n := 1; n > 0; {
				var err error
				if n, err = s.service.WriteDigests(s.ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	nodes.Wait()
	for query, want := range map[string]int64{
		"select count(*) from mail":                                              people,
		"select count(distinct person_id) from mail":                             people,
		"select count(*) from notification where delivery = 'digest'":            people,
		"select count(*) from attention where due_at is not null":                0,
		"select count(*) from notification n join mail m on m.key = n.letter":    people,
		"select count(*) from notification where delivery in ('waiting','mail')": 0,
	} {
		if got := s.id(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

func TestADigestReads(t *testing.T) {
	c := composer{render: say, public: "https://halqa.example", secret: []byte("a secret for tests")}
	d := Data{Name: "أمل", Path: "/notifications", Digest: []DigestSpace{
		{Name: events.Text{"fr": "Budget", "ar": "الميزانية"}, Threads: []DigestThread{{Title: "Qui vient ?", Posts: []int64{4, 9}, By: []string{"a", "b", "c", "d"}}}},
		{Threads: []DigestThread{{Title: "<b>من يأتي؟", Posts: []int64{12}, Opened: true}}},
	}}
	for n := range 30 {
		d.Digest[1].Threads = append(d.Digest[1].Threads, DigestThread{Title: fmt.Sprint("t", n), Posts: []int64{int64(20 + n)}})
	}
	l := c.compose(Mail{PersonID: 5, Language: "ar", Kind: DigestMail, Data: d})
	html, err := l.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"الميزانية", "Qui vient ?", "https://halqa.example/posts/4", "https://halqa.example/posts/12", "Count=2", "a", "Count=7", "https://halqa.example/unsubscribe/"} {
		if !strings.Contains(l.Text(), want) || !strings.Contains(html, want) {
			t.Errorf("the digest lacks %s:\n%s", want, l.Text())
		}
	}
	if l.Dir != "rtl" || strings.Contains(html, "<b>") || strings.Contains(l.Text(), " d") || !strings.Contains(l.Subject, "Count=33") {
		t.Errorf("%s\n%s", l.Subject, html)
	}
}
