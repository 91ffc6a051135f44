package web

import (
	"errors"
	"math"
	"net/netip"

	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

// sessionAge is how long a browser keeps its session's cookie: longer than any session lasts unseen, which the server
// decides alone.
const sessionAge = 400 * 24 * time.Hour

func (s *site) accountRoutes() []Route {
	return []Route{
		{"GET", "/sign-up", Public, s.showSignUp},
		{"POST", "/sign-up", Public, s.signUp},
		{"GET", "/sign-in", Public, s.showSignIn},
		{"POST", "/sign-in", Public, s.signIn},
		{"POST", "/sign-out", Public, s.signOut},
		{"GET", "/check-mail", Public, s.showSent},
		{"POST", "/magic", Public, s.sendMagicLink},
		{"GET", "/magic/:token", Public, s.showLink(account.MagicLink)},
		{"POST", "/magic/:token", Public, s.useMagicLink},
		{"GET", "/confirm/:token", Public, s.showLink(account.ConfirmLink)},
		{"POST", "/confirm/:token", Public, s.confirm},
		{"GET", "/reset", Public, s.showAskReset},
		{"POST", "/reset", Public, s.sendReset},
		{"GET", "/reset/:token", Public, s.showLink(account.ResetLink)},
		{"POST", "/reset/:token", Public, s.reset},

		{"GET", "/profile", SignedIn, s.showProfile},
		{"POST", "/profile", SignedIn, s.saveProfile},
		{"POST", "/profile/password", SignedIn, s.changePassword},
		{"GET", "/profile/data", SignedIn, s.takeOwnData},
		{"POST", "/profile/sign-out-everywhere", SignedIn, s.signOutEverywhere},

		{"GET", "/organisations/found", Public, s.showOrganisationsFound},
		{"GET", "/organisations/join", SignedIn, s.showJoin},
		{"POST", "/organisations/join", SignedIn, s.joinOrganisation},
		{"GET", "/organisations/new", SignedIn, s.showNewOrganisation},
		{"POST", "/organisations/new", SignedIn, s.createOrganisation},
		{"GET", "/organisations/:id", SignedIn, s.showOrganisation},
		{"POST", "/organisations/:id/leave", SignedIn, s.leaveOrganisation},
		{"POST", "/organisations/:id/members/:person", SignedIn, s.decideMember},
		{"POST", "/organisations/:id/administrators", SignedIn, s.makeAdministrator},

		{"GET", "/desk/organisations", May(account.ValidateOrganisations), s.showDeskOrganisations},
		{"POST", "/desk/organisations/:id", May(account.ValidateOrganisations), s.decideOrganisation},
		{"POST", "/desk/organisations/:id/members/:person", May(account.ValidateOrganisations), s.decideMemberAtDesk},
	}
}

// client is the browser that asks, as limits and sessions know it.
func client(c *fiber.Ctx) account.Client {
	v := visitOf(c)
	return account.Client{Address: network(v.addr), Agent: c.Get(fiber.HeaderUserAgent), Session: v.session}
}

// network is what limits count by: an IPv4 address, or the /64 that an IPv6 device may roam in.
func network(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// enter keeps the browser signed in and leads to where the person wanted to go.
func (s *site) enter(c *fiber.Ctx, session, next, key string) error {
	s.setSession(c, session, time.Now().Add(sessionAge))
	return s.done(c, safePath(next, "/home"), key)
}

func (s *site) showSignIn(c *fiber.Ctx) error {
	next := safePath(c.Query("next"), "")
	if actor(c).SignedIn() {
		return c.Redirect(safePath(next, "/home"), fiber.StatusSeeOther)
	}
	return s.renderSignIn(c, views.Form{}, next)
}

func (s *site) renderSignIn(c *fiber.Ctx, f views.Form, next string) error {
	v := views.SignInView{Page: s.page(c, "account.sign_in_title"), Form: f, Next: next}
	v.Narrow = true
	return s.render(c, views.SignIn(v))
}

func (s *site) signIn(c *fiber.Ctx) error {
	f := s.form(c)
	session, err := s.Account.SignIn(c.UserContext(), f.Get("email"), f.Get("password"), client(c))
	if errors.Is(err, account.ErrWrongPassword) {
		err = account.Invalid{Field: "password", Key: "account.error_sign_in"}
	}
	if s.refused(c, &f, err) || s.mustWait(c, &f, err, "account.error_wait") {
		return s.renderSignIn(c, f, safePath(f.Get("next"), ""))
	}
	if err != nil {
		return err
	}
	return s.enter(c, session, f.Get("next"), "")
}

// mustWait tells whether err is a limit. It then says so above the form, which keeps what was typed, and sets 429.
func (s *site) mustWait(c *fiber.Ctx, f *views.Form, err error, key string) bool {
	var many account.TooMany
	if !errors.As(err, &many) {
		return false
	}
	f.Errors = append(f.Errors, views.FieldError{Text: s.localizer(c).N(key, int(math.Ceil(many.RetryAfter.Minutes())))})
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(many.RetryAfter.Seconds()))))
	c.Status(fiber.StatusTooManyRequests)
	return true
}

func (s *site) signOut(c *fiber.Ctx) error {
	if err := s.Account.SignOut(c.UserContext(), visitOf(c).session); err != nil {
		return err
	}
	s.dropSession(c)
	return s.done(c, "/", "account.signed_out")
}

func (s *site) showSignUp(c *fiber.Ctx) error {
	if actor(c).SignedIn() {
		return c.Redirect("/home", fiber.StatusSeeOther)
	}
	return s.renderSignUp(c, views.Form{}, nil)
}

func (s *site) renderSignUp(c *fiber.Ctx, f views.Form, found []views.Option) error {
	v := views.SignUpView{Page: s.page(c, "account.sign_up_title"), Form: f, Found: found}
	v.Narrow, v.Scripts = true, []string{"organisations.js"}
	var err error
	if v.Governorates, err = s.governorateOptions(c, v.Page); err != nil {
		return err
	}
	if v.Axes, err = s.axisOptions(c, v.Page); err != nil {
		return err
	}
	v.Kinds = kindOptions(v.Page)
	return s.render(c, views.SignUp(v))
}

func (s *site) signUp(c *fiber.Ctx) error {
	f := s.form(c)
	n := account.Newcomer{Name: f.Get("name"), Email: f.Get("email"), Password: f.Get("password"), Language: f.Get("language"),
		Governorate: f.Get("governorate"), Gender: f.Get("gender")}
	wrong := birthYear(f, &n.BirthYear)
	found, unclear, err := s.chosenOrganisation(c, f, &n)
	if err != nil {
		return err
	}
	if wrong = append(wrong, unclear...); len(wrong) > 0 {
		err = s.checkOnly(c, n, wrong)
	} else {
		err = s.Account.SignUp(c.UserContext(), n, client(c))
	}
	if s.refused(c, &f, err) || s.mustWait(c, &f, err, "account.error_mails") {
		return s.renderSignUp(c, f, found)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/check-mail", "account.sent_to", "Email", strings.TrimSpace(n.Email))
}

// checkOnly adds to wrong what the use case would say of the rest, so that everything is said at once.
func (s *site) checkOnly(c *fiber.Ctx, n account.Newcomer, wrong account.Invalids) error {
	more, other := account.InvalidsOf(s.Account.CheckNewcomer(c.UserContext(), n))
	if !other {
		return wrong
	}
	return append(more, wrong...)
}

// birthYear reads a year that may be absent.
func birthYear(f views.Form, year *int) account.Invalids {
	typed := strings.TrimSpace(f.Get("birth_year"))
	n, err := strconv.Atoi(typed)
	if typed != "" && (err != nil || n == 0) {
		return account.Invalids{{Field: "birth_year", Key: "account.error_birth_year"}}
	}
	*year = n
	return nil
}

// chosenOrganisation reads the answer about an organisation into n. When a name was typed but none chosen, it returns
// those to choose from and what to say.
func (s *site) chosenOrganisation(c *fiber.Ctx, f views.Form, n *account.Newcomer) ([]views.Option, account.Invalids, error) {
	switch f.Get("organisation") {
	case "create":
		o := newOrganisation(f)
		n.Create = &o
	case "join":
		found, err := s.Account.FindOrganisations(c.UserContext(), f.Get("organisation_search"), maxFound)
		if err != nil {
			return nil, nil, err
		}
		options, err := s.organisationOptions(c, found)
		if n.JoinID = f.ID("organisation_id"); n.JoinID != 0 || err != nil {
			return options, nil, err
		}
		switch {
		case len(found) == 1 && account.Fold(found[0].Name) == account.Fold(f.Get("organisation_search")):
			n.JoinID = found[0].ID
			return options, nil, nil
		case len(found) == 0:
			return nil, account.Invalids{{Field: "organisation_search", Key: "account.error_organisation_none"}}, nil
		}
		return options, account.Invalids{{Field: "organisation_id", Key: "account.error_organisation_which"}}, nil
	}
	return nil, nil, nil
}

func newOrganisation(f views.Form) account.NewOrganisation {
	return account.NewOrganisation{Name: f.Get("organisation_name"), Kind: f.Get("organisation_kind"),
		Governorate: f.Get("organisation_governorate"), Axes: f.All("organisation_axes"), Description: f.Get("organisation_description")}
}

func (s *site) governorateOptions(c *fiber.Ctx, p views.Page) ([]views.Option, error) {
	all, err := s.Account.Governorates(c.UserContext())
	options := make([]views.Option, 0, len(all))
	for _, g := range all {
		options = append(options, views.Option{Value: g.Code, Label: p.Named(g.Name)})
	}
	return options, err
}

func kindOptions(p views.Page) []views.Option {
	options := make([]views.Option, 0, len(account.OrganisationKinds))
	for _, kind := range account.OrganisationKinds {
		options = append(options, views.Option{Value: kind, Label: p.T("account.kind_" + kind)})
	}
	return options
}

// governorateNames are the names by code.
func (s *site) governorateNames(c *fiber.Ctx) (map[string]events.Text, error) {
	all, err := s.Account.Governorates(c.UserContext())
	names := make(map[string]events.Text, len(all))
	for _, g := range all {
		names[g.Code] = g.Name
	}
	return names, err
}
