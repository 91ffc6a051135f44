package notify

import (
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"halqa/migrations/testdb"
)

// Whoever loses a seat is told why in the mail itself: they may read it on the way.
func TestMailsOfLostSeatsSayWhy(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel := s.person("amel", "fr")
	s.service.reason = func(_ context.Context, _ bun.IDB, registrationID, _ int64) (string, error) {
		if registrationID != 7 {
			t.Errorf("asked of registration %d", registrationID)
		}
		return "La salle est inondée.", nil
	}
	s.hear(s.event(registration(amel.PersonID, "confirmed", "cancelled", "seminar_cancelled")))
	var data string
	if err := s.db.NewRaw("select data::text from mail where person_id = ?", amel.PersonID).Scan(s.ctx, &data); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(data, "La salle est inondée.") {
		t.Errorf("the mail says %s", data)
	}
}
