package web

import (
	"io"
	"mime/multipart"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/community/library"
	"halqa/events"
	"halqa/web/views"
)

// readDraft is a document as the form describes it.
func readDraft(f views.Form) library.Draft {
	d := library.Draft{Title: events.Text{}, Summary: events.Text{}, Version: f.Int("version"), Kind: f.Get("kind"), Axes: f.All("axes"), Languages: f.All("languages")}
	for _, lang := range events.Languages {
		d.Title[lang], d.Summary[lang] = f.Get("title_"+lang), f.Get("summary_"+lang)
	}
	return d
}

// sentFile opens the file that a form brought; nil when it brought none.
func sentFile(c *fiber.Ctx) (name string, file multipart.File, err error) {
	header, err := c.FormFile("file")
	if err != nil || header.Filename == "" {
		return "", nil, nil
	}
	file, err = header.Open()
	return header.Filename, file, err
}

// reading is a file as use cases take it: none is nil.
func reading(file multipart.File) io.Reader {
	if file == nil {
		return nil
	}
	return file
}

func (s *site) editDocument(c *fiber.Ctx) error {
	item, err := s.documentToEdit(c)
	if err != nil {
		return err
	}
	return s.renderEdit(c, item, documentForm(item))
}

// documentForm is the form of a document as it is.
func documentForm(item library.Item) views.Form {
	f := views.Form{Values: url.Values{"kind": {item.Kind}, "axes": item.Axes, "languages": item.Languages, "version": {strconv.Itoa(item.Version)}}}
	putText(f, "title", item.Title)
	putText(f, "summary", item.Summary)
	return f
}

// documentToEdit is the document of the address, for those who may change it.
func (s *site) documentToEdit(c *fiber.Ctx) (library.Item, error) {
	id, err := idParam(c)
	if err != nil {
		return library.Item{}, err
	}
	item, err := s.Library.Document(c.UserContext(), actor(c), id)
	if err == nil && !library.MayEdit(actor(c), item.Document, item.Space) {
		err = account.ErrForbidden
	}
	return item, err
}

func (s *site) renderEdit(c *fiber.Ctx, item library.Item, f views.Form) error {
	v := views.GiveView{Page: s.page(c, "library.edit_title").Belong(item.Space.Key, item.Space.Hue, item.Space.Name), Space: item.Space, Form: f, Edited: &item}
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.SpaceURL(item.Space.Key) + "/library", Label: v.Said(v.T("people.tab_library"))},
		views.Crumb{Href: views.DocumentURL(item.ID), Label: item.Title}, views.Crumb{Label: v.Said(v.Title)})
	v.Narrow = true
	var err error
	if v.Axes, err = s.axisOptions(c, v.Page, item.Axes...); err != nil {
		return err
	}
	return s.render(c, views.Give(v))
}

func (s *site) saveDocument(c *fiber.Ctx) error {
	item, err := s.documentToEdit(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	name, file, err := sentFile(c)
	if err != nil {
		return err
	}
	if file != nil {
		defer func() { _ = file.Close() }()
	}
	_, err = s.Library.Edit(c.UserContext(), actor(c), item.ID, readDraft(f), name, reading(file))
	again, err := s.stale(c, &f, err, func() (views.Form, error) {
		saved, err := s.documentToEdit(c)
		return documentForm(saved), err
	})
	if again || s.refused(c, &f, err) {
		return s.renderEdit(c, item, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.DocumentURL(item.ID), "library.edited")
}
