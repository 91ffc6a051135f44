package notify

import (
	"strings"
	"testing"

	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestTheFirstKeeperOfANewPlaceIsWelcomedOnce(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	first, second := s.person("first", "ar"), s.person("second", "fr")
	office := accounttest.Office(t, s.db, "kef").ID
	begun, old := accounttest.Space(t, s.db, "eau", office).ID, accounttest.Space(t, s.db, "terre", office).ID
	s.exec(`insert into beginning (kind, place_id, at) values ('space', ?, now()), ('office', ?, now())`, begun, office)
	over := func(person int64, role, kind string, id int64) events.Event {
		return s.event(events.RoleGranted{PersonID: person, Role: role, Kind: kind, ScopeID: id, OfficeID: office})
	}
	named := over(first.PersonID, "space_moderator", "space", begun)
	s.hear(named, named,
		over(second.PersonID, "space_moderator", "space", begun), over(first.PersonID, "space_moderator", "space", old),
		over(first.PersonID, "trainer", "office", office), over(second.PersonID, "office_moderator", "office", office),
		over(first.PersonID, "office_moderator", "office", office), over(first.PersonID, "administrator", "platform", 0),
		over(first.PersonID, "space_moderator", "space", 999999))
	if n := s.id(`select count(*) from notification where person_id = ? and kind = 'space_begun' and (data->>'space_id')::bigint = ?`, first.PersonID, begun); n != 1 {
		t.Errorf("who was first is told %d times", n)
	}
	if n := s.id(`select count(*) from notification where person_id = ? and kind = 'office_begun'`, second.PersonID); n != 1 {
		t.Errorf("of the office: %d times", n)
	}
	if n, mails := s.id(`select count(*) from notification`), s.id(`select count(*) from mail`); n != 2 || mails != 2 {
		t.Errorf("%d notices and %d mails in all", n, mails)
	}
	if n := s.id(`select count(*) from mail where person_id = ? and language = 'ar' and data->>'path' = '/spaces/eau#first-steps'`, first.PersonID); n != 1 {
		t.Error("the mail isn't in their language, or leads elsewhere")
	}
	if path := pathOf(OfficeBegun, Data{OfficeID: office}); !strings.HasPrefix(path, "/desk#") {
		t.Errorf("the office's leads to %s", path)
	}
}
