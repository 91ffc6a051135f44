package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
)

// Route is one address with who may come to it. The use case behind it asks again, with the scope at hand.
type Route struct {
	Method, Path string
	Access       Access
	Handle       fiber.Handler
}

// Access says who may come to a route.
type Access struct {
	Name    string // "public", "signed in", or the permission
	allow   func(account.Actor) error
	streams bool // see Streaming
}

// Streaming is the access of a route whose body is a file that may be larger than memory: nobody reads it or looks at its
// token but the handler, which must call receive. Bodies of all other routes are bounded and carry a token that fits.
func Streaming(a Access) Access {
	a.streams = true
	return a
}

// Public lets everybody in, SignedIn every person.
var (
	Public   = Access{Name: "public", allow: func(account.Actor) error { return nil }}
	SignedIn = Access{Name: "signed in", allow: func(a account.Actor) error {
		if !a.SignedIn() {
			return account.ErrSignInRequired
		}
		return nil
	}}
)

// May lets in those who have one of the permissions somewhere.
func May(permissions ...account.Permission) Access {
	return Access{Name: string(permissions[0]), allow: func(a account.Actor) error {
		if !a.SignedIn() {
			return account.ErrSignInRequired
		}
		if !slices.ContainsFunc(permissions, a.CanSomewhere) {
			return account.ErrForbidden
		}
		return nil
	}}
}

// routes lists every page, group by group.
func (s *site) routes() []Route {
	return slices.Concat(
		s.publicRoutes(),
		s.homeRoutes(),
		s.learningRoutes(),
		s.offlineRoutes(),
		s.authorRoutes(),
		s.myLearningRoutes(),
		s.forumRoutes(), s.pollRoutes(), s.tagRoutes(), s.organiseRoutes(), s.attachmentRoutes(), s.draftRoutes(),
		s.moderationRoutes(), s.guardRoutes(), s.animateRoutes(), s.newsletterRoutes(),
		s.seminarRoutes(),
		s.deskRoutes(),
		s.questionRoutes(),
		s.seatRoutes(),
		s.indicatorRoutes(),
		s.notificationRoutes(),
		s.unsubscribeRoutes(),
		s.calendarRoutes(),
		s.mailboxRoutes(),
		s.accountRoutes(), s.eraseRoutes(),
		s.adminRoutes(),
		s.adminPlaceRoutes(),
		s.adminAxisRoutes(),
		s.adminSpaceRoutes(),
		s.adminAuditRoutes(),
		s.adminSystemRoutes(),
		s.firstRunRoutes(),
		s.peopleRoutes(),
		s.introductionRoutes(),
		s.measureRoutes(), s.pseudonymRoutes(),
		s.libraryRoutes(),
		s.searchRoutes(),
		s.firstStepRoutes(),
	)
}

// Routes lists the routes of the application, for the test that walks them all.
func Routes(d Deps) []Route { return (&site{Deps: d.withDefaults()}).routes() }

func (s *site) guard(a Access) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := a.allow(actor(c)); err != nil {
			return err
		}
		return c.Next()
	}
}
