package monitoring

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Dashboard is what the page of indicators shows.
type Dashboard struct {
	Filter  Filter
	Figures Figures
	Places  Places
	// WholePlatform tells whether the actor reads every office; else Offices are the ones they read.
	WholePlatform bool
	Offices       []Choice // that the actor may choose among
	Spaces        []Choice // of the seminars of those offices
}

// Choice is one thing to filter by.
type Choice struct {
	ID   int64
	Name events.Text
}

// Places names what lines and figures only number.
type Places struct {
	Offices      map[int64]events.Text
	Spaces       map[int64]events.Text
	Governorates map[string]events.Text
}

// selection is what a filter chooses for an actor, read in one snapshot.
type selection struct {
	filter   Filter
	scope    scope
	seminars []*Seminar
	modules  []Module
	places   Places
}

// Dashboard returns the figures of the lines that f chooses and actor may read. It returns ErrSignInRequired or
// ErrForbidden when they may read none, or f names an office outside their scope.
func (s *Service) Dashboard(ctx context.Context, actor account.Actor, f Filter) (Dashboard, error) {
	d := Dashboard{Filter: f}
	err := s.read(ctx, actor, f, func(ctx context.Context, tx bun.Tx, sel selection) error {
		tally := NewTally(sel.seminars, sel.modules, s.now().In(s.loc))
		err := eachLine(ctx, tx, sel.seminars, func(l Line) error {
			tally.Add(l)
			return nil
		})
		if err != nil {
			return err
		}
		d.Figures, d.Places, d.WholePlatform = tally.Figures(), sel.places, sel.scope.all
		d.Offices, d.Spaces, err = choices(ctx, tx, sel.scope)
		return err
	})
	return d, err
}

// EachLine calls fn with every line that f chooses and actor may read, by seminar and then by name. Errors as Dashboard.
func (s *Service) EachLine(ctx context.Context, actor account.Actor, f Filter, fn func(Line) error) error {
	return s.read(ctx, actor, f, func(ctx context.Context, tx bun.Tx, sel selection) error {
		return eachLine(ctx, tx, sel.seminars, fn)
	})
}

// read runs fn in one snapshot of the database, so that lines, titles and figures agree.
func (s *Service) read(ctx context.Context, actor account.Actor, f Filter,
	fn func(context.Context, bun.Tx, selection) error) error {
	sc, err := scopeOf(actor, f)
	if err != nil {
		return err
	}
	snapshot := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return s.db.RunInTx(ctx, snapshot, func(ctx context.Context, tx bun.Tx) error {
		sel := selection{filter: f, scope: sc}
		var err error
		if sel.seminars, err = seminars(ctx, tx, sc, f, s.loc); err != nil {
			return err
		}
		if sel.modules, err = modules(ctx, tx, sel.seminars); err != nil {
			return err
		}
		if sel.places, err = places(ctx, tx, sc); err != nil {
			return err
		}
		return fn(ctx, tx, sel)
	})
}

// places names places. A space by invitation is named only where one of the offices in scope holds a seminar.
func places(ctx context.Context, db bun.IDB, sc scope) (Places, error) {
	p := Places{Offices: map[int64]events.Text{}, Spaces: map[int64]events.Text{}, Governorates: map[string]events.Text{}}
	var rows []struct {
		Kind string
		ID   int64
		Code string
		Name events.Text
	}
	err := db.NewRaw(`select 'office' as kind, id, '' as code, name from office
		union all select 'space', id, '', name from space where ? or visibility <> 'invitation'
			or id in (select space_id from journey_seminar where office_id = any(?::bigint[]))
		union all select 'governorate', 0, code, name from governorate`, sc.all, pgdialect.Array(sc.offices)).Scan(ctx, &rows)
	if err != nil {
		return p, fmt.Errorf("name the places: %w", err)
	}
	for _, r := range rows {
		switch r.Kind {
		case "office":
			p.Offices[r.ID] = r.Name
		case "space":
			p.Spaces[r.ID] = r.Name
		default:
			p.Governorates[r.Code] = r.Name
		}
	}
	return p, nil
}

// choices lists the offices in scope, and the spaces that their seminars belong to.
func choices(ctx context.Context, db bun.IDB, sc scope) (offices, spaces []Choice, err error) {
	q := db.NewSelect().Table("office").Column("id", "name").Order("id")
	if !sc.all {
		q.Where("id in (?)", bun.List(sc.offices))
	}
	if err = q.Scan(ctx, &offices); err != nil {
		return nil, nil, fmt.Errorf("list the offices in scope: %w", err)
	}
	used := db.NewSelect().Table("journey_seminar").Column("space_id")
	if !sc.all {
		used.Where("office_id in (?)", bun.List(sc.offices))
	}
	err = db.NewSelect().Table("space").Column("id", "name").Where("id in (?)", used).Order("position", "id").Scan(ctx, &spaces)
	if err != nil {
		return nil, nil, fmt.Errorf("list the spaces in scope: %w", err)
	}
	return offices, spaces, nil
}
