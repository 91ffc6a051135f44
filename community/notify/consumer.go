package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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

// noticesOf says whom to tell what of an event.
func (s *Service) noticesOf(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
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
	if notices, err := ofIntroduction(e); err != nil || len(notices) > 0 {
		return notices, err
	}
	if notices, err := ofKeeper(ctx, tx, e); err != nil || len(notices) > 0 {
		return notices, err
	}
	if notices, err := ofMeasure(ctx, tx, e); err != nil || len(notices) > 0 {
		return notices, err
	}
	if notices, err := hearNewsletter(ctx, tx, e); err != nil || len(notices) > 0 {
		return notices, err
	}
	if notices, err := ofHeld(ctx, tx, e); err != nil || len(notices) > 0 {
		return notices, err
	}
	if notices, err := ofDocument(ctx, tx, e); err != nil || len(notices) > 0 {
		return notices, err
	}
	return s.noticesOfTalk(ctx, tx, e)
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

// tell writes a notice, announces it and queues its mail.
func (s *Service) tell(ctx context.Context, tx bun.Tx, e events.Event, n notice) error {
	fresh, err := announce(ctx, tx, []tiding{{e, n}})
	if err != nil || len(fresh) == 0 || n.posted {
		return err
	}
	return s.mailNotice(ctx, tx, fresh[0])
}

// tiding is a notice of an event.
type tiding struct {
	event events.Event
	notice
}

// announce writes notices, each once for a person and an event, and announces them. It returns those that are new. Somebody
// whose account is gone is told nothing.
func announce(ctx context.Context, tx bun.Tx, list []tiding) (fresh []tiding, err error) {
	people := make([]int64, len(list))
	for i, t := range list {
		people[i] = t.to
	}
	if people, err = behind(ctx, tx, people); err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	var ids, kinds, texts []string
	var at []time.Time
	for i, t := range list {
		list[i].to = people[i]
		data, err := json.Marshal(t.data)
		if err != nil {
			return nil, err
		}
		ids, kinds = append(ids, t.event.ID), append(kinds, string(t.kind))
		texts, at = append(texts, string(data)), append(at, t.event.Time)
	}
	if len(list) == 0 {
		return nil, nil
	}
	type row struct {
		id, person int64
		event      string
	}
	rows, err := events.Prepared(ctx, tx, func(r *row) []any { return []any{&r.id, &r.person, &r.event} }, `
		insert into notification (person_id, event_id, kind, data, at)
		select p.id, v.event_id, v.kind, v.data::jsonb, v.at
		from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) with ordinality v (person_id, event_id, kind, data, at, n)
			join person p on p.id = v.person_id and p.erased_at is null order by v.n
		on conflict (person_id, event_id) do nothing returning id, person_id, event_id::text`, people, ids, kinds, texts, at)
	if err != nil {
		return nil, fmt.Errorf("notify people %v: %w", people, err)
	}
	var news []events.Payload
	for _, r := range rows {
		n := slices.IndexFunc(list, func(t tiding) bool { return t.to == r.person && t.event.ID == r.event })
		fresh = append(fresh, list[n])
		news = append(news, events.NotificationAdded{PersonID: r.person, NotificationID: r.id})
	}
	return fresh, events.PublishAll(ctx, tx, news)
}

// late tells whether a mail would be old news: the seminar began (which its documents outlive), or the event waited for days.
func (t tiding) late(now time.Time) bool {
	return t.data.SeminarID != 0 && !t.data.StartsAt.After(now) && t.kind != PapersAdded || t.event.Time.Before(now.Add(-stale))
}

// mailNotice queues the mail of a notice, unless it is old news: it comes late, a later event of the same registration was told
// already, or the person hasn't come back since the last mail about a thread.
func (s *Service) mailNotice(ctx context.Context, tx bun.Tx, t tiding) error {
	if old, err := s.outdated(ctx, tx, t); err != nil || old {
		return err
	}
	if t.data.ThreadID != 0 {
		if waiting, err := alreadyWaiting(ctx, tx, t.event, t.notice); err != nil || waiting {
			return err
		}
	}
	return s.mail(ctx, tx, []tiding{t})
}

// outdated tells whether a notice is old news: it comes late, or a later event of the same registration was told already.
func (s *Service) outdated(ctx context.Context, tx bun.Tx, t tiding) (bool, error) {
	if t.late(s.now()) || t.data.RegistrationID == 0 {
		return t.late(s.now()), nil
	}
	return tx.NewSelect().Table("notification").Where("person_id = ? and (data->>'registration_id')::bigint = ? and (data->>'seq')::bigint > ?",
		t.to, t.data.RegistrationID, t.event.Seq).Exists(ctx)
}

// addressee is whom a notice is mailed to, with the names that it says.
type addressee struct {
	n                                           int
	name, email, language, person, organisation string
	attentionRow
	Mailed bool // they want it by mail
	Pushes bool // their devices show it instead
	Stale  bool // a mail put the seat into their calendar, which this makes wrong: it goes by mail whatever they chose since
}

// mail queues the mails of notices to those who want them, after their quiet hours, or hands them over to their devices.
func (s *Service) mail(ctx context.Context, tx bun.Tx, list []tiding) error {
	all, err := whoWants(ctx, tx, list)
	if err != nil {
		return err
	}
	return s.send(ctx, tx, all, list)
}

func (s *Service) send(ctx context.Context, tx bun.Tx, all []addressee, list []tiding) (err error) {
	mails, now := make([]queued, 0, len(all)), s.now()
	var shown []tiding
	var at []time.Time
	for _, p := range all {
		t := list[p.n-1]
		if p.Pushes {
			shown, at = append(shown, t), append(at, p.attention().quiet().after(s.clock()))
		}
		if p.Pushes && !p.Stale {
			continue
		}
		if s.reason != nil && lost(t.kind) {
			if t.data.Reason, err = s.reason(ctx, tx, t.data.RegistrationID, t.data.SeminarID); err != nil {
				return fmt.Errorf("why registration %d ended: %w", t.data.RegistrationID, err)
			}
		}
		t.data.Name, t.data.Person, t.data.Organisation, t.data.Path = p.name, p.person, p.organisation, pathOf(t.kind, t.data)
		mails = append(mails, queued{Mail{Key: fmt.Sprintf("%s.%d", t.event.ID, t.to), To: p.email, PersonID: t.to, Language: p.language,
			Kind: string(t.kind), Data: t.data}, p.attention().quiet().after(s.clock())})
	}
	if err := pushNotices(ctx, tx, shown, at); err != nil {
		return err
	}
	return enqueueAll(ctx, tx, mails, now)
}

// whoWants finds whom notices are mailed to, or shown by their devices: those who want it of their topic, as of now.
func whoWants(ctx context.Context, tx bun.Tx, list []tiding) ([]addressee, error) {
	var people, others, organisations []int64
	var topics []string
	var unasked, pushable, unaskedly []bool
	var seats []int64
	for _, t := range list {
		topic := TopicOf(string(t.kind))
		people, others, organisations = append(people, t.to), append(others, t.data.PersonID), append(organisations, t.data.OrganisationID)
		topics, unasked = append(topics, string(topic)), append(unasked, topic == "" || topic.byDefault())
		may, does := pushes(t.kind)
		pushable, unaskedly, seats = append(pushable, may), append(unaskedly, does), append(seats, t.wrong())
	}
	if len(list) == 0 {
		return nil, nil
	}
	all, err := events.Prepared(ctx, tx, func(p *addressee) []any {
		return []any{&p.n, &p.name, &p.email, &p.language, &p.person, &p.organisation, &p.Rhythm, &p.Budget, &p.Hushed, &p.QuietFrom, &p.QuietUntil, &p.Unthanked, &p.Mailed, &p.Pushes, &p.Stale}
	}, `select * from (select v.n, p.name, p.email, p.language, coalesce(other.name, '') as other, coalesce(o.name, '') as organisation, `+attentionOf+`,
			coalesce(c.mailed, v.unasked) as mailed, coalesce(v.pushable and coalesce(c.pushed, v.unaskedly) and a.rhythm = 'push'
				and exists (select from push_device d where d.person_id = p.id), false) as pushes,
			v.seat <> 0 and exists (select from mail m where m.person_id = p.id and m.kind = any($9::text[]) and m.state in ('sent', 'written')
				and (m.data->>'registration_id')::bigint = v.seat) as stale
		from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::boolean[], $6::boolean[], $7::boolean[], $8::bigint[])
			with ordinality v (person_id, other_id, organisation_id, topic, unasked, pushable, unaskedly, seat, n)
		join person p on p.id = v.person_id
		left join person other on other.id = v.other_id
		left join organisation o on o.id = v.organisation_id
		left join attention a on a.person_id = p.id
		left join mail_choice c on c.person_id = p.id and c.topic = v.topic
		) w where mailed or pushes or stale order by n`, people, others, organisations, topics, unasked, pushable, unaskedly, seats, Invites)
	if err != nil {
		return nil, fmt.Errorf("whom to write to: %w", err)
	}
	return all, nil
}
