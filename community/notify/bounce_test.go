package notify

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// sent queues a mail of a topic to somebody, as one that left, and returns its id.
func (s *story) sent(a account.Actor, key string, at time.Time) int64 {
	s.t.Helper()
	return s.id(`insert into mail (key, address, person_id, language, kind, data, state, next_at, created_at)
		values (?, ?, ?, 'fr', 'confirmed', '{}', 'sent', ?, ?) returning id`, key, a.Name+"@example.org", a.PersonID, at, at)
}

func (s *story) stopped(a account.Actor) string {
	s.t.Helper()
	stop, err := s.service.Stopped(s.ctx, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return stop.Why
}

func TestWhatEndsMails(t *testing.T) {
	for _, c := range []struct {
		name    string
		bounces []string // a day apart
		want    string
	}{
		{"no such address", []string{"5.1.1"}, "unknown"},
		{"closed", []string{"5.2.1"}, "unknown"},
		{"no such domain", []string{"5.1.2"}, "unknown"},
		{"for good, nobody knows why", []string{"5.0.0"}, "other"},
		{"full once", []string{"5.2.2"}, ""},
		{"full for days", []string{"5.2.2", "4.2.2", "5.2.2"}, "full"},
		{"taken for junk", []string{"5.7.1", "5.7.1"}, ""},
		{"our own address", []string{"5.1.8"}, ""},
		{"for now", []string{"4.4.1", "4.4.1"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, clock := newStory(t, testdb.Tx(t)), &clock{now}
			s.service.now = clock.now
			amel := s.person("amel", "fr")
			for i, status := range c.bounces {
				id := s.sent(amel, fmt.Sprint(i), clock.at)
				for range 2 { // a report that comes twice is one
					if err := s.service.Bounced(s.ctx, id, Bounce{Status: status, Said: "no"}); err != nil {
						t.Fatal(err)
					}
				}
				clock.at = clock.at.AddDate(0, 0, 1)
			}
			if got := s.stopped(amel); got != c.want {
				t.Errorf("stopped: %q, want %q", got, c.want)
			}
		})
	}
}

func TestSeveralSoftBouncesOfOneDayAreOne(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel := s.person("amel", "fr")
	for i := range 5 {
		if err := s.service.Bounced(s.ctx, s.sent(amel, fmt.Sprint(i), now), Bounce{Status: "4.2.2"}); err != nil {
			t.Fatal(err)
		}
	}
	if why := s.stopped(amel); why != "" {
		t.Errorf("stopped: %s", why)
	}
}

func TestALostAddressGetsOnlyWhatIsAskedForUntilItIsTriedAgain(t *testing.T) {
	s, c := newStory(t, testdb.Tx(t)), later()
	s.service.now = c.now
	amel := s.person("amel", "fr")
	first := s.sent(amel, "first", c.at)
	if err := s.service.Bounced(s.ctx, first, Bounce{Status: "5.1.1"}); err != nil {
		t.Fatal(err)
	}
	s.enqueue(Mail{Key: "seat", To: "amel@example.org", PersonID: amel.PersonID, Language: "fr", Kind: "confirmed"})
	s.enqueue(Mail{Key: "link", To: "amel@example.org", PersonID: amel.PersonID, Language: "fr", Kind: "magic"})
	sender := newSender(t, s.db, c, SenderOptions{Folder: t.TempDir()})
	deliver(t, sender, 2)
	if list := s.mails(); list[1].State != MailDropped || list[2].State != MailWritten {
		t.Errorf("a seat's mail is %s, a link's %s", list[1].State, list[2].State)
	}
	var wait account.TooMany
	if err := s.service.TryMailAgain(s.ctx, amel); !errors.As(err, &wait) {
		t.Errorf("tried again at once: %v", err)
	}
	c.at = c.at.Add(tryAgainAfter)
	for range 2 {
		if err := s.service.TryMailAgain(s.ctx, amel); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.service.Bounced(s.ctx, first, Bounce{Status: "5.1.1"}); err != nil || s.stopped(amel) != "" {
		t.Errorf("a late word on an old mail stops them: %q, error %v", s.stopped(amel), err)
	}
	deliver(t, sender, 1)
	again := s.mails()[3]
	if again.Kind != MailAgain || again.State != MailWritten {
		t.Errorf("%+v", again)
	}
	if err := s.service.Bounced(s.ctx, again.ID, Bounce{Status: "5.1.1"}); err != nil || s.stopped(amel) != "unknown" {
		t.Errorf("it came back again: %q, error %v", s.stopped(amel), err)
	}
	if err := s.service.TryMailAgain(s.ctx, account.Actor{}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
	if err := s.service.Bounced(s.ctx, -1, Bounce{Status: "5.1.1"}); err != nil {
		t.Errorf("a mail that is gone: %v", err)
	}
}

func TestARefusalAtTheDoorIsABounce(t *testing.T) {
	s, office := newStory(t, testdb.Tx(t)), newPostOffice(t, false)
	amel, sami, leila := s.person("amel", "fr"), s.person("sami", "fr"), s.person("leila", "fr")
	office.refuse["amel@example.org"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	office.refuse["sami@example.org"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "listed"}
	for _, a := range []account.Actor{amel, sami, leila} {
		s.enqueue(Mail{Key: a.Name, To: a.Name + "@example.org", PersonID: a.PersonID, Language: "fr", Kind: "confirmed"})
	}
	deliver(t, newSender(t, s.db, later(), SenderOptions{SMTPURL: "smtp://" + office.address}), 3)
	if s.stopped(amel) != "unknown" || s.stopped(sami) != "" || s.stopped(leila) != "" {
		t.Errorf("stopped: %q, %q, %q", s.stopped(amel), s.stopped(sami), s.stopped(leila))
	}
	q, err := s.service.Queue(s.ctx, account.Actor{PersonID: 1, Grants: []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}})
	if err != nil || q.Stopped != 1 || q.Bounced != 2 || q.ForGood != 1 {
		t.Errorf("%+v, error %v", q, err)
	}
}
