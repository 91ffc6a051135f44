package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
)

// planLearning gives each person of the crowd a way of learning: some never begin, some stop half-way, most complete one
// module, the keen two or three. Amel, whose account visitors use first, is a quiz and a few minutes away from a seminar.
func (s *stage) planLearning() {
	amel := s.byEmail[email("amel")]
	s.planEntry(amel, -6, "funding")
	s.planPlaying(amel, "budget", 0, -5, 100)
	s.planPlaying(amel, "budget", 1, -1, 45)
	for i, p := range s.crowd() {
		s.planOne(p, rand.New(rand.NewPCG(2026, uint64(i))))
	}
}

// courseKeys are the modules, the more popular ones more than once.
var courseKeys = []string{"budget", "logframe", "meeting", "privacy", "budget", "logframe", "meeting", "budget", "budget", "privacy"}

// planOne decides by lot, the same for the same person each time, what somebody learns.
func (s *stage) planOne(p *player, lot *rand.Rand) {
	begin := p.arrives + 1 + lot.IntN(min(25, max(1, -p.arrives-4)))
	first := lot.IntN(len(courseKeys))
	module := func(n int) string { return courseKeys[(first+n)%len(courseKeys)] }
	kind := lot.IntN(10)
	p.learns = kind > 1
	for n, day := 0, begin; n < max(1, kind-5) && n < 3 && day < -3; n, day = n+1, day+3+lot.IntN(9) {
		key := module(n)
		s.planEntry(p, day, s.modules[key].space)
		switch {
		case kind < 2: // joined and hasn't begun
		case kind < 4:
			s.planPlaying(p, key, 0, day, 20+lot.IntN(75))
		default:
			s.planModule(p, key, day, lot.IntN(101))
		}
	}
}

// planEntry has p enter an open space.
func (s *stage) planEntry(p *player, day int, space string) {
	s.plan(day, 8, func(ctx context.Context) error {
		return s.as(ctx, p, func(a account.Actor) error {
			_, err := s.account.JoinSpace(ctx, a, space)
			return err
		})
	})
}

// planModule has p play all of a module over two days, then answer its quizzes, the first time with mistakes for some.
func (s *stage) planModule(p *player, key string, day, chance int) {
	for n, l := range s.modules[key].lessons {
		if l.Kind == courses.Quiz {
			if chance%4 == 3 {
				s.planQuiz(p, l, min(day+1, -1), 17, 2)
			}
			s.planQuiz(p, l, min(day+2, -1), 18, 3+chance%3)
			continue
		}
		s.planPlaying(p, key, n, min(day+n%2, -1), 84+chance%17)
	}
}

// planPlaying has p play the first percent of a video lesson, in their language.
func (s *stage) planPlaying(p *player, key string, lesson, day, percent int) {
	videos := s.modules[key].lessons
	if lesson >= len(videos) || videos[lesson].Kind != courses.Video {
		return
	}
	l := videos[lesson]
	s.plan(day, 9+int(p.id)%8, func(ctx context.Context) error {
		return s.as(ctx, p, func(a account.Actor) error {
			track, _ := l.Track(p.Language)
			to := track.DurationMS * int64(percent) / 100
			session, err := s.openPlaying(ctx, a, l)
			if err != nil {
				return err
			}
			_, err = s.courses.ReportPlayed(ctx, a, courses.Report{Session: session, TrackID: track.ID, Position: to,
				Intervals: []courses.Interval{{From: 0, To: to}}})
			return err
		})
	})
}

// openPlaying opens the page of a lesson some time ago.
func (s *stage) openPlaying(ctx context.Context, a account.Actor, l courses.Lesson) (string, error) {
	now := s.clock
	defer func() { s.clock = now }()
	s.clock = now.Add(-time.Hour)
	session, _, err := s.courses.OpenPlaying(ctx, a, l.ModuleID)
	return session, err
}

// planQuiz has p answer a quiz with the given number of right answers.
func (s *stage) planQuiz(p *player, l courses.Lesson, day, hour, right int) {
	s.plan(day, hour, func(ctx context.Context) error {
		return s.as(ctx, p, func(a account.Actor) error {
			nonce := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%d.%d.%d", p.id, l.ID, hour))
			_, _, err := s.courses.AnswerQuiz(ctx, a, l.ID, nonce, answers(l.Questions, right))
			return err
		})
	})
}

func answers(questions []courses.Question, right int) courses.Answers {
	out := courses.Answers{}
	for i, q := range questions {
		for _, o := range q.Options {
			if o.Right == (i < right) {
				out[q.ID] = append(out[q.ID], o.Key)
			}
		}
		if q.Kind == courses.Single {
			out[q.ID] = out[q.ID][:1]
		}
	}
	return out
}
