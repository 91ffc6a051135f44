package web

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/web/views"
)

// following is what the control of a page says: how much the person hears of its subject. A visitor gets none.
func (s *site) following(c *fiber.Ctx, subject notify.Subject, id int64) (views.FollowView, error) {
	if !actor(c).SignedIn() || s.Notify == nil {
		return views.FollowView{}, nil
	}
	level, err := s.Notify.Following(c.UserContext(), actor(c), subject, id)
	if err != nil {
		return views.FollowView{}, err
	}
	return s.asList(c, views.FollowView{Subject: subject, ID: id, Level: level})
}

// asList says of a space that somebody has as a mailing list how they write to it, and whether it writes to them.
func (s *site) asList(c *fiber.Ctx, v views.FollowView) (views.FollowView, error) {
	if v.Level != notify.Listed {
		return v, nil
	}
	load, err := s.Notify.Attention(c.UserContext(), actor(c))
	if err != nil {
		return v, err
	}
	v.Hushed = load.Rhythm == notify.Never
	v.Post, err = s.Notify.PostAddress(actor(c), v.ID)
	return v, err
}

// follow keeps how much a person wants to hear of a space, a thread or somebody, and leads back to where they said so.
func (s *site) follow(c *fiber.Ctx) error {
	f := s.form(c)
	choice := notify.Followed{Subject: notify.Subject(f.Get("subject")), ID: f.ID("id"), Level: notify.Level(f.Get("level"))}
	if err := s.Notify.Follow(c.UserContext(), actor(c), choice); err != nil {
		return err
	}
	return s.done(c, safePath(f.Get("back"), "/notifications/choices"), "notify.follow_done")
}

// chosen names what a person chose to hear more or less of. What they may no longer see is left out.
func (s *site) chosen(c *fiber.Ctx, p views.Page) ([]views.FollowedLine, error) {
	list, err := s.Notify.Choosing(c.UserContext(), p.Actor)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var people []int64
	for _, f := range list {
		if f.Subject == notify.OfPerson {
			people = append(people, f.ID)
		}
	}
	names, err := s.Account.Names(c.UserContext(), people)
	if err != nil {
		return nil, err
	}
	spaces, err := s.Account.Spaces(c.UserContext(), p.Actor)
	if err != nil {
		return nil, err
	}
	var lines []views.FollowedLine
	for _, f := range list {
		v, err := s.asList(c, views.FollowView{Subject: f.Subject, ID: f.ID, Level: f.Level})
		if err != nil {
			return nil, err
		}
		l := views.FollowedLine{FollowView: v}
		switch f.Subject {
		case notify.OfPerson:
			l.Title, l.Href = names[f.ID], "/people/"+strconv.FormatInt(f.ID, 10)
		case notify.OfSpace:
			for _, sp := range spaces {
				if sp.ID == f.ID {
					l.Title, l.Href = p.Named(sp.Name), views.ForumURL(sp.Key)
				}
			}
		case notify.OfThread:
			talk, err := s.Community.Thread(c.UserContext(), p.Actor, f.ID, 0)
			if err != nil && !errors.Is(err, account.ErrNotFound) && !errors.Is(err, account.ErrForbidden) {
				return nil, err
			}
			l.Title, l.Href = talk.Title, views.ThreadURL(f.ID)
		}
		if l.Title != "" {
			lines = append(lines, l)
		}
	}
	return lines, nil
}
