package community

import (
	"fmt"
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// TestEraseTexts has somebody who left every space take their texts along, twice.
func TestEraseTexts(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	alone, answered := w.thread(w.amel, w.invitation), w.thread(w.amel, w.open)
	f := w.brings(w.amel, w.open)
	w.later()
	post, err := w.Reply(ctx, w.amel, NewReply{ThreadID: answered.ID, Body: "Mon numéro : 70 123 987.", Attached: []Attached{{ID: f.ID}}})
	w.must(err)
	w.brings(w.amel, w.open)
	other := w.member("Salma", w.open)
	named := MentionOf("people", "Amel", w.amel.PersonID)
	kept := fmt.Sprintf("[@Autre](/people/%d9)", w.amel.PersonID)
	w.later()
	reply, err := w.Reply(ctx, other, NewReply{ThreadID: answered.ID, Body: named + " et " + kept})
	w.must(err)
	w.must(w.Report(ctx, other, NewReport{PostID: post.ID, Reason: "private"}))
	_, err = w.db.ExecContext(ctx, `delete from space_member where person_id = ?`, w.amel.PersonID)
	w.must(err)

	e := account.Erased{IDs: []int64{w.amel.PersonID}, Names: []string{"Amel"}, Email: "amel@example.org", Texts: true}
	w.must(w.Erase(ctx, e))
	w.must(w.Erase(ctx, e))

	for query, want := range map[string]int{
		`post where author_id = ?0 and (body <> '' or deleted_at is null)`:       0,
		`post where author_id = ?0`:                                              3,
		`attachment`:                                                             0,
		`post_report where body <> ''`:                                           0,
		`thread where deleted_at is not null`:                                    1,
		`outbox where type = '` + events.ContributionDeleted{}.EventType() + `'`: 3,
		fmt.Sprintf(`outbox where type = '%s' and (data->>'thread_id')::bigint = %d`, events.NameErased{}.EventType(), alone.ID): 2,
	} {
		var got int
		w.must(w.db.NewRaw(`select count(*) from `+query, w.amel.PersonID).Scan(ctx, &got))
		if got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	p, err := findPost(ctx, w.db, reply.ID)
	w.must(err)
	if want := "@… et " + kept; p.Body != want {
		t.Errorf("a post that named them says %q, want %q", p.Body, want)
	}
}
