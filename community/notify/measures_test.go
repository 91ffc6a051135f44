package notify

import (
	"reflect"
	"strings"
	"testing"

	"halqa/events"
	"halqa/migrations/testdb"
)

func TestMeasuresAreTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, judge, other, admin := s.person("amel", "ar"), s.person("judge", "fr"), s.person("other", "fr"), s.person("admin", "en")
	s.exec(`insert into space (id, key, name) overriding system value values (7, 'seven', '{}')`)
	s.exec(`insert into role_grant (person_id, role, kind, space_id) values (?, 'space_moderator', 'space', 7)`, judge.PersonID)
	s.exec(`insert into role_grant (person_id, role, kind) values (?, 'administrator', 'platform')`, admin.PersonID)
	id := s.id(`insert into measure (person_id, act, kind, space_id, cause, words, at, until, by_id, answer)
		values (?, 'suspend', 'space', 7, 'spam', 'Assez', ?, ?, ?, 'Non') returning id`, amel.PersonID, now, now.AddDate(0, 0, 7), judge.PersonID)
	e := s.event(events.MeasureTaken{MeasureID: id, PersonID: amel.PersonID, State: "suspend"})
	s.hear(e, e)
	appeal := events.MeasureAppealed{MeasureID: id, PersonID: amel.PersonID, SpaceID: 7, TakenBy: judge.PersonID}
	e = s.event(appeal)
	s.hear(e, e)
	if got := s.told(admin); !reflect.DeepEqual(got, []Kind{MeasureAppealed}) || len(s.told(judge)) != 0 {
		t.Errorf("with nobody else in the space, the administrator is told %v", got)
	}
	s.exec(`insert into role_grant (person_id, role, kind, space_id) values (?, 'space_moderator', 'space', 7)`, other.PersonID)
	e = s.event(appeal)
	s.hear(e, e)
	if got := s.told(other); !reflect.DeepEqual(got, []Kind{MeasureAppealed}) || len(s.told(admin)) != 1 || len(s.told(judge)) != 0 {
		t.Errorf("the other moderator is told %v", got)
	}
	e = s.event(events.MeasureDecided{MeasureID: id, PersonID: amel.PersonID, State: "upheld"})
	s.hear(e, e)
	if got := s.told(amel); !reflect.DeepEqual(got, []Kind{MeasureUpheld, MeasureSuspend}) {
		t.Errorf("the person is told %v", got)
	}
	var mails []row
	if err := s.db.NewRaw("select id, kind, language, data from mail where person_id = ? order by id", amel.PersonID).Scan(s.ctx, &mails); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, m := range mails {
		text += composer{render: say}.compose(m.mail()).Text()
	}
	for _, want := range []string{"ar.mail_measure_suspend_text", "ar.cause_spam", "Reason=Assez", "Until=2026-11-29", "ar.mail_measure_upheld_text", "Reason=Non"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't in the mails: %s", want, text)
		}
	}
}
