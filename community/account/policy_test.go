package account

import (
	"slices"
	"testing"
)

// allowed is the policy once more, as a person would read it: every pair that is absent is refused.
var allowed = map[Role][]Permission{
	Administrator: {AdministerPlatform, GrantRoles, ReadIndicators, ValidateOrganisations, RunSeminars, RecordAttendance,
		EditModules, Moderate, ManageOrganisation, ReadPeople, ManageSpaces, ReadAudit, LookBehindPseudonyms},
	ProgrammeManager: {ReadIndicators},
	OfficeModerator: {ReadIndicators, ValidateOrganisations, RunSeminars, RecordAttendance, EditModules, Moderate, ReadPeople,
		ManageSpaces, ReadAudit, LookBehindPseudonyms},
	SpaceModerator:            {EditModules, Moderate, ReadAudit},
	Trainer:                   {RecordAttendance},
	OrganisationAdministrator: {ManageOrganisation},
}

// TestPolicy asks every role × permission × kind of grant × scope inside and outside it.
func TestPolicy(t *testing.T) {
	inside := map[ScopeKind][]Scope{
		OverPlatform:     {{}, {OfficeID: 1}, {OfficeID: 2, SpaceID: 3}, {SpaceID: 3}, {OfficeID: 1, OrganisationID: 5}},
		OverOffice:       {{OfficeID: 1}, {OfficeID: 1, SpaceID: 3}, {OfficeID: 1, OrganisationID: 5}},
		OverSpace:        {{SpaceID: 1}, {OfficeID: 2, SpaceID: 1}},
		OverOrganisation: {{OrganisationID: 1}, {OfficeID: 2, OrganisationID: 1}},
	}
	outside := map[ScopeKind][]Scope{
		OverPlatform:     nil,
		OverOffice:       {{}, {OfficeID: 2}, {SpaceID: 1}, {OrganisationID: 1}, {OfficeID: 2, SpaceID: 1, OrganisationID: 1}},
		OverSpace:        {{}, {OfficeID: 1}, {SpaceID: 2}, {OfficeID: 1, SpaceID: 2}, {OrganisationID: 1}},
		OverOrganisation: {{}, {OfficeID: 1}, {SpaceID: 1}, {OfficeID: 1, OrganisationID: 2}},
	}
	asked := 0
	for _, role := range Roles {
		for _, p := range Permissions {
			for kind := range inside {
				id := int64(1)
				if kind == OverPlatform {
					id = 0
				}
				actor := Actor{PersonID: 9, Grants: []Grant{{role, kind, id}}}
				want := slices.Contains(allowed[role], p)
				if actor.CanSomewhere(p) != want {
					t.Errorf("%s over %s: CanSomewhere(%s) is %v", role, kind, p, !want)
				}
				for _, s := range inside[kind] {
					if asked++; actor.Can(p, s) != want {
						t.Errorf("%s over %s 1: Can(%s, %+v) is %v", role, kind, p, s, !want)
					}
				}
				for _, s := range outside[kind] {
					if asked++; actor.Can(p, s) {
						t.Errorf("%s over %s 1: Can(%s, %+v) reaches outside", role, kind, p, s)
					}
				}
			}
		}
	}
	if want := len(Roles) * len(Permissions) * (5 + 8 + 7 + 6); asked != want {
		t.Errorf("%d questions asked, want %d", asked, want)
	}
}

func TestNobodyCanWithoutAGrant(t *testing.T) {
	for _, actor := range []Actor{{}, {PersonID: 1, Spaces: []int64{1}, Organisations: []int64{1}},
		{PersonID: 1, Grants: []Grant{{"unknown", OverPlatform, 0}, {Administrator, "unknown", 1}, {Administrator, OverOffice, 0}}}} {
		for _, p := range Permissions {
			for _, s := range []Scope{{}, {OfficeID: 1}, {SpaceID: 1}, {OrganisationID: 1}} {
				if actor.Can(p, s) {
					t.Errorf("%+v can %s over %+v", actor, p, s)
				}
			}
		}
	}
}

func TestOffices(t *testing.T) {
	for name, c := range map[string]struct {
		grants []Grant
		all    bool
		ids    []int64
	}{
		"none":                {nil, false, nil},
		"two offices":         {[]Grant{{OfficeModerator, OverOffice, 1}, {ProgrammeManager, OverOffice, 2}}, false, []int64{1, 2}},
		"the platform":        {[]Grant{{OfficeModerator, OverOffice, 1}, {Administrator, OverPlatform, 0}}, true, nil},
		"without the right":   {[]Grant{{Trainer, OverOffice, 1}}, false, nil},
		"a space, no offices": {[]Grant{{Administrator, OverSpace, 1}}, false, nil},
	} {
		if all, ids := (Actor{Grants: c.grants}).Offices(ReadIndicators); all != c.all || !slices.Equal(ids, c.ids) {
			t.Errorf("%s: %v, %v", name, all, ids)
		}
	}
}

func TestWhoReadsASpace(t *testing.T) {
	member := Actor{PersonID: 1, Spaces: []int64{3}}
	office := Actor{PersonID: 2, Grants: []Grant{{OfficeModerator, OverOffice, 1}}}
	other := Actor{PersonID: 3, Grants: []Grant{{OfficeModerator, OverOffice, 2}, {OrganisationAdministrator, OverOrganisation, 3}}}
	for name, c := range map[string]struct {
		actor                                                      Actor
		readsRequested, readsInvited, listsRequested, listsInvited bool
	}{
		"visitor":      {Actor{}, false, false, true, false},
		"stranger":     {Actor{PersonID: 9}, false, false, true, false},
		"member":       {member, true, true, true, true},
		"its office":   {office, true, true, true, true},
		"other office": {other, false, false, true, false},
	} {
		space := Space{ID: 3, OfficeID: 1, Visibility: Open}
		if !space.ReadableBy(c.actor) || !space.ListedFor(c.actor) {
			t.Errorf("%s can't read an open space", name)
		}
		space.Visibility = ByRequest
		if space.ReadableBy(c.actor) != c.readsRequested || space.ListedFor(c.actor) != c.listsRequested {
			t.Errorf("%s and a space by request", name)
		}
		space.Visibility = ByInvitation
		if space.ReadableBy(c.actor) != c.readsInvited || space.ListedFor(c.actor) != c.listsInvited {
			t.Errorf("%s and a space by invitation", name)
		}
	}
}
