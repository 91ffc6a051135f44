package web

import (
	"bytes"
	"io"
	"mime"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/attachment"
	"halqa/web/views"
)

func (s *site) attachmentRoutes() []Route {
	return []Route{
		{"POST", "/spaces/:key/forum/files", Streaming(SignedIn), s.bringFile},
		{"POST", "/threads/:id/files", Streaming(SignedIn), s.bringFileToThread},
		{"GET", "/attachments", SignedIn, s.showBrought},
		{"GET", "/attachments/:id", Public, s.sendAttachment},
		{"GET", "/attachments/:id/light", Public, s.sendAttachment},
	}
}

// taker takes in a file that goes with what somebody writes.
type taker func(name string, file io.Reader) (community.Attachment, error)

// intoSpace takes in what goes with something new in a space.
func (s *site) intoSpace(c *fiber.Ctx, id int64) taker {
	return func(name string, file io.Reader) (community.Attachment, error) {
		return s.Community.Attach(c.UserContext(), actor(c), id, name, file)
	}
}

// intoThread takes in what goes with a post of a thread, which of a circle may be in a space that is closed to its people.
func (s *site) intoThread(c *fiber.Ctx, id int64) taker {
	return func(name string, file io.Reader) (community.Attachment, error) {
		return s.Community.AttachInThread(c.UserContext(), actor(c), id, name, file)
	}
}

// bringFile takes in a file for the scripts of the composer, while one writes something new in a space.
func (s *site) bringFile(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	return s.bring(c, s.intoSpace(c, sp.ID))
}

// bringFileToThread is bringFile for what one answers in a thread, or changes there.
func (s *site) bringFileToThread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.bring(c, s.intoThread(c, id))
}

// bring answers with the row that stands for the file it takes in.
func (s *site) bring(c *fiber.Ctx, take taker) error {
	most := func(views.Form) int64 { return attachment.MaxBytes }
	var brought community.Attachment
	_, err := s.receive(c, most, func(_ views.Form, name string, file io.Reader) (err error) {
		brought, err = take(name, file)
		return err
	})
	if err != nil {
		return err
	}
	var row bytes.Buffer
	if err := views.TrayRow(views.Page{Localizer: s.localizer(c)}, brought).Render(c.UserContext(), &row); err != nil {
		return err
	}
	answer := fiber.Map{"id": brought.ID, "row": row.String()}
	if brought.Picture() {
		answer["mark"] = views.AttachmentMark(brought)
	}
	return c.JSON(answer)
}

// showBrought draws the rows of files that one brought, for the scripts that find them in a draft.
func (s *site) showBrought(c *fiber.Ctx) error {
	var ids []int64
	for _, id := range strings.Split(c.Query("ids"), ",") {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && len(ids) < community.MaxAttachments {
			ids = append(ids, n)
		}
	}
	all, err := s.Community.Brought(c.UserContext(), actor(c), int64(c.QueryInt("post")), ids...)
	if err != nil {
		return err
	}
	return s.render(c, views.TrayRows(views.Page{Localizer: s.localizer(c)}, all))
}

// sendAttachment hands a file of a post over, asking each time who may read it. Pictures are shown in place, the others kept.
func (s *site) sendAttachment(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	a, path, kind, err := s.Community.OpenAttachment(c.UserContext(), actor(c), id, strings.HasSuffix(strings.TrimSuffix(c.Path(), "/"), "/light"))
	if err != nil {
		return err
	}
	if err := sendKept(c, path, kind, a.Name); err != nil || !a.Picture() {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("inline", map[string]string{"filename": a.Name}))
	return nil
}

// attachedTo reads which files go with what a form writes, and puts them into w to be shown again: those it names, which came
// while one wrote, and without scripts those it brings, which take takes in. postID is the post that is edited, or 0. It returns account.Invalids (field file) with what could be kept.
func (s *site) attachedTo(c *fiber.Ctx, w *views.Writing, postID int64, take taker) ([]community.Attached, error) {
	var ids []int64
	for _, id := range w.All("attached") {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && !slices.Contains(w.All("drop"), id) && !slices.Contains(ids, n) {
			ids = append(ids, n)
		}
	}
	ids = ids[:min(len(ids), 2*community.MaxAttachments)]
	var wrong account.Invalids
	brought, err := s.bringWithForm(c, take, &wrong)
	if err != nil {
		return nil, err
	}
	ids = append(ids, brought...)
	if w.Attached, err = s.Community.Brought(c.UserContext(), actor(c), postID, ids...); err != nil {
		return nil, err
	}
	all := make([]community.Attached, len(ids)) // those that are gone too: the use case says so
	for i, id := range ids {
		all[i] = community.Attached{ID: id, Alt: w.Get("alt_" + strconv.FormatInt(id, 10))}
	}
	for i, a := range w.Attached {
		w.Attached[i].Alt = w.Get("alt_" + strconv.FormatInt(a.ID, 10))
	}
	return all, wrong.Err()
}

// bringWithForm takes in the files that a form carries.
func (s *site) bringWithForm(c *fiber.Ctx, take taker, wrong *account.Invalids) (ids []int64, err error) {
	form, err := c.MultipartForm()
	if err != nil { // it carries none
		return nil, nil
	}
	for _, header := range form.File["file"] {
		if header.Filename == "" {
			continue
		}
		file, err := header.Open()
		if err != nil {
			return ids, err
		}
		a, err := take(header.Filename, file)
		_ = file.Close()
		if invalids, ok := account.InvalidsOf(err); ok {
			*wrong = append(*wrong, invalids...)
			continue
		}
		if err != nil {
			return ids, err
		}
		ids = append(ids, a.ID)
	}
	return ids, nil
}

var attachmentInText = regexp.MustCompile(`\]\(/attachments/(\d{1,18})\)`)

// picturesIn are the pictures of a text that somebody writes, who brought them.
func (s *site) picturesIn(c *fiber.Ctx, text string, postID int64) ([]community.Attachment, error) {
	var ids []int64
	for _, m := range attachmentInText.FindAllStringSubmatch(text, 2*community.MaxAttachments) {
		if id, err := strconv.ParseInt(m[1], 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.Community.Brought(c.UserContext(), actor(c), postID, ids...)
}
