package views

import (
	"github.com/a-h/templ"

	"halqa/community/notify"
)

// NotificationsView is the page of what a person was told.
type NotificationsView struct {
	Page
	List   []notify.Notification
	Number int  // of this page of the list, from 0
	More   bool // whether there are older ones
}

// unread tells whether something was not read yet, on this page of the list or on another.
func (v NotificationsView) unread() bool {
	for _, n := range v.List {
		if n.ReadAt.IsZero() {
			return true
		}
	}
	return v.Unread > 0 && v.Number == 0 && len(v.List) > 0
}

// upTo is the greatest id shown: what came later stays unread.
func (v NotificationsView) upTo() int64 {
	var id int64
	for _, n := range v.List {
		id = max(id, n.ID)
	}
	return id
}

// notificationURL opens a notification. Thanks may be taken back while somebody has the page open: the link says for which post they
// were.
func notificationURL(n notify.Notification) templ.SafeURL {
	path := "/notifications/" + ms(n.ID)
	if n.Kind == notify.PostThanked {
		path += "?post=" + ms(n.Data.PostID)
	}
	return templ.SafeURL(path)
}

// told is what a notification says, in the page's language.
func (p Page) told(n notify.Notification) string {
	title, _ := n.Data.Title.In(p.Lang())
	if n.Data.Thread != "" {
		title = n.Data.Thread
	}
	if n.Kind == notify.PostThanked {
		return p.thanked(n, title)
	}
	if n.Fresh > 1 {
		return p.N("notify.told_many", n.Fresh, "Title", title)
	}
	if others := len(n.Data.Openings) - 1; others > 0 {
		return p.N("notify.told_openings", others, "Title", title)
	}
	return p.T("notify.told_"+string(n.Kind), "Title", title, "Place", n.Data.Place, "Organisation", n.Organisation, "Person", p.someone(n.Person), "Result", p.resultOf(n.Data))
}

// resultOf says how the poll ended that a notification tells of, or "".
func (p Page) resultOf(d notify.Data) string {
	if d.Result == nil {
		return ""
	}
	return d.Result.Say(p.T)
}

// thanked names the last two who thanked for a post, and counts the others.
func (p Page) thanked(n notify.Notification, title string) string {
	args := []any{"Title", title, "Person", p.someone(n.Person), "Before", p.someone(n.Before)}
	switch {
	case n.Together > 2:
		return p.N("notify.told_thanked", n.Together-2, args...)
	case n.Together == 2:
		return p.T("notify.told_thanked_two", args...)
	}
	return p.T("notify.told_post_thanked", args...)
}

// someone is a name, or words for somebody whose account is gone.
func (p Page) someone(name string) string {
	if name == "" {
		return p.T("notify.someone")
	}
	return name
}

var notificationIcons = map[notify.Kind]string{
	notify.SeminarUnlocked: "unlock", notify.SeatConfirmed: "ticket", notify.SeatWaitlisted: "clock", notify.SeatPromoted: "ticket",
	notify.SeatRequested: "clock", notify.SeatPending: "clock", notify.SeatEndorsed: "check", notify.SeatRefused: "info",
	notify.SeatOffered: "ticket", notify.OfferExpired: "clock", notify.SeatConditional: "ticket", notify.ConditionReminder: "clock",
	notify.ConditionMet: "ticket", notify.ConditionUnmet: "alert", notify.SeatCancelledForUs: "alert",
	notify.SeatToEndorse: "people", notify.SeatToApprove: "desk", notify.TrainerNamed: "desk", notify.TwinProposed: "place", notify.TwinAccepted: "check", notify.TwinDeclined: "info", notify.PapersAdded: "book",
	notify.SeatCancelled: "alert", notify.SeminarCancelled: "alert", notify.ModuleCompleted: "star",
	notify.OrganisationRequested: "people", notify.OrganisationValidated: "check", notify.OrganisationRefused: "info",
	notify.MembershipRequested: "people", notify.MembershipAccepted: "check", notify.MembershipRefused: "info", notify.SeatWithdrawn: "ticket", notify.SeminarMoved: "calendar",
	notify.IntroductionAsked: "people", notify.IntroductionAccepted: "check", notify.IntroductionDeclined: "info", notify.IntroductionDue: "talk",
	notify.DocumentProposed: "book", notify.DocumentAccepted: "check", notify.DocumentRefused: "info",
	notify.ThreadReplied: "talk", notify.PostAnswered: "quote", notify.PostFollowed: "talk", notify.ThreadOpened: "talk", notify.Mentioned: "person", notify.AnswerChosen: "check", notify.PollEnded: "chart", notify.PostThanked: "heart", notify.PostHidden: "hide", notify.PostReported: "flag",
	notify.PostAssigned: "flag", notify.PostOverdue: "clock", notify.BatchFinished: "check",
	notify.PostHeld: "clock", notify.HeldApproved: "check", notify.HeldRefused: "info", notify.Welcomed: "heart", notify.NewsletterReady: "edit", notify.NewsletterMail: "mail", notify.SpaceBegun: "heart", notify.OfficeBegun: "heart",
	notify.MeasureWarn: "alert", notify.MeasureSuspend: "clock", notify.MeasureBan: "lock", notify.MeasureUpheld: "info", notify.MeasureLifted: "unlock", notify.PseudonymLookedBehind: "show", notify.MeasureAppealed: "flag",
}

func notificationIcon(k notify.Kind) string {
	if icon := notificationIcons[k]; icon != "" {
		return icon
	}
	return "bell"
}

// MailboxView is the list of mails that stayed here.
type MailboxView struct {
	Page
	List []notify.Mailed
	Demo bool // whether everybody may read them
}

// MailView is one of them.
type MailView struct {
	Page
	Mail notify.Mailed
	Demo bool
}

func mailTone(state string) Tone {
	switch state {
	case notify.MailFailed:
		return Bad
	case notify.MailQueued:
		return Info
	}
	return Good
}
