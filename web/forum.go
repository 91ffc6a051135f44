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
		{"GET", "/spaces/:key/forum/new", SignedIn, s.newThread},
		{"POST", "/spaces/:key/forum/new", SignedIn, s.startThread},
		{"GET", "/spaces/:key/experiences", Public, s.showExperiences},
		{"GET", "/spaces/:key/experiences/new", SignedIn, s.newExperience},
		{"POST", "/spaces/:key/experiences/new", SignedIn, s.startExperience},
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

func (s *site) newThread(c *fiber.Ctx) error {
	return s.newThreadPage(c, views.Writing{Nonce: uuid.NewString()})
}

// newThreadPage asks the space whether its forum may be read before it shows the form.
func (s *site) newThreadPage(c *fiber.Ctx, w views.Writing) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	if !sp.ReadableBy(actor(c)) {
		return account.ErrForbidden
	}
	if err := s.resume(c, &w, community.DraftThread, sp.ID); err != nil {
		return err
	}
	if c.Query("ready") == "welcome" && w.Values == nil && account.MayModerateSpace(actor(c), sp) {
		w.Values = s.readyWelcome(c, sp)
	}
	v := views.NewThreadView{Page: s.forumPage(c, "forum.new_title", sp), Writing: w, Space: sp}
	if v.Moment, err = s.moment(c, sp, w.Form); err != nil && w.Draft.ID == 0 { // a draft may outlive its lesson
		return err
	}
	if v.Tags, err = s.listed(c, sp.ID); err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Title)})
	v.Scripts = []string{"forum.js"}
	return s.render(c, views.NewThread(v))
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

func (s *site) startThread(c *fiber.Ctx) error {
	w, preview := s.writing(c)
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	with, err := s.attachedTo(c, &w, 0, func() (int64, error) { return sp.ID, nil })
	if s.refused(c, &w.Form, err) || preview && err == nil {
		return s.newThreadPage(c, w)
	}
	if err != nil {
		return err
	}
	if done, err := s.putAside(c, w); done || err != nil {
		return err
	}
	at, err := s.moment(c, sp, w.Form)
	if err != nil {
		return err
	}
	t, err := s.Community.StartThread(c.UserContext(), actor(c), community.NewThread{SpaceID: sp.ID, Kind: community.Kind(w.Get("kind")),
		Title: w.Get("title"), Body: w.Get("body"), Nonce: w.Nonce, Tags: w.All("tags"), Attached: with, Draft: drafted(w.Form), LessonID: at.LessonID, Second: at.Second,
		Trapped: trapped(w.Form)})
	if s.refused(c, &w.Form, err) {
		return s.newThreadPage(c, w)
	}
	if err != nil {
		return err
	}
	return s.started(c, sp, t, "forum.published")
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
