package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/notify"
	"halqa/web/views"
)

func (s *site) forumRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/spaces/:key/forum", Public, s.showForum},
		{"GET", "/spaces/:key/forum/new", SignedIn, talkStarter.new(s)},
		{"POST", "/spaces/:key/forum/new", SignedIn, talkStarter.start(s)},
		{"GET", "/spaces/:key/experiences", Public, s.showExperiences},
		{"GET", "/spaces/:key/experiences/new", SignedIn, experienceStarter.new(s)},
		{"POST", "/spaces/:key/experiences/new", SignedIn, experienceStarter.start(s)},
		{"GET", "/threads/:id", Public, s.showThread},
		{"GET", "/seminars/:id/talk", SignedIn, s.goToCircle},
		{"GET", "/threads/:id/unread", SignedIn, s.goToUnread},
		{"POST", "/threads/:id/reply", SignedIn, s.reply},
		{"POST", "/threads/:id/read", SignedIn, s.readThread},
		{"POST", "/threads/:id/pin", moderates, s.pinThread},
		{"POST", "/threads/:id/lock", moderates, s.lockThread},
		{"GET", "/posts/:id", Public, s.goToPost},
		{"GET", "/posts/:id/edit", SignedIn, s.editPost},
		{"POST", "/posts/:id/edit", SignedIn, s.savePost},
		{"GET", "/posts/:id/history", Public, s.showHistory},
		{"POST", "/posts/:id/thank", SignedIn, s.thankPost},
		{"POST", "/posts/:id/accept", SignedIn, s.acceptPost},
		{"POST", "/posts/:id/delete", SignedIn, s.deletePost},
		{"GET", "/posts/:id/report", SignedIn, s.askReport},
		{"POST", "/posts/:id/report", SignedIn, s.reportPost},
		{"GET", "/posts/:id/hide", moderates, s.askHide},
		{"POST", "/posts/:id/hide", moderates, s.hidePost},
		{"POST", "/posts/:id/restore", moderates, s.restorePost},
		{"POST", "/preview", SignedIn, s.preview},
	}
}

// forumPage starts a page of a space's forum, whose crumbs lead back to it.
func (s *site) forumPage(c *fiber.Ctx, titleKey string, sp account.Space) views.Page {
	p := s.page(c, titleKey).Belong(sp.Key, sp.Hue, sp.Name)
	p.Sheets = append(p.Sheets, "writing.css")
	p.Crumbs = append(p.Crumbs, views.Crumb{Href: views.ForumURL(sp.Key), Label: p.Said(p.T("forum.tab_forum"))})
	return p
}

func (s *site) showForum(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	show := views.ShowOf(c.Query("show"))
	after := c.Query("after")
	v := views.ForumView{Page: s.forumPage(c, "forum.title", sp), Show: show, Later: after != ""}
	if v.Tags, err = s.Community.Tags(c.UserContext(), actor(c), sp.ID); err != nil {
		return err
	}
	for _, g := range v.Tags {
		if g.ID == int64(c.QueryInt("tag")) {
			v.Tag = g
		}
	}
	v.List, err = s.Community.Threads(c.UserContext(), actor(c), sp.ID, community.Filter{Show: show, After: after, Tag: v.Tag.ID})
	if err != nil {
		return err
	}
	v.Crumbs[len(v.Crumbs)-1].Href = ""
	if v.Held, err = s.Community.MyHeld(c.UserContext(), v.Actor, sp.ID, 0); err != nil {
		return err
	}
	if v.Follow, err = s.following(c, notify.OfSpace, sp.ID); err != nil {
		return err
	}
	return s.render(c, views.Forum(v))
}

// writing is what was typed in a form with a composer, shown again with its preview when that was asked for.
func (s *site) writing(c *fiber.Ctx) (w views.Writing, preview bool) {
	w.Form = s.form(c)
	if w.Nonce = w.Get("nonce"); w.Nonce == "" {
		w.Nonce = uuid.NewString()
	}
	w.ReplyTo = w.ID("reply_to")
	if preview = w.Get("do") == "preview"; preview {
		w.Preview = w.Get("body")
	}
	return w, preview
}

// moment is what of a film a form is about: a lesson of that space that the person may follow. It is none when the form says
// none, and account.ErrNotFound when it names another's.
func (s *site) moment(c *fiber.Ctx, sp account.Space, f views.Form) (views.Moment, error) {
	id := f.ID("lesson")
	if id == 0 || s.Courses == nil {
		return views.Moment{}, nil
	}
	visit, err := s.Courses.Lesson(c.UserContext(), actor(c), id)
	if err == nil && visit.Outline.SpaceID != sp.ID {
		err = account.ErrNotFound
	}
	return views.Moment{LessonID: id, Second: f.Int("second"), Title: visit.Lesson.Title}, err
}

// preview draws a text for the scripts of the composer.
func (s *site) preview(c *fiber.Ctx) error {
	body := c.FormValue("body")
	if len(body) > 4*community.MaxBody {
		return fiber.ErrRequestEntityTooLarge
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	if strings.TrimSpace(body) == "" {
		return c.SendString(s.localizer(c).T("forum.preview_none"))
	}
	pictures, err := s.picturesIn(c, body, int64(c.QueryInt("post")))
	if err != nil {
		return err
	}
	titles, err := s.titlesIn(c, body)
	if err != nil {
		return err
	}
	return s.render(c, views.Told(views.Page{Localizer: s.localizer(c), Titles: titles}, body, pictures))
}

// postPath is where a post is read.
func (s *site) postPath(c *fiber.Ctx, id int64) (string, error) {
	thread, from, err := s.Community.Place(c.UserContext(), actor(c), id)
	if err != nil {
		return "", err
	}
	path := views.ThreadURL(thread)
	if from != 0 {
		path += "?" + url.Values{"from": {strconv.FormatInt(from, 10)}}.Encode()
	}
	return path + "#post-" + strconv.FormatInt(id, 10), nil
}
