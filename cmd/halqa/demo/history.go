package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
)

// action is something somebody does at an hour of a day.
type action struct {
	day, hour int
	do        func(ctx context.Context) error
}

func (s *stage) plan(day, hour int, do func(ctx context.Context) error) {
	s.schedule = append(s.schedule, action{day, hour, do})
}

// live plays everything that happened, day after day; what one day announced is known the next.
func (s *stage) live(ctx context.Context) error {
	s.planLearning()
	if err := s.planSeminars(); err != nil {
		return err
	}
	slices.SortStableFunc(s.schedule, func(a, b action) int { return (a.day*24 + a.hour) - (b.day*24 + b.hour) })
	for i, a := range s.schedule {
		if err := a.do(s.at(ctx, a.day, a.hour)); err != nil {
			return fmt.Errorf("day %d: %w", a.day, err)
		}
		if i+1 == len(s.schedule) || s.schedule[i+1].day != a.day {
			if err := events.Drain(ctx, s.DB, s.Consumers); err != nil {
				return err
			}
		}
	}
	return nil
}

// planLearning gives each person of the crowd a way of learning: some never begin, some stop half-way, most complete one
// module, the keen two. Amel, whose account visitors use first, is a quiz and a few minutes away from a seminar.
func (s *stage) planLearning() {
	amel := s.byEmail["amel@demo.example"]
	s.planEntry(amel, -6, "funding")
	s.planPlaying(amel, budget, 0, -5, 100)
	s.planPlaying(amel, budget, 1, -1, 45)
	for i, p := range s.people[len(cast):] {
		begin := -66 + (i*17)%58
		switch i % 10 {
		case 0, 5: // joined and hasn't begun
			s.planEntry(p, begin, "funding")
		case 1, 2:
			s.planEntry(p, begin, "funding")
			s.planPlaying(p, budget, 0, begin, 30+(i*13)%60)
		case 3, 4, 6, 7:
			s.planEntry(p, begin, "funding")
			s.planModule(p, budget, begin, i)
		case 8:
			s.planEntry(p, begin, "funding", "projects")
			s.planModule(p, budget, begin, i)
			s.planModule(p, logical, begin+4, i)
		case 9:
			s.planEntry(p, begin, "projects")
			s.planModule(p, logical, begin, i)
		}
	}
}

func (s *stage) planEntry(p *player, day int, spaces ...string) {
	for _, key := range spaces {
		s.plan(day, 8, func(ctx context.Context) error {
			return s.as(ctx, p, func(a account.Actor) error {
				_, err := s.account.JoinSpace(ctx, a, key)
				return err
			})
		})
	}
}

// planModule has p play all of a module over two days, then answer its quizzes, the first time with mistakes for some.
func (s *stage) planModule(p *player, key string, day, i int) {
	for n, l := range s.modules[key].lessons {
		if l.Kind == courses.Quiz {
			if i%4 == 3 {
				s.planQuiz(p, l, day+1, 17, 2)
			}
			s.planQuiz(p, l, day+2, 18, 3+i%3)
			continue
		}
		s.planPlaying(p, key, n, day+n%2, 84+(i*5)%17)
	}
}

// planPlaying has p play the first percent of a video lesson, in their language.
func (s *stage) planPlaying(p *player, key string, lesson, day, percent int) {
	l := s.modules[key].lessons[lesson]
	s.plan(day, 9+int(p.id)%10, func(ctx context.Context) error {
		return s.as(ctx, p, func(a account.Actor) error {
			track, _ := l.Track(p.language)
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
			nonce := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%d.%d.%d", p.id, l.ID, day))
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

// planSeminars has each office prepare, publish and hold its seminars, and people take seats.
func (s *stage) planSeminars() error {
	for i, sem := range seminars {
		gate, err := s.rule(sem.gate)
		if err != nil {
			return err
		}
		published := min(sem.meetings[0].day-30, -3)
		moderator := s.byEmail[sem.office+"@demo.example"]
		var id int64
		s.plan(published, 10, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) (err error) {
				id, err = s.prepare(ctx, a, sem, gate)
				return err
			})
		})
		if sem.end == "draft" {
			continue
		}
		s.planSeats(i, sem, published, &id)
		s.planEnd(moderator, sem, &id)
	}
	return nil
}

func (s *stage) prepare(ctx context.Context, moderator account.Actor, sem seminar, gate enrolment.Rule) (int64, error) {
	row := enrolment.Seminar{OfficeID: s.offices[sem.office], SpaceID: s.spaces[sem.space].ID, Title: sem.title,
		Description: sem.description, Venue: sem.venue, Address: sem.address, Governorate: sem.governorate,
		Zone: s.Zone.String(), Capacity: sem.capacity, Gate: gate}
	for _, m := range sem.meetings {
		row.Sessions = append(row.Sessions, enrolment.Session{StartsAt: s.moment(m.day, m.from, 0), EndsAt: s.moment(m.day, m.to, 0)})
	}
	created, err := s.enrolment.Create(ctx, moderator, row)
	if err != nil || sem.end == "draft" {
		return created.ID, err
	}
	return created.ID, s.enrolment.Publish(ctx, moderator, created.ID)
}

func (s *stage) rule(g gate) (enrolment.Rule, error) {
	r := enrolment.Rule{Mode: enrolment.AtLeast, K: g.k}
	switch g.k {
	case len(g.leaves):
		r = enrolment.Rule{Mode: enrolment.All}
	case 1:
		r = enrolment.Rule{Mode: enrolment.Any}
	}
	for _, l := range g.leaves {
		m, ok := s.modules[l.module]
		if !ok {
			return r, fmt.Errorf("a gate asks for module %s, which there isn't", l.module)
		}
		kind := enrolment.Completed
		if l.percent > 0 {
			kind = enrolment.Progressed
		}
		r.Of = append(r.Of, enrolment.Rule{Kind: kind, ModuleID: m.id, Percent: l.percent})
	}
	return r, nil
}

// planSeats has those who would come ask for a seat, on several days: whoever isn't eligible yet is told so and tries
// again later. One in nine gives the seat back.
func (s *stage) planSeats(n int, sem seminar, published int, id *int64) {
	last := min(sem.meetings[0].day-2, -1)
	if sem.end == "cancelled" {
		last = -3
	}
	for i, p := range s.people[len(cast):] {
		if (i+n)%3 == 0 {
			continue
		}
		for day := published + 1 + i%4; day <= last; day += 6 {
			s.plan(day, 11+i%8, func(ctx context.Context) error {
				return s.as(ctx, p, func(a account.Actor) error {
					_, err := s.enrolment.Register(ctx, a, *id)
					if errors.Is(err, enrolment.ErrNotEligible) {
						return nil
					}
					return err
				})
			})
		}
		if i%9 == 4 {
			s.plan(last, 21, func(ctx context.Context) error { return s.giveBack(ctx, p, *id) })
		}
	}
}

func (s *stage) giveBack(ctx context.Context, p *player, seminar int64) error {
	return s.as(ctx, p, func(a account.Actor) error {
		seats, err := s.enrolment.MySeats(ctx, a)
		for _, seat := range seats {
			if seat.ID == seminar && seat.Mine != nil && err == nil {
				err = s.enrolment.Cancel(ctx, a, seat.Mine.ID, "")
			}
		}
		return err
	})
}

// planEnd lets a past seminar take place, with a few who don't come, and a cancelled one be cancelled.
func (s *stage) planEnd(moderator *player, sem seminar, id *int64) {
	if sem.end == "cancelled" {
		s.plan(-2, 16, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) error {
				return s.enrolment.CancelSeminar(ctx, a, *id, "La formatrice est empêchée ; une nouvelle date sera proposée en début d'année.")
			})
		})
	}
	for n, m := range sem.meetings {
		if m.day >= 0 {
			continue
		}
		s.plan(m.day, m.from+1, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) error { return s.callRegister(ctx, a, *id, n) })
		})
	}
}

func (s *stage) callRegister(ctx context.Context, moderator account.Actor, seminar int64, session int) error {
	view, err := s.enrolment.DeskSeminar(ctx, moderator, seminar)
	if err != nil {
		return err
	}
	present := map[int64]bool{}
	for i, guest := range view.Holders {
		present[guest.ID] = i%6 != 5
	}
	return s.enrolment.RecordAttendance(ctx, moderator, view.Sessions[session].ID, present)
}

func (s *stage) as(ctx context.Context, p *player, do func(account.Actor) error) error {
	actor, err := s.account.ActorOf(ctx, p.id)
	if err == nil {
		err = do(actor)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.email, err)
	}
	return nil
}
