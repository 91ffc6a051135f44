package main

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"time"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/enrolment"
	"halqa/enrolment/ical"
	"halqa/events"
)

// organiser is the bare address in whose name offices organise.
func (c Config) organiser() string {
	if a, err := mail.ParseAddress(c.MailFrom); err == nil {
		return a.Address
	}
	return "noreply@" + c.PublicURL.Hostname()
}

// without is a seat's card of the sessions that were removed, as if it had been given back.
func without(card enrolment.Card, dropped []events.SeminarSession) enrolment.Card {
	seat := *card.Mine
	seat.State = enrolment.Withdrawn
	card.Mine, card.Sessions = &seat, nil
	for _, s := range dropped {
		card.Sessions = append(card.Sessions, enrolment.Session{ID: s.ID, StartsAt: s.StartsAt, EndsAt: s.EndsAt})
	}
	return card
}

// exchanged is what calendars are told of the seat at a twin that was exchanged for the one a mail tells of.
func (p *platform) exchanged(ctx context.Context, w ical.Writer, m notify.Mail) ([]notify.Attachment, error) {
	if m.Data.Left == 0 {
		return nil, nil
	}
	card, err := p.enrolment.Seat(ctx, m.Data.Left)
	if errors.Is(err, account.ErrNotFound) || err == nil && (card.Mine.State != enrolment.Withdrawn || uninvited(*card.Mine)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return attached(w.Invitations(card, m.Data.Name, m.To)), nil
}

// invitations attaches to the mails about a seat what a calendar does about it. What it says is so when the mail leaves: a
// seat given back meanwhile isn't announced.
func (p *platform) invitations(cfg Config) notify.Attach {
	from := cfg.organiser()
	return func(ctx context.Context, m notify.Mail) ([]notify.Attachment, error) {
		given, taken := slices.Contains(notify.Invites, m.Kind), slices.Contains(notify.Disinvites, m.Kind)
		if !given && !(taken && m.Data.Held) {
			return nil, nil
		}
		w := ical.Writer{Public: cfg.PublicURL, From: from, Language: m.Language, Now: time.Now()}
		files, err := p.exchanged(ctx, w, m)
		if err != nil {
			return nil, err
		}
		card, err := p.enrolment.Seat(ctx, m.Data.RegistrationID)
		if errors.Is(err, account.ErrNotFound) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if given != card.Mine.HoldsSeat() || taken != (card.Mine.State == enrolment.Withdrawn) || uninvited(*card.Mine) {
			return files, nil
		}
		return append(files, attached(w.Invitations(card, m.Data.Name, m.To), w.Invitations(without(card, m.Data.Dropped), m.Data.Name, m.To))...), nil
	}
}

// uninvited is a seat of which calendars know nothing: one that is offered, or was until it ended.
func uninvited(r enrolment.Registration) bool {
	return r.State == enrolment.Offered || r.State == enrolment.Withdrawn && r.LeftFrom == enrolment.Offered
}

func attached(lists ...[]ical.Invitation) (files []notify.Attachment) {
	for _, i := range slices.Concat(lists...) {
		files = append(files, notify.Attachment(i))
	}
	return files
}
