package web

import (
	"context"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/web/locale"
	"halqa/web/views"
)

func (s *site) myLearningRoutes() []Route {
	return []Route{
		{"GET", "/my/learning", SignedIn, s.showMyLearning},
		{"POST", "/my/learning/sharing", SignedIn, s.answerSharing},
		{"GET", "/organisations/:id/progress", SignedIn, s.showSharedProgress},
		{"POST", "/modules/:id/attestation", SignedIn, s.attest},
		{"GET", "/attestations/:code", Public, s.showAttestation},
		{"POST", "/spaces/:key/attestations", May(account.EditModules), s.setAttesting},
	}
}

// neededSeminars is of how many coming seminars my learning says what they still need.
const neededSeminars = 4

// showMyLearning is the way of a person through their spaces, and what the coming seminars still need.
func (s *site) showMyLearning(c *fiber.Ctx) error {
	ctx, v := c.UserContext(), views.MyLearningView{Page: s.page(c, "mylearning.title")}
	var err error
	if v.Paths, err = s.Courses.Paths(ctx, v.Actor); err != nil {
		return err
	}
	if v.Needs, err = s.seminarNeeds(ctx, v.Page); err != nil {
		return err
	}
	if v.Sharings, err = s.Courses.Sharings(ctx, v.Actor); err != nil {
		return err
	}
	return s.render(c, views.MyLearning(v))
}

// seminarNeeds says of the seminars that one may still register at, soonest first, what their gates still want.
func (s *site) seminarNeeds(ctx context.Context, p views.Page) ([]views.SeminarNeed, error) {
	if s.Enrolment == nil {
		return nil, nil
	}
	cards, err := s.Enrolment.Upcoming(ctx, p.Actor, enrolment.Filter{})
	if err != nil {
		return nil, err
	}
	cards = slices.DeleteFunc(cards, func(c enrolment.Card) bool {
		return c.Mine != nil || c.Decision.Eligible || !p.Now.Before(c.Closes())
	})
	slices.SortStableFunc(cards, func(a, b enrolment.Card) int { return a.StartsAt.Compare(b.StartsAt) })
	var needs []views.SeminarNeed
	for _, card := range cards[:min(len(cards), neededSeminars)] {
		seminar, err := s.Enrolment.Seminar(ctx, p.Actor, card.ID)
		if err != nil {
			return nil, err
		}
		way, err := s.wayTo(ctx, p.Actor, seminar, enrolment.ToRegister)
		if err != nil {
			return nil, err
		}
		if !way.decision.Eligible { // else it is about to open
			needs = append(needs, views.SeminarNeed{Card: card, Summary: way.summary(p), Steps: way.steps(p)})
		}
	}
	return needs, nil
}

func (s *site) answerSharing(c *fiber.Ctx) error {
	f := s.form(c)
	agreed := f.Get("do") == "agree"
	if err := s.Courses.Share(c.UserContext(), actor(c), int64(f.Int("organisation")), agreed); err != nil {
		return err
	}
	said := "mylearning.sharing_off"
	if agreed {
		said = "mylearning.sharing_on"
	}
	return s.done(c, "/my/learning#sharing", said)
}

func (s *site) showSharedProgress(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	v := views.SharedProgressView{Page: s.page(c, "mylearning.members_title")}
	if v.Shared, v.Members, err = s.Courses.SharedProgress(c.UserContext(), v.Actor, id); err != nil {
		return err
	}
	if v.Organisation, err = s.Account.Organisation(c.UserContext(), v.Actor, id); err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.OrganisationURL(id), Label: v.Said(v.Organisation.Name)}, views.Crumb{Label: v.Said(v.Title)})
	return s.render(c, views.SharedProgress(v))
}

func (s *site) attest(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	code, err := s.Courses.Attest(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	return s.done(c, views.AttestationURL(code), "")
}

// showAttestation is for whoever has its code: the person, and those they show it to.
func (s *site) showAttestation(c *fiber.Ctx) error {
	a, err := s.Courses.Attestation(c.UserContext(), c.Params("code"))
	if err != nil {
		return err
	}
	v := views.AttestationView{Page: s.page(c, "mylearning.attestation"), Attestation: a,
		Address: s.PublicURL.String() + views.AttestationURL(a.Code)}
	for _, lang := range []string{"fr", "ar"} {
		v.Versions = append(v.Versions, locale.For(lang).In(s.Zone))
	}
	c.Set("X-Robots-Tag", "noindex")
	return s.render(c, views.Attestation(v))
}

func (s *site) setAttesting(c *fiber.Ctx) error {
	space, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	on := s.form(c).Get("do") == "on"
	if err := s.Courses.SetAttesting(c.UserContext(), actor(c), space.ID, on); err != nil {
		return err
	}
	said := "mylearning.attesting_off"
	if on {
		said = "mylearning.attesting_on"
	}
	return s.done(c, "/spaces/"+url.PathEscape(space.Key)+"/modules#attestations", said)
}

// attests tells whether a module gives the actor an attestation.
func (s *site) attests(ctx context.Context, o courses.Outline) (bool, error) {
	if o.CompletedAt == nil {
		return false, nil
	}
	return s.Courses.Attests(ctx, o.SpaceID)
}
