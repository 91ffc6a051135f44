package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) tagRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/spaces/:key/forum/tags", moderates, s.showTags},
		{"POST", "/spaces/:key/forum/tags", moderates, s.listTag},
		{"POST", "/tags/:id/rename", moderates, s.renameTag},
		{"POST", "/tags/:id/drop", moderates, s.dropTag},
		{"GET", "/spaces/:key/mentions", SignedIn, s.suggestMentions},
		{"GET", "/threads/:id/tags", SignedIn, s.showThreadTags},
		{"POST", "/threads/:id/tags", SignedIn, s.tagThread},
	}
}

func (s *site) showTags(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	return s.tagsPage(c, sp, views.Form{}, 0)
}

// tagsPage shows the tags of a space to those who moderate it; wrong is the tag whose new name was refused.
func (s *site) tagsPage(c *fiber.Ctx, sp account.Space, f views.Form, wrong int64) error {
	if !actor(c).Can(account.Moderate, sp.Scope()) {
		return account.ErrForbidden
	}
	v := views.TagsView{Page: s.forumPage(c, "talk.tags_manage", sp), Form: f, Key: sp.Key, Wrong: wrong}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Title)})
	var err error
	if v.Tags, err = s.Community.Tags(c.UserContext(), v.Actor, sp.ID); err != nil {
		return err
	}
	return s.render(c, views.Tags(v))
}

func (s *site) listTag(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Community.ListTag(c.UserContext(), actor(c), sp.ID, f.Get("name"))
	if s.refused(c, &f, err) {
		return s.tagsPage(c, sp, f, 0)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ForumURL(sp.Key)+"/tags", "talk.tag_listed")
}

func (s *site) renameTag(c *fiber.Ctx) error {
	id, sp, err := s.tagOf(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Community.RenameTag(c.UserContext(), actor(c), id, f.Get("name"))
	if s.refused(c, &f, err) {
		return s.tagsPage(c, sp, f, id)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ForumURL(sp.Key)+"/tags", "talk.tag_renamed")
}

func (s *site) dropTag(c *fiber.Ctx) error {
	id, sp, err := s.tagOf(c)
	if err != nil {
		return err
	}
	if err := s.Community.DropTag(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, views.ForumURL(sp.Key)+"/tags", "talk.tag_dropped")
}

// tagOf is the tag of the address and its space.
func (s *site) tagOf(c *fiber.Ctx) (int64, account.Space, error) {
	id, err := idParam(c)
	if err != nil {
		return 0, account.Space{}, err
	}
	g, err := s.Community.Tag(c.UserContext(), actor(c), id)
	if err != nil {
		return 0, account.Space{}, err
	}
	sp, err := s.spaceOf(c, g.SpaceID)
	return id, sp, err
}

// listed are the tags on the own list of a space.
func (s *site) listed(c *fiber.Ctx, spaceID int64) ([]community.Tag, error) {
	all, err := s.Community.Tags(c.UserContext(), actor(c), spaceID)
	return slices.DeleteFunc(all, func(g community.Tag) bool { return !g.Listed }), err
}

func (s *site) showThreadTags(c *fiber.Ctx) error { return s.threadTagsPage(c, views.Form{}) }

// threadTagsPage offers the tags of the space's own list and those that the thread has already.
func (s *site) threadTagsPage(c *fiber.Ctx, f views.Form) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	talk, err := s.Community.Thread(c.UserContext(), actor(c), id, 0)
	if err != nil {
		return err
	}
	if !talk.Tagger {
		return account.ErrForbidden
	}
	v := views.ThreadTagsView{Page: s.forumPage(c, "talk.tags_of", talk.Space), Form: f, Talk: talk}
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.ThreadURL(id), Label: v.Said(talk.Title)}, views.Crumb{Label: v.Said(v.T("talk.tags"))})
	if v.Tags, err = s.listed(c, talk.SpaceID); err != nil {
		return err
	}
	var names []string
	for _, g := range talk.Tags {
		names = append(names, g.Name)
		if !g.Listed {
			v.Tags = append(v.Tags, g)
		}
	}
	if v.Form.Values == nil {
		v.Form.Values = map[string][]string{"tags": names}
	}
	return s.render(c, views.ThreadTags(v))
}

func (s *site) tagThread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	more := strings.FieldsFunc(f.Get("more"), func(r rune) bool { return r == ',' || r == '،' || r == ';' || r == '؛' })
	err = s.Community.TagThread(c.UserContext(), actor(c), id, slices.Concat(f.All("tags"), more))
	if s.refused(c, &f, err) {
		return s.threadTagsPage(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ThreadURL(id), "talk.tags_saved")
}
