package web

import (
	"io"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

// postForm reads the post of the address and draws a page about it.
func (s *site) postForm(c *fiber.Ctx, titleKey string, w views.Writing, draw func(views.PostFormView) templ.Component,
	may func(community.Page, community.Line) error) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	line, talk, err := s.Community.Post(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if err := may(talk, line); err != nil {
		return err
	}
	v := views.PostFormView{Page: s.talkPage(c, titleKey, talk), Writing: w, Talk: talk, Post: line}
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.PostURL(id), Label: v.Said(talk.Title)}, views.Crumb{Label: v.Said(v.Title)})
	v.Scripts = []string{"forum.js"}
	return s.render(c, draw(v))
}

func (s *site) editPost(c *fiber.Ctx) error { return s.editPage(c, views.Writing{}) }

// editPage shows what is edited: a post as it is with its files, or what was typed and brought.
func (s *site) editPage(c *fiber.Ctx, w views.Writing) error {
	id, err := idParam(c)
	if err == nil {
		err = s.resume(c, &w, community.DraftEdit, id)
	}
	if err != nil {
		return err
	}
	draw := func(v views.PostFormView) templ.Component {
		if w.Values == nil {
			v.Attached = v.Post.Files
		}
		return views.EditOf(v)
	}
	return s.postForm(c, "forum.edit_title", w, draw, func(t community.Page, l community.Line) error {
		switch {
		case !l.Mine:
			return account.ErrForbidden
		case l.Hidden():
			return community.ErrHidden
		case t.Locked():
			return community.ErrLocked
		}
		return nil
	})
}

func (s *site) savePost(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	w, preview := s.writing(c)
	with, err := s.attachedTo(c, &w, id, func(name string, file io.Reader) (community.Attachment, error) {
		_, talk, err := s.Community.Post(c.UserContext(), actor(c), id)
		if err != nil {
			return community.Attachment{}, err
		}
		return s.intoThread(c, talk.ID)(name, file)
	})
	if s.refused(c, &w.Form, err) || preview && err == nil {
		return s.editPage(c, w)
	}
	if err != nil {
		return err
	}
	if done, err := s.putAside(c, w); done || err != nil {
		return err
	}
	asked, err := s.pollOf(w.Form)
	if s.refused(c, &w.Form, err) {
		return s.editPage(c, w)
	}
	p, err := s.Community.EditPost(c.UserContext(), actor(c), id, community.Edit{Title: w.Get("title"), Body: w.Get("body"),
		Sheet: sheetOf(w.Form), Poll: asked, Attached: with, Draft: drafted(w.Form), Trapped: trapped(w.Form)})
	if s.refused(c, &w.Form, err) {
		return s.editPage(c, w)
	}
	if p.Held != 0 {
		return s.backToPost(c, id, "guard.held_edit", err)
	}
	return s.backToPost(c, id, "forum.saved", err)
}

// backToPost ends what was done to a post where it is read.
func (s *site) backToPost(c *fiber.Ctx, id int64, said string, err error) error {
	if err != nil {
		return err
	}
	path, err := s.postPath(c, id)
	if err != nil {
		return err
	}
	return s.done(c, path, said)
}

func (s *site) deletePost(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	t, err := s.Community.DeletePost(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if t.DeletedAt.IsZero() {
		return s.backToPost(c, id, "forum.deleted", nil)
	}
	sp, err := s.spaceOf(c, t.SpaceID) // the thread went with its opening
	if err != nil {
		return err
	}
	return s.done(c, views.ForumURL(sp.Key), "forum.deleted")
}

func (s *site) spaceOf(c *fiber.Ctx, id int64) (account.Space, error) {
	all, err := s.Account.Spaces(c.UserContext(), actor(c))
	for _, sp := range all {
		if sp.ID == id {
			return sp, nil
		}
	}
	if err == nil {
		err = account.ErrNotFound
	}
	return account.Space{}, err
}

func (s *site) askReport(c *fiber.Ctx) error { return s.reportPage(c, views.Form{}) }

func (s *site) reportPage(c *fiber.Ctx, f views.Form) error {
	return s.postForm(c, "forum.report_title", views.Writing{Form: f}, views.ReportPost, func(_ community.Page, l community.Line) error {
		if l.Hidden() {
			return account.ErrNotFound
		}
		return nil
	})
}

func (s *site) reportPost(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Community.Report(c.UserContext(), actor(c), community.NewReport{PostID: id, Reason: f.Get("reason"), Note: f.Get("note")})
	if s.refused(c, &f, err) {
		return s.reportPage(c, f)
	}
	return s.backToPost(c, id, "forum.reported", err)
}

func (s *site) askHide(c *fiber.Ctx) error { return s.hidePage(c, views.Form{}) }

func (s *site) hidePage(c *fiber.Ctx, f views.Form) error {
	return s.postForm(c, "forum.hide_title", views.Writing{Form: f}, views.HidePost, func(t community.Page, _ community.Line) error {
		if !t.Moderates {
			return account.ErrForbidden
		}
		return nil
	})
}

func (s *site) hidePost(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Community.HidePost(c.UserContext(), actor(c), id, f.Get("note"))
	if s.refused(c, &f, err) {
		return s.hidePage(c, f)
	}
	return s.backToPost(c, id, "forum.hide_done", err)
}

func (s *site) restorePost(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.backToPost(c, id, "forum.restore_done", s.Community.RestorePost(c.UserContext(), actor(c), id))
}
