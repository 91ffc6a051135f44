package web

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

// longestQuote is how much of a post is quoted, in characters: what is answered, not all that was said.
const longestQuote = 1000

func (s *site) showThread(c *fiber.Ctx) error {
	w := views.Writing{Nonce: uuid.NewString()}
	if id := int64(c.QueryInt("quote")); id > 0 && actor(c).SignedIn() {
		if line, talk, err := s.Community.Post(c.UserContext(), actor(c), id); err == nil && talk.Writable() { // gone since: there is nothing to quote
			w.ReplyTo = id
			w.Values = map[string][]string{"body": {quoted(s.localizer(c).T, line)}}
		}
	}
	return s.threadPage(c, w)
}

func (s *site) threadPage(c *fiber.Ctx, w views.Writing) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.threadPageAt(c, id, max(int64(c.QueryInt("from")), 0), w, views.Voting{})
}

// threadPageAt shows the page of a thread that begins with a post; what was typed or chosen there is shown again.
func (s *site) threadPageAt(c *fiber.Ctx, id, from int64, w views.Writing, chosen views.Voting) error {
	talk, err := s.Community.Thread(c.UserContext(), actor(c), id, from)
	if err != nil {
		return s.threadMoved(c, id, err)
	}
	if err := s.resume(c, &w, community.DraftReply, id); err != nil {
		return err
	}
	if !talk.InCircle() {
		before, err := s.Community.NamedBefore(c.UserContext(), actor(c), talk.ID)
		if err != nil {
			return err
		}
		if w.Names, err = s.nameChoice(c, talk.Space, before); err != nil {
			return err
		}
	}
	v := views.ThreadView{Page: s.talkPage(c, "", talk), Writing: w, Talk: talk, From: from, Voting: chosen}
	v.Talk.Title = talk.In(v.Lang())
	if v.Title = v.Talk.Title; talk.InCircle() {
		v.Title = v.T("circle.title") + " · " + v.Talk.Title
		v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.T("circle.title"))})
	} else {
		v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(talk.Title)})
	}
	v.Scripts = []string{"forum.js"}
	if v.Titles, err = s.titlesIn(c, append(wordsOf(talk), w.Preview)...); err != nil {
		return err
	}
	v.Moment = s.momentOf(c, talk.Thread)
	if v.Circle, err = s.circleOf(c, talk.Thread); err != nil {
		return err
	}
	if v.Held, err = s.Community.MyHeld(c.UserContext(), v.Actor, talk.SpaceID, id); err != nil {
		return err
	}
	if v.Follow, err = s.followingTalk(c, v); err != nil {
		return err
	}
	if c.Method() == fiber.MethodGet && c.Get("Halqa-Fragment") == "" { // the scripts say what they show to somebody who looks
		if err := s.seen(c, id, talk.Last()); err != nil {
			return err
		}
		if talk.After == 0 {
			v.Talk.Unread = 0 // they are on this page
		}
	}
	return s.render(c, views.Thread(v))
}

// momentOf is the moment of a film that a thread is about. A visitor, or somebody who may not follow the lesson, isn't told its
// title; a lesson that is gone is no moment.
func (s *site) momentOf(c *fiber.Ctx, t community.Thread) views.Moment {
	if t.LessonID == 0 || s.Courses == nil {
		return views.Moment{}
	}
	visit, err := s.Courses.Lesson(c.UserContext(), actor(c), t.LessonID)
	if errors.Is(err, account.ErrNotFound) {
		return views.Moment{}
	}
	return views.Moment{LessonID: t.LessonID, Second: t.Second, Title: visit.Lesson.Title}
}

// quoted is a post as its quotation: who said it, its words without what they quote themselves, and a line to go on.
func quoted(say func(key string, args ...any) string, l community.Line) string {
	name := l.Author
	if name == "" {
		name = say("forum.someone")
	}
	var b strings.Builder
	b.WriteString("> [" + escapeMarkdown(name) + "](" + views.PostURL(l.ID) + ")\n>\n")
	left := longestQuote
	for _, line := range strings.Split(views.Spelled(say, l.Body, l.Files), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), ">") {
			continue
		}
		if n := utf8.RuneCountInString(line); n > left {
			b.WriteString("> " + string([]rune(line)[:left]) + "…\n")
			break
		} else {
			left -= n
		}
		b.WriteString("> " + line + "\n")
	}
	return b.String() + "\n"
}

// escapeMarkdown lets a name mean nothing in Markdown.
func escapeMarkdown(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("[]()<>`*_\\:!", r) {
			return ' '
		}
		return r
	}, s)
}

func (s *site) reply(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	w, preview := s.writing(c)
	with, err := s.attachedTo(c, &w, 0, s.intoThread(c, id))
	if s.refused(c, &w.Form, err) || preview && err == nil {
		return s.threadPage(c, w)
	}
	if err != nil {
		return err
	}
	if done, err := s.putAside(c, w); done || err != nil {
		return err
	}
	p, err := s.Community.Reply(c.UserContext(), actor(c), community.NewReply{ThreadID: id, Body: w.Get("body"), ReplyTo: w.ReplyTo, Nonce: w.Nonce,
		Attached: with, Draft: drafted(w.Form), Trapped: trapped(w.Form), As: naming(w.Form)})
	if s.refused(c, &w.Form, err) {
		return s.threadPage(c, w)
	}
	if err != nil {
		return err
	}
	if p.Held != 0 {
		return s.done(c, views.ThreadURL(id)+"#held", "guard.held")
	}
	path, err := s.postPath(c, p.ID)
	if err != nil {
		return err
	}
	return s.done(c, path, "forum.replied")
}

// goToUnread leads to the first post not seen yet; to the thread when there is none.
func (s *site) goToUnread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	first, err := s.Community.FirstUnread(c.UserContext(), actor(c), id)
	if err != nil {
		return s.threadMoved(c, id, err)
	}
	if first == 0 {
		return c.Redirect(views.ThreadURL(id), fiber.StatusSeeOther)
	}
	path, err := s.postPath(c, first)
	if err != nil {
		return err
	}
	return c.Redirect(path, fiber.StatusSeeOther)
}

// readThread hears from the scripts that what arrived was looked at.
func (s *site) readThread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.seen(c, id, s.form(c).ID("post")); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// seen keeps up to which post somebody has a thread before their eyes: no notification or mail need tell them of it.
func (s *site) seen(c *fiber.Ctx, thread, post int64) error {
	if err := s.Community.Seen(c.UserContext(), actor(c), thread, post); err != nil || s.Notify == nil {
		return err
	}
	return s.Notify.SeenThread(c.UserContext(), actor(c), thread, post)
}

func (s *site) goToPost(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	path, err := s.postPath(c, id)
	if err != nil {
		return err
	}
	return c.Redirect(path, fiber.StatusSeeOther)
}

func (s *site) pinThread(c *fiber.Ctx) error {
	return s.switchThread(c, func(id int64, on bool) error { return s.Community.Pin(c.UserContext(), actor(c), id, on) })
}

func (s *site) lockThread(c *fiber.Ctx) error {
	return s.switchThread(c, func(id int64, on bool) error { return s.Community.Lock(c.UserContext(), actor(c), id, on) })
}

func (s *site) switchThread(c *fiber.Ctx, do func(id int64, on bool) error) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := do(id, c.FormValue("on") == "yes"); err != nil {
		return err
	}
	return s.done(c, views.ThreadURL(id), "forum.changed")
}
