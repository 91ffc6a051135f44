package web

import (
	"cmp"
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

const (
	homeSeats    = 3 // shown on my home; the rest is one link away
	homeSeminars = 4
	homeNews     = 6
)

func (s *site) homeRoutes() []Route {
	return []Route{{"GET", "/home", SignedIn, s.showHome}}
}

// showHome is where a person goes on: the module they left, their seats, the seminars within reach, their spaces.
func (s *site) showHome(c *fiber.Ctx) error {
	ctx, v := c.UserContext(), views.MyHomeView{Page: s.page(c, "myhome.title")}
	var err error
	if v.Waiting, err = s.waitingFor(ctx, v.Page); err != nil {
		return err
	}
	if s.Courses != nil {
		if err := s.addGoingOn(ctx, &v); err != nil {
			return err
		}
	}
	if s.Enrolment != nil {
		if err := s.addSeminars(ctx, &v); err != nil {
			return err
		}
	}
	if s.Community != nil {
		if v.News, err = s.Community.New(ctx, v.Actor, homeNews); err != nil {
			return err
		}
	}
	return s.render(c, views.MyHome(v))
}

// addGoingOn adds the module to go on with, and the person's spaces.
func (s *site) addGoingOn(ctx context.Context, v *views.MyHomeView) error {
	outline, going, err := s.Courses.Continue(ctx, v.Actor)
	if err != nil {
		return err
	}
	if going {
		v.Module = &outline
		v.Remaining = outline.Remaining(v.Lang())
	}
	v.Spaces, err = s.spaceCards(ctx, v.Actor)
	return err
}

// addSeminars adds the person's coming seats and the seminars within their reach.
func (s *site) addSeminars(ctx context.Context, v *views.MyHomeView) error {
	seats, err := s.Enrolment.MySeats(ctx, v.Actor)
	if err != nil {
		return err
	}
	v.Seats = coming(v.Page, seats)
	seminars, err := s.Enrolment.Upcoming(ctx, v.Actor, enrolment.Filter{})
	if err != nil {
		return err
	}
	office, err := s.officeOf(ctx, v.Actor.Governorate)
	if err != nil {
		return err
	}
	v.Seminars = withinReach(v.Page, seminars, office)
	return nil
}

// coming keeps the seats of seminars that aren't over, the soonest ones.
func coming(p views.Page, seats []enrolment.Card) []enrolment.Card {
	seats = slices.DeleteFunc(seats, func(c enrolment.Card) bool { return c.EndsAt.Before(p.Now) })
	return seats[:min(len(seats), homeSeats)]
}

// withinReach keeps seminars one may still register at: first those of the person's own office, of these the ones
// whose gate is met or has begun to be, and of these the ones with a seat left.
func withinReach(p views.Page, all []enrolment.Card, office int64) []enrolment.Card {
	all = slices.DeleteFunc(all, func(c enrolment.Card) bool { return c.Mine != nil || !p.Now.Before(c.Closes()) })
	rank := func(c enrolment.Card) int {
		n := 0
		if c.OfficeID != office {
			n += 4
		}
		if !c.Decision.Eligible {
			n += 2
		}
		if c.Left() == 0 {
			n++
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b enrolment.Card) int { return cmp.Compare(rank(a), rank(b)) })
	return all[:min(len(all), homeSeminars)]
}

func (s *site) officeOf(ctx context.Context, governorate string) (int64, error) {
	all, err := s.Account.Governorates(ctx)
	if err != nil {
		return 0, err
	}
	for _, g := range all {
		if g.Code == governorate {
			return g.OfficeID, nil
		}
	}
	return 0, nil
}

// spaceCards are the person's own spaces; all they may enter when they have none yet.
func (s *site) spaceCards(ctx context.Context, actor account.Actor) ([]views.SpaceCard, error) {
	spaces, err := s.Account.Spaces(ctx, actor)
	if err != nil {
		return nil, err
	}
	if mine := slices.DeleteFunc(slices.Clone(spaces), func(sp account.Space) bool { return !sp.HasMember(actor) }); len(mine) > 0 {
		spaces = mine
	}
	return s.summarise(ctx, actor, spaces)
}

// summarise adds to spaces what they offer and what the actor did of it.
func (s *site) summarise(ctx context.Context, actor account.Actor, spaces []account.Space) ([]views.SpaceCard, error) {
	ids := make([]int64, len(spaces))
	for n, space := range spaces {
		ids[n] = space.ID
	}
	summaries, err := s.Courses.Summaries(ctx, actor, ids)
	if err != nil {
		return nil, err
	}
	cards := make([]views.SpaceCard, len(spaces))
	for n, space := range spaces {
		cards[n] = views.SpaceCard{Space: space, Summary: summaries[space.ID], Member: space.HasMember(actor)}
	}
	return cards, nil
}
