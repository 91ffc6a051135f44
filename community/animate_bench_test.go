package community

import (
	"fmt"
	"testing"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// BenchmarkDesk reads the desk of a space of 10,000 members, with 5,000 threads and 100,000 posts.
func BenchmarkDesk(b *testing.B) {
	db := testdb.Clone(b)
	w := newWorld(b, db)
	for _, fill := range []string{
		`insert into person (name, name_key, email, language, email_confirmed_at) select 'P ' || i, 'p ' || i, 'p' || i || '@example.org', 'fr', now() from generate_series(1, 10000) i`,
		`insert into profile (person_id, expertise, expertise_key, expertise_for) select id, 'Budget et recherche ' || id, 'budget et recherche ' || id, 'members' from person where name like 'P %' and id % 3 = 0`,
		`insert into space_member (space_id, person_id, since) select ?0, id, now() - (id % 300) * interval '1 day' from person where name like 'P %' and id % 10 <> 0`,
		`insert into thread (space_id, kind, title, author_id, created_at, last_at, lesson_id, second) select ?0, case when i % 2 = 0 then 'question' else 'discussion' end, 'Recherche de financement ' || i,
			(select min(id) from person where name like 'P %') + i, now() - i * interval '1 hour', now() - i * interval '1 hour', case when i % 5 = 0 then i % 40 + 1 end, case when i % 5 = 0 then i % 600 end from generate_series(1, 5000) i`,
		`insert into post (thread_id, author_id, opening, body, created_at) select id, author_id, true, 'Bonjour', created_at from thread`,
		`insert into post (thread_id, author_id, body, created_at) select t.id, t.author_id + i, 'Bonjour', t.created_at + i * interval '1 minute' from thread t, generate_series(1, 20) i where t.id % 7 <> 0`,
		`update thread t set replies = c.n - 1, last_post_id = c.last from (select thread_id, count(*) as n, max(id) as last from post group by 1) c where c.thread_id = t.id`,
		`analyze`,
	} {
		if _, err := db.NewRaw(fill, w.open.ID).Exec(ctx); err != nil {
			b.Fatal(fmt.Errorf("%s: %w", fill, err))
		}
	}
	people := account.New(db, account.Options{})
	b.ResetTimer()
	for b.Loop() {
		d, err := w.Desk(ctx, w.animator, w.open.ID)
		if err != nil || len(d.Silent) != DeskSize || len(d.Unanswered) != DeskSize || len(d.Passages) != DeskSize {
			b.Fatalf("%+v, %v", d, err)
		}
		list, err := people.Experts(ctx, w.animator, account.Asked{SpaceID: w.open.ID, Words: d.Unanswered[0].Title, Limit: DeskSize})
		if err != nil || len(list) != DeskSize {
			b.Fatalf("%d experts, %v", len(list), err)
		}
	}
}
