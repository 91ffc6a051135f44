package demo

import (
	"context"

	"halqa/community"
	"halqa/community/account"
)

// planCare has a post reported, judged, and its author rebuked, if so it went.
func (s *stage) planCare(t talk, p said, hour int, id func(context.Context) (int64, error)) {
	moderator := s.byEmail[s.moderator(t.space)]
	to := func(who *player, after int, do func(context.Context, account.Actor, int64) error) {
		s.plan(t.day, hour+after, func(ctx context.Context) error {
			return s.as(ctx, who, func(a account.Actor) error {
				post, err := id(ctx)
				if err != nil {
					return err
				}
				return do(ctx, a, post)
			})
		})
	}
	for i, r := range p.reports {
		to(s.byEmail[email(r.by)], 2+i, func(ctx context.Context, a account.Actor, post int64) error {
			return s.community.Report(ctx, a, community.NewReport{PostID: post, Reason: r.reason, Note: r.note})
		})
	}
	judged := 4 + len(p.reports)
	if p.hidden != "" {
		to(moderator, judged, func(ctx context.Context, a account.Actor, post int64) error {
			return s.community.HidePost(ctx, a, post, p.hidden)
		})
	}
	if p.kept != "" {
		to(moderator, judged, func(ctx context.Context, a account.Actor, post int64) error {
			return s.community.DecideReports(ctx, a, post, false, p.kept)
		})
	}
	if p.warned.reason != "" {
		to(moderator, judged+1, func(ctx context.Context, a account.Actor, post int64) error {
			return s.rebuke(ctx, a, post, p)
		})
	}
	if p.appeals != "" {
		to(s.byEmail[email(p.by)], judged+6, func(ctx context.Context, a account.Actor, _ int64) error {
			return s.appeal(ctx, a, p.appeals)
		})
	}
}

// rebuke has a moderator warn who wrote a post, or keep them from writing for some days.
func (s *stage) rebuke(ctx context.Context, moderator account.Actor, post int64, p said) error {
	accused, err := s.community.Accused(ctx, moderator, post)
	if err != nil {
		return err
	}
	m := account.NewMeasure{Kind: accused.Scopes[0], Act: account.Warn, Cause: p.warned.reason, Words: p.warned.note, Seen: accused.Seen}
	if p.days > 0 {
		m.Act, m.Days = account.Suspend, p.days
	}
	return s.community.MeasureAuthor(ctx, moderator, post, m)
}

// appeal has somebody ask others to look again at what was last decided about them.
func (s *stage) appeal(ctx context.Context, a account.Actor, words string) error {
	own, err := s.account.OwnMeasures(ctx, a)
	if err != nil || len(own) == 0 {
		return err
	}
	return s.account.Appeal(ctx, a, own[0].ID, words)
}

// planTags has the moderator of a space put tags on its list, and mark a thread with them.
func (s *stage) planTags(t talk, hour int, thread func() int64) {
	if len(t.tags) == 0 {
		return
	}
	s.plan(t.day, hour, func(ctx context.Context) error {
		return s.as(ctx, s.byEmail[s.moderator(t.space)], func(a account.Actor) error {
			for _, name := range t.tags {
				if err := s.community.ListTag(ctx, a, s.spaces[t.space].ID, name); err != nil {
					return err
				}
			}
			return s.community.TagThread(ctx, a, thread(), t.tags)
		})
	})
}
