package web

import (
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

// manyNamed is how many people, and how many organisations, are suggested at once.
const manyNamed = 5

// suggestMentions is what mention.js asks for as one types @ and a name: people who show themselves to the writer and may read
// the space, and validated organisations.
func (s *site) suggestMentions(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	if !sp.ReadableBy(actor(c)) {
		return account.ErrForbidden
	}
	v := views.MentionsView{Page: views.Page{Localizer: s.localizer(c)}}
	words := strings.TrimSpace(c.Query("q"))
	if utf8.RuneCountInString(words) < 2 || utf8.RuneCountInString(words) > 60 {
		return s.render(c, views.Mentions(v))
	}
	look := account.Lookup{Words: words, Limit: manyNamed}
	if sp.Visibility != account.Open {
		look.SpaceID = sp.ID
	}
	people, _, err := s.Account.People(c.UserContext(), actor(c), look)
	if err != nil {
		return err
	}
	for _, p := range people {
		v.Add("people", p.Name, community.MentionOf("people", escapeMarkdown(p.Name), p.ID))
	}
	organisations, _, err := s.Account.Organisations(c.UserContext(), actor(c), account.Lookup{Words: words, Limit: manyNamed})
	if err != nil {
		return err
	}
	for _, o := range organisations {
		v.Add("organisations", o.Name, community.MentionOf("organisations", escapeMarkdown(o.Name), o.ID))
	}
	return s.render(c, views.Mentions(v))
}
