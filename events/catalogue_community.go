package events

import "strings"

// Published by community and community/introduction.

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

// ThreadStarted says that a person opened a thread in a space. A Contributed of the opening post goes with it.
type ThreadStarted struct {
	ThreadID int64  `json:"thread_id"`
	SpaceID  int64  `json:"space_id"`
	PostID   int64  `json:"post_id"`
	PersonID int64  `json:"person_id"`
	Kind     string `json:"kind"` // discussion, question, announcement, experience, poll
}

// ThreadChanged says that a moderator pinned, unpinned, locked, unlocked, archived a thread or brought it back.
type ThreadChanged struct {
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	Pinned   bool  `json:"pinned"`
	Locked   bool  `json:"locked"`
	Archived bool  `json:"archived,omitempty"`
	By       int64 `json:"by"`

	Slow int `json:"slow,omitempty"` // minutes between two posts of one person
}

// Contributed says that a person wrote a post: the one that opens a thread, or a reply.
type Contributed struct {
	PostID         int64  `json:"post_id"`
	ThreadID       int64  `json:"thread_id"`
	SpaceID        int64  `json:"space_id"` // 0 in a circle
	PersonID       int64  `json:"person_id"`
	Kind           string `json:"kind"`             // thread, reply
	Hidden         bool   `json:"hidden"`           // written where only moderators see it
	ThreadAuthorID int64  `json:"thread_author_id"` // who opened the thread; 0 when their account is gone
	ReplyToID      int64  `json:"reply_to_id"`      // the post it answers, or 0
	ReplyToAuthor  int64  `json:"reply_to_author"`  // who wrote that one, or 0

	ThreadKind    string  `json:"thread_kind,omitempty"`   // of the post that opens a thread: as in ThreadStarted
	Mentions      []int64 `json:"mentions,omitempty"`      // people that it names
	Organisations []int64 `json:"organisations,omitempty"` // organisations that it names

	Audience []int64 `json:"audience,omitempty"` // of a circle, whose SpaceID is 0: the people who are told
}

// CircleChanged says that the circle of a seminar, the thread of its participants alone, was opened or has another title.
type CircleChanged struct {
	ThreadID  int64 `json:"thread_id"`
	SeminarID int64 `json:"seminar_id"`
	OfficeID  int64 `json:"office_id"`
	Title     Text  `json:"title"` // of the seminar
}

// NameErased says that posts of a thread no longer name somebody whose account is erased, as their author or in their words.
type NameErased struct {
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"` // 0 in a circle
}

// ContributionEdited says that a person changed the words of their post, or of their thread's title.
type ContributionEdited struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"`
	PersonID int64 `json:"person_id"`

	Mentions      []int64 `json:"mentions,omitempty"`      // people that it names and didn't name before
	Organisations []int64 `json:"organisations,omitempty"` // as those
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

func (ThreadMoved) EventType() string          { return "community.thread_moved" }
func (ThreadTagged) EventType() string         { return "community.thread_tagged" }
func (TagChanged) EventType() string           { return "community.tag_changed" }
func (PostThanked) EventType() string          { return "community.post_thanked" }
func (AnswerAccepted) EventType() string       { return "community.answer_accepted" }
func (ThreadStarted) EventType() string        { return "community.thread_started" }
func (ThreadChanged) EventType() string        { return "community.thread_changed" }
func (Contributed) EventType() string          { return "community.contributed" }
func (ContributionEdited) EventType() string   { return "community.contribution_edited" }
func (ContributionDeleted) EventType() string  { return "community.contribution_deleted" }
func (ContributionHidden) EventType() string   { return "community.contribution_hidden" }
func (ContributionRestored) EventType() string { return "community.contribution_restored" }
func (PostReported) EventType() string         { return "community.post_reported" }
func (ReportDecided) EventType() string        { return "community.report_decided" }
func (IntroductionAsked) EventType() string    { return "community.introduction_asked" }
func (IntroductionAnswered) EventType() string { return "community.introduction_answered" }
func (IntroductionDue) EventType() string      { return "community.introduction_due" }
func (IntroductionFollowed) EventType() string { return "community.introduction_followed" }
func (CaseAssigned) EventType() string         { return "community.case_assigned" }
func (CaseOverdue) EventType() string          { return "community.case_overdue" }
func (NameErased) EventType() string           { return "community.name_erased" }
func (CircleChanged) EventType() string        { return "community.circle_changed" }
func (BatchDone) EventType() string            { return "community.batch_done" }

func (p ThreadMoved) EventKey() string          { return threadKey(p.ThreadID) }
func (p ThreadTagged) EventKey() string         { return threadKey(p.ThreadID) }
func (p TagChanged) EventKey() string           { return spaceKey(p.SpaceID) }
func (p PostThanked) EventKey() string          { return threadKey(p.ThreadID) }
func (p AnswerAccepted) EventKey() string       { return threadKey(p.ThreadID) }
func (p ThreadStarted) EventKey() string        { return threadKey(p.ThreadID) }
func (p ThreadChanged) EventKey() string        { return threadKey(p.ThreadID) }
func (p Contributed) EventKey() string          { return personKey(p.PersonID) }
func (p ContributionEdited) EventKey() string   { return personKey(p.PersonID) }
func (p ContributionDeleted) EventKey() string  { return personKey(p.PersonID) }
func (p ContributionHidden) EventKey() string   { return personKey(p.PersonID) }
func (p ContributionRestored) EventKey() string { return personKey(p.PersonID) }
func (p PostReported) EventKey() string         { return threadKey(p.ThreadID) }
func (p ReportDecided) EventKey() string        { return threadKey(p.ThreadID) }
func (p IntroductionAsked) EventKey() string    { return personKey(p.ToID) }
func (p IntroductionAnswered) EventKey() string { return personKey(p.ToID) }
func (p IntroductionDue) EventKey() string      { return personKey(p.ToID) }
func (p IntroductionFollowed) EventKey() string { return personKey(p.PersonID) }
func (p CaseAssigned) EventKey() string         { return threadKey(p.ThreadID) }
func (p CaseOverdue) EventKey() string          { return threadKey(p.ThreadID) }
func (p NameErased) EventKey() string           { return threadKey(p.ThreadID) }
func (p CircleChanged) EventKey() string        { return threadKey(p.ThreadID) }
func (p BatchDone) EventKey() string            { return personKey(p.PersonID) }

// PostHeld says that what somebody wrote waits for a moderator: it is no contribution yet.
type PostHeld struct {
	HeldID   int64    `json:"held_id"`
	ThreadID int64    `json:"thread_id"` // 0 for one to be opened
	SpaceID  int64    `json:"space_id"`
	OfficeID int64    `json:"office_id"` // of the space; 0 for a national one
	PersonID int64    `json:"person_id"` // who wrote it
	Thread   string   `json:"thread"`    // the thread's title
	Why      []string `json:"why"`
	Tell     bool     `json:"tell"` // its moderators don't know that something waits there
	Late     bool     `json:"late"` // it has waited too long
}

// HeldDecided says that a moderator decided what waited. What was approved is a contribution, announced with this.
type HeldDecided struct {
	HeldID   int64  `json:"held_id"`
	PostID   int64  `json:"post_id"`   // what became of it, or 0
	ThreadID int64  `json:"thread_id"` // it answers or changes, or 0
	SpaceID  int64  `json:"space_id"`
	PersonID int64  `json:"person_id"` // who wrote it
	Thread   string `json:"thread"`    // the thread's title
	State    string `json:"state"`     // approved, refused, gone
	Cause    string `json:"cause"`     // of a refusal, such as "spam"
	By       int64  `json:"by"`
}

// GuardChanged says that a moderator changed what waits for a moderator in a space.
type GuardChanged struct {
	SpaceID int64 `json:"space_id"`
	By      int64 `json:"by"`
}

func (PostHeld) EventType() string     { return "community.post_held" }
func (HeldDecided) EventType() string  { return "community.held_decided" }
func (GuardChanged) EventType() string { return "community.guard_changed" }

func (p PostHeld) EventKey() string     { return spaceKey(p.SpaceID) }
func (p HeldDecided) EventKey() string  { return personKey(p.PersonID) }
func (p GuardChanged) EventKey() string { return spaceKey(p.SpaceID) }

// NewcomerWelcomed says that a moderator of a space told somebody new there that they are welcome.
type NewcomerWelcomed struct {
	SpaceID  int64 `json:"space_id"`
	PersonID int64 `json:"person_id"`
	By       int64 `json:"by"`
}

func (NewcomerWelcomed) EventType() string  { return "community.newcomer_welcomed" }
func (p NewcomerWelcomed) EventKey() string { return personKey(p.PersonID) }

// NewsletterDrafted says that a draft of a space's newsletter waits for its moderators.
type NewsletterDrafted struct {
	NewsletterID int64 `json:"newsletter_id"`
	SpaceID      int64 `json:"space_id"`
	OfficeID     int64 `json:"office_id"` // of the space; 0 for a national one
}

// NewsletterSent says that a moderator sent a space's newsletter to its members.
type NewsletterSent struct {
	NewsletterID int64 `json:"newsletter_id"`
	SpaceID      int64 `json:"space_id"`
	Title        Text  `json:"title"`
	By           int64 `json:"by"`
}

func (NewsletterDrafted) EventType() string  { return "community.newsletter_drafted" }
func (NewsletterSent) EventType() string     { return "community.newsletter_sent" }
func (p NewsletterDrafted) EventKey() string { return spaceKey(p.SpaceID) }
func (p NewsletterSent) EventKey() string    { return spaceKey(p.SpaceID) }

// PollVoted says that somebody chose among what a post asks, chose otherwise, or no longer does. It doesn't say who: what is asked
// may be anonymous, and the log is read by many.
type PollVoted struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"` // 0 in a circle
}

// PollClosed says that nobody votes any more on what a post asks: who asked, or a moderator, ended it, or its date came.
type PollClosed struct {
	PostID   int64 `json:"post_id"`
	ThreadID int64 `json:"thread_id"`
	SpaceID  int64 `json:"space_id"` // 0 in a circle
	By       int64 `json:"by"`       // 0 when its date came

	Result PollResult `json:"result,omitzero"`
}

// PollResult is how people voted. The zero PollResult is of a poll on which nobody did.
type PollResult struct {
	Options []string `json:"options,omitempty"` // those that were chosen most
	Votes   int      `json:"votes,omitempty"`   // for each of these
	Voters  int      `json:"voters,omitempty"`
}

// Say says a result with the catalogue's words.
func (r PollResult) Say(say func(key string, args ...any) string) string {
	switch {
	case len(r.Options) == 0:
		return say("poll.result_nobody")
	case len(r.Options) == 1:
		return say("poll.result_won", "Option", r.Options[0], "Votes", r.Votes, "Voters", r.Voters)
	}
	return say("poll.result_tied", "Options", "\u2068"+strings.Join(r.Options, "\u2069 · \u2068")+"\u2069", "Votes", r.Votes, "Voters", r.Voters)
}

func (PollVoted) EventType() string  { return "community.poll_voted" }
func (PollClosed) EventType() string { return "community.poll_closed" }

func (p PollVoted) EventKey() string  { return threadKey(p.ThreadID) }
func (p PollClosed) EventKey() string { return threadKey(p.ThreadID) }
