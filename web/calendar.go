package web

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/enrolment/ical"
	"halqa/web/locale"
)

func (s *site) calendarRoutes() []Route {
	return []Route{
		{"GET", "/seminars/:id/calendar.ics", Public, s.sendSeminarCalendar},
		{"GET", "/spaces/:key/calendar.ics", Public, s.sendSpaceCalendar},
		{"GET", "/offices/:id/calendar.ics", Public, s.sendOfficeCalendar},
		{"GET", "/calendar/:token/halqa.ics", Public, s.sendSeatsCalendar},
		{"POST", "/my/seats/calendar", SignedIn, s.renewCalendar},
	}
}

func (s *site) sendSeminarCalendar(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	v, err := s.Enrolment.Seminar(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	l := s.calendarLocalizer(c)
	name, _ := v.Title.In(l.Lang())
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="halqa-%d.ics"`, id))
	return s.sendCalendar(c, l, name, []enrolment.Card{v.Card})
}

func (s *site) sendSpaceCalendar(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	space, err := s.Account.Space(ctx, a, c.Params("key"))
	if err != nil {
		return err
	}
	if err := space.Refusal(a); err != nil {
		return err
	}
	cards, err := s.Enrolment.Feed(ctx, a, enrolment.Filter{SpaceID: space.ID})
	if err != nil {
		return err
	}
	l := s.calendarLocalizer(c)
	name, _ := space.Name.In(l.Lang())
	return s.sendCalendar(c, l, l.T("seminars.calendar_name", "Of", name), cards)
}

func (s *site) sendOfficeCalendar(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return err
	}
	for _, o := range offices {
		if o.ID != id {
			continue
		}
		cards, err := s.Enrolment.Feed(c.UserContext(), actor(c), enrolment.Filter{OfficeID: id})
		if err != nil {
			return err
		}
		l := s.calendarLocalizer(c)
		name, _ := o.Name.In(l.Lang())
		return s.sendCalendar(c, l, l.T("seminars.calendar_name", "Of", name), cards)
	}
	return fmt.Errorf("office %d: %w", id, account.ErrNotFound)
}

// sendSeatsCalendar answers programs that have no session: the address itself says whose seats it shows.
func (s *site) sendSeatsCalendar(c *fiber.Ctx) error {
	personID, number, ok := s.readCalendarToken(c.Params("token"))
	if !ok {
		return account.ErrNotFound
	}
	owner, err := s.Account.ActorOf(c.UserContext(), personID)
	if err != nil {
		return err
	}
	cards, err := s.Enrolment.SeatsFeed(c.UserContext(), personID, number)
	if err != nil {
		return err
	}
	if visitOf(c).language = locale.Known(owner.Language); visitOf(c).language == "" {
		visitOf(c).language = locale.Languages[0]
	}
	l := s.calendarLocalizer(c)
	return s.sendCalendar(c, l, l.T("seminars.calendar_mine"), cards)
}

func (s *site) renewCalendar(c *fiber.Ctx) error {
	if err := s.Enrolment.RenewLink(c.UserContext(), actor(c)); err != nil {
		return err
	}
	return s.done(c, "/my/seats#calendar", "seminars.calendar_renewed")
}

// calendarLocalizer speaks the language that the address names, since calendars send no other sign of it.
func (s *site) calendarLocalizer(c *fiber.Ctx) *locale.Localizer {
	if lang := locale.Known(c.Query("lang")); lang != "" {
		visitOf(c).language = lang
	}
	return s.localizer(c)
}

func (s *site) sendCalendar(c *fiber.Ctx, l *locale.Localizer, name string, cards []enrolment.Card) error {
	w := ical.Writer{Public: s.PublicURL, From: s.MailFrom, Language: l.Lang(), Now: s.Enrolment.Now()}
	c.Set(fiber.HeaderContentType, ical.Type)
	return c.Send(w.Publish(name, cards))
}

// calendarToken names a person's calendar as it was renewed so many times, and proves that we wrote it.
func (s *site) calendarToken(personID int64, number int) string {
	text := fmt.Sprintf("%d.%d", personID, number)
	return text + "." + base64.RawURLEncoding.EncodeToString(s.sign("calendar", text))
}

func (s *site) readCalendarToken(token string) (personID int64, number int, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > 100 {
		return 0, 0, false
	}
	personID, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if number, err = strconv.Atoi(parts[1]); err != nil {
		return 0, 0, false
	}
	return personID, number, hmac.Equal([]byte(token), []byte(s.calendarToken(personID, number))) // in constant time
}

// calendarURL is an absolute address that a calendar can subscribe to.
func (s *site) calendarURL(lang string, path ...string) string {
	u := s.PublicURL.JoinPath(path...)
	u.RawQuery = url.Values{"lang": {lang}}.Encode()
	return u.String()
}
