package events

// Published by community/account.

// PersonConfirmed says that a person proved the address of their new account.
type PersonConfirmed struct {
	PersonID int64 `json:"person_id"`
}

// OrganisationRequested says that a person described a new organisation, which its governorate's office must validate.
type OrganisationRequested struct {
	OrganisationID int64 `json:"organisation_id"`
	OfficeID       int64 `json:"office_id"`
	PersonID       int64 `json:"person_id"` // who asked
}

// OrganisationDecided says that an office validated or refused an organisation.
type OrganisationDecided struct {
	OrganisationID int64  `json:"organisation_id"`
	OfficeID       int64  `json:"office_id"`
	Validated      bool   `json:"validated"`
	Kind           string `json:"kind"`
	Governorate    string `json:"governorate"` // ISO 3166-2 code
	AskedBy        int64  `json:"asked_by"`
	By             int64  `json:"by"`
}

// MembershipChanged says that a person asked to join, joined, or left an organisation.
type MembershipChanged struct {
	PersonID       int64  `json:"person_id"`
	OrganisationID int64  `json:"organisation_id"`
	State          string `json:"state"` // requested, active, ended
	OfficeID       int64  `json:"office_id,omitempty"`
	By             int64  `json:"by,omitempty"`
}

// SpaceJoined says that a person became a member of a space.
type SpaceJoined struct {
	PersonID int64 `json:"person_id"`
	SpaceID  int64 `json:"space_id"`
	OfficeID int64 `json:"office_id,omitempty"` // the space's
	By       int64 `json:"by,omitempty"`        // who let them in; the person, when it was open
}

// SpaceLeft says that a person is no longer a member of a space.
type SpaceLeft struct {
	PersonID int64 `json:"person_id"`
	SpaceID  int64 `json:"space_id"`
	OfficeID int64 `json:"office_id"`
	By       int64 `json:"by"`
}

// SpaceChanged says that a space was created, or described or opened otherwise.
type SpaceChanged struct {
	SpaceID    int64  `json:"space_id"`
	OfficeID   int64  `json:"office_id"` // 0 for a national space
	Key        string `json:"key"`
	Name       Text   `json:"name"`
	Visibility string `json:"visibility"` // open, request, invitation
	Created    bool   `json:"created"`
	By         int64  `json:"by"`
}

// OrganisationChanged says that what is known of an organisation was edited.
type OrganisationChanged struct {
	OrganisationID int64  `json:"organisation_id"`
	OfficeID       int64  `json:"office_id"`
	Name           string `json:"name"`
	Kind           string `json:"kind"`
	Governorate    string `json:"governorate"` // ISO 3166-2 code
	By             int64  `json:"by"`
}

// OfficeChanged says that a regional office was created or renamed, or serves other governorates.
type OfficeChanged struct {
	OfficeID     int64    `json:"office_id"`
	Name         Text     `json:"name"`
	Governorates []string `json:"governorates"` // all that it serves, by ISO 3166-2 code
	Created      bool     `json:"created"`
	By           int64    `json:"by"`
}

// AxisChanged says that a theme of work was created, renamed, moved in lists, retired or offered again.
type AxisChanged struct {
	Key   string `json:"key"`
	Name  Text   `json:"name"`
	State string `json:"state"` // created, renamed, moved, retired, restored
	By    int64  `json:"by"`
}

// RoleGranted says that a person was given a role.
type RoleGranted struct {
	PersonID int64  `json:"person_id"`
	Role     string `json:"role"`
	Kind     string `json:"kind"`      // platform, office, space, organisation
	ScopeID  int64  `json:"scope_id"`  // 0 for the platform
	OfficeID int64  `json:"office_id"` // of the place, 0 when it has none
	By       int64  `json:"by"`        // 0 for the program itself
}

// RoleRevoked says that a role was taken back from a person.
type RoleRevoked struct {
	PersonID int64  `json:"person_id"`
	Role     string `json:"role"`
	Kind     string `json:"kind"`
	ScopeID  int64  `json:"scope_id"`
	OfficeID int64  `json:"office_id"`
	By       int64  `json:"by"`
}

// SessionsEnded says that somebody else signed a person out of all their devices.
type SessionsEnded struct {
	PersonID int64 `json:"person_id"`
	OfficeID int64 `json:"office_id"` // of the person's governorate, or 0
	By       int64 `json:"by"`
}

// PseudonymLookedBehind says that somebody was told who is behind a pseudonym.
type PseudonymLookedBehind struct {
	PersonID int64  `json:"person_id"` // the pseudonym, never who is behind it
	SpaceID  int64  `json:"space_id"`
	OfficeID int64  `json:"office_id"` // of the space, or 0
	Cause    string `json:"cause"`
	By       int64  `json:"by"`
}

// AccountErased says that somebody's account was erased. What hung on it goes in the moments after that.
type AccountErased struct {
	PersonID int64 `json:"person_id"` // a number that leads to nobody
	OfficeID int64 `json:"office_id"` // of the person's governorate, or 0
	Own      bool  `json:"own"`       // they did it themselves
	Texts    bool  `json:"texts"`     // what they wrote in forums goes too
	By       int64 `json:"by"`
}

// MeasureTaken says that moderators warned, suspended or banned a person.
type MeasureTaken struct {
	MeasureID int64  `json:"measure_id"`
	PersonID  int64  `json:"person_id"`
	State     string `json:"state"`    // warn, suspend, ban
	Kind      string `json:"kind"`     // space, office, platform
	ScopeID   int64  `json:"scope_id"` // 0 for the platform
	OfficeID  int64  `json:"office_id"`
	SpaceID   int64  `json:"space_id"`
	PostID    int64  `json:"post_id"` // what it is about
	By        int64  `json:"by"`
}

// MeasureAppealed says that a person asks others to look again at a measure about them.
type MeasureAppealed struct {
	MeasureID int64  `json:"measure_id"`
	PersonID  int64  `json:"person_id"`
	Kind      string `json:"kind"`
	ScopeID   int64  `json:"scope_id"`
	OfficeID  int64  `json:"office_id"`
	SpaceID   int64  `json:"space_id"`
	TakenBy   int64  `json:"taken_by"` // who doesn't answer it
	By        int64  `json:"by"`
}

// MeasureDecided says that a measure was lifted, or upheld against an appeal.
type MeasureDecided struct {
	MeasureID int64  `json:"measure_id"`
	PersonID  int64  `json:"person_id"`
	State     string `json:"state"` // upheld, lifted
	Kind      string `json:"kind"`
	ScopeID   int64  `json:"scope_id"`
	OfficeID  int64  `json:"office_id"`
	SpaceID   int64  `json:"space_id"`
	By        int64  `json:"by"`
}

func (PersonConfirmed) EventType() string       { return "account.person_confirmed" }
func (OrganisationRequested) EventType() string { return "account.organisation_requested" }
func (OrganisationDecided) EventType() string   { return "account.organisation_decided" }
func (MembershipChanged) EventType() string     { return "account.membership_changed" }
func (SpaceJoined) EventType() string           { return "account.space_joined" }
func (SpaceLeft) EventType() string             { return "account.space_left" }
func (SpaceChanged) EventType() string          { return "account.space_changed" }
func (OrganisationChanged) EventType() string   { return "account.organisation_changed" }
func (OfficeChanged) EventType() string         { return "account.office_changed" }
func (AxisChanged) EventType() string           { return "account.axis_changed" }
func (RoleGranted) EventType() string           { return "account.role_granted" }
func (RoleRevoked) EventType() string           { return "account.role_revoked" }
func (SessionsEnded) EventType() string         { return "account.sessions_ended" }
func (PseudonymLookedBehind) EventType() string { return "account.pseudonym_looked_behind" }
func (AccountErased) EventType() string         { return "account.account_erased" }
func (MeasureTaken) EventType() string          { return "account.measure_taken" }
func (MeasureAppealed) EventType() string       { return "account.measure_appealed" }
func (MeasureDecided) EventType() string        { return "account.measure_decided" }

func (p PersonConfirmed) EventKey() string       { return personKey(p.PersonID) }
func (p OrganisationRequested) EventKey() string { return organisationKey(p.OrganisationID) }
func (p OrganisationDecided) EventKey() string   { return organisationKey(p.OrganisationID) }
func (p MembershipChanged) EventKey() string     { return personKey(p.PersonID) }
func (p SpaceJoined) EventKey() string           { return personKey(p.PersonID) }
func (p SpaceLeft) EventKey() string             { return personKey(p.PersonID) }
func (p SpaceChanged) EventKey() string          { return spaceKey(p.SpaceID) }
func (p OrganisationChanged) EventKey() string   { return organisationKey(p.OrganisationID) }
func (p OfficeChanged) EventKey() string         { return officeKey(p.OfficeID) }
func (p AxisChanged) EventKey() string           { return "axis." + p.Key }
func (p RoleGranted) EventKey() string           { return personKey(p.PersonID) }
func (p RoleRevoked) EventKey() string           { return personKey(p.PersonID) }
func (p SessionsEnded) EventKey() string         { return personKey(p.PersonID) }
func (p PseudonymLookedBehind) EventKey() string { return personKey(p.PersonID) }
func (p AccountErased) EventKey() string         { return personKey(p.PersonID) }
func (p MeasureTaken) EventKey() string          { return personKey(p.PersonID) }
func (p MeasureAppealed) EventKey() string       { return personKey(p.PersonID) }
func (p MeasureDecided) EventKey() string        { return personKey(p.PersonID) }

// AuditExported says that somebody took lines of the audit away in a file.
type AuditExported struct {
	OfficeID int64  `json:"office_id"` // the one office or space that it was narrowed to, or 0
	SpaceID  int64  `json:"space_id"`
	Count    int    `json:"count"`  // lines
	Format   string `json:"format"` // xlsx, csv
	By       int64  `json:"by"`

	OrganisationID int64 `json:"organisation_id,omitempty"` // that it was narrowed to
	SeminarID      int64 `json:"seminar_id,omitempty"`      // as that
}

func (AuditExported) EventType() string  { return "account.audit_exported" }
func (p AuditExported) EventKey() string { return personKey(p.By) }
