package web

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) draftRoutes() []Route {
	return []Route{
		{"GET", "/drafts", SignedIn, s.showDrafts},
		{"POST", "/drafts", SignedIn, s.saveDraft},
		{"POST", "/drafts/:id/drop", SignedIn, s.dropDraft},
	}
}

// pageDevice is the device of those whose browser runs no scripts.
const pageDevice = "page"

func (s *site) showDrafts(c *fiber.Ctx) error {
	v := views.DraftsView{Page: s.page(c, "writing.drafts")}
	v.Sheets, v.Scripts = []string{"writing.css"}, []string{"kept.js"}
	var err error
	if v.Drafts, err = s.Community.Drafts(c.UserContext(), v.Actor); err != nil {
		return err
	}
	return s.render(c, views.Drafts(v))
}

var (
	replyPath = regexp.MustCompile(`^/threads/(\d{1,18})/reply$`)
	editPath  = regexp.MustCompile(`^/posts/(\d{1,18})/edit$`)
	spacePath = regexp.MustCompile(`^/spaces/([a-z0-9-]+)/(forum|experiences|polls)/new$`)
)

// draftPlace is what the address of a form stands for.
func (s *site) draftPlace(c *fiber.Ctx, path string) (at community.DraftPlace, err error) {
	if m := replyPath.FindStringSubmatch(path); m != nil {
		at.Kind = community.DraftReply
		at.SubjectID, err = strconv.ParseInt(m[1], 10, 64)
		return at, err
	}
	if m := editPath.FindStringSubmatch(path); m != nil {
		at.Kind = community.DraftEdit
		at.SubjectID, err = strconv.ParseInt(m[1], 10, 64)
		return at, err
	}
	m := spacePath.FindStringSubmatch(path)
	if m == nil {
		return at, account.ErrNotFound
	}
	at.Kind = map[string]community.DraftKind{"forum": community.DraftThread, "experiences": community.DraftExperience, "polls": community.DraftPoll}[m[2]]
	sp, err := s.Account.Space(c.UserContext(), actor(c), m[1])
	at.SubjectID = sp.ID
	return at, err
}

// notKept are fields of a form that a draft hasn't.
var notKept = []string{"do", "place", "drop", "draft_device", "draft_base", "draft_version"}

// saveDraft keeps what is being written: for the scripts, again and again.
func (s *site) saveDraft(c *fiber.Ctx) error {
	f := s.form(c)
	d, posted, err := s.keepDraft(c, f, f.Get("place"))
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"id": d.ID, "version": d.Version, "posted": posted, "said": s.localizer(c).T("writing.saved_at", "Time", s.localizer(c).Clock(d.SavedAt))})
}

func (s *site) keepDraft(c *fiber.Ctx, f views.Form, path string) (community.Draft, bool, error) {
	at, err := s.draftPlace(c, path)
	if err != nil {
		return community.Draft{}, false, err
	}
	n := community.Saving{DraftPlace: at, Drafted: drafted(f), BaseVersion: f.Int("draft_version"), Fields: map[string][]string{}}
	for name, values := range f.Values {
		if !slices.Contains(notKept, name) {
			n.Fields[name] = values
		}
	}
	return s.Community.SaveDraft(c.UserContext(), actor(c), n)
}

// drafted is in which draft a form was written.
func drafted(f views.Form) community.Drafted {
	d := community.Drafted{Device: f.Get("draft_device"), BaseID: f.ID("draft_base")}
	if d.Device == "" {
		d.Device = pageDevice
	}
	return d
}

// putAside keeps a form as a draft when its button for that was pressed, without scripts, and leads to the list of drafts.
func (s *site) putAside(c *fiber.Ctx, w views.Writing) (done bool, err error) {
	if w.Get("do") != "draft" {
		return false, nil
	}
	w.Values.Del("attached")
	for _, a := range w.Attached {
		w.Values.Add("attached", strconv.FormatInt(a.ID, 10))
	}
	if _, _, err := s.keepDraft(c, w.Form, strings.TrimSuffix(c.Path(), "/")); err != nil {
		return true, err
	}
	return true, s.done(c, "/drafts", "writing.put_aside")
}

func (s *site) dropDraft(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Community.DropDraft(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, safePath(s.form(c).Get("next"), "/drafts"), "writing.dropped")
}

// resume puts the latest draft of a place into a form that nobody has typed in yet, or the one that the address names, and says
// which others there are. What the form quotes comes after it.
func (s *site) resume(c *fiber.Ctx, w *views.Writing, kind community.DraftKind, subjectID int64) error {
	if c.Method() != fiber.MethodGet || c.Get("Halqa-Fragment") != "" || !actor(c).SignedIn() {
		return nil
	}
	all, err := s.Community.DraftsAt(c.UserContext(), actor(c), community.DraftPlace{Kind: kind, SubjectID: subjectID})
	if err != nil || len(all) == 0 {
		return err
	}
	chosen := max(slices.IndexFunc(all, func(d community.Draft) bool { return d.ID == int64(c.QueryInt("draft")) }), 0)
	d := all[chosen]
	w.Draft = views.DraftView{Draft: d, Others: slices.Delete(slices.Clone(all), chosen, chosen+1)}
	quote := w.Get("body")
	w.Values = map[string][]string{}
	for name, values := range d.Fields {
		if name != "nonce" { // each showing of a form is to be sent once: two drafts are two posts
			w.Values[name] = values
		}
	}
	if w.ReplyTo == 0 {
		w.ReplyTo = w.ID("reply_to")
	}
	if quote != "" && !strings.Contains(w.Get("body"), strings.TrimSpace(quote)) {
		w.Values.Set("body", strings.TrimRight(w.Get("body"), "\n ")+"\n\n"+quote)
	}
	edited := int64(0)
	if kind == community.DraftEdit {
		edited = subjectID
	}
	if w.Attached, err = s.Community.Brought(c.UserContext(), actor(c), edited, d.Attached...); err != nil {
		return err
	}
	for i, a := range w.Attached {
		w.Attached[i].Alt = w.Get("alt_" + strconv.FormatInt(a.ID, 10))
	}
	return nil
}
