package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Retired tells whether nobody can newly choose the axis.
func (a Axis) Retired() bool { return !a.RetiredAt.IsZero() }

// Choosable are the axes that may be chosen for a thing: those that aren't retired, and those it holds already.
func Choosable(all []Axis, held ...string) []Axis {
	return slices.DeleteFunc(slices.Clone(all), func(a Axis) bool { return a.Retired() && !slices.Contains(held, a.Key) })
}

// chosen are those of keys that may be chosen for a thing that holds held, once each, in the order of axes.
func (s *Service) chosen(ctx context.Context, keys []string, held ...string) ([]string, error) {
	all, err := s.Axes(ctx)
	if err != nil {
		return nil, err
	}
	known := []string{}
	for _, a := range Choosable(all, held...) {
		if slices.Contains(keys, a.Key) {
			known = append(known, a.Key)
		}
	}
	return known, nil
}

// UsedAxis is an axis with how many hold it.
type UsedAxis struct {
	Axis `bun:",extend"`

	Organisations, Spaces, People int
}

// AdministeredAxes lists every axis with how many hold it, the retired ones last. It needs AdministerPlatform everywhere.
func (s *Service) AdministeredAxes(ctx context.Context, actor Actor) ([]UsedAxis, error) {
	if err := permit(actor, AdministerPlatform, Scope{}); err != nil {
		return nil, err
	}
	var all []UsedAxis
	err := s.db.NewSelect().Model(&all).ColumnExpr("axis.*").
		ColumnExpr("(select count(*) from organisation o where axis.key = any(o.axes) and o.state <> ?) as organisations", OrganisationRefused).
		ColumnExpr("(select count(*) from space where space.axis = axis.key) as spaces").
		ColumnExpr("(select count(*) from profile p where axis.key = any(p.axes)) as people").
		OrderExpr("retired_at is not null, position, key").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("administered axes: %w", err)
	}
	return all, nil
}

// CreateAxis adds an axis, the last in lists. It needs AdministerPlatform everywhere and returns Invalids (fields name_…),
// also when another axis has the name.
func (s *Service) CreateAxis(ctx context.Context, actor Actor, name events.Text) (Axis, error) {
	a := Axis{Name: name}
	err := s.changeAxes(ctx, actor, func(ctx context.Context, tx bun.Tx) (string, error) {
		if err := checkAxisName(ctx, tx, &a); err != nil {
			return "", err
		}
		var err error
		if a.Key, err = freeKey(ctx, tx, "axis", keyFrom(a.Name, "axis")); err != nil {
			return "", err
		}
		if err := tx.NewRaw(`select coalesce(max(position), 0) + 1 from axis`).Scan(ctx, &a.Position); err != nil {
			return "", err
		}
		_, err = tx.NewInsert().Model(&a).Exec(ctx)
		return "created", err
	}, &a)
	return a, err
}

// RenameAxis changes what an axis is called wherever it is shown. It needs AdministerPlatform everywhere and returns
// Invalids as CreateAxis does, and ErrStale unless version is the last one.
func (s *Service) RenameAxis(ctx context.Context, actor Actor, key string, version int, name events.Text) error {
	a := Axis{Key: key}
	return s.changeAxes(ctx, actor, func(ctx context.Context, tx bun.Tx) (string, error) {
		if err := findAxis(ctx, tx, &a); err != nil {
			return "", err
		}
		if a.Version != version {
			return "", ErrStale
		}
		a.Name, a.Version = name, version+1
		if err := checkAxisName(ctx, tx, &a); err != nil {
			return "", err
		}
		_, err := tx.NewUpdate().Model(&a).Column("name", "version").WherePK().Exec(ctx)
		return "renamed", err
	}, &a)
}

// OfferAxis retires an axis, so that nobody can newly choose it, or offers it again, the last in lists. Twice is once. It
// needs AdministerPlatform everywhere.
func (s *Service) OfferAxis(ctx context.Context, actor Actor, key string, offered bool) error {
	a := Axis{Key: key}
	return s.changeAxes(ctx, actor, func(ctx context.Context, tx bun.Tx) (string, error) {
		if err := findAxis(ctx, tx, &a); err != nil || a.Retired() != offered {
			return "", err
		}
		did := "retired"
		if offered {
			did = "restored"
		}
		_, err := tx.NewRaw(`update axis set retired_at = case when ?0 then null else ?1::timestamptz end,
			position = case when ?0 then (select max(position) + 1 from axis) else position end where key = ?2`, offered, s.now(), key).Exec(ctx)
		return did, err
	}, &a)
}

// MoveAxis exchanges an axis with the one before it in lists, or after it. At the end of the list, or retired, it stays.
// It needs AdministerPlatform everywhere.
func (s *Service) MoveAxis(ctx context.Context, actor Actor, key string, up bool) error {
	a := Axis{Key: key}
	return s.changeAxes(ctx, actor, func(ctx context.Context, tx bun.Tx) (string, error) {
		if err := findAxis(ctx, tx, &a); err != nil {
			return "", err
		}
		var keys []string
		if err := tx.NewRaw(`select key from axis where retired_at is null order by position, key`).Scan(ctx, &keys); err != nil {
			return "", err
		}
		at := slices.Index(keys, key)
		to := at + 1
		if up {
			to = at - 1
		}
		if at < 0 || to < 0 || to >= len(keys) {
			return "", nil
		}
		keys[at], keys[to] = keys[to], keys[at]
		for i, k := range keys { // the whole list: loaded axes may share a position with others
			if _, err := tx.NewRaw(`update axis set position = ? where key = ?`, i+1, k).Exec(ctx); err != nil {
				return "", err
			}
		}
		return "moved", nil
	}, &a)
}

// changeAxes lets one person at a time change the list, and announces what became of a unless change says that it was
// nothing.
func (s *Service) changeAxes(ctx context.Context, actor Actor, change func(context.Context, bun.Tx) (did string, err error), a *Axis) error {
	if err := permit(actor, AdministerPlatform, Scope{}); err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(4, hashtext('axis'))`); err != nil {
			return fmt.Errorf("lock the axes: %w", err)
		}
		did, err := change(ctx, tx)
		if err != nil || did == "" {
			return wrapped("axis "+a.Key, err)
		}
		return events.Publish(ctx, tx, events.AxisChanged{Key: a.Key, Name: a.Name, State: did, By: actor.PersonID})
	})
}

func findAxis(ctx context.Context, tx bun.Tx, a *Axis) error {
	err := tx.NewSelect().Model(a).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// checkAxisName tidies an axis's name, which no other may have in the same language.
func checkAxisName(ctx context.Context, tx bun.Tx, a *Axis) error {
	var wrong Invalids
	a.Name = checkText(&wrong, "name", a.Name, MaxName, line, "account.error_name")
	var others []Axis
	if err := tx.NewSelect().Model(&others).Where("key <> ?", a.Key).Scan(ctx); err != nil {
		return err
	}
	for _, lang := range events.Languages {
		if slices.ContainsFunc(others, func(o Axis) bool { return a.Name[lang] != "" && Fold(o.Name[lang]) == Fold(a.Name[lang]) }) {
			wrong.Add("name_"+lang, "admin.error_axis_exists")
		}
	}
	return wrong.Err()
}
