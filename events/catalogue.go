package events

import (
	"fmt"
	"time"
)

// The catalogue: every event type of Halqa, by the package that publishes it. Payloads only ever gain fields.

func personKey(id int64) string       { return fmt.Sprintf("person.%d", id) }
func organisationKey(id int64) string { return fmt.Sprintf("organisation.%d", id) }
func moduleKey(id int64) string       { return fmt.Sprintf("module.%d", id) }
func seminarKey(id int64) string      { return fmt.Sprintf("seminar.%d", id) }
func officeKey(id int64) string       { return fmt.Sprintf("office.%d", id) }
func spaceKey(id int64) string        { return fmt.Sprintf("space.%d", id) }
func documentKey(id int64) string     { return fmt.Sprintf("document.%d", id) }
func threadKey(id int64) string       { return fmt.Sprintf("thread.%d", id) }

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

// IntroductionAsked says that a person asked another to get to know them.
type IntroductionAsked struct {
	IntroductionID int64 `json:"introduction_id"`
	FromID         int64 `json:"from_id"`
	ToID           int64 `json:"to_id"`
}

// IntroductionAnswered says that who was asked accepted or declined.
type IntroductionAnswered struct {
	IntroductionID int64 `json:"introduction_id"`
	FromID         int64 `json:"from_id"`
	ToID           int64 `json:"to_id"`
	Accepted       bool  `json:"accepted"`
}

// IntroductionDue says that it is time to ask how an accepted introduction went.
type IntroductionDue struct {
	IntroductionID int64   `json:"introduction_id"`
	FromID         int64   `json:"from_id"`
	ToID           int64   `json:"to_id"`
	Ask            []int64 `json:"ask"` // those of the two who said nothing yet
}

// IntroductionFollowed says what one of the two people told of an introduction.
type IntroductionFollowed struct {
	IntroductionID int64  `json:"introduction_id"`
	PersonID       int64  `json:"person_id"`
	Outcome        string `json:"outcome"` // met, later, no
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

// Published by the administration of the platform itself.

// ConsumerReplayed says that a consumer was emptied to hear everything again.
type ConsumerReplayed struct {
	Consumer string `json:"consumer"`
	By       int64  `json:"by"`
}

// DeadLettersRetried says that events a consumer had given up on were sent again.
type DeadLettersRetried struct {
	Count int   `json:"count"`
	By    int64 `json:"by"`
}

// Published by courses.

// ModulePublished says that a module is open to learners, or that its title or length changed.
type ModulePublished struct {
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Title    Text  `json:"title"`
	By       int64 `json:"by"` // who published or edited it
}

// ModuleRetired says that a module left every list. ModulePublished brings it back.
type ModuleRetired struct {
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Title    Text  `json:"title"`
	By       int64 `json:"by"`
}

// ModuleProgressed says that a person's progress in a module reached a new multiple of 5 %.
type ModuleProgressed struct {
	PersonID int64 `json:"person_id"`
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Percent  int   `json:"percent"` // 5, 10 … 100
}

// QuizAnswered says that a person submitted a quiz.
type QuizAnswered struct {
	PersonID int64 `json:"person_id"`
	LessonID int64 `json:"lesson_id"`
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Score    int   `json:"score"` // percent of right answers, 0–100
}

// ModuleCompleted says that a person met a module's criterion. There is one per person and module, ever.
type ModuleCompleted struct {
	PersonID         int64     `json:"person_id"`
	ModuleID         int64     `json:"module_id"`
	SpaceID          int64     `json:"space_id"`
	Title            Text      `json:"title"`
	CriterionVersion int       `json:"criterion_version"`
	CompletedAt      time.Time `json:"completed_at"`
}

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
}

// SeminarUnlocked says that a person became eligible to register. There is one per person and seminar, ever.
type SeminarUnlocked struct {
	PersonID    int64     `json:"person_id"`
	SeminarID   int64     `json:"seminar_id"`
	Title       Text      `json:"title"`
	GateVersion int       `json:"gate_version"`
	StartsAt    time.Time `json:"starts_at"`
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

// Published by community/library.

// DocumentProposed says that a member gave a document to a space, which its moderators must decide on.
type DocumentProposed struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	GivenBy    int64 `json:"given_by"`
}

// DocumentPublished says that a document is in the library of its space: given by a moderator, or proposed and accepted.
type DocumentPublished struct {
	DocumentID int64  `json:"document_id"`
	SpaceID    int64  `json:"space_id"`
	Title      Text   `json:"title"`
	Kind       string `json:"kind"`
	GivenBy    int64  `json:"given_by"` // 0 when their account is gone
	By         int64  `json:"by"`
}

// DocumentChanged says that what is said of a document, or its file, was edited, published or not.
type DocumentChanged struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	GivenBy    int64 `json:"given_by"` // 0 when their account is gone
	By         int64 `json:"by"`
}

// DocumentRefused says that a moderator refused a proposed document.
type DocumentRefused struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	GivenBy    int64 `json:"given_by"` // 0 when their account is gone
	By         int64 `json:"by"`
}

// DocumentWithdrawn says that a document left the library, or was taken back before it was in it.
type DocumentWithdrawn struct {
	DocumentID int64 `json:"document_id"`
	SpaceID    int64 `json:"space_id"`
	Title      Text  `json:"title"`
	By         int64 `json:"by"`
}

// Published by community/notify.

// NotificationAdded says that a person has a new in-page notification.
type NotificationAdded struct {
	PersonID       int64 `json:"person_id"`
	NotificationID int64 `json:"notification_id"`
}

// Published by community.

// ThreadStarted says that a person opened a thread in a space. A Contributed of the opening post goes with it.
type ThreadStarted struct {
	ThreadID int64  `json:"thread_id"`
	SpaceID  int64  `json:"space_id"`
	PostID   int64  `json:"post_id"`
	PersonID int64  `json:"person_id"`
	Kind     string `json:"kind"` // discussion, question, announcement, experience
}

// ThreadChanged says that a moderator pinned, unpinned, locked, unlocked, archived a thread or brought it back.
type ThreadChanged struct {
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	Pinned   bool  `json:"pinned"`
	Locked   bool  `json:"locked"`
	Archived bool  `json:"archived,omitempty"`
	By       int64 `json:"by"`
}

// Contributed says that a person wrote a post: the one that opens a thread, or a reply.
type Contributed struct {
	PostID         int64  `json:"post_id"`
	ThreadID       int64  `json:"thread_id"`
	SpaceID        int64  `json:"space_id"`
	PersonID       int64  `json:"person_id"`
	Kind           string `json:"kind"`             // thread, reply
	Hidden         bool   `json:"hidden"`           // written where only moderators see it
	ThreadAuthorID int64  `json:"thread_author_id"` // who opened the thread; 0 when their account is gone
	ReplyToID      int64  `json:"reply_to_id"`      // the post it answers, or 0
	ReplyToAuthor  int64  `json:"reply_to_author"`  // who wrote that one, or 0

	ThreadKind    string  `json:"thread_kind,omitempty"`   // of the post that opens a thread: as in ThreadStarted
	Mentions      []int64 `json:"mentions,omitempty"`      // people that it names
	Organisations []int64 `json:"organisations,omitempty"` // organisations that it names
}

// ContributionEdited says that a person changed the words of their post, or of their thread's title.
type ContributionEdited struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	PersonID int64 `json:"person_id"`
}

// ContributionDeleted says that a person deleted their post, for ever.
type ContributionDeleted struct {
	PostID   int64  `json:"post_id"`
	ThreadID int64  `json:"thread_id"`
	SpaceID  int64  `json:"space_id"`
	PersonID int64  `json:"person_id"`
	Kind     string `json:"kind"` // thread, reply
}

// ContributionHidden says that a moderator hid a post; hiding the one that opens a thread hides the thread.
type ContributionHidden struct {
	PostID   int64  `json:"post_id"`
	ThreadID int64  `json:"thread_id"`
	SpaceID  int64  `json:"space_id"`
	PersonID int64  `json:"person_id"` // who wrote it
	Kind     string `json:"kind"`      // thread, reply
	By       int64  `json:"by"`
}

// ContributionRestored says that a moderator showed a hidden post again.
type ContributionRestored struct {
	PostID   int64  `json:"post_id"`
	ThreadID int64  `json:"thread_id"`
	SpaceID  int64  `json:"space_id"`
	PersonID int64  `json:"person_id"` // who wrote it
	Kind     string `json:"kind"`      // thread, reply
	By       int64  `json:"by"`
}

// PostReported says that a person reported a post to those who moderate its space.
type PostReported struct {
	ReportID int64 `json:"report_id"`
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	OfficeID int64 `json:"office_id"` // of the space; 0 for a national one
	By       int64 `json:"by"`

	AssignedTo int64 `json:"assigned_to,omitempty"` // who looks after it; 0 for nobody in particular
}

// ReportDecided says that a moderator decided the open reports of a post.
type ReportDecided struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	Hidden   bool  `json:"hidden"` // else the post stays
	By       int64 `json:"by"`
}

// AnswerAccepted says that who asked a question, or a moderator, chose its answer or no longer does.
type AnswerAccepted struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	PersonID int64 `json:"person_id"` // who wrote the answer; 0 when their account is gone
	Accepted bool  `json:"accepted"`
	By       int64 `json:"by"`
}

// PostThanked says that a post was useful to a person, or no longer.
type PostThanked struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	AuthorID int64 `json:"author_id"` // who wrote it; 0 when their account is gone
	PersonID int64 `json:"person_id"` // to whom it was useful
	Thanks   bool  `json:"thanks"`    // else no longer
}

// ThreadTagged says that a thread is marked with other tags, or that one of its tags is called otherwise.
type ThreadTagged struct {
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	By       int64 `json:"by"`
}

// ThreadMoved says that a moderator took a thread to another space, merged it into another thread, or split posts off it.
type ThreadMoved struct {
	ThreadID int64   `json:"thread_id"`
	SpaceID  int64   `json:"space_id"`
	ToThread int64   `json:"to_thread"` // where its posts are now, or those of Posts
	ToSpace  int64   `json:"to_space"`
	Posts    []int64 `json:"posts,omitempty"`   // split off
	Authors  []int64 `json:"authors,omitempty"` // of those
	State    string  `json:"state"`             // moved, merged, split
	By       int64   `json:"by"`
}

// TagChanged says that a moderator changed the tags of a space.
type TagChanged struct {
	SpaceID int64  `json:"space_id"`
	Name    string `json:"name"`
	State   string `json:"state"` // listed, renamed, dropped
	By      int64  `json:"by"`
}

func (ThreadMoved) EventType() string   { return "community.thread_moved" }
func (p ThreadMoved) EventKey() string  { return threadKey(p.ThreadID) }
func (ThreadTagged) EventType() string  { return "community.thread_tagged" }
func (TagChanged) EventType() string    { return "community.tag_changed" }
func (p ThreadTagged) EventKey() string { return threadKey(p.ThreadID) }
func (p TagChanged) EventKey() string   { return spaceKey(p.SpaceID) }

func (PostThanked) EventType() string  { return "community.post_thanked" }
func (p PostThanked) EventKey() string { return threadKey(p.ThreadID) }

func (AnswerAccepted) EventType() string       { return "community.answer_accepted" }
func (p AnswerAccepted) EventKey() string      { return threadKey(p.ThreadID) }
func (ThreadStarted) EventType() string        { return "community.thread_started" }
func (ThreadChanged) EventType() string        { return "community.thread_changed" }
func (Contributed) EventType() string          { return "community.contributed" }
func (ContributionEdited) EventType() string   { return "community.contribution_edited" }
func (ContributionDeleted) EventType() string  { return "community.contribution_deleted" }
func (ContributionHidden) EventType() string   { return "community.contribution_hidden" }
func (ContributionRestored) EventType() string { return "community.contribution_restored" }
func (PostReported) EventType() string         { return "community.post_reported" }
func (ReportDecided) EventType() string        { return "community.report_decided" }

func (p ThreadStarted) EventKey() string        { return threadKey(p.ThreadID) }
func (p ThreadChanged) EventKey() string        { return threadKey(p.ThreadID) }
func (p Contributed) EventKey() string          { return personKey(p.PersonID) }
func (p ContributionEdited) EventKey() string   { return personKey(p.PersonID) }
func (p ContributionDeleted) EventKey() string  { return personKey(p.PersonID) }
func (p ContributionHidden) EventKey() string   { return personKey(p.PersonID) }
func (p ContributionRestored) EventKey() string { return personKey(p.PersonID) }
func (p PostReported) EventKey() string         { return threadKey(p.ThreadID) }
func (p ReportDecided) EventKey() string        { return threadKey(p.ThreadID) }

func (PersonConfirmed) EventType() string       { return "account.person_confirmed" }
func (OrganisationRequested) EventType() string { return "account.organisation_requested" }
func (OrganisationDecided) EventType() string   { return "account.organisation_decided" }
func (MembershipChanged) EventType() string     { return "account.membership_changed" }
func (SpaceJoined) EventType() string           { return "account.space_joined" }
func (IntroductionAsked) EventType() string     { return "community.introduction_asked" }
func (IntroductionAnswered) EventType() string  { return "community.introduction_answered" }
func (IntroductionDue) EventType() string       { return "community.introduction_due" }
func (IntroductionFollowed) EventType() string  { return "community.introduction_followed" }
func (SpaceLeft) EventType() string             { return "account.space_left" }
func (SpaceChanged) EventType() string          { return "account.space_changed" }
func (OrganisationChanged) EventType() string   { return "account.organisation_changed" }
func (OfficeChanged) EventType() string         { return "account.office_changed" }
func (AxisChanged) EventType() string           { return "account.axis_changed" }
func (RoleGranted) EventType() string           { return "account.role_granted" }
func (RoleRevoked) EventType() string           { return "account.role_revoked" }
func (SessionsEnded) EventType() string         { return "account.sessions_ended" }
func (ConsumerReplayed) EventType() string      { return "platform.consumer_replayed" }
func (DeadLettersRetried) EventType() string    { return "platform.dead_letters_retried" }
func (ModulePublished) EventType() string       { return "courses.module_published" }
func (ModuleRetired) EventType() string         { return "courses.module_retired" }
func (ModuleProgressed) EventType() string      { return "courses.module_progressed" }
func (QuizAnswered) EventType() string          { return "courses.quiz_answered" }
func (ModuleCompleted) EventType() string       { return "courses.module_completed" }
func (SeminarChanged) EventType() string        { return "enrolment.seminar_changed" }
func (SeminarUnlocked) EventType() string       { return "enrolment.seminar_unlocked" }
func (GateChanged) EventType() string           { return "enrolment.gate_changed" }
func (SeatReminded) EventType() string          { return "enrolment.seat_reminded" }
func (AbsencePolicyChanged) EventType() string  { return "enrolment.absence_policy_changed" }
func (AttendGateMet) EventType() string         { return "enrolment.attend_gate_met" }
func (RegistrationChanged) EventType() string   { return "enrolment.registration_changed" }
func (SeatMoved) EventType() string             { return "enrolment.seat_moved" }
func (TrainerNamed) EventType() string          { return "enrolment.trainer_named" }
func (AttendanceRecorded) EventType() string    { return "enrolment.attendance_recorded" }
func (DocumentProposed) EventType() string      { return "library.document_proposed" }
func (DocumentPublished) EventType() string     { return "library.document_published" }
func (DocumentChanged) EventType() string       { return "library.document_changed" }
func (DocumentRefused) EventType() string       { return "library.document_refused" }
func (DocumentWithdrawn) EventType() string     { return "library.document_withdrawn" }
func (NotificationAdded) EventType() string     { return "notify.notification_added" }

func (p PersonConfirmed) EventKey() string       { return personKey(p.PersonID) }
func (p OrganisationRequested) EventKey() string { return organisationKey(p.OrganisationID) }
func (p OrganisationDecided) EventKey() string   { return organisationKey(p.OrganisationID) }
func (p MembershipChanged) EventKey() string     { return personKey(p.PersonID) }
func (p SpaceJoined) EventKey() string           { return personKey(p.PersonID) }
func (p IntroductionAsked) EventKey() string     { return personKey(p.ToID) }
func (p IntroductionAnswered) EventKey() string  { return personKey(p.ToID) }
func (p IntroductionDue) EventKey() string       { return personKey(p.ToID) }
func (p IntroductionFollowed) EventKey() string  { return personKey(p.PersonID) }
func (p SpaceLeft) EventKey() string             { return personKey(p.PersonID) }
func (p SpaceChanged) EventKey() string          { return spaceKey(p.SpaceID) }
func (p OrganisationChanged) EventKey() string   { return organisationKey(p.OrganisationID) }
func (p OfficeChanged) EventKey() string         { return officeKey(p.OfficeID) }
func (p AxisChanged) EventKey() string           { return "axis." + p.Key }
func (p RoleGranted) EventKey() string           { return personKey(p.PersonID) }
func (p RoleRevoked) EventKey() string           { return personKey(p.PersonID) }
func (p SessionsEnded) EventKey() string         { return personKey(p.PersonID) }
func (p ConsumerReplayed) EventKey() string      { return "consumer." + p.Consumer }
func (p DeadLettersRetried) EventKey() string    { return "platform" }
func (p ModulePublished) EventKey() string       { return moduleKey(p.ModuleID) }
func (p ModuleRetired) EventKey() string         { return moduleKey(p.ModuleID) }
func (p ModuleProgressed) EventKey() string      { return personKey(p.PersonID) }
func (p QuizAnswered) EventKey() string          { return personKey(p.PersonID) }
func (p ModuleCompleted) EventKey() string       { return personKey(p.PersonID) }
func (p SeminarChanged) EventKey() string        { return seminarKey(p.SeminarID) }
func (p SeminarUnlocked) EventKey() string       { return personKey(p.PersonID) }
func (p GateChanged) EventKey() string           { return seminarKey(p.SeminarID) }
func (p AttendGateMet) EventKey() string         { return personKey(p.PersonID) }
func (p RegistrationChanged) EventKey() string   { return seminarKey(p.SeminarID) }
func (p SeatMoved) EventKey() string             { return seminarKey(p.SeminarID) }
func (p TrainerNamed) EventKey() string          { return seminarKey(p.SeminarID) }
func (p SeatReminded) EventKey() string          { return seminarKey(p.SeminarID) }
func (p AbsencePolicyChanged) EventKey() string  { return officeKey(p.OfficeID) }
func (p AttendanceRecorded) EventKey() string    { return seminarKey(p.SeminarID) }
func (p DocumentProposed) EventKey() string      { return documentKey(p.DocumentID) }
func (p DocumentPublished) EventKey() string     { return documentKey(p.DocumentID) }
func (p DocumentChanged) EventKey() string       { return documentKey(p.DocumentID) }
func (p DocumentRefused) EventKey() string       { return documentKey(p.DocumentID) }
func (p DocumentWithdrawn) EventKey() string     { return documentKey(p.DocumentID) }
func (p NotificationAdded) EventKey() string     { return personKey(p.PersonID) }

// CaseAssigned says that somebody looks after a reported post from now on, or nobody in particular.
type CaseAssigned struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	OfficeID int64 `json:"office_id"` // of the space; 0 for a national one
	PersonID int64 `json:"person_id"` // 0 for nobody in particular
	By       int64 `json:"by"`
}

// CaseOverdue says that a reported post has waited too long. There is one for each time it waits.
type CaseOverdue struct {
	PostID     int64 `json:"post_id"`
	ThreadID   int64 `json:"thread_id"`
	SpaceID    int64 `json:"space_id"`
	OfficeID   int64 `json:"office_id"`
	AssignedTo int64 `json:"assigned_to"` // who looks after it, or 0
}

// BatchDone says that all of a moderator's act on many posts is done.
type BatchDone struct {
	BatchID  int64 `json:"batch_id"`
	PersonID int64 `json:"person_id"`
}

func (CaseAssigned) EventType() string  { return "community.case_assigned" }
func (CaseOverdue) EventType() string   { return "community.case_overdue" }
func (BatchDone) EventType() string     { return "community.batch_done" }
func (p CaseAssigned) EventKey() string { return threadKey(p.ThreadID) }
func (p CaseOverdue) EventKey() string  { return threadKey(p.ThreadID) }
func (p BatchDone) EventKey() string    { return personKey(p.PersonID) }

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

func (PaperAdded) EventType() string    { return "enrolment.paper_added" }
func (PaperRemoved) EventType() string  { return "enrolment.paper_removed" }
func (p PaperAdded) EventKey() string   { return seminarKey(p.SeminarID) }
func (p PaperRemoved) EventKey() string { return seminarKey(p.SeminarID) }

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

func (MeasureTaken) EventType() string     { return "account.measure_taken" }
func (MeasureAppealed) EventType() string  { return "account.measure_appealed" }
func (MeasureDecided) EventType() string   { return "account.measure_decided" }
func (p MeasureTaken) EventKey() string    { return personKey(p.PersonID) }
func (p MeasureAppealed) EventKey() string { return personKey(p.PersonID) }
func (p MeasureDecided) EventKey() string  { return personKey(p.PersonID) }
