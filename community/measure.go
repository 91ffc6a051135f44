package community

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Accused is a post with what may be done about who wrote it.
type Accused struct {
	Post
	Author string
	Title  string // of the thread
	Files  []Attachment
	Space  account.Space
	Scopes []account.ScopeKind // over which the actor may decide
	Past   []account.Measure   // what was decided before, in the actor's scopes
	Seen   int64               // to begin an account.NewMeasure with
}

// Accused returns what somebody needs to take a measure about who wrote a post. Those may who decide on its reports, where
// account.Outranks holds: else account.ErrForbidden. It returns account.ErrNotFound when the author's account is gone.
func (s *Service) Accused(ctx context.Context, actor account.Actor, postID int64) (a Accused, err error) {
	if a.Post, err = findPost(ctx, s.db, postID); err != nil {
		return a, err
	}
	t, err := findThread(ctx, s.db, a.ThreadID)
	if err != nil {
		return a, err
	}
	if a.Space, err = s.judged(ctx, s.db, actor, t, a.Post); err != nil {
		return a, err
	}
	people := account.New(s.db, account.Options{})
	author, err := people.ActorOf(ctx, a.AuthorID)
	if err != nil {
		return a, err
	}
	region, err := officeOf(ctx, s.db, a.AuthorID)
	if err != nil {
		return a, err
	}
	a.Author, a.Title, a.Scopes = author.Name, t.Title, account.MeasureScopes(actor, a.Space, region)
	if !account.Outranks(actor, author) || len(a.Scopes) == 0 {
		return a, account.ErrForbidden
	}
	if a.Past, a.Seen, err = people.MeasuresAbout(ctx, actor, a.AuthorID); err != nil {
		return a, err
	}
	files, err := filesOf(ctx, s.db, []int64{a.ID})
	a.Files = files[a.ID]
	return a, err
}

// MeasureAuthor takes a measure about who wrote a post; see account.Service.Measure for what it refuses.
func (s *Service) MeasureAuthor(ctx context.Context, actor account.Actor, postID int64, n account.NewMeasure) error {
	return s.onPost(ctx, "take a measure for", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		if _, err := s.judged(ctx, tx, actor, t, p); err != nil {
			return err
		}
		if p.AuthorID == 0 {
			return account.ErrNotFound
		}
		n.PersonID, n.PostID, n.SpaceID = p.AuthorID, p.ID, t.SpaceID
		_, err := account.New(tx, account.Options{Now: s.now}).Measure(ctx, actor, n)
		return err
	})
}

// addMeasurable says of each post whether the actor stands above who wrote it.
func (s *Service) addMeasurable(ctx context.Context, actor account.Actor, list []Reported) error {
	ids := make([]int64, len(list))
	for i, r := range list {
		ids[i] = r.AuthorID
	}
	authors, err := account.ActorsOf(ctx, s.db, ids)
	if err != nil {
		return err
	}
	for i, r := range list {
		author, known := authors[r.AuthorID]
		list[i].Measurable = known && account.Outranks(actor, author)
	}
	return nil
}

// mayWrite refuses somebody whom a measure keeps from writing in a space: an account.Suspended.
func (s *Service) mayWrite(ctx context.Context, db bun.IDB, actor account.Actor, sp account.Space) error {
	if err := account.MayWrite(ctx, db, actor.Self(), sp, s.now()); err != nil {
		return fmt.Errorf("write in space %d: %w", sp.ID, err)
	}
	return nil
}
