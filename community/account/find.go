package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// SpaceIDs lists every space, for whoever asks.
func SpaceIDs(ctx context.Context, db bun.IDB) ([]int64, error) {
	var ids []int64
	if err := db.NewRaw(`select id from space order by id`).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("spaces: %w", err)
	}
	return ids, nil
}

// ValidatedIDs lists the validated organisations, for whoever asks.
func ValidatedIDs(ctx context.Context, db bun.IDB) ([]int64, error) {
	var ids []int64
	err := db.NewRaw(`select id from organisation where state = ? order by id`, OrganisationValidated).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("organisations: %w", err)
	}
	return ids, nil
}

// FindValidated returns a validated organisation, whoever asks; false when there is none.
func FindValidated(ctx context.Context, db bun.IDB, id int64) (Organisation, bool, error) {
	o, err := findOrganisation(ctx, db.NewSelect(), id)
	if errors.Is(err, ErrNotFound) {
		return Organisation{}, false, nil
	}
	return o, err == nil && o.State == OrganisationValidated, err
}
