package web

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

// pastInWords says a decision taken again: each condition, and what was known of the person then.
func (s *site) pastInWords(c *fiber.Ctx, p views.Page, past enrolment.Past) (views.PastInWords, error) {
	w := way{gate: past.Version.Rule, decision: past.Decision, names: past.Names}
	if err := s.nameLeaves(c.UserContext(), 0, &w, w.gate); err != nil {
		return views.PastInWords{}, err
	}
	return views.PastInWords{Past: past, Steps: w.steps(p), Words: w.words(p)}, nil
}

// askPast answers "and on that day?", when the address asks it.
func (s *site) askPast(c *fiber.Ctx, v *views.DeskGuestView, registration int64) error {
	v.Ask = views.Form{Values: map[string][]string{"on": {c.Query("on")}, "at": {c.Query("at", "12:00")}, "use": {c.Query("use", string(enrolment.ToRegister))}}}
	if v.Ask.Get("on") == "" {
		return nil
	}
	use := enrolment.Use(v.Ask.Get("use"))
	t, err := moment(v.Ask.Get("on"), v.Ask.Get("at"), v.Seminar.Location())
	if err != nil || !slices.Contains(enrolment.Uses, use) {
		v.Ask.Errors = []views.FieldError{{Field: "on", Text: v.T("gates.error_moment")}}
		return nil
	}
	past, err := s.Enrolment.WhyAt(c.UserContext(), actor(c), registration, use, t)
	if errors.Is(err, account.ErrNotFound) {
		v.Ask.Errors = []views.FieldError{{Field: "on", Text: v.T("gates.error_before")}}
		return nil
	}
	if err != nil {
		return err
	}
	said, err := s.pastInWords(c, v.Page, past)
	v.Asked = &said
	return err
}
