package library

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// PageSize is how many documents Documents returns at most.
const PageSize = 20

// Filter narrows a list of documents. Empty fields don't.
type Filter struct {
	Words    string // in titles and summaries, without regard to accents
	SpaceID  int64
	Axis     string
	Kind     string
	Language string
	After    string // where the page before ended
}

// Item is a document in a list, with the space it is in.
type Item struct {
	Document `bun:",extend"`

	Space account.Space `bun:"-"`
	Giver string        `bun:",scanonly"` // name of who gave it, or "": only where that is asked for
}

// Documents lists the published documents that the actor may read and that fit, the newest first, and where the next page
// begins ("" when there is none). For one space it refuses whoever may not read it.
func (s *Service) Documents(ctx context.Context, actor account.Actor, f Filter) (list []Item, next string, err error) {
	spaces, err := s.readable(ctx, actor, f.SpaceID)
	if err != nil {
		return nil, "", err
	}
	q := s.db.NewSelect().Model(&list).Where("document.state = ? and document.space_id in (?)", Published, bun.List(ids(spaces))).
		Order("document.decided_at desc", "document.id desc").Limit(PageSize + 1)
	for _, word := range strings.Fields(account.Fold(f.Words)) { // Fold leaves letters and digits: nothing to escape
		q = q.Where("document.words like ?", "%"+word+"%")
	}
	if f.Axis != "" {
		q = q.Where("? = any (document.axes)", f.Axis)
	}
	if f.Kind != "" {
		q = q.Where("document.kind = ?", f.Kind)
	}
	if f.Language != "" {
		q = q.Where("? = any (document.languages)", f.Language)
	}
	if at, id, ok := readCursor(f.After); ok {
		q = q.Where("(document.decided_at, document.id) < (?, ?)", at, id)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("documents: %w", err)
	}
	if len(list) > PageSize {
		list = list[:PageSize]
		last := list[PageSize-1]
		next = fmt.Sprintf("%d-%d", last.DecidedAt.UnixMicro(), last.ID)
	}
	return within(list, spaces), next, nil
}

func readCursor(s string) (at time.Time, id int64, ok bool) {
	first, second, _ := strings.Cut(s, "-")
	micros, err := strconv.ParseInt(first, 10, 64)
	id, wrong := strconv.ParseInt(second, 10, 64)
	return time.UnixMicro(micros), id, err == nil && wrong == nil && micros > 0 && micros < 1<<52
}

// readable are the spaces that the actor may read, or the given one.
func (s *Service) readable(ctx context.Context, actor account.Actor, only int64) ([]account.Space, error) {
	if only != 0 {
		sp, err := account.FindSpace(ctx, s.db, only)
		if err == nil {
			err = sp.Refusal(actor)
		}
		return []account.Space{sp}, err
	}
	var all []account.Space
	if err := s.db.NewSelect().Model(&all).Order("position", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("spaces: %w", err)
	}
	return slices.DeleteFunc(all, func(sp account.Space) bool { return !sp.ReadableBy(actor) }), nil
}

func ids(spaces []account.Space) []int64 {
	list := []int64{0}
	for _, sp := range spaces {
		list = append(list, sp.ID)
	}
	return list
}

func within(list []Item, spaces []account.Space) []Item {
	for i := range list {
		for _, sp := range spaces {
			if sp.ID == list[i].SpaceID {
				list[i].Space = sp
			}
		}
	}
	return list
}

// Waiting lists what members proposed to a space and nobody decided, the oldest first. It needs Moderate over the space.
func (s *Service) Waiting(ctx context.Context, actor account.Actor, sp account.Space) ([]Item, error) {
	if !actor.Can(account.Moderate, sp.Scope()) {
		return nil, refuse(actor)
	}
	var list []Item
	err := s.db.NewSelect().Model(&list).ColumnExpr("document.*").ColumnExpr("coalesce(p.name, '') as giver").
		Join("left join person p on p.id = document.given_by").
		Where("document.space_id = ? and document.state = ?", sp.ID, Proposed).Order("document.given_at", "document.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("proposed documents of space %d: %w", sp.ID, err)
	}
	return within(list, []account.Space{sp}), nil
}

// WaitingAnywhere counts, for each space that the actor moderates, what members proposed and nobody decided.
func (s *Service) WaitingAnywhere(ctx context.Context, actor account.Actor) (list []account.WaitingHere, err error) {
	if !actor.CanSomewhere(account.Moderate) {
		return nil, nil
	}
	var all []struct {
		account.Space `bun:",extend"`
		Count         int
	}
	err = s.db.NewRaw(`select space.*, d.count from space join (select space_id, count(*) from document where state = ? group by space_id) d
		on d.space_id = space.id order by position, id`, Proposed).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("count proposed documents: %w", err)
	}
	for _, sp := range all {
		if actor.Can(account.Moderate, sp.Scope()) {
			list = append(list, account.WaitingHere{ID: sp.ID, Key: sp.Key, Name: sp.Name, Count: sp.Count})
		}
	}
	return list, nil
}

// Mine lists what the actor proposed to a space that isn't published: waiting or refused, the latest first.
func (s *Service) Mine(ctx context.Context, actor account.Actor, sp account.Space) ([]Item, error) {
	if !actor.SignedIn() {
		return nil, nil
	}
	var list []Item
	err := s.db.NewSelect().Model(&list).Where("document.space_id = ? and document.given_by = ?", sp.ID, actor.PersonID).
		Where("document.state in (?, ?)", Proposed, Refused).Order("document.given_at desc", "document.id desc").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("own documents of space %d: %w", sp.ID, err)
	}
	return within(list, []account.Space{sp}), nil
}

// Document returns one document with its space: a published one of a space the actor may read, any one of a space they
// moderate, and their own.
func (s *Service) Document(ctx context.Context, actor account.Actor, id int64) (Item, error) {
	d, sp, err := visible(ctx, s.db, s.db.NewSelect(), actor, id)
	return Item{Document: d, Space: sp}, err
}

// Open returns the file of a document the actor may see, with its true media type. A published one counts as taken once
// more when counted.
func (s *Service) Open(ctx context.Context, actor account.Actor, id int64, counted bool) (d Document, path, mime string, err error) {
	d, _, err = visible(ctx, s.db, s.db.NewSelect(), actor, id)
	if err != nil {
		return Document{}, "", "", err
	}
	path, mime, err = s.folder.path(d.Blob)
	if errors.Is(err, errNoBlob) {
		return Document{}, "", "", fmt.Errorf("file of document %d: %w", id, account.ErrNotFound)
	}
	if err != nil {
		return Document{}, "", "", err
	}
	if counted && d.State == Published {
		if _, err := s.db.ExecContext(ctx, `update document set downloads = downloads + 1 where id = ?`, id); err != nil {
			return Document{}, "", "", fmt.Errorf("count document %d: %w", id, err)
		}
	}
	return d, path, mime, nil
}
