package courses

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Direction is where a module or a lesson is moved in its list.
type Direction int

// The directions.
const (
	Up   Direction = -1
	Down Direction = 1
)

// MoveModule exchanges a module with the one before or after it in its space, among those that aren't retired. At the
// end of the list it changes nothing. The actor needs EditModules over the space.
func (s *Service) MoveModule(ctx context.Context, actor account.Actor, moduleID int64, to Direction) error {
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		m, err := moduleByID(ctx, tx, moduleID, "")
		if err != nil {
			return err
		}
		if err := mayEdit(ctx, tx, actor, m.SpaceID); err != nil {
			return err
		}
		// The space's row orders those who add or move modules in it.
		if _, err := tx.NewRaw(`select 1 from space where id = ? for update`, m.SpaceID).Exec(ctx); err != nil {
			return err
		}
		return move(ctx, tx, "module", "space_id", m.SpaceID, moduleID, to)
	})
	if err != nil {
		return fmt.Errorf("move module %d: %w", moduleID, err)
	}
	return nil
}

// MoveLesson exchanges a lesson with the one before or after it in its module, among those that aren't retired. At the
// end of the list it changes nothing.
func (s *Service) MoveLesson(ctx context.Context, actor account.Actor, lessonID int64, to Direction) error {
	err := s.editLesson(ctx, actor, lessonID, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		return move(ctx, tx, "lesson", "module_id", m.ID, l.ID, to)
	})
	if err != nil {
		return fmt.Errorf("move lesson %d: %w", lessonID, err)
	}
	return nil
}

// move exchanges the positions of a row and its neighbour. Nobody else moves rows of the same owner meanwhile.
func move(ctx context.Context, tx bun.Tx, table, owner string, ownerID, id int64, to Direction) error {
	var ids []int64
	err := tx.NewRaw(`select id from ? where ? = ? and state <> 'retired' order by position`,
		bun.Ident(table), bun.Ident(owner), ownerID).Scan(ctx, &ids)
	if err != nil {
		return err
	}
	at := slices.Index(ids, id)
	next := at + int(to)
	if at < 0 || next < 0 || next >= len(ids) {
		return nil
	}
	// Positions are unique at every moment, so the two step aside first.
	if _, err := tx.NewRaw(`update ? set position = -position where id in (?, ?)`, bun.Ident(table), id, ids[next]).Exec(ctx); err != nil {
		return err
	}
	_, err = tx.NewRaw(`update ? as a set position = -b.position from ? as b where a.id in (?, ?) and b.id in (?, ?) and a.id <> b.id`,
		bun.Ident(table), bun.Ident(table), id, ids[next], id, ids[next]).Exec(ctx)
	return err
}
