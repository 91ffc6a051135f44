package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// What players and this server say to each other.
//
// A playing session is a token that the server gives with a module: in the page of a video (data-session of #player) or
// for taking a module away, by POST /modules/:id/sessions. It names the person, the module and when it was opened. Every
// lesson, track and device may report under it, for 180 days.
//
// POST /lessons/:id/played says what was really played of one track, in milliseconds, half-open:
//
//	{"session": "…", "track": 12, "intervals": [[0, 9500], [20000, 31000]], "position": 31000, "client": "any name"}
//
// Reports may come late, twice, in any order, split or merged. The answers, as JSON; "reason" is in every refusal:
//
//	200              it is in the database for good: {percent, modulePercent, completed, justCompleted}
//	429 too_early    more than can have been played since the session was opened (2 × the time + 30 s, all sessions of
//	                 the person that day together): nothing was counted; send the same again after Retry-After seconds
//	429 too_many     too many requests: the same
//	409 session      the session is unknown, another person's, another module's or too old: open a new one, keep the report
//	                 and send it under that
//	401, 403         sign in (or fetch a new form token), then send again
//	422, 404, 413    no player sends this, or the track is gone: drop it
//	5xx, no answer   send the same again later
//
// A report without "session", from a page that was opened by an earlier version, goes under one that its first report
// opens; it may be refused as too early until enough time went by.

// playingSession is the answer to POST /modules/:id/sessions.
type playingSession struct {
	Session  string    `json:"session"`
	Module   int64     `json:"module"`
	OpenedAt time.Time `json:"openedAt"`
	Until    time.Time `json:"until"` // nothing can be reported under it after this
}

// isReport tells whether a player reports. Courses asks by itself what the person may follow, where that isn't open to all.
func isReport(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodPost && strings.HasPrefix(c.Path(), "/lessons/") && strings.HasSuffix(c.Path(), "/played")
}

func (s *site) openPlaying(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	token, p, err := s.Courses.OpenPlaying(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	return c.JSON(playingSession{Session: token, Module: id, OpenedAt: p.OpenedAt, Until: p.Until()})
}
