package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// noticesOfTalk says whom to tell what of something said in a space.
func (s *Service) noticesOfTalk(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.ContributionHidden{}.EventType():
		p, err := events.Decode[events.ContributionHidden](e)
		if err != nil || p.By == p.PersonID || p.PersonID == 0 {
			return nil, err
		}
		return s.readable(ctx, tx, []notice{{to: p.PersonID, kind: PostHidden, data: Data{PostID: p.PostID, ThreadID: p.ThreadID}}})
	case events.AnswerAccepted{}.EventType():
		p, err := events.Decode[events.AnswerAccepted](e)
		if err != nil || !p.Accepted || p.By == p.PersonID || p.PersonID == 0 {
			return nil, err
		}
		return s.ofAnswer(ctx, tx, p)
	case events.PostThanked{}.EventType():
		return s.ofThanks(ctx, tx, e)
	case events.PostReported{}.EventType():
		p, err := events.Decode[events.PostReported](e)
		if err != nil {
			return nil, err
		}
		n := notice{to: p.AssignedTo, kind: PostReported, data: Data{PostID: p.PostID, ThreadID: p.ThreadID}}
		if n.to != 0 { // the others see it in the queue, and are reminded when it waits too long
			return s.readable(ctx, tx, []notice{n})
		}
		return s.toModerators(ctx, tx, p.SpaceID, p.OfficeID, n)
	case events.CaseAssigned{}.EventType():
		p, err := events.Decode[events.CaseAssigned](e)
		if err != nil || p.By == p.PersonID || p.PersonID == 0 {
			return nil, err
		}
		return s.readable(ctx, tx, []notice{{to: p.PersonID, kind: PostAssigned, data: Data{PostID: p.PostID, ThreadID: p.ThreadID}}})
	case events.CaseOverdue{}.EventType():
		p, err := events.Decode[events.CaseOverdue](e)
		if err != nil {
			return nil, err
		}
		n := notice{to: p.AssignedTo, kind: PostOverdue, data: Data{PostID: p.PostID, ThreadID: p.ThreadID}}
		list, err := s.toModerators(ctx, tx, p.SpaceID, p.OfficeID, n)
		if err != nil || n.to == 0 {
			return list, err
		}
		own, err := s.readable(ctx, tx, []notice{n})
		return append(own, list...), err
	case events.BatchDone{}.EventType():
		p, err := events.Decode[events.BatchDone](e)
		return []notice{{to: p.PersonID, kind: BatchFinished, data: Data{BatchID: p.BatchID}, posted: true}}, err
	}
	return nil, nil
}

// ofAnswer tells who wrote an answer that it was chosen, the first time.
func (s *Service) ofAnswer(ctx context.Context, tx bun.Tx, p events.AnswerAccepted) ([]notice, error) {
	author, err := behind(ctx, tx, []int64{p.PersonID})
	if err != nil {
		return nil, err
	}
	known, err := tx.NewSelect().Table("notification").
		Where("person_id = ? and kind = ? and (data->>'post_id')::bigint = ?", author[0], AnswerChosen, p.PostID).Exists(ctx)
	if err != nil || known {
		return nil, err
	}
	return s.readable(ctx, tx, []notice{{to: p.PersonID, kind: AnswerChosen, data: Data{PostID: p.PostID, ThreadID: p.ThreadID, SpaceID: p.SpaceID,
		PersonID: p.By}}})
}

// toModerators tells the moderators of a space, and those of its office. An administrator finds it in the queue.
func (s *Service) toModerators(ctx context.Context, tx bun.Tx, spaceID, officeID int64, n notice) ([]notice, error) {
	list, err := toHolders(ctx, tx, "space_moderator", "space_id", spaceID, n)
	if err != nil {
		return nil, err
	}
	if officeID != 0 {
		staff, err := toHolders(ctx, tx, "office_moderator", "office_id", officeID, n)
		if err != nil {
			return nil, err
		}
		list = append(list, staff...) // whoever is both is told once: one notification for a person and an event
	}
	return s.readable(ctx, tx, list)
}

// readable keeps the notices whose post their readers may read still, and gives them the title of its thread.
func (s *Service) readable(ctx context.Context, tx bun.Tx, list []notice) ([]notice, error) {
	if s.talk == nil {
		return nil, nil
	}
	people := make([]int64, len(list))
	for i, n := range list {
		people[i] = n.to
	}
	people, err := behind(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	var kept []notice
	for i, n := range list {
		n.to = people[i]
		title, ok, err := s.talk(ctx, tx, n.to, n.data.PostID)
		if err != nil {
			return nil, fmt.Errorf("post %d for person %d: %w", n.data.PostID, n.to, err)
		}
		if ok {
			n.data.Thread = title
			kept = append(kept, n)
		}
	}
	return kept, nil
}

// alreadyWaiting tells whether an older notification of the same thread is unread: its mail is enough until they come.
func alreadyWaiting(ctx context.Context, tx bun.Tx, e events.Event, n notice) (bool, error) {
	waiting, err := tx.NewSelect().Table("notification").
		Where("person_id = ? and read_at is null and (data->>'thread_id')::bigint = ? and event_id <> ?", n.to, n.data.ThreadID, e.ID).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("notifications of thread %d: %w", n.data.ThreadID, err)
	}
	return waiting, nil
}
