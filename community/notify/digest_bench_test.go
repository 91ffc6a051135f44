package notify

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"halqa/migrations/testdb"
)

// BenchmarkDigestRun writes the weekly digests of 10,000 people who each follow twelve posts in four threads, of two spaces.
func BenchmarkDigestRun(b *testing.B) {
	const people = 10_000
	s := newStory(b, testdb.Clone(b))
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Titre", true, nil }
	s.exec(`insert into person (name, email, language) select 'p' || n, 'p' || n || '@example.org', 'fr' from generate_series(1, ?) n`, people)
	s.exec(`insert into attention (person_id, rhythm) select id, 'weekly' from person`)
	for b.Loop() {
		b.StopTimer()
		s.exec("delete from mail")
		s.exec("delete from notification")
		s.exec(`insert into notification (person_id, event_id, kind, data, at, thread_id, post_id, delivery)
			select p.id, gen_random_uuid(), 'post_followed', json_build_object('thread', 'Titre', 'thread_id', n % 4, 'post_id', n, 'space_id', n % 2,
				'person_id', p.id), now(), n % 4, n, 'waiting' from person p, generate_series(1, 12) n`)
		s.exec(`update attention set due_at = ?`, now)
		b.StartTimer()
		total := 0
		for n := 1; n > 0; total += n {
			var err error
			if n, err = s.service.WriteDigests(s.ctx); err != nil {
				b.Fatal(err)
			}
		}
		if total != people {
			b.Fatalf("%d digests are written", total)
		}
	}
	b.ReportMetric(people*float64(b.N)/b.Elapsed().Seconds(), "digests/s")
}
