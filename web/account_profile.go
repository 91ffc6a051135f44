package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) showProfile(c *fiber.Ctx) error {
	return s.renderProfile(c, views.Form{}, views.Form{}, views.Form{})
}

// renderProfile shows the profile again with the form that was refused, if any.
func (s *site) renderProfile(c *fiber.Ctx, f, password, card views.Form) error {
	ctx, a := c.UserContext(), actor(c)
	v := views.ProfileView{Page: s.page(c, "account.profile_title"), Form: f, PasswordForm: password, CardForm: card}
	own, err := s.Account.MyCard(ctx, a)
	if err != nil {
		return err
	}
	if card.Values == nil {
		v.CardForm = views.CardForm(own)
	}
	if v.Axes, err = s.axisOptions(c, v.Page, own.Axes...); err != nil {
		return err
	}
	if v.Person, err = s.Account.Me(ctx, a); err != nil {
		return err
	}
	if v.Organisations, err = s.Account.OwnOrganisations(ctx, a); err != nil {
		return err
	}
	if v.Sessions, err = s.Account.Sessions(ctx, a); err != nil {
		return err
	}
	if v.Governorates, err = s.governorateOptions(c, v.Page); err != nil {
		return err
	}
	_, session, err := s.Account.Actor(ctx, visitOf(c).session)
	if err != nil {
		return err
	}
	v.This = session.ID
	return s.render(c, views.Profile(v))
}

func (s *site) saveProfile(c *fiber.Ctx) error {
	f := s.form(c)
	p := account.Profile{Name: f.Get("name"), Language: f.Get("language"), Governorate: f.Get("governorate"), Gender: f.Get("gender")}
	var err error
	if wrong := birthYear(f, &p.BirthYear); len(wrong) > 0 {
		err = wrong
	} else {
		err = s.Account.UpdateProfile(c.UserContext(), actor(c), p)
	}
	if s.refused(c, &f, err) {
		return s.renderProfile(c, f, views.Form{}, views.Form{})
	}
	if err != nil {
		return err
	}
	s.setCookie(c, languageCookie, p.Language, yearLong)
	visitOf(c).language = p.Language // the notice is already in the new one
	return s.done(c, "/profile", "account.profile_saved")
}

func (s *site) changePassword(c *fiber.Ctx) error {
	f := s.form(c)
	session, err := s.Account.ChangePassword(c.UserContext(), actor(c), f.Get("current"), f.Get("password"), client(c))
	if s.refused(c, &f, err) || s.mustWait(c, &f, err, "account.error_wait") {
		return s.renderProfile(c, views.Form{}, f, views.Form{})
	}
	if err != nil {
		return err
	}
	return s.enter(c, session, "/profile", "account.password_done")
}

func (s *site) signOutEverywhere(c *fiber.Ctx) error {
	if err := s.Notify.RemoveDevices(c.UserContext(), actor(c)); err != nil { // they may be lost
		return err
	}
	if err := s.Account.SignOutEverywhere(c.UserContext(), actor(c)); err != nil {
		return err
	}
	s.dropSession(c)
	return s.done(c, "/", "account.signed_out")
}
