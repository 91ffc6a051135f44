package notify

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"halqa/events"
)

// saidOfSeat says what a change of a registration is to its person, by the state it came to and why, "" standing for any other
// reason. Who gives a seat back is written to, so that their calendar forgets it; who leaves the queue isn't.
var saidOfSeat = map[[2]string]notice{
	{"requested", ""}:                        {kind: SeatRequested},
	{"pending", ""}:                          {kind: SeatPending},
	{"pending", "endorsed"}:                  {kind: SeatEndorsed},
	{"confirmed", ""}:                        {kind: SeatConfirmed},
	{"confirmed", "promoted"}:                {kind: SeatPromoted},
	{"confirmed", "condition_met"}:           {kind: ConditionMet},
	{"conditional", ""}:                      {kind: SeatConditional},
	{"offered", ""}:                          {kind: SeatOffered},
	{"waitlisted", ""}:                       {kind: SeatWaitlisted},
	{"cancelled", "seminar_cancelled"}:       {kind: SeminarCancelled},
	{"cancelled", "by_person"}:               {kind: SeatWithdrawn},
	{"cancelled", "by_office"}:               {kind: SeatCancelled},
	{"cancelled", "by_organisation"}:         {kind: SeatCancelledForUs},
	{"cancelled", "refused_by_office"}:       {kind: SeatRefused},
	{"cancelled", "refused_by_organisation"}: {kind: SeatRefused},
	{"cancelled", "offer_expired"}:           {kind: OfferExpired},
	{"cancelled", "condition_unmet"}:         {kind: ConditionUnmet},
}

// Invites are the kinds of mail that put a seat into its person's calendar, Disinvites those that take it out.
var (
	Invites    = []string{string(SeatConfirmed), string(SeatPromoted), string(SeminarMoved), string(SeatConditional), string(ConditionMet)}
	Disinvites = []string{string(SeatCancelled), string(SeatWithdrawn), string(SeminarCancelled), string(SeatCancelledForUs), string(ConditionUnmet)}
)

// wrong is the registration of which calendars that know it say what isn't so any more, or 0.
func (t tiding) wrong() int64 {
	if t.kind == SeminarMoved || slices.Contains(Disinvites, string(t.kind)) {
		return t.data.RegistrationID
	}
	return t.data.Left
}

// ofRegistration tells the person, and whoever must approve next.
func ofRegistration(ctx context.Context, tx bun.Tx, p events.RegistrationChanged) ([]notice, error) {
	d := Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.SeminarID, RegistrationID: p.RegistrationID, Place: p.Place, Until: p.Until,
		Left: p.Leaves, Held: slices.Contains([]string{"confirmed", "conditional", "offered"}, p.From)}
	n, ok := saidOfSeat[[2]string{p.State, p.Reason}]
	if !ok && p.State != "cancelled" {
		n, ok = saidOfSeat[[2]string{p.State, ""}]
	}
	if !ok || p.Exchanged || n.kind == SeatWithdrawn && !d.Held {
		return nil, nil
	}
	n.to, n.data = p.PersonID, d
	d.PersonID, d.OrganisationID = p.PersonID, p.OrganisationID
	var others []notice
	var err error
	switch p.State {
	case "requested":
		others, err = toHolders(ctx, tx, "organisation_administrator", "organisation_id", p.OrganisationID,
			notice{kind: SeatToEndorse, data: d})
	case "pending":
		others, err = toHolders(ctx, tx, "office_moderator", "office_id", p.OfficeID, notice{kind: SeatToApprove, data: d})
	}
	return append([]notice{n}, others...), err
}

// lost tells the news of a registration that somebody else ended, and said why.
func lost(k Kind) bool {
	return slices.Contains([]Kind{SeminarCancelled, SeatCancelled, SeatCancelledForUs, SeatRefused}, k)
}

func ofReminder(p events.SeatReminded) []notice {
	return []notice{{p.PersonID, ConditionReminder, Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.SeminarID,
		RegistrationID: p.RegistrationID, Until: p.Until}, false}}
}
