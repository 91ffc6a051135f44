package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

// starter is a form that starts a thread: a discussion or question, an experience sheet, a poll.
type starter struct {
	draft            community.DraftKind
	title, published string // catalogue keys
	draw             func(views.NewThreadView) templ.Component
	ready            func(s *site, c *fiber.Ctx, v *views.NewThreadView) error                                // what its page has besides; or nil
	read             func(s *site, c *fiber.Ctx, sp account.Space, f views.Form) (community.NewThread, error) // what of the form it alone has
}

// new answers with the empty form, or with the draft that was left of it.
func (k starter) new(s *site) fiber.Handler {
	return func(c *fiber.Ctx) error { return k.page(s, c, views.Writing{Nonce: uuid.NewString()}) }
}

// page asks the space whether its forum may be read before it shows the form.
func (k starter) page(s *site, c *fiber.Ctx, w views.Writing) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	if !sp.ReadableBy(actor(c)) {
		return account.ErrForbidden
	}
	if err := s.resume(c, &w, k.draft, sp.ID); err != nil {
		return err
	}
	if w.Names, err = s.nameChoice(c, sp, community.UnderName); err != nil {
		return err
	}
	v := views.NewThreadView{Page: s.forumPage(c, k.title, sp), Writing: w, Space: sp}
	if k.ready != nil {
		if err := k.ready(s, c, &v); err != nil {
			return err
		}
	}
	if v.Tags, err = s.listed(c, sp.ID); err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Title)})
	v.Scripts = []string{"forum.js"}
	return s.render(c, k.draw(v))
}

// start takes the form: it shows it again with what is wrong or as a preview, puts it aside as a draft, or starts the thread.
func (k starter) start(s *site) fiber.Handler {
	return func(c *fiber.Ctx) error {
		w, preview := s.writing(c)
		sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
		if err != nil {
			return err
		}
		with, err := s.attachedTo(c, &w, 0, s.intoSpace(c, sp.ID))
		if s.refused(c, &w.Form, err) || preview && err == nil {
			return k.page(s, c, w)
		}
		if err != nil {
			return err
		}
		if done, err := s.putAside(c, w); done || err != nil {
			return err
		}
		n, err := k.read(s, c, sp, w.Form)
		var t community.Thread
		if err == nil {
			n.SpaceID, n.Title, n.Tags, n.Attached = sp.ID, w.Get("title"), w.All("tags"), with
			n.Draft, n.Nonce, n.Trapped, n.As = drafted(w.Form), w.Nonce, trapped(w.Form), naming(w.Form)
			t, err = s.Community.StartThread(c.UserContext(), actor(c), n)
		}
		if s.refused(c, &w.Form, err) {
			return k.page(s, c, w)
		}
		if err != nil {
			return err
		}
		return s.started(c, sp, t, k.published)
	}
}

// talkStarter starts a discussion, a question or an announcement, also about a moment of a film.
var talkStarter = starter{draft: community.DraftThread, title: "forum.new_title", published: "forum.published", draw: views.NewThread,
	ready: func(s *site, c *fiber.Ctx, v *views.NewThreadView) (err error) {
		if c.Query("ready") == "welcome" && v.Writing.Values == nil && account.MayModerateSpace(v.Actor, v.Space) {
			v.Writing.Values = s.readyWelcome(c, v.Space)
		}
		if v.Moment, err = s.moment(c, v.Space, v.Writing.Form); v.Writing.Draft.ID != 0 {
			return nil // a draft may outlive its lesson
		}
		return err
	},
	read: func(s *site, c *fiber.Ctx, sp account.Space, f views.Form) (community.NewThread, error) {
		at, err := s.moment(c, sp, f)
		return community.NewThread{Kind: community.Kind(f.Get("kind")), Body: f.Get("body"), LessonID: at.LessonID, Second: at.Second}, err
	}}

var experienceStarter = starter{draft: community.DraftExperience, title: "forum.experience_new", published: "forum.experience_published",
	draw: views.NewExperience,
	read: func(_ *site, _ *fiber.Ctx, _ account.Space, f views.Form) (community.NewThread, error) {
		return community.NewThread{Kind: community.Experience, Sheet: sheetOf(f)}, nil
	}}

var pollStarter = starter{draft: community.DraftPoll, title: "poll.new_title", published: "poll.published", draw: views.NewPoll,
	read: func(s *site, _ *fiber.Ctx, _ account.Space, f views.Form) (community.NewThread, error) {
		asked, err := s.pollOf(f)
		return community.NewThread{Kind: community.Voting, Poll: asked}, err
	}}
