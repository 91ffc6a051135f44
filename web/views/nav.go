package views

import (
	"slices"
	"strings"

	"halqa/community/account"
)

// navItem is one entry of the main menu.
type navItem struct {
	href, key, icon string
	also            []string // other addresses under which it is marked as where the reader is
}

// everyday are the entries that stay in sight everywhere, a phone's bar included. A visitor's home is the public one.
func (p Page) everyday() []navItem {
	home := navItem{href: "/", key: "common.nav_start", icon: "home"}
	if p.SignedIn() {
		home = navItem{href: "/home", key: "common.nav_home", icon: "home"}
	}
	return []navItem{
		home,
		{href: "/spaces", key: "common.nav_spaces", icon: "spaces", also: []string{"/modules", "/lessons", "/threads", "/posts"}},
		{href: "/seminars", key: "common.nav_seminars", icon: "calendar"},
	}
}

// further are the entries that a phone keeps in its menu.
func (p Page) further() []navItem {
	items := []navItem{{href: "/library", key: "library.nav", icon: "book", also: []string{"/documents"}}}
	if p.SignedIn() {
		items = append(items, navItem{href: "/people", key: "people.nav", icon: "people", also: []string{"/organisations"}})
	}
	return items
}

// own are the entries about the person, in the menu of their account.
func (p Page) own() []navItem {
	return []navItem{
		{href: "/my/seats", key: "common.nav_seats", icon: "ticket"},
		{href: "/drafts", key: "writing.drafts", icon: "edit"},
		{href: "/saved", key: "offline.saved", icon: "download"},
		{href: "/profile", key: "common.profile", icon: "person"},
	}
}

// work are the places where the person looks after something.
func (p Page) work() []navItem {
	var items []navItem
	add := func(may bool, item navItem) {
		if may {
			items = append(items, item)
		}
	}
	can := p.Actor.CanSomewhere
	add(can(account.RunSeminars) || can(account.RecordAttendance), navItem{href: "/desk", key: "common.nav_desk", icon: "desk"})
	add(can(account.EditModules), navItem{href: "/author", key: "authoring.nav", icon: "edit"})
	add(can(account.Moderate), navItem{href: "/moderation", key: "common.nav_moderation", icon: "flag"})
	add(can(account.ReadIndicators), navItem{href: "/indicators", key: "common.nav_indicators", icon: "chart"})
	add(p.administers(), navItem{href: "/admin", key: "common.nav_admin", icon: "tools"})
	return items
}

// current is the value of aria-current for an entry of the menu: "page", "true" for what lies under it, or "".
func (p Page) current(item navItem) string {
	path, _, _ := strings.Cut(p.Path, "?")
	switch {
	case path == item.href:
		return "page"
	case item.href != "/" && strings.HasPrefix(path, item.href+"/"):
		return "true"
	case slices.ContainsFunc(item.also, func(at string) bool { return path == at || strings.HasPrefix(path, at+"/") }):
		return "true"
	}
	return ""
}

// within tells whether the reader is at one of the entries.
func (p Page) within(items []navItem) bool {
	return slices.ContainsFunc(items, func(item navItem) bool { return p.current(item) != "" })
}

// administers tells whether the person has anything to look after in the administration.
func (p Page) administers() bool {
	return slices.ContainsFunc([]account.Permission{account.AdministerPlatform, account.GrantRoles, account.ReadPeople,
		account.ValidateOrganisations, account.ManageSpaces, account.Moderate}, p.Actor.CanSomewhere)
}
