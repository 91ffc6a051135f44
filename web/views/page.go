// Package views draws Halqa's pages: one view struct per page, embedding Page, and the components they share.
// Nothing here reads a database or a request: a view is filled by a handler of package web.
package views

import (
	"net/url"
	"strconv"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/locale"
	"halqa/web/markdown"
	"halqa/web/static"
)

// Page is what every page needs around its content. Handlers get theirs from (*site).page.
type Page struct {
	*locale.Localizer
	Title       string // plain text, of the tab and of Heading
	Description string // for search engines and shared links, or ""
	Path        string // path and query asked for, to come back to
	Actor       account.Actor
	Token       string // for the forms of this page, against forgery
	Theme       string // "light", "dark", or "" to follow the system
	Unread      int    // notifications not read yet
	MailStopped bool   // mail doesn't reach the actor
	Notices     []Notice
	Arrived     string // path of the form that led here and did what it says
	Crumbs      []Crumb
	Hue         int      // hue of the space that the page belongs to, 0–359, when Tinted
	Tinted      bool     // whether Hue colours the page's accents
	Scripts     []string // more modules of static/js, such as "player.js"
	Sheets      []string // more stylesheets, such as "design.css"
	Wide        bool     // for tables and dashboards
	Narrow      bool     // for sign-in and other small forms
	Bare        bool     // kept for when there is no network: nothing of anybody, no way to sign in or out
	Files       *static.Files
	Now         time.Time
	Titles      markdown.Titles // of pages that texts lead to; nil shows their addresses
}

// Tone says how good or bad a notice, a badge or a state is. It chooses the colour and the icon; words say it too.
type Tone string

// The tones.
const (
	Plain Tone = "plain"
	Info  Tone = "info"
	Good  Tone = "good"
	Warn  Tone = "warn"
	Bad   Tone = "bad"
)

// Notice is a short message above the content.
type Notice struct {
	Tone Tone
	Text string
}

// Crumb is one step of the way from the top to this page. The last one has no Href.
type Crumb struct {
	Href  string
	Label events.Text // use Said for a text of the interface
	Mark  *SpaceMark  // shown before the label, for a space
}

// SpaceMark is what the drawing of a space's mark needs.
type SpaceMark struct {
	Key string
	Hue int
}

// Said is a text of the interface in the page's language, where an authored text is expected.
func (p Page) Said(text string) events.Text { return events.Text{p.Lang(): text} }

// Belong tints the page with the hue of its space and starts its crumbs with "Spaces / that space". It returns the page.
func (p Page) Belong(key string, hue int, name events.Text) Page {
	p.Hue, p.Tinted = hue, true
	p.Crumbs = append([]Crumb{
		{Href: "/spaces", Label: p.Said(p.T("common.nav_spaces"))},
		{Href: "/spaces/" + url.PathEscape(key), Label: name, Mark: &SpaceMark{key, hue}},
	}, p.Crumbs...)
	return p
}

// SignedIn tells whether a person, not a visitor, looks at the page.
func (p Page) SignedIn() bool { return p.Actor.SignedIn() }

func (p Page) asset(name string) string {
	if p.Files == nil {
		return "/static/" + name
	}
	return p.Files.URL(name)
}

// person identifies who looks at the page for its scripts, or "".
func (p Page) person() string {
	if !p.SignedIn() {
		return ""
	}
	return strconv.FormatInt(p.Actor.PersonID, 10)
}

func (p Page) bodyClass() string {
	class := ""
	if p.Tinted {
		class = HueClass(p.Hue)
	}
	return class
}

func (p Page) mainClass() string {
	switch {
	case p.Wide:
		return "main wide"
	case p.Narrow:
		return "main narrow"
	}
	return "main"
}

// Here is the address that brings back to this page after signing in.
func (p Page) signInURL() string {
	if p.Path == "" || p.Path == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(p.Path)
}
