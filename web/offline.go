package web

import (
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/courses"
	"halqa/web/locale"
	"halqa/web/views"
)

func (s *site) offlineRoutes() []Route {
	return []Route{
		{"GET", "/saved", Public, s.showSaved},
		{"GET", "/me", Public, s.showMe},
		{"GET", "/modules/:id/pack", SignedIn, s.showPack},
	}
}

// sendWorker sends the service worker. It has one address for ever and browsers ask for it again, so it isn't kept.
func (s *site) sendWorker(c *fiber.Ctx) error {
	f := s.files.Worker()
	body, encoding := f.Encoded(c.Get(fiber.HeaderAcceptEncoding))
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	return c.Send(body)
}

// sendManifest tells browsers how Halqa is installed (https://www.w3.org/TR/appmanifest/).
func (s *site) sendManifest(c *fiber.Ctx) error {
	lang := chosenLanguage(c)
	l := locale.For(lang)
	icon := func(name, kind, sizes, purpose string) fiber.Map {
		return fiber.Map{"src": s.files.URL(name), "type": kind, "sizes": sizes, "purpose": purpose}
	}
	err := c.JSON(fiber.Map{
		"id": "/", "start_url": "/home", "scope": "/", "display": "standalone", "lang": lang, "dir": locale.Dir(lang),
		"name": l.T("common.name"), "short_name": l.T("common.name"), "description": l.T("common.motto"),
		"background_color": "#fbf8f2", "theme_color": "#0f4c75",
		"icons": []fiber.Map{icon("favicon.svg", "image/svg+xml", "any", "any"), icon("icon-192.png", "image/png", "192x192", "any"),
			icon("icon-512.png", "image/png", "512x512", "any"), icon("icon-mask.png", "image/png", "512x512", "maskable")},
		"shortcuts": []fiber.Map{{"name": l.T("offline.saved"), "url": "/saved"}},
	})
	c.Set(fiber.HeaderContentType, "application/manifest+json")
	c.Set(fiber.HeaderVary, "Accept-Language, Cookie")
	return err
}

// showSaved shows the page whose scripts list what is kept on the phone. With ?as it is in that language and without any
// person, for the service worker to keep.
func (s *site) showSaved(c *fiber.Ctx) error {
	bare := locale.Known(c.Query("as")) != ""
	if bare {
		visitOf(c).language = locale.Known(c.Query("as"))
	}
	v := views.SavedView{Page: s.page(c, "offline.saved")}
	v.Scripts, v.Sheets = []string{"kept.js"}, []string{"player.css"}
	if bare {
		v.Bare, v.Path, v.Theme, v.Actor = true, "/saved", knownTheme(c.Query("theme")), account.Actor{}
	}
	return s.render(c, views.Saved(v))
}

// me is who is signed in, and a token for the forms of that session.
type me struct {
	Person int64  `json:"person"` // 0 for a visitor
	Token  string `json:"token"`
}

func (s *site) showMe(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(me{Person: actor(c).PersonID, Token: s.formToken(c)})
}

// pack is what following a module without network takes.
type pack struct {
	Person string     `json:"person"`
	Module string     `json:"module"`
	Title  string     `json:"title"`
	Space  string     `json:"space"`
	Lang   string     `json:"lang"`
	Audio  bool       `json:"audio"`
	Pages  []string   `json:"pages"` // the module's first
	Files  []packFile `json:"files"`
	Bytes  int64      `json:"bytes"` // of the files
}

type packFile struct {
	URL   string `json:"url"`
	Bytes int64  `json:"bytes"`
}

func (s *site) showPack(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	o, err := s.Courses.Module(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(packOf(o, actor(c).PersonID, visitOf(c).language, c.Query("mode") == "audio"))
}

func packOf(o courses.Outline, person int64, lang string, audio bool) pack {
	title, _ := o.Title.In(lang)
	space, _ := o.Space.Name.In(lang)
	p := pack{Person: fmt.Sprint(person), Module: fmt.Sprint(o.ID), Title: title, Space: space, Lang: lang, Audio: audio,
		Pages: []string{views.ModuleURL(o.ID)}, Files: []packFile{}}
	for _, l := range o.Lessons {
		query := ""
		if t, ok := l.Track(lang); ok {
			query = "?" + url.Values{"lang": {t.Language}}.Encode()
			if audio {
				query += "&mode=audio"
			}
		}
		p.Pages = append(p.Pages, views.LessonURL(l.ID)+query)
	}
	for _, f := range views.PackFiles(o, lang, audio) {
		p.Files = append(p.Files, packFile{views.MediaURL(f), f.Bytes})
		p.Bytes += f.Bytes
	}
	return p
}
