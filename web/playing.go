package web

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/courses"
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
// POST /played takes up to 20 reports that waited, {"reports": [{"session": …}, …]}, in one request: what a phone has kept arrives
// at the first bar of network. It answers {"answers": […]}, in their order, each as it would have been alone, with its "status".
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
	path := c.Path()
	return c.Method() == fiber.MethodPost && (path == "/played" || strings.HasPrefix(path, "/lessons/") && strings.HasSuffix(path, "/played"))
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

// played is the answer to a report.
type played struct {
	Percent       int  `json:"percent"`       // of the lesson
	ModulePercent int  `json:"modulePercent"` // of the module's videos
	Completed     bool `json:"completed"`     // the module is completed, now or before
	JustCompleted bool `json:"justCompleted"` // by this report
}

func playedOf(o courses.Outcome) played {
	return played{Percent: o.LessonPercent, ModulePercent: o.ModulePercent, Completed: o.CompletedAt != nil, JustCompleted: o.JustCompleted}
}

// playedAmong is the answer to one report among several.
type playedAmong struct {
	Status int `json:"status"`
	*played
	Reason string `json:"reason,omitempty"` // of a refusal
	Detail string `json:"detail,omitempty"` // the same, for people
	Wait   int    `json:"retryAfter,omitempty"`
}

var errUnreadable = account.Invalid{Field: "intervals", Key: "courses.report_malformed"}

// addPlayed takes a report of the player. The lesson in the address only names it: the track says which lesson it is.
func (s *site) addPlayed(c *fiber.Ctx) error {
	var r courses.Report
	if err := json.Unmarshal(c.Body(), &r); err != nil {
		return errUnreadable
	}
	out, err := s.Courses.ReportPlayed(c.UserContext(), actor(c), r)
	if err != nil {
		return err
	}
	return c.JSON(playedOf(out))
}

// addAllPlayed takes reports that waited.
func (s *site) addAllPlayed(c *fiber.Ctx) error {
	var asked struct {
		Reports []courses.Report `json:"reports"`
	}
	if err := json.Unmarshal(c.Body(), &asked); err != nil {
		return errUnreadable
	}
	verdicts, err := s.Courses.ReportAll(c.UserContext(), actor(c), asked.Reports)
	if err != nil {
		return err
	}
	answers := make([]playedAmong, len(verdicts))
	for n, v := range verdicts {
		if v.Err != nil {
			answers[n] = s.refusedAmong(c, v.Err)
			continue
		}
		p := playedOf(v.Outcome)
		answers[n] = playedAmong{Status: fiber.StatusOK, played: &p}
	}
	return c.JSON(fiber.Map{"answers": answers})
}

func (s *site) refusedAmong(c *fiber.Ctx, err error) playedAmong {
	p := problemOf(err)
	if p.status >= 500 {
		s.Log.ErrorContext(c.UserContext(), "report failed", "id", visitOf(c).id, "error", err)
	}
	return playedAmong{Status: p.status, Reason: p.key, Detail: s.errorView(c, p, err).Text, Wait: s.retryAfter(err)}
}
