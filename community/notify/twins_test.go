package notify

import (
	"reflect"
	"testing"

	"halqa/events"
	"halqa/migrations/testdb"
)

// The moderators of the other office hear of a proposal, and who made it of the answer: each at the desk of their own seminar.
func TestWhoHearsOfTwins(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami, salma := s.person("amel", "fr"), s.person("sami", "ar"), s.person("salma", "fr")
	office := s.id(`insert into office (key, name) values ('sousse', '{"fr": "Sousse"}') returning id`)
	s.exec(`insert into role_grant (person_id, role, kind, office_id) values (?, 'office_moderator', 'office', ?)`, sami.PersonID, office)
	title := events.Text{"fr": "Budget"}
	decided := func(state string) events.Event {
		return s.event(events.TwinProposalDecided{ProposalID: 4, SeminarID: 2, OtherID: 1, PersonID: amel.PersonID, State: state, Title: title, StartsAt: soon, By: sami.PersonID})
	}
	s.hear(s.event(events.TwinProposed{ProposalID: 4, SeminarID: 1, OtherID: 2, ToOfficeID: office, Title: title, StartsAt: soon, By: amel.PersonID}),
		decided("declined"), decided("withdrawn"), decided("accepted"))
	if got := s.told(sami); !reflect.DeepEqual(got, []Kind{TwinProposed}) {
		t.Errorf("sami is told %v", got)
	}
	if got := s.told(amel); !reflect.DeepEqual(got, []Kind{TwinAccepted, TwinDeclined}) {
		t.Errorf("amel is told %v", got)
	}
	if got := s.told(salma); len(got) != 0 {
		t.Errorf("salma is told %v", got)
	}
	if got := s.queued(sami); !reflect.DeepEqual(got, []string{"twin_proposed"}) {
		t.Errorf("sami is written %v", got)
	}
	for who, want := range map[int64]string{amel.PersonID: "/desk/seminars/1/twins", sami.PersonID: "/desk/seminars/2/twins"} {
		actor := amel
		if who == sami.PersonID {
			actor = sami
		}
		list, _, err := s.service.Notifications(s.ctx, actor, 0)
		if err != nil || list[0].Path() != want || list[0].Person == "" {
			t.Errorf("%+v, %v", list, err)
		}
	}
}
