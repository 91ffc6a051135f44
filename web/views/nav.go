package views

import (
	"slices"
	"strings"

	"halqa/community/account"
)

// navItem is one entry of the main menu.
type navItem struct {
	href, key, icon string
}

// nav lists the entries that this person may use.
func (p Page) nav() []navItem {
	var items []navItem
	if p.SignedIn() {
		items = append(items, navItem{"/home", "common.nav_home", "home"})
	}
	items = append(items, navItem{"/spaces", "common.nav_spaces", "spaces"}, navItem{"/seminars", "common.nav_seminars", "calendar"})
	items = append(items, navItem{"/library", "library.nav", "book"})
	if p.SignedIn() {
		items = append(items, navItem{"/people", "people.nav", "people"})
	}
	if p.SignedIn() {
		items = append(items, navItem{"/my/seats", "common.nav_seats", "ticket"})
	}
	if p.Actor.CanSomewhere(account.RunSeminars) || p.Actor.CanSomewhere(account.RecordAttendance) {
		items = append(items, navItem{"/desk", "common.nav_desk", "desk"})
	}
	if p.Actor.CanSomewhere(account.Moderate) {
		items = append(items, navItem{"/moderation", "common.nav_moderation", "flag"})
	}
	if p.Actor.CanSomewhere(account.ReadIndicators) {
		items = append(items, navItem{"/indicators", "common.nav_indicators", "chart"})
	}
	if p.administers() {
		items = append(items, navItem{"/admin", "common.nav_admin", "tools"})
	}
	return items
}

// current is the value of aria-current for an entry of the menu: "page", "true" for what lies under it, or "".
func (p Page) current(href string) string {
	path, _, _ := strings.Cut(p.Path, "?")
	switch {
	case path == href:
		return "page"
	case strings.HasPrefix(path, href+"/"):
		return "true"
	}
	return ""
}

// administers tells whether the person has anything to look after in the administration.
func (p Page) administers() bool {
	return slices.ContainsFunc([]account.Permission{account.AdministerPlatform, account.GrantRoles, account.ReadPeople,
		account.ValidateOrganisations, account.ManageSpaces, account.Moderate}, p.Actor.CanSomewhere)
}
