package notify

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

var soon = now.AddDate(0, 0, 10)

func registration(person int64, from, state, reason string) events.RegistrationChanged {
	return events.RegistrationChanged{RegistrationID: 7, SeminarID: 3, PersonID: person, Title: events.Text{"fr": "Budget", "ar": "ميزانية"},
		StartsAt: soon, From: from, State: state, Reason: reason, Place: 2}
}

func TestWhoIsToldWhat(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload func(person int64) events.Payload
		told    []Kind
		mailed  []string
	}{
		{"unlocked", func(p int64) events.Payload {
			return events.SeminarUnlocked{PersonID: p, SeminarID: 3, StartsAt: soon}
		}, []Kind{SeminarUnlocked}, []string{"unlocked"}},
		{"unlocked a seminar that began", func(p int64) events.Payload {
			return events.SeminarUnlocked{PersonID: p, SeminarID: 3, StartsAt: now}
		}, []Kind{SeminarUnlocked}, []string{}},
		{"unlocked several seminars", func(p int64) events.Payload {
			return events.SeminarUnlocked{PersonID: p, SeminarID: 3, StartsAt: now, Also: []events.Opening{{SeminarID: 4, StartsAt: soon}}}
		}, []Kind{SeminarUnlocked}, []string{"unlocked"}},
		{"a seat", func(p int64) events.Payload { return registration(p, "", "confirmed", "asked") }, []Kind{SeatConfirmed}, []string{"confirmed"}},
		{"a place in the queue", func(p int64) events.Payload { return registration(p, "", "waitlisted", "asked") }, []Kind{SeatWaitlisted}, []string{"waitlisted"}},
		{"promoted", func(p int64) events.Payload { return registration(p, "waitlisted", "confirmed", "promoted") }, []Kind{SeatPromoted}, []string{"promoted"}},
		{"gave a seat back", func(p int64) events.Payload { return registration(p, "confirmed", "cancelled", "by_person") }, []Kind{SeatWithdrawn},
			[]string{"withdrawn"}},
		{"left the queue", func(p int64) events.Payload { return registration(p, "waitlisted", "cancelled", "by_person") }, []Kind{}, []string{}},
		{"a request to the office", func(p int64) events.Payload { return registration(p, "", "pending", "asked") }, []Kind{SeatPending}, []string{"seat_pending"}},
		{"an offer", func(p int64) events.Payload { return registration(p, "waitlisted", "offered", "promoted") }, []Kind{SeatOffered}, []string{"seat_offered"}},
		{"an offer that ended", func(p int64) events.Payload { return registration(p, "offered", "cancelled", "offer_expired") },
			[]Kind{OfferExpired}, []string{"offer_expired"}},
		{"a seat on a condition", func(p int64) events.Payload { return registration(p, "", "conditional", "asked") },
			[]Kind{SeatConditional}, []string{"seat_conditional"}},
		{"a reminder", func(p int64) events.Payload {
			return events.SeatReminded{PersonID: p, SeminarID: 3, RegistrationID: 5, StartsAt: soon, Until: soon, Days: 7}
		}, []Kind{ConditionReminder}, []string{"condition_reminder"}},
		{"cancelled by the office", func(p int64) events.Payload { return registration(p, "confirmed", "cancelled", "by_office") }, []Kind{SeatCancelled}, []string{"cancelled"}},
		{"the seminar is off", func(p int64) events.Payload { return registration(p, "confirmed", "cancelled", "seminar_cancelled") },
			[]Kind{SeminarCancelled}, []string{"seminar_cancelled"}},
		{"moved", func(p int64) events.Payload {
			return events.SeatMoved{PersonID: p, SeminarID: 3, RegistrationID: 7, StartsAt: soon}
		}, []Kind{SeminarMoved}, []string{"moved"}},
		{"named a trainer", func(p int64) events.Payload {
			return events.TrainerNamed{PersonID: p, SeminarID: 3, StartsAt: soon}
		}, []Kind{TrainerNamed}, []string{"trainer_named"}},
		{"completed", func(p int64) events.Payload {
			return events.ModuleCompleted{PersonID: p, ModuleID: 4, CompletedAt: now}
		}, []Kind{ModuleCompleted}, []string{}},
		{"validated", func(p int64) events.Payload { return events.OrganisationDecided{AskedBy: p, Validated: true} }, []Kind{OrganisationValidated}, []string{}},
		{"refused", func(p int64) events.Payload { return events.OrganisationDecided{AskedBy: p} }, []Kind{OrganisationRefused}, []string{}},
		{"a document accepted", func(p int64) events.Payload {
			return events.DocumentPublished{DocumentID: 5, GivenBy: p, By: p + 1}
		}, []Kind{DocumentAccepted}, []string{"document_accepted"}},
		{"a document of one's own", func(p int64) events.Payload {
			return events.DocumentPublished{DocumentID: 5, GivenBy: p, By: p}
		}, []Kind{}, []string{}},
		{"a document refused", func(p int64) events.Payload { return events.DocumentRefused{DocumentID: 5, GivenBy: p, By: p + 1} }, []Kind{DocumentRefused}, []string{"document_refused"}},
		{"nobody left to tell", func(int64) events.Payload { return events.ModuleCompleted{PersonID: -1, ModuleID: 4} }, []Kind{}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, testdb.Tx(t))
			amel := s.person("amel", "fr")
			e := s.event(c.payload(amel.PersonID))
			s.hear(e, e)
			if got := s.told(amel); !reflect.DeepEqual(got, c.told) {
				t.Errorf("told %v, want %v", got, c.told)
			}
			if got := s.queued(amel); !reflect.DeepEqual(got, c.mailed) {
				t.Errorf("mailed %v, want %v", got, c.mailed)
			}
			announced := s.id("select count(*) from outbox where type = ?", events.NotificationAdded{}.EventType())
			if announced != int64(len(c.told)) {
				t.Errorf("announced %d times", announced)
			}
		})
	}
}

func TestMembershipsAreToldToTheRightPeople(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	creator, member, moderator, former := s.person("creator", "fr"), s.person("member", "ar"), s.person("moderator", "fr"), s.person("former", "fr")
	office, id := s.organisation("Eau", creator.PersonID)
	grant := "insert into role_grant (person_id, role, kind, office_id, organisation_id, revoked_at) values (?, ?, ?, ?, ?, ?)"
	s.exec(grant, creator.PersonID, "organisation_administrator", "organisation", nil, id, nil)
	s.exec(grant, moderator.PersonID, "office_moderator", "office", office, nil, nil)
	s.exec(grant, former.PersonID, "office_moderator", "office", office, nil, now)
	s.hear(
		s.event(events.OrganisationRequested{OrganisationID: id, OfficeID: office, PersonID: creator.PersonID}),
		s.event(events.OrganisationDecided{OrganisationID: id, AskedBy: creator.PersonID, Validated: true}),
		s.event(events.MembershipChanged{PersonID: creator.PersonID, OrganisationID: id, State: "active"}),
		s.event(events.MembershipChanged{PersonID: member.PersonID, OrganisationID: id, State: "requested"}),
		s.event(events.MembershipChanged{PersonID: member.PersonID, OrganisationID: id, State: "active"}),
		s.event(events.MembershipChanged{PersonID: member.PersonID, OrganisationID: id, State: "ended"}),
	)
	for _, c := range []struct {
		who  account.Actor
		want []Kind
	}{
		{creator, []Kind{MembershipRequested, OrganisationValidated}},
		{member, []Kind{MembershipAccepted}},
		{moderator, []Kind{OrganisationRequested}},
		{former, []Kind{}},
	} {
		if got := s.told(c.who); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s is told %v, want %v", c.who.Name, got, c.want)
		}
	}
	list, _, err := s.service.Notifications(s.ctx, creator, 0)
	if err != nil || list[0].Organisation != "Eau" || list[0].Person != "member" {
		t.Errorf("%+v, error %v", list, err)
	}
}

func TestOldNewsIsNotMailed(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel := s.person("amel", "fr")
	waits := s.event(registration(amel.PersonID, "", "waitlisted", "asked"))
	promoted := s.event(registration(amel.PersonID, "waitlisted", "confirmed", "promoted"))
	s.hear(promoted, waits) // the other way round
	if got := s.queued(amel); !reflect.DeepEqual(got, []string{"promoted"}) {
		t.Errorf("mailed %v: the queue is past when it is heard of", got)
	}
	if got := s.told(amel); !reflect.DeepEqual(got, []Kind{SeatPromoted, SeatWaitlisted}) {
		t.Errorf("told %v: pages tell all, in the order it happened", got)
	}
	sami := s.person("sami", "fr")
	old := s.event(events.SeminarUnlocked{PersonID: sami.PersonID, SeminarID: 3, StartsAt: soon})
	old.Time = now.Add(-stale - time.Minute)
	s.hear(old)
	if got := s.queued(sami); len(got) != 0 {
		t.Errorf("mailed %v days late", got)
	}
}

func TestReadingNotifications(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami := s.person("amel", "fr"), s.person("sami", "ar")
	for range PageSize + 2 {
		s.hear(s.event(events.ModuleCompleted{PersonID: amel.PersonID, ModuleID: 4}))
	}
	unread := func(want int) {
		t.Helper()
		if n, err := s.service.Unread(s.ctx, amel); err != nil || n != want {
			t.Errorf("%d unread, want %d, error %v", n, want, err)
		}
	}
	unread(PageSize + 2)
	list, more, err := s.service.Notifications(s.ctx, amel, 0)
	if err != nil || len(list) != PageSize || !more {
		t.Fatalf("%d on the first page, more: %v, error %v", len(list), more, err)
	}
	rest, more, err := s.service.Notifications(s.ctx, amel, 1)
	if err != nil || len(rest) != 2 || more {
		t.Fatalf("%d on the second page, more: %v, error %v", len(rest), more, err)
	}
	if _, err := s.service.Read(s.ctx, sami, list[0].ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("reading somebody else's: %v", err)
	}
	n, err := s.service.Read(s.ctx, amel, list[0].ID)
	if err != nil || n.Path() != "/modules/4" {
		t.Errorf("leads to %s, error %v", n.Path(), err)
	}
	unread(PageSize + 1)
	if err := s.service.ReadAll(s.ctx, amel, list[1].ID); err != nil {
		t.Fatal(err)
	}
	unread(0)
	s.hear(s.event(events.ModuleCompleted{PersonID: amel.PersonID, ModuleID: 4}))
	if err := s.service.ReadAll(s.ctx, amel, list[1].ID); err != nil {
		t.Fatal(err)
	}
	unread(1)
	if _, _, err := s.service.Notifications(s.ctx, account.Actor{}, 0); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
}

func TestEachEventTellsOnceOverTheBus(t *testing.T) {
	db := testdb.Clone(t)
	s := newStory(t, db)
	amel := s.person("amel", "fr")
	bus := eventstest.New(t, db, s.service.Consumers(), eventstest.Twice(), eventstest.Shuffled(7))
	err := db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, p := range []events.Payload{
			events.ModuleCompleted{PersonID: amel.PersonID, ModuleID: 4, CompletedAt: now},
			events.SeminarUnlocked{PersonID: amel.PersonID, SeminarID: 3, StartsAt: time.Now().AddDate(0, 1, 0)},
			registration(amel.PersonID, "", "waitlisted", "asked"),
			registration(amel.PersonID, "waitlisted", "confirmed", "promoted"),
		} {
			if err := events.Publish(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	bus.Settle()
	if got := s.told(amel); !reflect.DeepEqual(got, []Kind{SeatPromoted, SeatWaitlisted, SeminarUnlocked, ModuleCompleted}) {
		t.Errorf("told %v", got)
	}
	if n := s.id("select count(*) from mail where kind = 'promoted'"); n != 1 {
		t.Errorf("%d mails of the promotion", n)
	}
}
