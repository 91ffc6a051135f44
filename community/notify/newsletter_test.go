package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/migrations/testdb"
)

// village is a space with members of three languages and what they chose.
func (s *story) village(n int) (space int64) {
	s.t.Helper()
	space = accounttest.Space(s.t, s.db, "eau", 0).ID
	s.exec(`insert into person (name, email, language) select 'p' || i, 'p' || i || '@example.org', (array['fr', 'ar', 'en'])[1 + i % 3] from generate_series(1, ?) i`, n)
	s.exec(`insert into space_member (space_id, person_id, since) select ?, id, ? from person where name like 'p%'`, space, now.Add(-24*60*60e9))
	return space
}

func (s *story) rounds() {
	s.t.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = s.service.SendRounds(s.ctx); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestANewsletterReachesEachMemberOnce(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	space := s.village(2*roundBatch + 7)
	muted, unsubscribed, late := s.person("muted", "fr"), s.person("unsubscribed", "ar"), s.person("late", "fr")
	for _, p := range []int64{muted.PersonID, unsubscribed.PersonID} {
		s.exec(`insert into space_member (space_id, person_id, since) values (?, ?, ?)`, space, p, now.Add(-24*60*60e9))
	}
	s.exec(`insert into space_member (space_id, person_id, since) values (?, ?, ?)`, space, late.PersonID, now)
	s.exec(`insert into follow (person_id, subject, subject_id, level, changed_at) values (?, 'space', ?, 'mute', now())`, muted.PersonID, space)
	if err := s.service.choose(s.ctx, unsubscribed.PersonID, AboutNewsletters, false); err != nil {
		t.Fatal(err)
	}
	e := s.event(events.NewsletterSent{NewsletterID: 3, SpaceID: space, Title: events.Text{"fr": "La lettre", "ar": "النشرة"}})
	s.hear(e, e)
	s.rounds()
	s.hear(e)
	s.rounds()
	for what, query := range map[string]string{
		"told":  "select count(*) from notification where kind = 'newsletter'",
		"mails": "select count(*) + 1 from mail where kind = 'newsletter'", // one unsubscribed
		"each":  "select count(distinct person_id) from notification where kind = 'newsletter'",
	} {
		if n := s.id(query); n != 2*roundBatch+8 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if len(s.told(muted)) != 0 || len(s.told(late)) != 0 || !slices.Equal(s.told(unsubscribed), []Kind{NewsletterMail}) || len(s.queued(unsubscribed)) != 0 {
		t.Errorf("muted %v, late %v, unsubscribed %v %v", s.told(muted), s.told(late), s.told(unsubscribed), s.queued(unsubscribed))
	}
}

// Several nodes take it further at once, and one dies in the middle: each member is told once.
func TestANewsletterSurvivesANodeThatDies(t *testing.T) {
	s := newStory(t, testdb.Clone(t))
	space := s.village(3 * roundBatch)
	s.hear(s.event(events.NewsletterSent{NewsletterID: 3, SpaceID: space, Title: events.Text{"fr": "La lettre"}}))
	dying, die := context.WithCancel(s.ctx)
	die()
	if _, err := s.service.SendRounds(dying); err == nil {
		t.Error("a node that is dead sends")
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 40 {
				if _, err := s.service.SendRounds(s.ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	s.rounds()
	if n := s.id("select count(*) from mail where kind = 'newsletter'"); n != 3*roundBatch {
		t.Errorf("%d mails", n)
	}
	if n := s.id("select count(*) from mail_round where done_at is null"); n != 0 {
		t.Errorf("%d rounds wait still", n)
	}
}

func TestTheLetterOfANewsletter(t *testing.T) {
	c := composer{render: say, public: "https://halqa.example", secret: []byte("x"), news: func(_ context.Context, id int64, lang string) (string, string, error) {
		return fmt.Sprintf("%s %d [Un](/modules/1)", lang, id), `<a href="/modules/1">Un</a>`, nil
	}}
	m := Mail{PersonID: 7, Language: "ar", Kind: string(NewsletterMail), Data: Data{NewsletterID: 3, Title: events.Text{"fr": "La lettre", "ar": "النشرة"}, Path: "/newsletters/3"}}
	l := c.compose(m)
	if err := c.quote(t.Context(), &l, m); err != nil {
		t.Fatal(err)
	}
	html, err := l.HTML()
	if err != nil || !strings.Contains(html, `href="https://halqa.example/modules/1"`) || !strings.Contains(l.Text(), "ar 3 [Un](https://halqa.example/modules/1)") {
		t.Errorf("%s\n%s, %v", html, l.Text(), err)
	}
	if !strings.Contains(l.Subject, "النشرة") || l.Dir != "rtl" || !strings.HasPrefix(l.FewerURL, "https://halqa.example"+UnsubscribePath) || TopicOf(m.Kind) != AboutNewsletters {
		t.Errorf("%+v", l)
	}
}
