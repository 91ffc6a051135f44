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

func TestRepliesAreTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami, mona, left := s.person("amel", "fr"), s.person("sami", "ar"), s.person("mona", "fr"), s.person("left", "fr")
	s.service.talk = func(_ context.Context, _ bun.Tx, person, _ int64) (string, bool, error) {
		return "Qui vient ?", person != left.PersonID && person != 0, nil
	}
	reply := func(post, by, to int64) events.Event {
		return s.event(events.Contributed{PostID: post, ThreadID: 3, SpaceID: 1, PersonID: by, Kind: "reply", ThreadAuthorID: amel.PersonID, ReplyToID: 9, ReplyToAuthor: to})
	}
	hidden := events.Contributed{PostID: 6, ThreadID: 3, PersonID: sami.PersonID, Kind: "reply", ThreadAuthorID: amel.PersonID, Hidden: true}
	for _, e := range []events.Event{
		s.event(events.Contributed{PostID: 1, ThreadID: 3, PersonID: amel.PersonID, Kind: "thread", ThreadAuthorID: amel.PersonID}),
		reply(2, sami.PersonID, 0), reply(3, mona.PersonID, sami.PersonID), reply(4, amel.PersonID, amel.PersonID),
		reply(5, sami.PersonID, left.PersonID), s.event(hidden),
	} {
		s.hear(e, e)
	}
	if got, want := s.told(amel), []Kind{ThreadReplied, ThreadReplied, ThreadReplied}; !reflect.DeepEqual(got, want) {
		t.Errorf("who opened the thread is told %v", got)
	}
	if got, want := s.told(sami), []Kind{PostFollowed, PostAnswered}; !reflect.DeepEqual(got, want) {
		t.Errorf("who is answered is told %v", got)
	}
	if got, want := s.told(mona), []Kind{PostFollowed, PostFollowed}; !reflect.DeepEqual(got, want) {
		t.Errorf("who wrote there too is told %v", got)
	}
	if len(s.told(left)) != 0 {
		t.Error("somebody is told who may not read it")
	}
	if got := s.queued(amel); !reflect.DeepEqual(got, []string{"thread_replied"}) {
		t.Errorf("mails before the thread's author came back: %v", got)
	}
	list, _, err := s.service.Notifications(s.ctx, amel, 0)
	if err != nil || len(list) != 1 || list[0].Data.Thread != "Qui vient ?" || list[0].Fresh != 3 || !list[0].ReadAt.IsZero() {
		t.Fatalf("%+v, %v", list, err)
	}
	if n, err := s.service.Unread(s.ctx, amel); n != 1 || err != nil {
		t.Errorf("%d lines are unread, %v", n, err)
	}
	if n, err := s.service.Read(s.ctx, amel, list[0].ID); err != nil || n.Path() != "/posts/2" {
		t.Errorf("the line leads to %s, %v", n.Path(), err)
	}
	if n, err := s.service.Unread(s.ctx, amel); n != 0 || err != nil {
		t.Errorf("%d lines are unread after it was opened, %v", n, err)
	}
	s.hear(reply(7, mona.PersonID, 0))
	if got := s.queued(amel); len(got) != 2 {
		t.Errorf("mails after they came back: %v", got)
	}
}

func TestModerationIsTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	author, staff, elsewhere := s.person("author", "fr"), s.person("staff", "fr"), s.person("elsewhere", "fr")
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Titre", true, nil }
	office, _ := s.organisation("Eau", author.PersonID)
	other := s.id(`insert into office (key, name) values ('other', '{"fr": "Autre"}') returning id`)
	grant := "insert into role_grant (person_id, role, kind, office_id) values (?, 'office_moderator', 'office', ?)"
	s.exec(grant, staff.PersonID, office)
	s.exec(grant, elsewhere.PersonID, other)
	s.hear(s.event(events.PostReported{ReportID: 1, PostID: 2, ThreadID: 3, SpaceID: 99, OfficeID: office, By: author.PersonID}),
		s.event(events.ContributionHidden{PostID: 2, ThreadID: 3, PersonID: author.PersonID, Kind: "reply", By: staff.PersonID}),
		s.event(events.ContributionHidden{PostID: 4, ThreadID: 3, PersonID: staff.PersonID, Kind: "reply", By: staff.PersonID}))
	if got := s.told(author); !reflect.DeepEqual(got, []Kind{PostHidden}) {
		t.Errorf("the author is told %v", got)
	}
	if got := s.told(staff); !reflect.DeepEqual(got, []Kind{PostReported}) {
		t.Errorf("the office is told %v", got)
	}
	if len(s.told(elsewhere)) != 0 {
		t.Error("another office is told")
	}
	if a, b := s.queued(author), s.queued(staff); !reflect.DeepEqual(a, []string{"post_hidden"}) || !reflect.DeepEqual(b, []string{"post_reported"}) {
		t.Errorf("mailed %v and %v", a, b)
	}
}

func TestNamingAnnouncingAndChoosingAreTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami, head, member := s.person("amel", "fr"), s.person("sami", "ar"), s.person("head", "fr"), s.person("member", "fr")
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Titre", true, nil }
	office, organisation := s.organisation("Eau", sami.PersonID)
	s.exec("delete from role_grant where organisation_id = ?", organisation)
	s.exec("insert into role_grant (person_id, role, kind, organisation_id) values (?, 'organisation_administrator', 'organisation', ?)", head.PersonID, organisation)
	space := s.id(`insert into space (key, office_id, name, description, visibility) values ('eau', ?, '{"fr": "Eau"}', '{}', 'open') returning id`, office)
	s.exec("insert into space_member (space_id, person_id, since) values (?, ?, now())", space, member.PersonID)
	named := s.event(events.Contributed{PostID: 2, ThreadID: 3, SpaceID: space, PersonID: sami.PersonID, Kind: "reply", ThreadAuthorID: amel.PersonID,
		Mentions: []int64{amel.PersonID}, Organisations: []int64{organisation}})
	said := s.event(events.Contributed{PostID: 4, ThreadID: 4, SpaceID: space, PersonID: sami.PersonID, Kind: "thread", ThreadAuthorID: sami.PersonID,
		ThreadKind: "announcement"})
	chosen := func(on bool) events.Event {
		return s.event(events.AnswerAccepted{PostID: 2, ThreadID: 3, SpaceID: space, PersonID: sami.PersonID, Accepted: on, By: amel.PersonID})
	}
	s.hear(named, named, said, said, chosen(true), chosen(false), chosen(true))
	for who, want := range map[*account.Actor][]Kind{&amel: {Mentioned}, &head: {Mentioned}, &member: {ThreadOpened}, &sami: {AnswerChosen}} {
		if got := s.told(*who); !reflect.DeepEqual(got, want) {
			t.Errorf("person %d is told %v, want %v", who.PersonID, got, want)
		}
	}
}

// Who looks after a reported post is told alone, and those who share the work when it waits too long.
func TestWhoLooksAfterAReportIsTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	asked, office := s.person("asked", "fr"), int64(0)
	mate := s.person("mate", "ar")
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Titre", true, nil }
	office, _ = s.organisation("Eau", asked.PersonID)
	for _, id := range []int64{asked.PersonID, mate.PersonID} {
		s.exec("insert into role_grant (person_id, role, kind, office_id) values (?, 'office_moderator', 'office', ?)", id, office)
	}
	s.hear(s.event(events.PostReported{ReportID: 1, PostID: 2, ThreadID: 3, SpaceID: 99, OfficeID: office, AssignedTo: asked.PersonID}))
	if a, b := s.told(asked), s.told(mate); !reflect.DeepEqual(a, []Kind{PostReported}) || len(b) != 0 {
		t.Errorf("told of a report: %v and %v", a, b)
	}
	s.hear(s.event(events.CaseAssigned{PostID: 2, ThreadID: 3, SpaceID: 99, PersonID: mate.PersonID, By: asked.PersonID}),
		s.event(events.CaseAssigned{PostID: 2, ThreadID: 3, SpaceID: 99, PersonID: asked.PersonID, By: asked.PersonID}),
		s.event(events.CaseOverdue{PostID: 2, ThreadID: 3, SpaceID: 99, OfficeID: office, AssignedTo: mate.PersonID}),
		s.event(events.BatchDone{BatchID: 4, PersonID: asked.PersonID}))
	count := func(a account.Actor) map[Kind]int {
		n := map[Kind]int{}
		for _, k := range s.told(a) {
			n[k]++
		}
		return n
	}
	if a, b := count(asked), count(mate); a[PostOverdue] != 1 || b[PostOverdue] != 1 || b[PostAssigned] != 1 || a[PostAssigned] != 0 || a[BatchFinished] != 1 {
		t.Errorf("told %v and %v", a, b)
	}
}
