package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/notify"
	"halqa/web/views"
)

// goToCircle leads from a seminar to what its participants say to each other.
func (s *site) goToCircle(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	t, err := s.Community.CircleOf(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	return c.Redirect(views.ThreadURL(t.ID), fiber.StatusSeeOther)
}

// talkPage starts a page of a thread, whose crumbs lead back to where it is: a forum or, for a circle, its seminar.
func (s *site) talkPage(c *fiber.Ctx, titleKey string, t community.Page) views.Page {
	if !t.InCircle() {
		return s.forumPage(c, titleKey, t.Space)
	}
	p := s.page(c, titleKey)
	p.Hue, p.Tinted = t.Space.Hue, true
	p.Crumbs = append(p.Crumbs, views.Crumb{Href: "/seminars", Label: p.Said(p.T("seminars.title"))},
		views.Crumb{Href: views.SeminarURL(t.SeminarID), Label: t.Titles})
	return p
}

// circleOf is what a page of a circle says of its seminar. Somebody who has a seat may have left the space of the seminar, and
// doesn't see its page any more.
func (s *site) circleOf(c *fiber.Ctx, t community.Thread) (views.CircleView, error) {
	if !t.InCircle() || s.Enrolment == nil {
		return views.CircleView{}, nil
	}
	v, err := s.Enrolment.Seminar(c.UserContext(), actor(c), t.SeminarID)
	if errors.Is(err, account.ErrNotFound) || errors.Is(err, account.ErrForbidden) {
		return views.CircleView{Told: true}, nil
	}
	if err != nil {
		return views.CircleView{}, err
	}
	return views.CircleView{Seminar: &v.Card, Told: !v.Runs && !v.Doors || v.Mine != nil && v.Mine.HoldsSeat() || v.TrainedBy(actor(c))}, nil
}

// followingTalk is what the control of a thread says: those in a circle hear all that is said there.
func (s *site) followingTalk(c *fiber.Ctx, v views.ThreadView) (views.FollowView, error) {
	if !v.Circle.Told || s.Notify == nil {
		return s.following(c, notify.OfThread, v.Talk.ID)
	}
	level, err := s.Notify.FollowingCircle(c.UserContext(), actor(c), v.Talk.ID)
	return views.FollowView{Subject: notify.OfThread, ID: v.Talk.ID, Level: level}, err
}
