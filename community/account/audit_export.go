package account

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// auditBatch is the number of lines of an export that are in memory at once.
const auditBatch = 1000

// ExportAudit calls add with every line that Audit would list, the latest first, a few at a time, and then puts the export
// itself on record: whoever writes the file gives it away only after that. It returns the errors of Audit and of add.
func (s *Service) ExportAudit(ctx context.Context, actor Actor, f AuditFilter, format string, add func(AuditLine) error) error {
	filter, err := s.auditFilter(ctx, actor, f)
	if err != nil {
		return err
	}
	filter.Limit = auditBatch
	count := 0
	for {
		found, err := events.Log(ctx, s.db, filter)
		if err != nil {
			return err
		}
		lines, err := s.auditLines(ctx, found)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := add(l); err != nil {
				return err
			}
		}
		if count += len(lines); len(found) < auditBatch {
			break
		}
		filter.Before = found[len(found)-1]
	}
	exported := events.AuditExported{OfficeID: f.OfficeID, SpaceID: f.SpaceID, Count: count, Format: format, By: actor.PersonID,
		OrganisationID: f.About.OrganisationID, SeminarID: f.About.SeminarID}
	if _, offices := actor.Offices(ReadAudit); f.SpaceID == 0 && len(offices) == 1 {
		exported.OfficeID = offices[0] // others of the office see it, too
	}
	err = s.db.RunInTx(ctx, &sql.TxOptions{}, func(ctx context.Context, tx bun.Tx) error { return events.Publish(ctx, tx, exported) })
	if err != nil {
		return fmt.Errorf("export the audit: %w", err)
	}
	return nil
}
