package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) pollRoutes() []Route {
	return []Route{
		{"GET", "/spaces/:key/polls/new", SignedIn, pollStarter.new(s)},
		{"POST", "/spaces/:key/polls/new", SignedIn, pollStarter.start(s)},
		{"POST", "/posts/:id/vote", SignedIn, s.vote},
		{"POST", "/posts/:id/close", SignedIn, s.closePoll},
	}
}

// pollOf is the poll that a form carries. Nobody votes any more when its last day is over.
func (s *site) pollOf(f views.Form) (community.NewPoll, error) {
	n := community.NewPoll{Text: f.Get("body"), Choices: f.Int("choices"), Open: f.Get("open") == "yes", Shown: community.PollShown(f.Get("shown"))}
	if f.Values.Has("options") {
		n.Options = strings.Split(f.Get("options"), "\n")
	}
	if f.Get("closes") == "" {
		return n, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, f.Get("closes"), s.Zone)
	if err != nil {
		return n, account.Invalid{Field: "closes", Key: "poll.error_closes"}
	}
	n.ClosesAt = time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 0, 0, s.Zone)
	return n, nil
}

// vote takes what somebody chose of what a post asks or, when its other button was pressed, takes it back.
func (s *site) vote(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	if f.Get("do") == "withdraw" {
		return s.backToVote(c, id, "poll.withdrawn", s.Community.Unvote(c.UserContext(), actor(c), id))
	}
	var options []int64
	for _, o := range f.All("vote") {
		if n, err := strconv.ParseInt(o, 10, 64); err == nil && !slices.Contains(options, n) {
			options = append(options, n)
		}
	}
	err = s.Community.Vote(c.UserContext(), actor(c), id, options)
	if s.refused(c, &f, err) {
		thread, from, err := s.Community.Place(c.UserContext(), actor(c), id)
		if err != nil {
			return err
		}
		return s.threadPageAt(c, thread, from, views.Writing{Nonce: uuid.NewString()}, views.Voting{Form: f, PostID: id})
	}
	return s.backToVote(c, id, "poll.counted", err)
}

// backToVote shows the result even to those who came too late: their page was open since before the end.
func (s *site) backToVote(c *fiber.Ctx, id int64, said string, err error) error {
	if !errors.Is(err, community.ErrPollClosed) {
		return s.backToPost(c, id, said, err)
	}
	path, err := s.postPath(c, id)
	if err != nil {
		return err
	}
	return s.warn(c, path, "poll.too_late")
}

func (s *site) closePoll(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.backToPost(c, id, "poll.closed_now", s.Community.ClosePoll(c.UserContext(), actor(c), id))
}
