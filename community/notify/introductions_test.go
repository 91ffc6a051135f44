package notify

import (
	"reflect"
	"testing"

	"halqa/events"
	"halqa/migrations/testdb"
)

func TestIntroductionsAreTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami := s.person("amel", "fr"), s.person("sami", "ar")
	asked := s.event(events.IntroductionAsked{IntroductionID: 4, FromID: amel.PersonID, ToID: sami.PersonID})
	for _, e := range []events.Event{asked,
		s.event(events.IntroductionAnswered{IntroductionID: 4, FromID: amel.PersonID, ToID: sami.PersonID, Accepted: true}),
		s.event(events.IntroductionDue{IntroductionID: 4, FromID: amel.PersonID, ToID: sami.PersonID, Ask: []int64{sami.PersonID}}),
		s.event(events.IntroductionAnswered{IntroductionID: 5, FromID: sami.PersonID, ToID: amel.PersonID}),
	} {
		s.hear(e, e)
	}
	if got, want := s.told(amel), []Kind{IntroductionAccepted}; !reflect.DeepEqual(got, want) {
		t.Errorf("who asked is told %v", got)
	}
	want := []Kind{IntroductionDeclined, IntroductionDue, IntroductionAsked} // the latest first
	if got := s.told(sami); !reflect.DeepEqual(got, want) {
		t.Errorf("who was asked is told %v", got)
	}
	list, _, err := s.service.Notifications(s.ctx, amel, 0)
	if err != nil || list[0].Path() != "/introductions#introduction-4" || list[0].Person != "sami" {
		t.Errorf("%+v, %v", list, err)
	}
}
