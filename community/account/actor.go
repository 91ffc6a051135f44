package account

import "slices"

// Scope says where a thing sits. A zero field means that it sits in none: a national space has no office.
type Scope struct {
	OfficeID       int64
	SpaceID        int64
	OrganisationID int64
}

// ScopeKind is the kind of place a role is granted over.
type ScopeKind string

// The kinds of scope. A platform grant covers everything.
const (
	OverPlatform     ScopeKind = "platform"
	OverOffice       ScopeKind = "office"
	OverSpace        ScopeKind = "space"
	OverOrganisation ScopeKind = "organisation"
)

// Grant is a role over a scope, as one person holds it.
type Grant struct {
	Role    Role
	Kind    ScopeKind
	ScopeID int64 // 0 for the platform
}

func (g Grant) covers(s Scope) bool {
	switch g.Kind {
	case OverPlatform:
		return true
	case OverOffice:
		return g.ScopeID != 0 && g.ScopeID == s.OfficeID
	case OverSpace:
		return g.ScopeID != 0 && g.ScopeID == s.SpaceID
	case OverOrganisation:
		return g.ScopeID != 0 && g.ScopeID == s.OrganisationID
	}
	return false
}

// Actor is the person who acts, with everything a use case needs to decide whether they may.
// The zero Actor is a visitor who is not signed in.
type Actor struct {
	PersonID      int64
	Name          string
	Language      string // "fr", "ar" or "en"
	Governorate   string // ISO 3166-2 code, or ""
	Grants        []Grant
	Spaces        []int64 // spaces they are a member of
	Organisations []int64 // organisations they are an active member of
}

// SignedIn tells whether the actor is a person rather than a visitor.
func (a Actor) SignedIn() bool { return a.PersonID != 0 }

// Can tells whether some grant of the actor gives permission p over s.
func (a Actor) Can(p Permission, s Scope) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role.allows(p) && g.covers(s)
	})
}

// CanSomewhere tells whether the actor has permission p over any scope at all: enough to show an entry of a menu.
func (a Actor) CanSomewhere(p Permission) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role.allows(p) })
}

// Offices returns the offices over which the actor has permission p, for scoping a list: all of them, or the given ids.
func (a Actor) Offices(p Permission) (all bool, ids []int64) {
	for _, g := range a.Grants {
		if !g.Role.allows(p) {
			continue
		}
		switch g.Kind {
		case OverPlatform:
			return true, nil
		case OverOffice:
			ids = append(ids, g.ScopeID)
		}
	}
	return false, ids
}
