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
