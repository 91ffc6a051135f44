package search

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Titles are the titles of pages by their paths, such as "/threads/3", in the reader's language or else in one they have. A page
// that the actor may not find has none: what is said of it here is what a search would say, no more.
func (s *Service) Titles(ctx context.Context, actor account.Actor, reader string, paths []string) (map[string]string, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	_, shelves, err := s.reach(ctx, actor, 0)
	if err != nil {
		return nil, err
	}
	var rows []struct{ Path, Title string }
	err = s.db.NewRaw(`select distinct on (path) path, title from search_document where path = any(?) and shelf = any(?)
		order by path, language = ? desc, language = '' desc, language`, pgdialect.Array(paths), pgdialect.Array(texts(shelves)), reader).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("titles: %w", err)
	}
	titles := map[string]string{}
	for _, r := range rows {
		titles[r.Path] = r.Title
	}
	return titles, nil
}
