package web

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) moderationRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/moderation", moderates, s.showModeration},
		{"POST", "/moderation/posts/:id", moderates, s.decideReports},
		{"POST", "/moderation/batches", moderates, s.startBatch},
		{"GET", "/moderation/batches/:id", moderates, s.showBatch},
		{"GET", "/moderation/figures", SignedIn, s.showModerationFigures},
	}
}

// atOnce is how many posts of a batch are dealt with before its page is shown.
const atOnce = 2 * community.QueueSize

// queueFilter reads which reported posts are asked for.
func queueFilter(f views.Form) community.QueueFilter {
	return community.QueueFilter{Decided: f.Get("show") == "decided", Decision: f.Get("decision"), SpaceID: f.ID("space"), Reason: f.Get("reason"),
		Who: f.Get("who"), Page: f.Int("page")}
}

func (s *site) showModeration(c *fiber.Ctx) error {
	return s.moderationPage(c, query(c, "show", "space", "decision", "reason", "who", "page"), views.Form{})
}

// moderationPage shows the queue as it is narrowed, and an act on several posts that was refused.
func (s *site) moderationPage(c *fiber.Ctx, filter, bulk views.Form) error {
	f := queueFilter(filter)
	filter.Values.Del("page")
	v := views.ModerationView{Page: s.page(c, "forum.moderation_title"), Filter: filter, Bulk: bulk, Decided: f.Decided}
	v.Sheets = []string{"writing.css"}
	spaces, err := s.Community.Moderated(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	for _, sp := range spaces {
		v.Spaces = append(v.Spaces, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: v.Named(sp.Name)})
	}
	var more bool
	if v.List, more, err = s.Community.Queue(c.UserContext(), v.Actor, f); err != nil {
		return err
	}
	if v.Colleagues, err = s.Community.Colleagues(c.UserContext(), v.Actor); err != nil {
		return err
	}
	v.Pager = pager("/moderation", v.Filter, f.Page, -1, more)
	if v.Waiting, err = s.Community.Waiting(c.UserContext(), v.Actor); err != nil {
		return err
	}
	if v.Held, err = s.Community.HeldWaiting(c.UserContext(), v.Actor); err != nil {
		return err
	}
	return s.render(c, views.Moderation(v))
}

func (s *site) decideReports(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	ctx, who := c.UserContext(), actor(c)
	said := "moderation.assigned_done"
	switch f.Get("do") {
	case "hide":
		said, err = "forum.decision_hide", s.Community.DecideReports(ctx, who, id, true, f.Get("note"))
	case "keep":
		said, err = "forum.decision_keep", s.Community.DecideReports(ctx, who, id, false, f.Get("note"))
	case "restore":
		said, err = "forum.restore_done", s.Community.RestorePost(ctx, who, id)
	case "take":
		err = s.Community.Assign(ctx, who, id, who.PersonID)
	case "assign":
		err = s.Community.Assign(ctx, who, id, f.ID("to"))
	default:
		return fiber.ErrBadRequest
	}
	back := queuePath(f)
	if errors.Is(err, account.ErrConflict) { // somebody was faster: that is no error, but news
		s.notify(c, views.Info, s.saidBefore(c, err))
		return c.Redirect(back, fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	return s.done(c, back, said)
}

// saidBefore tells what somebody else decided first.
func (s *site) saidBefore(c *fiber.Ctx, err error) string {
	l := s.localizer(c)
	var d community.Decided
	switch {
	case !errors.As(err, &d):
		return l.T("moderation.already")
	case d.By == "":
		d.By = l.T("forum.someone")
	}
	if d.Hid {
		return l.T("moderation.already_hidden", "Name", d.By)
	}
	return l.T("moderation.already_kept", "Name", d.By)
}

// queuePath is the queue as it was narrowed when a form was sent from it.
func queuePath(f views.Form) string {
	back := url.Values{}
	for _, name := range []string{"space", "reason", "who", "page"} {
		if value := f.Get(name); value != "" {
			back.Set(name, value)
		}
	}
	return strings.TrimSuffix("/moderation?"+back.Encode(), "?")
}

// startBatch begins an act on the posts that were ticked, or on all of the list, and does the first of them at once.
func (s *site) startBatch(c *fiber.Ctx) error {
	f := s.form(c)
	var posts []int64
	for _, value := range f.All("post") {
		if id, err := strconv.ParseInt(value, 10, 64); err == nil {
			posts = append(posts, id)
		}
	}
	if f.Get("which") == "all" {
		var err error
		if posts, err = s.Community.WaitingPosts(c.UserContext(), actor(c), queueFilter(f)); err != nil {
			return err
		}
	}
	id, err := s.Community.StartBatch(c.UserContext(), actor(c), f.Get("do"), f.Get("note"), posts)
	if s.refused(c, &f, err) {
		filter := views.Form{Values: url.Values{}}
		for _, name := range []string{"space", "reason", "who"} {
			filter.Values.Set(name, f.Get(name))
		}
		return s.moderationPage(c, filter, f)
	}
	if err != nil {
		return err
	}
	if _, err := s.Community.Advance(c.UserContext(), id, atOnce); err != nil {
		s.Log.ErrorContext(c.UserContext(), "batch goes on later", "batch", id, "error", err)
	}
	return s.done(c, "/moderation/batches/"+strconv.FormatInt(id, 10), "")
}

func (s *site) showBatch(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	v := views.BatchView{Page: s.page(c, "moderation.batch_title")}
	v.Crumbs = []views.Crumb{{Href: "/moderation", Label: v.Said(v.T("forum.moderation_title"))}, {Label: v.Said(v.Title)}}
	if v.Batch, err = s.Community.Batch(c.UserContext(), v.Actor, id); err != nil {
		return err
	}
	return s.render(c, views.BatchPage(v))
}

// showModerationFigures tells members what was moderated in the last twelve whole months.
func (s *site) showModerationFigures(c *fiber.Ctx) error {
	v := views.ModerationFiguresView{Page: s.page(c, "moderation.figures_title")}
	now := s.Now().In(s.Zone)
	to := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, s.Zone)
	v.From, v.To = to.AddDate(-1, 0, 0), to.AddDate(0, 0, -1)
	var err error
	if v.Regions, err = s.Community.Figures(c.UserContext(), v.Actor, v.From, to); err != nil {
		return err
	}
	if v.Looks, err = s.Account.Looks(c.UserContext(), v.Actor, v.From, to); err != nil {
		return err
	}
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return err
	}
	v.Offices = map[int64]events.Text{}
	for _, o := range offices {
		v.Offices[o.ID] = o.Name
	}
	return s.render(c, views.ModerationFigures(v))
}
