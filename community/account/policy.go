package account

import "slices"

// Role is what a person may be, over a scope.
type Role string

// The roles, as PRODUCT describes their people. A learner has none: what learners do is open to everyone signed in.
const (
	Administrator             Role = "administrator"
	ProgrammeManager          Role = "programme_manager"
	OfficeModerator           Role = "office_moderator"
	SpaceModerator            Role = "space_moderator"
	Trainer                   Role = "trainer"
	OrganisationAdministrator Role = "organisation_administrator"
)

// Roles lists every role, the widest first.
var Roles = []Role{Administrator, ProgrammeManager, OfficeModerator, SpaceModerator, Trainer, OrganisationAdministrator}

// Permission is a thing that only some roles may do.
type Permission string

// The permissions, each asked by the use cases it names.
const (
	AdministerPlatform    Permission = "administer_platform"
	GrantRoles            Permission = "grant_roles"
	ReadIndicators        Permission = "read_indicators" // dashboard and export
	ValidateOrganisations Permission = "validate_organisations"
	RunSeminars           Permission = "run_seminars" // create, edit, publish, cancel, see registrations
	RecordAttendance      Permission = "record_attendance"
	EditModules           Permission = "edit_modules"
	Moderate              Permission = "moderate"
	ManageOrganisation    Permission = "manage_organisation"
	ReadPeople            Permission = "read_people"   // find people and see what they belong to; nothing private
	ManageSpaces          Permission = "manage_spaces" // create spaces and say who may enter
	ReadAudit             Permission = "read_audit"    // who did what, but for seminars where one can't run them
	LookBehindPseudonyms  Permission = "look_behind_pseudonyms"
)

// Permissions lists every permission.
var Permissions = []Permission{AdministerPlatform, GrantRoles, ReadIndicators, ValidateOrganisations, RunSeminars,
	RecordAttendance, EditModules, Moderate, ManageOrganisation, ReadPeople, ManageSpaces, ReadAudit, LookBehindPseudonyms}

var policy = map[Role][]Permission{
	Administrator:    Permissions,
	ProgrammeManager: {ReadIndicators},
	OfficeModerator: {ReadIndicators, ValidateOrganisations, RunSeminars, RecordAttendance, EditModules, Moderate, ReadPeople,
		ManageSpaces, ReadAudit, LookBehindPseudonyms},
	SpaceModerator:            {EditModules, Moderate, ReadAudit},
	Trainer:                   {RecordAttendance},
	OrganisationAdministrator: {ManageOrganisation},
}

func (r Role) allows(p Permission) bool { return slices.Contains(policy[r], p) }
