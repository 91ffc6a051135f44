package library

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// PublishedIDs lists the published documents, for whoever asks.
func PublishedIDs(ctx context.Context, db bun.IDB) ([]int64, error) {
	var ids []int64
	if err := db.NewRaw(`select id from document where state = ? order by id`, Published).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("published documents: %w", err)
	}
	return ids, nil
}

// FindPublished returns a published document, whoever asks; false when there is none.
func FindPublished(ctx context.Context, db bun.IDB, id int64) (Document, bool, error) {
	var found []Document
	if err := db.NewSelect().Model(&found).Where("id = ? and state = ?", id, Published).Scan(ctx); err != nil {
		return Document{}, false, fmt.Errorf("document %d: %w", id, err)
	}
	if len(found) == 0 {
		return Document{}, false, nil
	}
	return found[0], true, nil
}
