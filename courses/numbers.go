package courses

import (
	"context"
	"fmt"
)

// Completions counts the modules that people completed, all together.
func (s *Service) Completions(ctx context.Context) (int, error) {
	n, err := s.db.NewSelect().Table("completion").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count completions: %w", err)
	}
	return int(n), nil
}

// PublishedBySpace counts the published modules of each space that has some.
func (s *Service) PublishedBySpace(ctx context.Context) (map[int64]int, error) {
	var rows []struct {
		SpaceID int64
		N       int
	}
	err := s.db.NewRaw(`select space_id, count(*) as n from module where state = 'published' group by space_id`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count modules: %w", err)
	}
	counts := map[int64]int{}
	for _, r := range rows {
		counts[r.SpaceID] = r.N
	}
	return counts, nil
}
