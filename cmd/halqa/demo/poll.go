package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"halqa/community"
	"halqa/community/account"
)

// asked is a poll as the files of the folder forum tell it, with who chose each option.
type asked struct {
	community.NewPoll
	votes [][]string
}

// readPoll reads what opens a poll.
func readPoll(text string) (p asked, err error) {
	var kept []string
	for line := range strings.Lines(text) {
		option, isOption := strings.CutPrefix(line, "* ")
		how, isHow := strings.CutPrefix(line, "poll: ")
		switch {
		case isOption:
			label, who, _ := strings.Cut(option, ": ")
			p.Options, p.votes = append(p.Options, strings.TrimSpace(label)), append(p.votes, strings.Fields(who))
		case isHow:
			var open string
			if _, err = fmt.Sscan(how, &open, &p.Choices, &p.Shown); err != nil {
				return p, fmt.Errorf("%q: %w", line, err)
			}
			p.Open = open == "open"
		default:
			kept = append(kept, line)
		}
	}
	p.Text = strings.TrimSpace(strings.Join(kept, ""))
	return p, nil
}

// planVotes has people vote on what a post asks, the hours after it was asked. Its space is one that all of them may read.
func (s *stage) planVotes(t talk, p said, hour int, which func(context.Context) (int64, error)) {
	var voters []string
	chosen := map[string][]int{}
	for i, all := range p.poll.votes {
		for _, who := range all {
			if !slices.Contains(voters, who) {
				voters = append(voters, who)
			}
			chosen[who] = append(chosen[who], i)
		}
	}
	for n, who := range voters {
		s.plan(t.day, hour+2+n, func(ctx context.Context) error {
			post, err := which(ctx)
			if err != nil {
				return err
			}
			return s.as(ctx, s.byEmail[email(who)], func(a account.Actor) error {
				line, _, err := s.community.Post(ctx, a, post)
				if err != nil {
					return err
				}
				var options []int64
				for _, i := range chosen[who] {
					options = append(options, line.Poll.Options[i].ID)
				}
				return s.community.Vote(ctx, a, post, options)
			})
		})
	}
}
