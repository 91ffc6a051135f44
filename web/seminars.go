package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/locale"
	"halqa/web/views"
)

func (s *site) seminarRoutes() []Route {
	return []Route{
		{"GET", "/seminars", Public, s.showSeminars},
		{"GET", "/seminars/:id", Public, s.showSeminar},
		{"POST", "/seminars/:id/register", SignedIn, s.register},
		{"POST", "/seminars/:id/switch", SignedIn, s.change},
		{"POST", "/seminars/:id/cancel", SignedIn, s.giveBack},
		{"GET", "/my/seats", SignedIn, s.showSeats},
	}
}

// idOf reads an identity in the address; what is none leads nowhere.
func idOf(c *fiber.Ctx, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Params(name), 10, 64)
	if err != nil || id < 1 {
		return 0, account.ErrNotFound
	}
	return id, nil
}

func (s *site) showSeminars(c *fiber.Ctx) error {
	v := views.SeminarsView{Page: s.seminarPage(c, "seminars.title"), Number: max(c.QueryInt("page"), 0)}
	v.Description = v.T("seminars.lead")
	v.Filter.Values = url.Values{}
	for _, name := range views.SeminarFilters {
		if value := c.Query(name); value != "" {
			v.Filter.Values.Set(name, value)
		}
	}
	cards, more, err := s.Enrolment.Calendar(c.UserContext(), actor(c), seminarFilter(v))
	if err != nil {
		return err
	}
	if v.Number > 0 && len(cards) == 0 {
		return c.Redirect(v.Link(0), fiber.StatusSeeOther)
	}
	v.Months, v.More = views.ByMonth(v.Page, cards), more
	if err := s.seminarChoices(c, &v); err != nil {
		return err
	}
	return s.render(c, views.Seminars(v))
}

// seminarFilter reads what the address asks for; what it can't mean narrows nothing.
func seminarFilter(v views.SeminarsView) enrolment.Filter {
	f := enrolment.Filter{OfficeID: v.Filter.ID("office"), SpaceID: v.Filter.ID("space"), Governorate: v.Filter.Get("governorate"),
		Language: locale.Known(v.Filter.Get("language")), Page: v.Number}
	switch show := enrolment.Show(v.Filter.Get("show")); show {
	case enrolment.ShowAround, enrolment.ShowOpen, enrolment.ShowMine:
		f.Show = show
	}
	return f
}

// seminarChoices fills the filters, and the calendars of the office and the space that are chosen.
func (s *site) seminarChoices(c *fiber.Ctx, v *views.SeminarsView) error {
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return err
	}
	spaces, err := s.Account.Spaces(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	governorates, err := s.governorateOptions(c, v.Page)
	if err != nil {
		return err
	}
	v.Offices, v.Spaces = officeOptions(v.Page, offices), spaceOptions(v.Page, spaces)
	v.Governorates = append([]views.Option{{Label: v.T("seminars.every_governorate")}}, governorates...)
	for _, o := range offices {
		if o.ID == v.Filter.ID("office") {
			v.Feeds = append(v.Feeds, views.Feed{Name: "office", Label: v.Named(o.Name), URL: s.calendarURL(v.Lang(), "offices", strconv.FormatInt(o.ID, 10), "calendar.ics")})
		}
	}
	for _, sp := range spaces {
		if sp.ID == v.Filter.ID("space") && sp.Visibility == account.Open { // calendars ask without a session
			v.Feeds = append(v.Feeds, views.Feed{Name: "space", Label: v.Named(sp.Name), URL: s.calendarURL(v.Lang(), "spaces", sp.Key, "calendar.ics")})
		}
	}
	return nil
}

// places names governorates for a seminar whose quotas speak of them.
func (s *site) places(c *fiber.Ctx, v enrolment.View) (views.Regions, error) {
	if !slices.ContainsFunc(v.Quotas, func(q enrolment.Quota) bool { return q.Trait == enrolment.ByGovernorate }) {
		return nil, nil
	}
	return s.governorateNames(c)
}

// seminarPage starts a page that judges dates by the clock of the seats.
func (s *site) seminarPage(c *fiber.Ctx, titleKey string) views.Page {
	p := s.page(c, titleKey)
	p.Now = s.Enrolment.Now()
	return p
}

func officeOptions(p views.Page, offices []account.Office) []views.Option {
	all := []views.Option{{Label: p.T("seminars.every_office")}}
	for _, o := range offices {
		all = append(all, views.Option{Value: strconv.FormatInt(o.ID, 10), Label: p.Named(o.Name)})
	}
	return all
}

func spaceOptions(p views.Page, spaces []account.Space) []views.Option {
	all := []views.Option{{Label: p.T("seminars.every_space")}}
	for _, sp := range spaces {
		all = append(all, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: p.Named(sp.Name)})
	}
	return all
}

func (s *site) showSeats(c *fiber.Ctx) error {
	cards, err := s.Enrolment.MySeats(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	v := views.SeatsView{Page: s.seminarPage(c, "seminars.seats_title")}
	v.Coming, v.Past = split(cards, v.Now)
	if v.Trains, err = s.Enrolment.Trains(c.UserContext(), actor(c)); err != nil {
		return err
	}
	number, err := s.Enrolment.LinkNumber(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	v.Feed = views.Feed{Name: "mine", Label: v.T("seminars.calendar_mine"), URL: s.PublicURL.JoinPath("calendar", s.calendarToken(v.Actor.PersonID, number), "halqa.ics").String()}
	return s.render(c, views.Seats(v))
}

// split parts the seminars that are over from the others, keeping their order.
func split(cards []enrolment.Card, now time.Time) (coming, past []enrolment.Card) {
	for _, card := range cards {
		if now.Before(card.EndsAt) {
			coming = append(coming, card)
		} else {
			past = append(past, card)
		}
	}
	return coming, past
}

func (s *site) showSeminar(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	seminar, err := s.Enrolment.Seminar(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.SeminarView{Page: s.seminarPage(c, ""), View: seminar}
	v.Page.Localizer = v.In(seminar.Location())
	v.Page.Title, _ = seminar.Title.In(v.Lang())
	v.Page = v.Belong(seminar.SpaceKey, seminar.SpaceHue, seminar.SpaceName)
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: seminar.Title})
	way, err := s.wayTo(c.UserContext(), actor(c), seminar, enrolment.ToRegister)
	if err != nil {
		return err
	}
	v.Counting = !v.Decision.Eligible && way.decision.Eligible
	if v.Places, err = s.places(c, seminar); err != nil {
		return err
	}
	v.MayGroup = actor(c).CanSomewhere(account.ManageOrganisation)
	v.Steps, v.Summary, v.Words, v.Way = way.steps(v.Page), way.summary(v.Page), way.words(v.Page), way.shortest(v.Page)
	if way, err = s.wayTo(c.UserContext(), actor(c), seminar, enrolment.ToAttend); err != nil {
		return err
	}
	v.AttendSteps, v.AttendWords, v.AttendWay, v.AttendMet = way.steps(v.Page), way.words(v.Page), way.shortest(v.Page), way.decision.Eligible
	return s.render(c, views.Seminar(v))
}

// register asks for a seat and says which it became. Progress that courses know of and enrolment is about to hear counts:
// the request waits a moment for it.
func (s *site) register(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	ask := enrolment.Request{OrganisationID: f.ID("organisation"), Answers: readAnswers(f)}
	// Nobody in a crowd loses their turn because of those before them.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), queueing)
	defer cancel()
	reg, err := s.Enrolment.RegisterFor(ctx, actor(c), id, ask)
	if errors.Is(err, enrolment.ErrNotEligible) {
		reg, err = s.registerSoon(c, id, ask, err)
	}
	return s.seatAnswer(c, f, id, reg, err, "seminars.now_registered")
}

// seatAnswer tells what became of asking for a seat at a seminar; said is for one that is confirmed.
func (s *site) seatAnswer(c *fiber.Ctx, f views.Form, seminarID int64, reg enrolment.Registration, err error, said string) error {
	here := "/seminars/" + strconv.FormatInt(seminarID, 10)
	switch {
	case errors.Is(err, enrolment.ErrNotEligible):
		return s.warn(c, here, "seminars.refused_gate")
	case s.refused(c, &f, err):
		return s.answersPage(c, f)
	case err != nil:
		return s.refusedSeat(c, err, here)
	case reg.State == enrolment.Waitlisted:
		return s.done(c, here, "seminars.now_waiting", "Place", reg.Place)
	case reg.Asking(), reg.State == enrolment.Conditional, reg.State == enrolment.Offered:
		return s.done(c, here, "seats.now_"+string(reg.State))
	}
	return s.done(c, here, said)
}

const (
	queueing = 2 * time.Minute // in a crowd that registers at the same moment
	patience = 3 * time.Second // for facts on their way
	retry    = 250 * time.Millisecond
)

// registerSoon tries again for a while if, by what courses know, the person has met the gate.
func (s *site) registerSoon(c *fiber.Ctx, id int64, ask enrolment.Request, refusal error) (enrolment.Registration, error) {
	ctx, a := c.UserContext(), actor(c)
	seminar, err := s.Enrolment.Seminar(ctx, a, id)
	if err != nil {
		return enrolment.Registration{}, err
	}
	way, err := s.wayTo(ctx, a, seminar, enrolment.ToRegister)
	if err != nil || !way.decision.Eligible {
		return enrolment.Registration{}, errors.Join(err, refusal)
	}
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if err := pause(ctx, retry); err != nil {
			return enrolment.Registration{}, err
		}
		reg, err := s.Enrolment.RegisterFor(ctx, a, id, ask)
		if !errors.Is(err, enrolment.ErrNotEligible) {
			return reg, err
		}
	}
	return enrolment.Registration{}, refusal
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// giveBack withdraws the registration that the form names.
func (s *site) giveBack(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	here := "/seminars/" + strconv.FormatInt(id, 10)
	f := s.form(c)
	if err := s.Enrolment.Cancel(c.UserContext(), actor(c), f.ID("registration"), ""); err != nil {
		return s.refusedSeat(c, err, here)
	}
	return s.done(c, here, "seminars.now_withdrawn")
}

// refusedSeat goes back to a page with the reason in words, or returns the error if it is no refusal of enrolment's.
func (s *site) refusedSeat(c *fiber.Ctx, err error, back string) error {
	for refusal, key := range map[error]string{
		enrolment.ErrCancelled: "seminars.refused_cancelled", enrolment.ErrStarted: "seminars.refused_started",
		enrolment.ErrClosed: "seminars.refused_closed", enrolment.ErrTooEarly: "desk.early",
		enrolment.ErrNotOpen: "seats.refused_not_open", enrolment.ErrNoOffer: "seats.refused_offer",
		enrolment.ErrTwin: "twins.refused", enrolment.ErrTwinFull: "twins.refused_full", enrolment.ErrTwinAsks: "twins.asks_here", enrolment.ErrProposalOver: "twins.refused_over",
	} {
		if errors.Is(err, refusal) {
			return s.warn(c, back, key)
		}
	}
	return err
}

// warn is done for what was refused.
func (s *site) warn(c *fiber.Ctx, path, key string) error {
	s.notify(c, views.Warn, s.localizer(c).T(key))
	return c.Redirect(path, fiber.StatusSeeOther)
}
