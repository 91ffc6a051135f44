package demo

import (
	"bytes"
	"context"
	"fmt"

	"halqa/cmd/halqa/demo/documents"
	"halqa/community/account"
	"halqa/community/library"
)

// planDocuments has the documents given to the libraries, and decided there.
func (s *stage) planDocuments() error {
	list, err := documents.All()
	if err != nil {
		return err
	}
	for _, d := range list {
		giver := s.byEmail[email(d.By)]
		if d.By == "moderator" {
			giver = s.byEmail[s.moderator(d.Space)]
		} else {
			s.planEntry(giver, d.Day, d.Space)
		}
		data, err := d.Bytes()
		if err != nil {
			return fmt.Errorf("%s: %w", d.File, err)
		}
		s.planDocument(d, giver, data)
	}
	return nil
}

func (s *stage) planDocument(d documents.Document, giver *player, data []byte) {
	moderator := s.byEmail[s.moderator(d.Space)]
	var given library.Document
	s.plan(d.Day, 10, func(ctx context.Context) error {
		return s.as(ctx, giver, func(a account.Actor) (err error) {
			given, err = s.library.Give(ctx, a, s.spaces[d.Space].ID, library.Draft{Title: d.Title, Summary: d.Summary,
				Kind: d.Kind, Axes: d.Axes, Languages: d.Languages}, d.File, bytes.NewReader(data))
			return err
		})
	})
	decide := func(day int, do func(ctx context.Context, a account.Actor) error) {
		s.plan(day, 16, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) error { return do(ctx, a) })
		})
	}
	if giver != moderator && !d.Wait {
		decide(d.Day+1, func(ctx context.Context, a account.Actor) error {
			return s.library.Decide(ctx, a, given.ID, d.Refused == "", d.Refused)
		})
	}
	if d.Withdrawn {
		decide(d.Day+20, func(ctx context.Context, a account.Actor) error { return s.library.Withdraw(ctx, a, given.ID) })
	}
}
