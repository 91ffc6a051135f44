package web

import (
	"cmp"
	"context"
	"slices"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

// publicSeminars is how many coming seminars the public home shows.
const publicSeminars = 6

// compose fills the parts of the public pages that span packages, where a test hasn't put its own.
func (d Deps) compose() Deps {
	if d.HomeSpaces == nil && d.Account != nil {
		d.HomeSpaces = d.homeSpaces
	}
	if d.HomeSeminars == nil && d.Enrolment != nil {
		d.HomeSeminars = func(ctx context.Context, a account.Actor) ([]views.HomeSeminar, error) {
			return d.comingSeminars(ctx, a)
		}
	}
	if d.SpaceSeminars == nil && d.Enrolment != nil {
		d.SpaceSeminars = func(ctx context.Context, a account.Actor, space int64) ([]enrolment.Card, error) {
			return d.Enrolment.Upcoming(ctx, a, enrolment.Filter{SpaceID: space})
		}
	}
	if d.HomeNumbers == nil && d.Account != nil {
		d.HomeNumbers = d.homeNumbers
	}
	return d
}

func (d Deps) homeSpaces(ctx context.Context, actor account.Actor) ([]views.HomeSpace, error) {
	spaces, err := d.Account.Spaces(ctx, actor)
	if err != nil {
		return nil, err
	}
	modules, err := d.Courses.PublishedBySpace(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]views.HomeSpace, len(spaces))
	for i, s := range spaces {
		out[i] = views.HomeSpace{Key: s.Key, Hue: s.Hue, Name: s.Name, Description: s.Description, Modules: modules[s.ID]}
	}
	return out, nil
}

// comingSeminars are the next seminars, those with a seat left before the others.
func (d Deps) comingSeminars(ctx context.Context, actor account.Actor) ([]views.HomeSeminar, error) {
	cards, err := d.Enrolment.Upcoming(ctx, actor, enrolment.Filter{Limit: 4 * publicSeminars})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(cards, func(a, b enrolment.Card) int { return cmp.Compare(min(b.Left(), 1), min(a.Left(), 1)) })
	cards = cards[:min(len(cards), publicSeminars)]
	out := make([]views.HomeSeminar, len(cards))
	for i, c := range cards {
		out[i] = views.HomeSeminar{ID: c.ID, Title: c.Title, Place: c.Venue, Starts: c.StartsAt, SeatsNow: c.Left(),
			Space: views.SpaceMark{Key: c.SpaceKey, Hue: c.SpaceHue}}
	}
	return out, nil
}

func (d Deps) homeNumbers(ctx context.Context) (views.HomeNumbers, error) {
	n, err := d.Account.Numbers(ctx)
	if err != nil {
		return views.HomeNumbers{}, err
	}
	completions, err := d.Courses.Completions(ctx)
	return views.HomeNumbers{People: n.People, Organisations: n.Organisations, Spaces: n.Spaces, Completions: completions}, err
}
