package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/search"
	"halqa/web/locale"
	"halqa/web/views"
)

func (s *site) searchRoutes() []Route {
	return []Route{{"GET", "/search", Public, s.showSearch}}
}

// partHeader names the part of a page that a script asks for instead of the whole.
const partHeader = "Halqa-Part"

// showSearch answers with the page or, while somebody types, with the results alone.
func (s *site) showSearch(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := views.SearchView{Page: s.page(c, "search.title"), Form: views.Form{Values: map[string][]string{
		"q": {c.Query("q")}, "kind": {c.Query("kind")}, "space": {c.Query("space")}, "language": {locale.Known(c.Query("language"))},
	}}}
	v.Description = v.T("search.lead")
	r := search.Request{Text: v.Form.Get("q"), Kind: search.Kind(v.Form.Get("kind")), SpaceID: v.Form.ID("space"),
		Language: v.Form.Get("language"), Reader: v.Lang(), Page: c.QueryInt("page", 1)}
	if !slices.Contains(search.Kinds, r.Kind) {
		r.Kind = ""
		v.Form.Values.Set("kind", "")
	}
	var err error
	if v.Found, err = s.Search.Search(ctx, v.Actor, r); err != nil {
		return err
	}
	c.Vary(partHeader)
	if c.Get(partHeader) == "results" {
		return s.render(c, views.SearchResults(v))
	}
	spaces, err := s.Account.Spaces(ctx, v.Actor)
	if err != nil {
		return err
	}
	v.Spaces = []views.Option{{Label: v.T("search.every_space")}}
	for _, sp := range spaces {
		v.Spaces = append(v.Spaces, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: v.Named(sp.Name)})
	}
	return s.render(c, views.Search(v))
}
