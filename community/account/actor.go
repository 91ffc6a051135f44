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
	Masks         []int64 // their pseudonyms, which are people of their own
	Behind        int64   // who acts, when PersonID is a pseudonym; else 0
}

// SignedIn tells whether the actor is a person rather than a visitor.
func (a Actor) SignedIn() bool { return a.PersonID != 0 }

// Self is the person who acts, whatever the name.
func (a Actor) Self() int64 {
	if a.Behind != 0 {
		return a.Behind
	}
	return a.PersonID
}

// Selves are the person who acts and their pseudonyms.
func (a Actor) Selves() []int64 { return append([]int64{a.Self()}, a.Masks...) }

// Is tells whether an id stands for the person who acts: theirs, or one of their pseudonyms.
func (a Actor) Is(personID int64) bool {
	return personID != 0 && (personID == a.Self() || slices.Contains(a.Masks, personID))
}

// Speaking is the actor under the name of one of their pseudonyms, for what others see as done by it; for any other id, it is
// the actor as they are.
func (a Actor) Speaking(personID int64) Actor {
	if slices.Contains(a.Masks, personID) {
		a.PersonID, a.Behind = personID, a.Self()
	}
	return a
}

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
