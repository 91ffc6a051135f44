package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// stale is the age at which news is no longer worth a mail: a page tells it all the same.
const stale = 72 * time.Hour

// notice is one thing to tell one person.
type notice struct {
	to     int64
	kind   Kind
	data   Data
	posted bool // another package mails it: this one doesn't
}

// Consumers returns the consumer that tells people what happened. It has no Reset: what was told can't be untold, so a
// replay passes it by.
func (s *Service) Consumers() []events.Consumer {
	return []events.Consumer{{
		Name: "notify",
		Types: []string{
			events.SeminarUnlocked{}.EventType(),
			events.SeminarChanged{}.EventType(),
			events.RegistrationChanged{}.EventType(),
			events.SeatMoved{}.EventType(),
			events.SeatReminded{}.EventType(),
			events.TrainerNamed{}.EventType(),
			events.PaperAdded{}.EventType(),
			events.TwinProposed{}.EventType(),
			events.TwinProposalDecided{}.EventType(),
			events.ModuleCompleted{}.EventType(),
			events.OrganisationRequested{}.EventType(),
			events.OrganisationDecided{}.EventType(),
			events.MembershipChanged{}.EventType(),
			events.IntroductionAsked{}.EventType(),
			events.IntroductionAnswered{}.EventType(),
			events.IntroductionDue{}.EventType(),
			events.DocumentProposed{}.EventType(),
			events.DocumentPublished{}.EventType(),
			events.DocumentRefused{}.EventType(),
			events.Contributed{}.EventType(),
			events.ContributionEdited{}.EventType(),
			events.ContributionHidden{}.EventType(),
			events.PostReported{}.EventType(),
			events.ThreadMoved{}.EventType(),
			events.AnswerAccepted{}.EventType(),
			events.PollClosed{}.EventType(),
			events.PostThanked{}.EventType(),
			events.CaseAssigned{}.EventType(),
			events.CaseOverdue{}.EventType(),
			events.BatchDone{}.EventType(),
			events.PostHeld{}.EventType(),
			events.HeldDecided{}.EventType(),
			events.NewcomerWelcomed{}.EventType(),
			events.NewsletterDrafted{}.EventType(),
			events.NewsletterSent{}.EventType(),
			events.RoleGranted{}.EventType(),
			events.MeasureTaken{}.EventType(),
			events.PseudonymLookedBehind{}.EventType(),
			events.MeasureAppealed{}.EventType(),
			events.MeasureDecided{}.EventType(),
		},
		Handle:    s.hear,
		Together:  []string{events.SeminarUnlocked{}.EventType(), events.ModuleCompleted{}.EventType()},
		HandleAll: s.hearTogether,
	}}
}

func (s *Service) hear(ctx context.Context, tx bun.Tx, e events.Event) error {
	if e.Type == (events.Contributed{}).EventType() {
		if err := s.hearPost(ctx, tx, e); err != nil {
			return fmt.Errorf("tell followers of %s: %w", e.ID, err)
		}
		return nil
	}
	if e.Type == (events.ContributionEdited{}).EventType() {
		return s.hearEdit(ctx, tx, e)
	}
	if e.Type == (events.PollClosed{}).EventType() {
		return s.hearPollEnd(ctx, tx, e)
	}
	if e.Type == (events.ThreadMoved{}).EventType() {
		return s.hearMoved(ctx, tx, e)
	}
	notices, err := s.noticesOf(ctx, tx, e)
	if err != nil {
		return fmt.Errorf("notify of %s: %w", e.ID, err)
	}
	for _, n := range notices {
		n.data.Seq = e.Seq
		if err := s.tell(ctx, tx, e, n); err != nil {
			return fmt.Errorf("notify person %d of %s: %w", n.to, e.ID, err)
		}
	}
	return nil
}

// noticesOf says whom to tell what of an event: what the first of these knows of it.
func (s *Service) noticesOf(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	for _, of := range []func(context.Context, bun.Tx, events.Event) ([]notice, error){ofSeminar, ofTwins, ofOrganisation, ofIntroduction, ofKeeper,
		ofMeasure, hearNewsletter, ofHeld, ofDocument, s.noticesOfTalk} {
		if notices, err := of(ctx, tx, e); err != nil || len(notices) > 0 {
			return notices, err
		}
	}
	return nil, nil
}

// ofSeminar says whom to tell what of seminars, their seats, and the modules that lead to them.
func ofSeminar(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.SeminarUnlocked{}.EventType():
		return one(events.Decode[events.SeminarUnlocked](e))(ofUnlock)
	case events.SeminarChanged{}.EventType():
		return one(events.Decode[events.SeminarChanged](e))(ofCalledOff)
	case events.RegistrationChanged{}.EventType():
		p, err := events.Decode[events.RegistrationChanged](e)
		if err != nil {
			return nil, err
		}
		return ofRegistration(ctx, tx, p)
	case events.SeatMoved{}.EventType():
		return one(events.Decode[events.SeatMoved](e))(func(p events.SeatMoved) []notice {
			return []notice{{to: p.PersonID, kind: SeminarMoved, data: Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.SeminarID,
				RegistrationID: p.RegistrationID, Dropped: p.Dropped}}}
		})
	case events.SeatReminded{}.EventType():
		return one(events.Decode[events.SeatReminded](e))(ofReminder)
	case events.TrainerNamed{}.EventType():
		return one(events.Decode[events.TrainerNamed](e))(func(p events.TrainerNamed) []notice {
			return []notice{{to: p.PersonID, kind: TrainerNamed, data: Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.SeminarID}}}
		})
	case events.PaperAdded{}.EventType():
		p, err := events.Decode[events.PaperAdded](e)
		if err != nil {
			return nil, err
		}
		return ofPaper(ctx, tx, p)
	case events.ModuleCompleted{}.EventType():
		return one(events.Decode[events.ModuleCompleted](e))(ofCompletion)
	}
	return nil, nil
}

// ofOrganisation says whom to tell what of organisations and of who belongs to them.
func ofOrganisation(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.OrganisationDecided{}.EventType():
		return one(events.Decode[events.OrganisationDecided](e))(ofDecision)
	case events.OrganisationRequested{}.EventType():
		p, err := events.Decode[events.OrganisationRequested](e)
		if err != nil {
			return nil, err
		}
		return toHolders(ctx, tx, "office_moderator", "office_id", p.OfficeID,
			notice{kind: OrganisationRequested, data: Data{OrganisationID: p.OrganisationID, PersonID: p.PersonID}})
	case events.MembershipChanged{}.EventType():
		p, err := events.Decode[events.MembershipChanged](e)
		if err != nil {
			return nil, err
		}
		return ofMembership(ctx, tx, p)
	}
	return nil, nil
}

// one turns a decoded payload into its notices.
func one[P any](p P, err error) func(func(P) []notice) ([]notice, error) {
	return func(of func(P) []notice) ([]notice, error) {
		if err != nil {
			return nil, err
		}
		return of(p), nil
	}
}

// ofCalledOff tells those who were to train at a seminar that it is called off; its participants hear of their registrations.
func ofCalledOff(p events.SeminarChanged) (list []notice) {
	if p.State != "cancelled" || len(p.Sessions) == 0 {
		return nil
	}
	for _, id := range p.Trainers {
		if id != p.By {
			list = append(list, notice{to: id, kind: SeminarCancelled, data: Data{Title: p.Title, StartsAt: p.Sessions[0].StartsAt, SeminarID: p.SeminarID}})
		}
	}
	return list
}

func ofCompletion(p events.ModuleCompleted) []notice {
	return []notice{{p.PersonID, ModuleCompleted, Data{Title: p.Title, ModuleID: p.ModuleID}, false}}
}

// ofDecision tells the page of who asked; account itself mails them.
func ofDecision(p events.OrganisationDecided) []notice {
	kind := OrganisationRefused
	if p.Validated {
		kind = OrganisationValidated
	}
	return []notice{{p.AskedBy, kind, Data{OrganisationID: p.OrganisationID}, true}}
}

// ofMembership tells the organisation's administrators of a request, and the person of the answer, which account mails.
// Who created the organisation hears of its validation instead.
func ofMembership(ctx context.Context, tx bun.Tx, p events.MembershipChanged) ([]notice, error) {
	d := Data{OrganisationID: p.OrganisationID}
	switch p.State {
	case "requested":
		d.PersonID = p.PersonID
		return toHolders(ctx, tx, "organisation_administrator", "organisation_id", p.OrganisationID,
			notice{kind: MembershipRequested, data: d})
	case "active":
		creator, err := tx.NewSelect().Table("organisation").
			Where("id = ? and asked_by = ?", p.OrganisationID, p.PersonID).Exists(ctx)
		if err != nil || creator {
			return nil, err
		}
		return []notice{{to: p.PersonID, kind: MembershipAccepted, data: d, posted: true}}, nil
	case "ended":
		if p.By == 0 || p.By == p.PersonID { // they left by themselves
			return nil, nil
		}
		return []notice{{to: p.PersonID, kind: MembershipRefused, data: d, posted: true}}, nil
	}
	return nil, nil
}

// toHolders addresses n to everybody who holds a role over one office or organisation.
func toHolders(ctx context.Context, tx bun.Tx, role, column string, scopeID int64, n notice) ([]notice, error) {
	var ids []int64
	err := tx.NewSelect().Table("role_grant").ColumnExpr("distinct person_id").
		Where("role = ? and ? = ? and revoked_at is null", role, bun.Ident(column), scopeID).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("who holds %s: %w", role, err)
	}
	list := make([]notice, 0, len(ids))
	for _, id := range ids {
		n.to = id
		list = append(list, n)
	}
	return list, nil
}
