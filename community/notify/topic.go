package notify

import (
	"slices"

	"halqa/community/account"
)

// Topic is what people choose to be written to about: one or several kinds of mail. "notify.topic_<topic>" is its name,
// "…_hint" says more. Kinds of mail without a topic always leave: they were asked for, and nothing works without them.
type Topic string

// The topics.
const (
	AboutOpenings      Topic = "openings"
	AboutSeats         Topic = "seats"
	AboutPromotions    Topic = "promotions"
	AboutCancellations Topic = "cancellations"
	AboutReplies       Topic = "replies" // what is followed: no choice of its own but a Rhythm, see Attention
	AboutNewsletters   Topic = "newsletters"
	AboutContributions Topic = "contributions"
	AboutOrganisations Topic = "organisations"
	AboutIntroductions Topic = "introductions"
	AboutProgress      Topic = "progress"
	AboutRequests      Topic = "requests"   // for those who decide on organisations and their members
	AboutModeration    Topic = "moderation" // for those who moderate spaces
)

// topics says of each which kinds of mail it covers, whether they leave unless somebody says otherwise, and whom it
// concerns: everybody, or those who have one of the permissions somewhere. In the order of the page.
var topics = []struct {
	topic   Topic
	kinds   []string
	unasked bool
	only    []account.Permission
}{
	{AboutOpenings, []string{string(SeminarUnlocked)}, true, nil},
	{AboutSeats, []string{string(SeatConfirmed), string(SeatWaitlisted), string(SeatWithdrawn), string(SeatRequested), string(SeatPending),
		string(SeatEndorsed), string(SeatRefused), string(SeatConditional), string(ConditionReminder), string(ConditionMet), string(TrainerNamed), string(PapersAdded)}, true, nil},
	{AboutPromotions, []string{string(SeatPromoted), string(SeatOffered), string(OfferExpired)}, true, nil},
	{AboutCancellations, []string{string(SeatCancelled), string(SeminarCancelled), string(SeminarMoved), string(ConditionUnmet), string(SeatCancelledForUs)}, true, nil},
	{AboutReplies, []string{string(ThreadReplied), string(PostAnswered), string(PostFollowed), string(ThreadOpened), string(Mentioned), string(PollEnded), DigestMail, ListOpened, ListReplied}, true, nil},
	{AboutNewsletters, []string{string(NewsletterMail)}, true, nil},
	{AboutContributions, []string{string(DocumentAccepted), string(DocumentRefused), string(PostHidden), string(AnswerChosen), string(HeldApproved), string(HeldRefused), string(Welcomed)}, true, nil},
	{AboutOrganisations, []string{string(OrganisationValidated), string(OrganisationRefused), string(MembershipAccepted),
		string(MembershipRefused)}, true, nil},
	{AboutIntroductions, []string{string(IntroductionAsked), string(IntroductionAccepted), string(IntroductionDeclined),
		string(IntroductionDue)}, true, nil},
	{AboutProgress, []string{string(ModuleCompleted)}, false, nil},
	{AboutRequests, []string{string(OrganisationRequested), string(MembershipRequested), string(SeatToEndorse), string(SeatToApprove),
		string(TwinProposed), string(TwinAccepted), string(TwinDeclined)}, true,
		[]account.Permission{account.ValidateOrganisations, account.RunSeminars, account.ManageOrganisation}},
	{AboutModeration, []string{string(DocumentProposed), string(PostReported), string(PostAssigned), string(PostOverdue), string(BatchFinished), string(MeasureAppealed), string(PostHeld), string(NewsletterReady), string(SpaceBegun), string(OfficeBegun)}, true, []account.Permission{account.Moderate}},
}

// TopicOf is the topic of a kind of mail, or "" for those that always leave.
func TopicOf(mailKind string) Topic {
	for _, t := range topics {
		if slices.Contains(t.kinds, mailKind) {
			return t.topic
		}
	}
	return ""
}

// byDefault tells whether the mails of a topic leave when the person said nothing.
func (t Topic) byDefault() bool {
	for _, one := range topics {
		if one.topic == t {
			return one.unasked
		}
	}
	return false
}

// known tells whether there is such a topic.
func (t Topic) known() bool {
	for _, one := range topics {
		if one.topic == t {
			return true
		}
	}
	return t.List() != 0
}

// budgeted are the kinds of mail that take from the budget of a day: all that nobody asked for, digests and lists aside.
var budgeted = func() (kinds []string) {
	for _, t := range topics {
		kinds = append(kinds, t.kinds...)
	}
	return slices.DeleteFunc(kinds, func(k string) bool { return k == DigestMail || k == ListOpened || k == ListReplied })
}()
