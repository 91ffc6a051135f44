package notify

import (
	"reflect"
	"testing"
	"time"

	"halqa/events"
	"halqa/migrations/testdb"
)

// Documents that come one after the other are told once, until somebody looked; also when the seminar is over.
func TestPapersAreToldOnce(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami := s.person("amel", "fr"), s.person("sami", "ar")
	paper := func(seminar int64, to ...int64) events.Event {
		return s.event(events.PaperAdded{SeminarID: seminar, PaperID: 1, Title: events.Text{"fr": "Budget"}, StartsAt: now.Add(-24 * time.Hour), PersonIDs: to})
	}
	first := paper(3, amel.PersonID)
	s.hear(first, first, paper(3, amel.PersonID, sami.PersonID), paper(4, amel.PersonID))
	if got := s.told(amel); !reflect.DeepEqual(got, []Kind{PapersAdded, PapersAdded}) {
		t.Errorf("of two seminars amel is told %v", got)
	}
	if got := s.told(sami); !reflect.DeepEqual(got, []Kind{PapersAdded}) {
		t.Errorf("sami is told %v", got)
	}
	if got := s.queued(sami); !reflect.DeepEqual(got, []string{"papers_added"}) {
		t.Errorf("sami is written %v", got)
	}
	list, _, err := s.service.Notifications(s.ctx, sami, 0)
	if err != nil || list[0].Path() != "/seminars/3#papers" {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := s.service.Read(s.ctx, sami, list[0].ID); err != nil {
		t.Fatal(err)
	}
	s.hear(paper(3, sami.PersonID))
	if got := s.told(sami); len(got) != 2 {
		t.Errorf("after looking, sami is told %v", got)
	}
}
