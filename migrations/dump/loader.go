package dump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"halqa/migrations"
)

// Loader fills an empty database with a copy, in one transaction: all of it or nothing.
type Loader struct {
	conn   *pgx.Conn
	tx     pgx.Tx
	known  []Table
	defers []string // foreign keys to add at the end
}

// Load prepares the database at url for a copy of the given structure: it brings it there and takes away what the
// migrations themselves wrote. It fails with ErrInUse, ErrNotEmpty and ErrNewer. The loader must be closed.
func Load(ctx context.Context, url string, structure int64) (*Loader, error) {
	conn, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	l := &Loader{conn: conn}
	if err := l.prepare(ctx, url, structure); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Loader) prepare(ctx context.Context, url string, structure int64) error {
	if err := l.refuse(ctx); err != nil {
		return err
	}
	if err := build(ctx, url, structure); err != nil {
		return err
	}
	tx, err := l.conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	l.tx = tx
	if l.known, err = tables(ctx, tx); err != nil {
		return err
	}
	return l.clear(ctx)
}

// refuse fails when somebody works on the database, or did: it holds people, offices or events.
func (l *Loader) refuse(ctx context.Context) error {
	if err := l.waitAlone(ctx); err != nil {
		return err
	}
	for _, table := range []string{"person", "office", "outbox"} {
		var exists bool
		if err := l.conn.QueryRow(ctx, `select to_regclass($1) is not null`, table).Scan(&exists); err != nil {
			return fmt.Errorf("look for table %s: %w", table, err)
		}
		if !exists {
			continue
		}
		if err := l.conn.QueryRow(ctx, `select exists (select from `+table+`)`).Scan(&exists); err != nil {
			return fmt.Errorf("look into table %s: %w", table, err)
		}
		if exists {
			return fmt.Errorf("%w: table %s has rows", ErrNotEmpty, table)
		}
	}
	return nil
}

// waitAlone fails with ErrInUse unless this is the only halqa on the database. One that has just ended may take a moment
// to be gone.
func (l *Loader) waitAlone(ctx context.Context) error {
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		var others int
		err := l.conn.QueryRow(ctx, `select count(*) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and application_name like 'halqa%'`).Scan(&others)
		switch {
		case err != nil:
			return fmt.Errorf("look for other programs: %w", err)
		case others == 0:
			return nil
		case wait > time.Second:
			return ErrInUse
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

func build(ctx context.Context, url string, structure int64) error {
	db, err := migrations.Open(ctx, url)
	if err != nil {
		return err
	}
	defer db.Close()
	err = migrations.UpTo(ctx, db, structure)
	if errors.Is(err, migrations.ErrUnknown) {
		return fmt.Errorf("%w: it has structure %d", ErrNewer, structure)
	}
	return err
}

// clear empties every table and sets foreign keys aside, as the order of tables isn't theirs.
func (l *Loader) clear(ctx context.Context) error {
	for _, t := range l.known {
		if _, err := l.tx.Exec(ctx, "truncate "+pgx.Identifier{t.Name}.Sanitize()+" restart identity cascade"); err != nil {
			return fmt.Errorf("empty table %s: %w", t.Name, err)
		}
		if _, err := l.tx.Exec(ctx, "alter table "+pgx.Identifier{t.Name}.Sanitize()+" disable trigger user"); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	rows, err := l.tx.Query(ctx, `select format('alter table %s drop constraint %I', conrelid::regclass, conname),
			format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
		from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0 order by oid`)
	if err != nil {
		return fmt.Errorf("list foreign keys: %w", err)
	}
	var drop, add string
	var drops []string
	_, err = pgx.ForEachRow(rows, []any{&drop, &add}, func() error {
		drops, l.defers = append(drops, drop), append(l.defers, add)
		return nil
	})
	for _, drop := range drops {
		if err == nil {
			_, err = l.tx.Exec(ctx, drop)
		}
	}
	if err != nil {
		return fmt.Errorf("set foreign keys aside: %w", err)
	}
	return nil
}

// Rows adds a piece of a table's rows and returns how many there were.
func (l *Loader) Rows(ctx context.Context, t Table, piece io.Reader) (int64, error) {
	i := slices.IndexFunc(l.known, func(known Table) bool { return known.Name == t.Name })
	if i < 0 {
		return 0, fmt.Errorf("the copy has a table %q that the database lacks", t.Name)
	}
	for _, c := range t.Columns {
		if !slices.Contains(l.known[i].Columns, c) {
			return 0, fmt.Errorf("the copy has a column %q of table %s that the database lacks", c, t.Name)
		}
	}
	tag, err := wire(l.tx).CopyFrom(ctx, piece, "copy "+t.columns()+" from stdin")
	if err != nil {
		return 0, fmt.Errorf("fill table %s: %w", t.Name, err)
	}
	return tag.RowsAffected(), nil
}

// Commit sets the sequences, checks every foreign key and makes the copy real.
func (l *Loader) Commit(ctx context.Context, sequences []Sequence) error {
	for _, s := range sequences {
		_, err := l.tx.Exec(ctx, `select setval(to_regclass($1), $2)`, pgx.Identifier{s.Name}.Sanitize(), s.Last)
		if err != nil {
			return fmt.Errorf("set sequence %s: %w", s.Name, err)
		}
	}
	for _, add := range l.defers {
		if _, err := l.tx.Exec(ctx, add); err != nil {
			return fmt.Errorf("check foreign keys: %w", err)
		}
	}
	for _, t := range l.known {
		if _, err := l.tx.Exec(ctx, "alter table "+pgx.Identifier{t.Name}.Sanitize()+" enable trigger user"); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if err := l.tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if _, err := l.conn.Exec(ctx, "analyze"); err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	return nil
}

// Close gives up what wasn't committed.
func (l *Loader) Close() error { return l.conn.Close(context.Background()) }
