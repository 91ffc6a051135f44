package notify

import (
	"reflect"
	"testing"

	"halqa/events"
	"halqa/migrations/testdb"
)

func TestAProposedDocumentIsToldToTheModerators(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	giver, animator, office := s.person("giver", "fr"), s.person("animator", "fr"), s.person("office", "fr")
	officeID, _ := s.organisation("Eau", giver.PersonID)
	space := s.id(`insert into space (key, office_id, name) values ('eau', ?, '{"fr":"Eau"}') returning id`, officeID)
	grant := "insert into role_grant (person_id, role, kind, office_id, space_id) values (?, ?, ?, ?, ?)"
	s.exec(grant, office.PersonID, "office_moderator", "office", officeID, nil)
	proposed := events.DocumentProposed{DocumentID: 5, SpaceID: space, Title: events.Text{"fr": "Guide"}, GivenBy: giver.PersonID}
	s.hear(s.event(proposed))
	s.exec(grant, animator.PersonID, "space_moderator", "space", nil, space)
	s.hear(s.event(proposed))
	for who, want := range map[int64][]Kind{office.PersonID: {DocumentProposed}, animator.PersonID: {DocumentProposed}, giver.PersonID: {}} {
		a := giver
		a.PersonID = who
		if got := s.told(a); !reflect.DeepEqual(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	}
	list, _, err := s.service.Notifications(s.ctx, animator, 0)
	if err != nil || list[0].Path() != "/documents/5" || list[0].Person != "giver" {
		t.Errorf("%+v, error %v", list, err)
	}
}
