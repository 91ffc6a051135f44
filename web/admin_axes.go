package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) adminAxisRoutes() []Route {
	administers := May(account.AdministerPlatform)
	return []Route{
		{"GET", "/admin/axes", administers, s.showAxes},
		{"GET", "/admin/axes/new", administers, s.showNewAxis},
		{"POST", "/admin/axes/new", administers, s.createAxis},
		{"GET", "/admin/axes/:key/edit", administers, s.showAxis},
		{"POST", "/admin/axes/:key/edit", administers, s.renameAxis},
		{"POST", "/admin/axes/:key/move", administers, s.moveAxis},
		{"POST", "/admin/axes/:key/offer", administers, s.offerAxis},
	}
}

// axisOptions are the axes that may be chosen for a thing that holds held: none, when it is new.
func (s *site) axisOptions(c *fiber.Ctx, p views.Page, held ...string) ([]views.Option, error) {
	all, err := s.Account.Axes(c.UserContext())
	return axesToChoose(p, account.Choosable(all, held...)), err
}

// axisFilter are the axes that a list may be narrowed to: also those that are retired.
func (s *site) axisFilter(c *fiber.Ctx, p views.Page) ([]views.Option, error) {
	all, err := s.Account.Axes(c.UserContext())
	return axesToChoose(p, all), err
}

func axesToChoose(p views.Page, axes []account.Axis) []views.Option {
	options := make([]views.Option, 0, len(axes))
	for _, a := range axes {
		label := p.Named(a.Name)
		if a.Retired() {
			label = p.T("admin.axis_retired_choice", "Name", label)
		}
		options = append(options, views.Option{Value: a.Key, Label: label})
	}
	return options
}

func (s *site) showAxes(c *fiber.Ctx) error {
	v := views.AdminAxesView{Page: s.page(c, "admin.axes")}
	v.Page = v.InAdmin()
	all, err := s.Account.AdministeredAxes(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Retired() {
			v.Retired = append(v.Retired, a)
		} else {
			v.Offered = append(v.Offered, a)
		}
	}
	return s.render(c, views.AdminAxes(v))
}

func (s *site) renderAxis(c *fiber.Ctx, f views.Form, key string) error {
	if !actor(c).Can(account.AdministerPlatform, account.Scope{}) {
		return account.ErrForbidden
	}
	title := "admin.new_axis"
	if key != "" {
		title = "admin.rename_axis"
	}
	v := views.AdminAxisView{Page: s.page(c, title), Form: f, Key: key}
	v.Page = v.InAdmin(views.Crumb{Href: "/admin/axes", Label: v.Said(v.T("admin.axes"))})
	v.Narrow = true
	return s.render(c, views.AdminAxis(v))
}

func (s *site) showNewAxis(c *fiber.Ctx) error { return s.renderAxis(c, views.Form{}, "") }

func (s *site) createAxis(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.Account.CreateAxis(c.UserContext(), actor(c), textIn(f, "name"))
	if s.refused(c, &f, err) {
		return s.renderAxis(c, f, "")
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/axes", "admin.axis_created")
}

func (s *site) showAxis(c *fiber.Ctx) error {
	f, err := s.axisForm(c)
	if err != nil {
		return err
	}
	return s.renderAxis(c, f, c.Params("key"))
}

// axisForm is the form of the address's axis as it is.
func (s *site) axisForm(c *fiber.Ctx) (views.Form, error) {
	all, err := s.Account.Axes(c.UserContext())
	if err != nil {
		return views.Form{}, err
	}
	for _, a := range all {
		if a.Key == c.Params("key") {
			f := views.Form{Values: url.Values{"version": {strconv.Itoa(a.Version)}}}
			putText(f, "name", a.Name)
			return f, nil
		}
	}
	return views.Form{}, account.ErrNotFound
}

func (s *site) renameAxis(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Account.RenameAxis(c.UserContext(), actor(c), c.Params("key"), f.Int("version"), textIn(f, "name"))
	again, err := s.stale(c, &f, err, func() (views.Form, error) { return s.axisForm(c) })
	if again || s.refused(c, &f, err) {
		return s.renderAxis(c, f, c.Params("key"))
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/axes", "admin.saved")
}

func (s *site) moveAxis(c *fiber.Ctx) error {
	if err := s.Account.MoveAxis(c.UserContext(), actor(c), c.Params("key"), s.form(c).Get("do") == "up"); err != nil {
		return err
	}
	return s.done(c, "/admin/axes", "admin.saved")
}

func (s *site) offerAxis(c *fiber.Ctx) error {
	offered := s.form(c).Get("do") == "restore"
	if err := s.Account.OfferAxis(c.UserContext(), actor(c), c.Params("key"), offered); err != nil {
		return err
	}
	if offered {
		return s.done(c, "/admin/axes", "admin.axis_restored")
	}
	return s.done(c, "/admin/axes", "admin.axis_retired")
}
