package web

import (
	"context"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/courses"
	"halqa/events"
	"halqa/web/views"
)

// problem is how an error is told: a status, and the catalogue keys errors.<key>_title and errors.<key>_text.
type problem struct {
	err    error
	status int
	key    string
}

// problems maps the domain's sentinels, once for all. What isn't listed is our fault: 500.
var problems = []problem{
	{account.ErrNotFound, fiber.StatusNotFound, "not_found"},
	{account.ErrSuspended, fiber.StatusForbidden, "suspended"},
	{account.ErrForbidden, fiber.StatusForbidden, "forbidden"},
	{account.ErrSignInRequired, fiber.StatusUnauthorized, "forbidden"},
	{courses.ErrSession, fiber.StatusConflict, "session"},
	{courses.ErrTooEarly, fiber.StatusTooManyRequests, "too_early"},
	{account.ErrConflict, fiber.StatusConflict, "conflict"},
	{community.ErrLocked, fiber.StatusConflict, "locked"},
	{community.ErrPollClosed, fiber.StatusConflict, "poll_closed"},
	{community.ErrHidden, fiber.StatusConflict, "hidden"},
	{account.ErrTokenUsed, fiber.StatusConflict, "token"},
	{account.ErrTokenExpired, fiber.StatusNotFound, "token"},
	{account.ErrTooMany, fiber.StatusTooManyRequests, "too_many"},
	{errStaleForm, fiber.StatusForbidden, "stale_form"},
	{context.DeadlineExceeded, fiber.StatusServiceUnavailable, "unavailable"},
	{fiber.ErrNotFound, fiber.StatusNotFound, "not_found"},
	{fiber.ErrMethodNotAllowed, fiber.StatusMethodNotAllowed, "method"},
	{fiber.ErrRequestEntityTooLarge, fiber.StatusRequestEntityTooLarge, "too_large"},
	{fiber.ErrBadRequest, fiber.StatusBadRequest, "bad_request"},
}

func problemOf(err error) problem {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p
		}
	}
	if _, ok := account.InvalidsOf(err); ok {
		return problem{err, fiber.StatusUnprocessableEntity, "invalid"}
	}
	var f *fiber.Error
	if errors.As(err, &f) {
		for _, p := range problems {
			if p.status == f.Code {
				return p
			}
		}
		if f.Code < 500 {
			return problem{err, f.Code, "bad_request"}
		}
	}
	if events.DatabaseDown(err) { // it is restarted by itself, or by whoever looks after it
		return problem{err, fiber.StatusServiceUnavailable, "unavailable"}
	}
	return problem{err, fiber.StatusInternalServerError, "server"}
}

func tooMany(wait time.Duration) error { return account.TooMany{RetryAfter: wait} }

// answerError answers a request that failed: a page for people, RFC 9457 for programs, the way to sign in for visitors.
func (s *site) answerError(c *fiber.Ctx, err error) error {
	p := problemOf(err)
	v := visitOf(c)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), 2*time.Second) // the request's own time is over
	defer cancel()
	c.SetUserContext(ctx)
	if p.status >= 500 {
		s.Log.ErrorContext(c.UserContext(), "request failed", "id", v.id, "method", c.Method(), "error", err)
	}
	c.Response().ResetBody()
	c.Status(p.status)
	if errors.Is(err, account.ErrSignInRequired) && !wantsJSON(c) {
		return s.sendToSignIn(c)
	}
	var banned account.Banned
	if errors.As(err, &banned) && banned.Token != "" {
		return c.Redirect("/barred/"+banned.Token, fiber.StatusSeeOther)
	}
	view := s.errorView(c, p, err)
	if wait := s.retryAfter(err); wait > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(wait))
		view.Next = view.N("errors.retry_after", (wait+59)/60)
	} else if p.status == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	if wantsJSON(c) {
		return sendProblem(c, view, p.key, v.id)
	}
	return s.render(c, views.Error(view))
}

// errorView is what people are told of an error.
func (s *site) errorView(c *fiber.Ctx, p problem, err error) views.ErrorView {
	view := views.ErrorView{Page: s.page(c, "errors."+p.key+"_title"), Status: p.status}
	view.Text = view.T("errors." + p.key + "_text")
	if invalids, ok := account.InvalidsOf(err); ok {
		view.Fields = s.said(c, invalids)
	}
	if p.status == fiber.StatusInternalServerError {
		view.Reference = visitOf(c).id
	}
	var suspended account.Suspended
	if errors.As(err, &suspended) {
		view.Measures = true
		if !suspended.Until.IsZero() {
			view.Text = view.T("errors.suspended_until", "Until", suspended.Until)
		}
	}
	var closed account.Closed
	if errors.As(err, &closed) {
		view.Title, view.Text = view.T("errors.closed_title"), view.T("errors.closed_text", "Name", view.Named(closed.Space.Name))
		view.Ask = views.SpaceURL(closed.Space.Key)
	}
	return view
}

// retryAfter is in how many seconds the same request may be answered otherwise, or 0.
func (s *site) retryAfter(err error) int {
	var many account.TooMany
	if errors.As(err, &many) {
		return int(math.Ceil(many.RetryAfter.Seconds()))
	}
	var early courses.TooEarly
	if errors.As(err, &early) {
		return max(1, int(math.Ceil(early.Until.Sub(s.Now()).Seconds())))
	}
	return 0
}

// answerEarly answers what fails before any middleware ran, such as a body that is too large: in the reader's language,
// with the headers of every page, and with forms that fit their session.
func (s *site) answerEarly(c *fiber.Ctx, err error) error {
	v := visitOf(c)
	if !v.actor.SignedIn() {
		v.session, v.language = c.Cookies(s.sessionCookie()), chosenLanguage(c)
	}
	c.Set(fiber.HeaderXRequestID, v.id)
	s.setHeaders(c)
	return s.answerError(c, err)
}

func (s *site) sendToSignIn(c *fiber.Ctx) error {
	next := c.OriginalURL()
	if c.Method() != fiber.MethodGet {
		next = s.cameFrom(c)
	}
	s.notify(c, views.Info, s.localizer(c).T("common.sign_in_first"))
	return c.Redirect("/sign-in?next="+url.QueryEscape(next), fiber.StatusSeeOther)
}

// sendProblem answers a program; reason is what it may decide by.
func sendProblem(c *fiber.Ctx, v views.ErrorView, reason, id string) error {
	body := fiber.Map{"type": "about:blank", "reason": reason, "title": v.Title, "status": v.Status, "detail": v.Text, "instance": "urn:request:" + id}
	if len(v.Fields) > 0 {
		fields := map[string]string{}
		for _, f := range v.Fields {
			fields[f.Field] = f.Text
		}
		body["errors"] = fields
	}
	if err := c.JSON(body); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return nil
}

func wantsJSON(c *fiber.Ctx) bool {
	accept := c.Get(fiber.HeaderAccept)
	return !strings.Contains(accept, "text/html") &&
		(strings.Contains(accept, "json") || strings.Contains(c.Get(fiber.HeaderContentType), "application/json"))
}
