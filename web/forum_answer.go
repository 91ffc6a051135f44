package web

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
)

// acceptPost chooses a reply as the answer of its question, or no longer does.
func (s *site) acceptPost(c *fiber.Ctx) error {
	return s.switchPost(c, s.Community.Accept, "forum.accepted", "forum.accepted_no_more")
}

// thankPost says that a post was useful, or no longer does.
func (s *site) thankPost(c *fiber.Ctx) error {
	return s.switchPost(c, s.Community.Thank, "forum.thanked", "forum.thanked_no_more")
}

// switchPost does to a post what a form says with "on", or undoes it.
func (s *site) switchPost(c *fiber.Ctx, do func(context.Context, account.Actor, int64, bool) error, done, undone string) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	on, err := strconv.ParseBool(c.FormValue("on", "true"))
	if err != nil {
		return fiber.ErrBadRequest
	}
	if err := do(c.UserContext(), actor(c), id, on); err != nil {
		return err
	}
	if !on {
		done = undone
	}
	return s.backToPost(c, id, done, nil)
}
