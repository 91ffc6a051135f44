package notify

import (
	"context"
	"reflect"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/migrations/testdb"
)

// Whom an edit names is told, by the way they chose: once, unless they mute it, may not read it or were told of the post before.
func TestWhomAnEditNamesIsTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	author, named, before, muting, barred, never := s.person("author", "fr"), s.person("named", "ar"), s.person("before", "fr"), s.person("muting", "fr"),
		s.person("barred", "fr"), s.person("never", "fr")
	s.service.talk = func(_ context.Context, _ bun.Tx, who, _ int64) (string, bool, error) {
		return "Titre", who != 0 && who != barred.PersonID, nil
	}
	s.exec(`insert into follow (person_id, subject, subject_id, level, changed_at) values (?, 'thread', 3, 'mute', now())`, muting.PersonID)
	s.exec(`insert into attention (person_id, rhythm) values (?, 'never')`, never.PersonID)
	s.hear(s.event(events.Contributed{PostID: 2, ThreadID: 3, PersonID: author.PersonID, Kind: "reply", Mentions: []int64{before.PersonID}}))
	e := s.event(events.ContributionEdited{PostID: 2, ThreadID: 3, PersonID: author.PersonID,
		Mentions: []int64{named.PersonID, before.PersonID, muting.PersonID, barred.PersonID, never.PersonID}})
	s.hear(e, e, s.event(events.ContributionEdited{PostID: 2, ThreadID: 3, PersonID: author.PersonID, Mentions: []int64{named.PersonID}}),
		s.event(events.ContributionEdited{PostID: 2, ThreadID: 3, PersonID: author.PersonID}))
	for who, want := range map[int64][]Kind{named.PersonID: {Mentioned}, before.PersonID: {Mentioned}, muting.PersonID: {}, barred.PersonID: {}, never.PersonID: {Mentioned}, author.PersonID: {}} {
		kinds := []Kind{}
		if err := s.db.NewRaw("select kind from notification where person_id = ?", who).Scan(s.ctx, &kinds); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(kinds, want) {
			t.Errorf("person %d is told %v, want %v", who, kinds, want)
		}
	}
	if a, b := s.queued(named), s.queued(never); !reflect.DeepEqual(a, []string{"mentioned"}) || len(b) != 0 {
		t.Errorf("mailed %v and %v", a, b)
	}
}
