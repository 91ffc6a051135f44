package web

import (
	"mime"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/community/library"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) libraryRoutes() []Route {
	return []Route{
		{"GET", "/library", Public, s.showLibrary},
		{"GET", "/spaces/:key/library", Public, s.showSpaceLibrary},
		{"GET", "/spaces/:key/library/new", SignedIn, s.showGive},
		{"POST", "/spaces/:key/library", SignedIn, s.giveDocument},
		{"GET", "/documents/:id", Public, s.showDocument},
		{"GET", "/documents/:id/file", Public, s.sendDocument},
		{"GET", "/documents/:id/edit", SignedIn, s.editDocument},
		{"POST", "/documents/:id/edit", SignedIn, s.saveDocument},
		{"POST", "/documents/:id/decide", SignedIn, s.decideDocument},
		{"POST", "/documents/:id/withdraw", SignedIn, s.withdrawDocument},
	}
}

func (s *site) showLibrary(c *fiber.Ctx) error {
	v := views.LibraryView{Page: s.page(c, "library.title")}
	v.Description = v.T("library.lead")
	spaces, err := s.Account.Spaces(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	for _, sp := range spaces {
		if sp.ReadableBy(v.Actor) {
			v.Spaces = append(v.Spaces, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: v.Named(sp.Name)})
		}
	}
	return s.renderLibrary(c, v)
}

func (s *site) showSpaceLibrary(c *fiber.Ctx) error {
	page, sp, err := s.spacePart(c, "people.tab_library")
	if err != nil {
		return err
	}
	return s.renderLibrary(c, views.LibraryView{Page: page, Space: &sp})
}

// renderLibrary lists documents of v's space, or of all.
func (s *site) renderLibrary(c *fiber.Ctx, v views.LibraryView) error {
	ctx := c.UserContext()
	v.Filter = views.Form{Values: url.Values{}}
	for _, name := range []string{"q", "kind", "language", "axis", "space"} {
		v.Filter.Values.Set(name, c.Query(name))
	}
	f := library.Filter{Words: v.Filter.Get("q"), Kind: v.Filter.Get("kind"), Language: v.Filter.Get("language"),
		Axis: v.Filter.Get("axis"), SpaceID: v.Filter.ID("space"), After: c.Query("after")}
	var err error
	if v.Space != nil {
		f.SpaceID = v.Space.ID
		v.Filter.Values.Del("space")
		if err := s.addShelf(c, &v); err != nil {
			return err
		}
	}
	var after string
	if v.List, after, err = s.Library.Documents(ctx, v.Actor, f); err != nil {
		return err
	}
	v.Next = nextPage(c, after)
	if v.Axes, err = s.axisFilter(c, v.Page); err != nil {
		return err
	}
	return s.render(c, views.Library(v))
}

// addShelf adds what the person has to do with the library of a space.
func (s *site) addShelf(c *fiber.Ctx, v *views.LibraryView) (err error) {
	v.MayGive = library.MayGive(v.Actor, *v.Space)
	v.Moderates = v.Actor.Can(account.Moderate, v.Space.Scope())
	if v.Moderates {
		if v.Waiting, err = s.Library.Waiting(c.UserContext(), v.Actor, *v.Space); err != nil {
			return err
		}
	}
	v.Mine, err = s.Library.Mine(c.UserContext(), v.Actor, *v.Space)
	return err
}

func (s *site) showGive(c *fiber.Ctx) error { return s.renderGive(c, views.Form{}) }

func (s *site) renderGive(c *fiber.Ctx, f views.Form) error {
	page, sp, err := s.spacePart(c, "people.tab_library")
	if err != nil {
		return err
	}
	if !library.MayGive(actor(c), sp) {
		return account.ErrForbidden
	}
	v := views.GiveView{Page: page, Space: sp, Form: f, Moderates: page.Actor.Can(account.Moderate, sp.Scope())}
	v.Crumbs[len(v.Crumbs)-1].Href = views.SpaceURL(sp.Key) + "/library"
	v.Narrow = true
	if v.Axes, err = s.axisOptions(c, v.Page); err != nil {
		return err
	}
	return s.render(c, views.Give(v))
}

func (s *site) giveDocument(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	f := s.form(c)
	name, file, err := sentFile(c)
	if err != nil {
		return err
	}
	if file != nil {
		defer func() { _ = file.Close() }()
	}
	doc, err := s.Library.Give(c.UserContext(), actor(c), sp.ID, readDraft(f), name, reading(file))
	if s.refused(c, &f, err) {
		return s.renderGive(c, f)
	}
	if err != nil {
		return err
	}
	said := "library.proposed"
	if doc.State == library.Published {
		said = "library.added"
	}
	return s.done(c, views.SpaceURL(sp.Key)+"/library", said)
}

func (s *site) showDocument(c *fiber.Ctx) error { return s.renderDocument(c, views.Form{}) }

// renderDocument shows a document; f is a refusal that gave no reason.
func (s *site) renderDocument(c *fiber.Ctx, f views.Form) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	item, err := s.Library.Document(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.DocumentView{Page: s.page(c, "").Belong(item.Space.Key, item.Space.Hue, item.Space.Name), Item: item, Decision: f}
	v.Title = v.Named(item.Title)
	v.Page.Description = v.Named(item.Summary)
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.SpaceURL(item.Space.Key) + "/library", Label: v.Said(v.T("people.tab_library"))},
		views.Crumb{Label: item.Title})
	v.Moderates = v.Actor.Can(account.Moderate, item.Space.Scope())
	v.MayEdit = library.MayEdit(v.Actor, item.Document, item.Space)
	v.Own = v.SignedIn() && item.GivenBy == v.Actor.PersonID
	v.AxisNames = map[string]events.Text{}
	axes, err := s.Account.Axes(c.UserContext())
	for _, a := range axes {
		v.AxisNames[a.Key] = a.Name
	}
	if err != nil {
		return err
	}
	return s.render(c, views.Document(v))
}

// sendDocument hands a file over, to be kept and never shown in place: with its true type, and as a page of its own that
// may run nothing if a browser should open it all the same. Bytes asked for to go on with a broken download aren't
// counted again.
func (s *site) sendDocument(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	asked := c.Get(fiber.HeaderRange)
	counted := c.Method() == fiber.MethodGet && (asked == "" || strings.HasPrefix(asked, "bytes=0-"))
	d, path, kind, err := s.Library.Open(c.UserContext(), actor(c), id, counted)
	if err != nil {
		return err
	}
	return sendKept(c, path, kind, d.Name)
}

// sendKept is how a stored file leaves: see sendDocument.
func sendKept(c *fiber.Ctx, path, kind, name string) error {
	if err := c.SendFile(path); err != nil { // the one way of Fiber that answers byte ranges
		return err
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Set("X-Content-Type-Options", "nosniff")
	return nil
}

func (s *site) decideDocument(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	accept := f.Get("decision") == "accept"
	err = s.Library.Decide(c.UserContext(), actor(c), id, accept, f.Get("reason"))
	if s.refused(c, &f, err) {
		return s.renderDocument(c, f)
	}
	if err != nil {
		return err
	}
	said := "library.refused"
	if accept {
		said = "library.accepted"
	}
	return s.backToShelf(c, id, said)
}

func (s *site) withdrawDocument(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	item, err := s.Library.Document(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if err := s.Library.Withdraw(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, views.SpaceURL(item.Space.Key)+"/library", "library.withdrawn")
}

// backToShelf leads back to the library that a document is in.
func (s *site) backToShelf(c *fiber.Ctx, id int64, said string) error {
	item, err := s.Library.Document(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	return s.done(c, views.SpaceURL(item.Space.Key)+"/library", said)
}
