package events

import "time"

// Published by enrolment.

// SeminarSession is one dated part of a seminar.
type SeminarSession struct {
	ID       int64     `json:"id"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
}

// SeminarChanged says that a seminar was published, or edited or cancelled after that. It carries the whole public state.
type SeminarChanged struct {
	SeminarID int64            `json:"seminar_id"`
	OfficeID  int64            `json:"office_id"`
	SpaceID   int64            `json:"space_id"`
	Title     Text             `json:"title"`
	State     string           `json:"state"` // published, cancelled
	Capacity  int              `json:"capacity"`
	Sessions  []SeminarSession `json:"sessions"`
	Modules   []int64          `json:"modules"` // modules that its gate speaks of
	By        int64            `json:"by"`
	Trainers  []int64          `json:"trainers,omitempty"` // people who train there
}

// SeminarUnlocked says that a person became eligible to register: at one seminar or, by the same deed, at several. Each
// person and seminar are named once, ever.
type SeminarUnlocked struct {
	PersonID    int64     `json:"person_id"`
	SeminarID   int64     `json:"seminar_id"`
	Title       Text      `json:"title"`
	GateVersion int       `json:"gate_version"`
	StartsAt    time.Time `json:"starts_at"`
	Also        []Opening `json:"also,omitempty"` // the other seminars, which begin later
}

// Opening is a seminar that opened to somebody.
type Opening struct {
	SeminarID   int64     `json:"seminar_id"`
	Title       Text      `json:"title"`
	GateVersion int       `json:"gate_version"`
	StartsAt    time.Time `json:"starts_at"`
}

// All lists the seminars that opened, the one that begins first before the others.
func (p SeminarUnlocked) All() []Opening {
	return append([]Opening{{p.SeminarID, p.Title, p.GateVersion, p.StartsAt}}, p.Also...)
}

// GateChanged says that somebody saved another version of a seminar's gate.
type GateChanged struct {
	SeminarID int64  `json:"seminar_id"`
	OfficeID  int64  `json:"office_id"`
	SpaceID   int64  `json:"space_id"`
	Title     Text   `json:"title"`
	Use       string `json:"use"` // register, attend
	Version   int    `json:"version"`
	Lost      int    `json:"lost"`     // people who no longer meet it
	Gained    int    `json:"gained"`   // people who meet it now
	Released  int    `json:"released"` // registrations taken back
	By        int64  `json:"by"`
}

// AttendGateMet says that a person who is registered, or waits, now meets the gate to attend. It may come more than once:
// whoever hears it judges again.
type AttendGateMet struct {
	PersonID    int64 `json:"person_id"`
	SeminarID   int64 `json:"seminar_id"`
	GateVersion int   `json:"gate_version"` // of the gate to attend
}

// RegistrationChanged says that a registration reached a new state.
type RegistrationChanged struct {
	RegistrationID int64     `json:"registration_id"`
	SeminarID      int64     `json:"seminar_id"`
	PersonID       int64     `json:"person_id"`
	Title          Text      `json:"title"`
	StartsAt       time.Time `json:"starts_at"`
	From           string    `json:"from"`   // the state before, "" at first
	State          string    `json:"state"`  // confirmed, waitlisted, cancelled …
	Place          int       `json:"place"`  // place on the waiting list, from 1; else 0
	Reason         string    `json:"reason"` // asked, promoted, by_person, by_office, seminar_cancelled …
	By             int64     `json:"by"`
	OfficeID       int64     `json:"office_id,omitempty"`
	OrganisationID int64     `json:"organisation_id,omitempty"` // the one the person comes for, if any
	Until          time.Time `json:"until,omitzero"`            // end of an offer, or deadline of a conditional seat
	Leaves         int64     `json:"leaves,omitempty"`          // of one that takes the place of a seat at a twin: the registration that held it
	Exchanged      bool      `json:"exchanged,omitempty"`       // of that one: it ends since another takes its place, which tells of both
}

// SeatReminded says that the deadline of a conditional seat comes near and something is still missing.
type SeatReminded struct {
	RegistrationID int64     `json:"registration_id"`
	SeminarID      int64     `json:"seminar_id"`
	PersonID       int64     `json:"person_id"`
	Title          Text      `json:"title"`
	StartsAt       time.Time `json:"starts_at"`
	Until          time.Time `json:"until"` // the deadline
	Days           int       `json:"days"`  // until it: 14, 7, 2
}

// AbsencePolicyChanged says that an office changed after how many absences its approval is needed.
type AbsencePolicyChanged struct {
	OfficeID int64 `json:"office_id"`
	Name     Text  `json:"name"`     // the office's
	Absences int   `json:"absences"` // 0: never
	Months   int   `json:"months"`   // within which they count
	By       int64 `json:"by"`
}

// SeatMoved says that the dates or the place of a seminar changed for a person who has a seat there, or waits for one.
type SeatMoved struct {
	RegistrationID int64            `json:"registration_id"`
	SeminarID      int64            `json:"seminar_id"`
	PersonID       int64            `json:"person_id"`
	Title          Text             `json:"title"`
	StartsAt       time.Time        `json:"starts_at"`
	Dropped        []SeminarSession `json:"dropped,omitempty"` // sessions that no longer are
	By             int64            `json:"by"`
}

// TrainerNamed says that a person was named a trainer of a published seminar, or that one they train at was published.
type TrainerNamed struct {
	SeminarID int64     `json:"seminar_id"`
	PersonID  int64     `json:"person_id"`
	Title     Text      `json:"title"`
	StartsAt  time.Time `json:"starts_at"`
	By        int64     `json:"by"`
}

// AttendanceRecorded says that a person was marked present or absent at a session, or that the mark was corrected.
type AttendanceRecorded struct {
	RegistrationID int64 `json:"registration_id"`
	SeminarID      int64 `json:"seminar_id"`
	SessionID      int64 `json:"session_id"`
	PersonID       int64 `json:"person_id"`
	Present        bool  `json:"present"`
	By             int64 `json:"by"`
}

// PaperAdded says that a document was added to a seminar, for those who hold a seat there.
type PaperAdded struct {
	SeminarID int64     `json:"seminar_id"`
	PaperID   int64     `json:"paper_id"`
	Title     Text      `json:"title"` // of the seminar
	StartsAt  time.Time `json:"starts_at"`
	PersonIDs []int64   `json:"person_ids"` // who held a seat then, but for who added it
	By        int64     `json:"by"`
}

// PaperRemoved says that a document of a seminar isn't there any more.
type PaperRemoved struct {
	SeminarID int64 `json:"seminar_id"`
	PaperID   int64 `json:"paper_id"`
	By        int64 `json:"by"`
}

// TwinProposed says that those who run a seminar proposed to those who run another, of another office, that both be twins.
type TwinProposed struct {
	ProposalID int64     `json:"proposal_id"`
	SeminarID  int64     `json:"seminar_id"`   // whose office proposes
	OtherID    int64     `json:"other_id"`     // the seminar to which it is put
	ToOfficeID int64     `json:"to_office_id"` // which runs that one
	Title      Text      `json:"title"`        // of SeminarID
	StartsAt   time.Time `json:"starts_at"`
	By         int64     `json:"by"`
}

// TwinProposalDecided says that a proposal was accepted or declined by those to whom it was put, or withdrawn.
type TwinProposalDecided struct {
	ProposalID int64     `json:"proposal_id"`
	SeminarID  int64     `json:"seminar_id"` // at whose desk it was decided: the one to which it was put or, when withdrawn, the one that proposed
	OtherID    int64     `json:"other_id"`   // the other of the two
	PersonID   int64     `json:"person_id"`  // who proposed it; 0 when their account is gone
	State      string    `json:"state"`      // accepted, declined, withdrawn
	Title      Text      `json:"title"`      // of SeminarID
	StartsAt   time.Time `json:"starts_at"`
	By         int64     `json:"by"`
}

func (TwinProposed) EventType() string         { return "enrolment.twin_proposed" }
func (TwinProposalDecided) EventType() string  { return "enrolment.twin_proposal_decided" }
func (p TwinProposed) EventKey() string        { return seminarKey(p.SeminarID) }
func (p TwinProposalDecided) EventKey() string { return seminarKey(p.SeminarID) }

func (SeminarChanged) EventType() string       { return "enrolment.seminar_changed" }
func (SeminarUnlocked) EventType() string      { return "enrolment.seminar_unlocked" }
func (GateChanged) EventType() string          { return "enrolment.gate_changed" }
func (SeatReminded) EventType() string         { return "enrolment.seat_reminded" }
func (AbsencePolicyChanged) EventType() string { return "enrolment.absence_policy_changed" }
func (AttendGateMet) EventType() string        { return "enrolment.attend_gate_met" }
func (RegistrationChanged) EventType() string  { return "enrolment.registration_changed" }
func (SeatMoved) EventType() string            { return "enrolment.seat_moved" }
func (TrainerNamed) EventType() string         { return "enrolment.trainer_named" }
func (AttendanceRecorded) EventType() string   { return "enrolment.attendance_recorded" }
func (PaperAdded) EventType() string           { return "enrolment.paper_added" }
func (PaperRemoved) EventType() string         { return "enrolment.paper_removed" }

func (p SeminarChanged) EventKey() string       { return seminarKey(p.SeminarID) }
func (p SeminarUnlocked) EventKey() string      { return personKey(p.PersonID) }
func (p GateChanged) EventKey() string          { return seminarKey(p.SeminarID) }
func (p AttendGateMet) EventKey() string        { return personKey(p.PersonID) }
func (p RegistrationChanged) EventKey() string  { return seminarKey(p.SeminarID) }
func (p SeatMoved) EventKey() string            { return seminarKey(p.SeminarID) }
func (p TrainerNamed) EventKey() string         { return seminarKey(p.SeminarID) }
func (p SeatReminded) EventKey() string         { return seminarKey(p.SeminarID) }
func (p AbsencePolicyChanged) EventKey() string { return officeKey(p.OfficeID) }
func (p AttendanceRecorded) EventKey() string   { return seminarKey(p.SeminarID) }
func (p PaperAdded) EventKey() string           { return seminarKey(p.SeminarID) }
func (p PaperRemoved) EventKey() string         { return seminarKey(p.SeminarID) }
