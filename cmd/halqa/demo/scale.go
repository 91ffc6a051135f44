package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
)

// How the made-up part of a big demonstration is done.
const (
	peopleBatch  = 1000
	threadsBatch = 50
	perThread    = 20  // posts, on average
	longThread   = 201 // posts of one thread, in big demonstrations: a page of it is worth measuring
	learnersIn   = 20  // of so many made-up people, one learns
)

// LongTitle is the title of the thread of 200 replies that demonstrations of more than a thousand posts have.
const LongTitle = "Carnet de bord du trimestre : une ligne par jour"

func (s *stage) scaled() bool {
	return s.People > s.Storied || s.Organisations > usualOrganisations || s.Posts > 0
}

// scale makes up what was asked for beyond the usual demonstration. Nobody is notified of it, and the search is made anew
// rather than kept up.
func (s *stage) scale(ctx context.Context) error {
	for _, grow := range []func(context.Context) error{s.morePeople, s.moreOrganisations, s.moreJoin, s.moreLearning, s.morePosts} {
		if err := grow(ctx); err != nil {
			return err
		}
	}
	if err := s.drainScaled(ctx); err != nil || s.Reindex == nil {
		return err
	}
	s.Say("the search")
	_, err := s.Reindex(ctx)
	return err
}

func (s *stage) drainScaled(ctx context.Context) error {
	for _, c := range s.consumers {
		if c.Reset == nil || c.Name == "search" && s.Reindex != nil {
			if err := events.PassBy(ctx, s.DB, c); err != nil {
				return err
			}
		}
	}
	return events.Drain(ctx, s.DB, s.consumers)
}

func (s *stage) morePeople(ctx context.Context) error {
	text, err := read[peopleText]("people.toml")
	if err != nil {
		return err
	}
	for from := s.Storied; from < s.People; from += peopleBatch {
		day := -80 + (from/peopleBatch)%40
		var newcomers []account.Newcomer
		var batch []*player
		for i := from; i < min(from+peopleBatch, s.People); i++ {
			p := &player{person: text.invent(i, s.codes[i%len(s.codes)]), arrives: day, asked: map[int64]bool{}}
			newcomers, batch = append(newcomers, s.newcomer(p.person)), append(batch, p)
		}
		rows, err := s.account.AddPeople(s.at(ctx, day, 9), newcomers)
		if err != nil {
			return err
		}
		for i, p := range batch {
			p.id = rows[i].ID
			s.people, s.byEmail[p.Email] = append(s.people, p), p
		}
		s.Say(fmt.Sprintf("%d people of %d", len(s.crowd()), s.People))
	}
	return nil
}

// moreOrganisations has made-up organisations asked for and validated.
func (s *stage) moreOrganisations(ctx context.Context) error {
	what := []string{"Association Horizon", "جمعية الغد", "Club Initiative", "Réseau Solidaire", "جمعية الأصالة", "Coopérative Espoir"}
	kinds := []string{"association", "association", "association", "network", "association", "social_enterprise"}
	crowd := s.crowd()
	for i := usualOrganisations; i < s.Organisations; i++ {
		asks := crowd[len(crowd)-1-i%len(crowd)]
		asks.founder = false // may ask again once the last one is decided
		o := organisation{Name: fmt.Sprintf("%s %d", what[i%len(what)], i), Kind: kinds[i%len(kinds)], Governorate: asks.Governorate}
		if err := s.foundBy(ctx, asks, o, -40+i%30); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
		if i%500 == 0 {
			s.Say(fmt.Sprintf("%d organisations of %d", i, s.Organisations))
		}
	}
	return nil
}

// moreJoin has the made-up people enter a space each, and every third an organisation.
func (s *stage) moreJoin(ctx context.Context) error {
	open := s.openSpaces()
	for i, p := range s.madeUp() {
		at := s.at(ctx, p.arrives+1, 10)
		err := s.as(at, p, func(a account.Actor) error {
			_, err := s.account.JoinSpace(at, a, open[i%len(open)].Key)
			return err
		})
		if choice := s.organised[p.Governorate]; err == nil && i%3 == 0 && len(choice) > 0 && choice[i%len(choice)].founder != p {
			err = s.joinOne(ctx, p, choice[i%len(choice)], p.arrives+2, i)
		}
		if err != nil {
			return err
		}
		if i%peopleBatch == peopleBatch-1 {
			s.Say(fmt.Sprintf("%d joined", i+1))
			if err := s.drainScaled(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stage) moreLearning(ctx context.Context) error {
	s.schedule = nil
	for i, p := range s.madeUp() {
		if i%learnersIn == 0 {
			s.planOne(p, rand.New(rand.NewPCG(2027, uint64(i))))
		}
	}
	if len(s.schedule) > 0 {
		s.Say("more learning")
	}
	return s.perform(ctx)
}

// madeUp are the people who are only there for their number.
func (s *stage) madeUp() []*player { return s.crowd()[s.Storied:] }

func (s *stage) openSpaces() []account.Space {
	var open []account.Space
	for _, sp := range s.spaceTexts {
		if s.spaces[sp.Key].Visibility == account.Open {
			open = append(open, s.spaces[sp.Key])
		}
	}
	return open
}

// morePosts fills the open spaces with threads put together of what people wrote in the others.
func (s *stage) morePosts(ctx context.Context) error {
	talks, err := readTalks()
	if err != nil {
		return err
	}
	admin, err := s.actor(ctx, email("admin"))
	if err != nil {
		return err
	}
	m := mixer{talks: talks, lot: rand.New(rand.NewPCG(2028, 0)), people: s.crowd(), spaces: s.openSpaces()}
	written, err := s.DB.NewSelect().Table("post").Count(ctx)
	if err != nil {
		return fmt.Errorf("count posts: %w", err)
	}
	left := s.Posts - int(written)
	at := s.at(ctx, -1, 12)
	for n := 0; left > 0; {
		var batch []community.OldThread
		for len(batch) < threadsBatch && left > 0 {
			posts := min(left, 1+m.lot.IntN(2*perThread-1))
			if n == 0 && s.Posts > 1000 {
				posts = longThread
			}
			batch = append(batch, m.thread(n, posts, s.moment(-80, 8, 0), s.moment(-1, 8, 0)))
			left -= posts
			n++
		}
		if err := s.community.ImportThreads(at, admin, batch); err != nil {
			return err
		}
		if n%(10*threadsBatch) == 0 || left == 0 {
			s.Say(fmt.Sprintf("%d posts of %d", s.Posts-left, s.Posts))
		}
	}
	return nil
}

// mixer puts threads together, the same ones each time.
type mixer struct {
	talks  []talk
	lot    *rand.Rand
	people []*player
	spaces []account.Space
}

// thread puts posts together, at random times from a day on.
func (m mixer) thread(n, posts int, from, to time.Time) community.OldThread {
	like := m.talks[m.lot.IntN(len(m.talks))]
	if like.kind != community.Question { // those that have more to them than posts
		like.kind = community.Discussion
	}
	t := community.OldThread{SpaceID: m.spaces[n%len(m.spaces)].ID, Kind: like.kind, Title: shortened(fmt.Sprintf("%s (%d)", like.title, n))}
	span := int64(to.Sub(from))
	begin := m.lot.Int64N(span)
	var after []int64
	for range posts {
		after = append(after, begin+m.lot.Int64N(min(span-begin, int64(20*24*time.Hour))))
	}
	slices.Sort(after)
	if posts == longThread { // its last post is the latest: lists show it
		t.Title, after[posts-1] = LongTitle, span
	}
	for i, d := range after {
		other := m.talks[m.lot.IntN(len(m.talks))]
		body := other.posts[m.lot.IntN(len(other.posts))].text
		if i == 0 {
			body = like.posts[0].text
		}
		t.Posts = append(t.Posts, community.OldPost{AuthorID: m.people[m.lot.IntN(len(m.people))].id, Body: body,
			At: from.Add(time.Duration(d)).Truncate(time.Second)})
	}
	return t
}

// shortened keeps the end of a title, with its number.
func shortened(title string) string {
	if r := []rune(title); len(r) > community.MaxTitle {
		return string(r[len(r)-community.MaxTitle:])
	}
	return title
}
