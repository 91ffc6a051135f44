package views

import (
	"net/url"
	"strconv"
	"strings"

	"halqa/search"
	"halqa/web/locale"
)

// SearchView is what was found, and what was looked for.
type SearchView struct {
	Page
	Form   Form // "q", "kind", "space" and "language"
	Spaces []Option
	Found  search.Found
}

var kindIcons = map[search.Kind]string{
	search.Modules: "book", search.Seminars: "calendar", search.Spaces: "spaces", search.Organisations: "people",
}

// asked tells whether there is something to look for.
func (v SearchView) asked() bool { return strings.TrimSpace(v.Form.Get("q")) != "" }

// narrowed tells whether less than everything was searched.
func (v SearchView) narrowed() bool {
	return v.Form.Get("kind") != "" || v.Form.Get("space") != "" || v.Form.Get("language") != ""
}

// url is the address of the same search with other values; an empty value is left out.
func (v SearchView) url(pairs ...string) string {
	q := url.Values{}
	for _, name := range []string{"q", "kind", "space", "language"} {
		if value := v.Form.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return "/search?" + q.Encode()
}

// tabs are the kinds of which something was found, and the one that is shown.
func (v SearchView) tabs() []Tab {
	chosen := search.Kind(v.Form.Get("kind"))
	tabs := []Tab{{Href: v.url("kind", ""), Label: v.T("search.everything"), Current: chosen == "", Count: v.Found.All()}}
	for _, kind := range search.Kinds {
		if n := v.Found.Counts[kind]; n > 0 || kind == chosen {
			tabs = append(tabs, Tab{Href: v.url("kind", string(kind)), Label: v.T("search.kind_" + string(kind)), Current: kind == chosen, Count: n})
		}
	}
	return tabs
}

// announcement is what screen readers hear when results change.
func (v SearchView) announcement() string {
	switch {
	case !v.asked():
		return ""
	case v.Found.Near:
		return v.T("search.near")
	}
	return v.N("search.found", v.Found.Total)
}

func (v SearchView) page(n int) string { return v.url("page", strconv.Itoa(n)) }

func (v SearchView) languages() []Option {
	all := []Option{{Label: v.T("search.every_language")}}
	for _, lang := range locale.Languages {
		all = append(all, Option{Value: lang, Label: locale.Names[lang], Lang: lang})
	}
	return all
}

// withScript is the page with one more module of scripts.
func (v SearchView) withScript(name string) Page {
	p := v.Page
	p.Scripts = append(p.Scripts, name)
	return p
}
