package notify

import (
	"context"
	"reflect"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// mask gives somebody a pseudonym in a space of its own.
func (s *story) mask(a account.Actor, name string) (mask, space int64) {
	s.t.Helper()
	space = s.id(`insert into space (key, name) values (?, '{"fr": "Abri", "ar": "ملجأ"}') returning id`, "space-of-"+name)
	return s.id(`insert into person (name, mask_of, mask_in) values (?, ?, ?) returning id`, name, a.PersonID, space), space
}

func TestWhoIsBehindAPseudonymIsToldAndNotNamed(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami, fan := s.person("amel", "fr"), s.person("sami", "ar"), s.person("fan", "fr")
	s.service.talk = func(_ context.Context, _ bun.Tx, person, _ int64) (string, bool, error) {
		return "Que faire ?", person == amel.PersonID || person == sami.PersonID || person == fan.PersonID, nil
	}
	mask, space := s.mask(amel, "Huppe 12")
	if err := s.service.Follow(s.ctx, fan, Followed{Subject: OfPerson, ID: amel.PersonID, Level: Watch}); err != nil {
		t.Fatal(err)
	}
	said := func(post, by int64, kind string, to int64) events.Event {
		return s.event(events.Contributed{PostID: post, ThreadID: 3, SpaceID: space, PersonID: by, Kind: kind, ThreadAuthorID: mask, ReplyToAuthor: to})
	}
	s.hear(said(1, mask, "thread", 0), said(2, sami.PersonID, "reply", 0), said(3, mask, "reply", sami.PersonID), said(4, sami.PersonID, "reply", mask),
		s.event(events.PostThanked{PostID: 1, ThreadID: 3, AuthorID: mask, PersonID: sami.PersonID, Thanks: true}),
		s.event(events.AnswerAccepted{PostID: 3, ThreadID: 3, PersonID: mask, Accepted: true, By: sami.PersonID}),
		s.event(events.HeldDecided{HeldID: 5, PersonID: mask, State: "approved"}),
		s.event(events.PseudonymLookedBehind{PersonID: mask, SpaceID: space, By: sami.PersonID, Cause: "danger"}))
	want := []Kind{PseudonymLookedBehind, HeldApproved, AnswerChosen, PostThanked, PostAnswered, ThreadReplied}
	if got := s.told(amel); !reflect.DeepEqual(got, want) {
		t.Errorf("who is behind it is told %v", got)
	}
	if got := s.told(sami); !reflect.DeepEqual(got, []Kind{PostAnswered}) {
		t.Errorf("who is answered is told %v", got)
	}
	if got := s.told(fan); len(got) != 0 {
		t.Errorf("who follows the person is told what the pseudonym said: %v", got)
	}
	if n := s.id(`select count(*) from notification where person_id = ?`, mask); n != 0 {
		t.Errorf("%d notifications wait for a pseudonym, which nobody reads", n)
	}
	list, _, err := s.service.Notifications(s.ctx, sami, 0)
	if err != nil || len(list) != 1 || list[0].Person != "Huppe 12" {
		t.Errorf("the pages say %+v, %v", list, err)
	}
	for _, m := range s.mails() {
		if m.Address == "sami@example.org" && m.Data.Person != "Huppe 12" {
			t.Errorf("a mail says that it is of %q", m.Data.Person)
		}
	}
}
