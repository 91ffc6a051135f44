package courses

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// ModulesOf says in which module each of some lessons is, whoever asks.
func (s *Service) ModulesOf(ctx context.Context, lessons []int64) (map[int64]int64, error) {
	if len(lessons) == 0 {
		return nil, nil
	}
	var rows []struct{ ID, ModuleID int64 }
	if err := s.db.NewRaw(`select id, module_id from lesson where id = any(?)`, pgdialect.Array(lessons)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("modules of lessons: %w", err)
	}
	modules := map[int64]int64{}
	for _, r := range rows {
		modules[r.ID] = r.ModuleID
	}
	return modules, nil
}
