package dump

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Snapshot is the database as of the moment it was taken, whatever is written meanwhile.
type Snapshot struct {
	Structure int64 // the number of the last migration
	Tables    []Table
	Sequences []Sequence

	conn *pgx.Conn
	tx   pgx.Tx
}

// Take begins a snapshot of the database at url. It must be closed.
func Take(ctx context.Context, url string) (*Snapshot, error) {
	conn, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{conn: conn}
	if err := s.begin(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("take a snapshot of the database: %w", err)
	}
	return s, nil
}

func (s *Snapshot) begin(ctx context.Context) (err error) {
	s.tx, err = s.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	err = s.tx.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&s.Structure)
	if err != nil {
		return err
	}
	if s.Tables, err = tables(ctx, s.tx); err != nil {
		return err
	}
	// Sequences don't obey snapshots. Read after the snapshot was taken, each is at least as far as the rows in it.
	rows, err := s.tx.Query(ctx, `select sequencename::text, last_value from pg_sequences
		where schemaname = current_schema() and sequencename not like 'goose%' and last_value is not null order by 1`)
	if err != nil {
		return err
	}
	s.Sequences, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Sequence])
	return err
}

// chunk is about how many bytes of rows are handed over at once.
const chunk = 4 << 20

// Rows hands the rows of a table over in pieces, each of whole rows, and returns how many there were. A piece is valid
// until put returns.
func (s *Snapshot) Rows(ctx context.Context, t Table, put func(piece []byte) error) (int64, error) {
	w := &pieces{put: put}
	tag, err := wire(s.tx).CopyTo(ctx, w, "copy "+t.columns()+" to stdout")
	if err == nil {
		err = w.flush(w.buffer.Len())
	}
	if err != nil {
		return 0, fmt.Errorf("copy table %s: %w", t.Name, err)
	}
	return tag.RowsAffected(), nil
}

// pieces gathers what is written and hands it over, cut after a row. COPY escapes the newlines of values.
type pieces struct {
	buffer bytes.Buffer
	put    func([]byte) error
}

func (p *pieces) Write(data []byte) (int, error) {
	p.buffer.Write(data)
	if p.buffer.Len() < chunk {
		return len(data), nil
	}
	return len(data), p.flush(bytes.LastIndexByte(p.buffer.Bytes(), '\n') + 1)
}

func (p *pieces) flush(n int) error {
	if n == 0 {
		return nil
	}
	return p.put(p.buffer.Next(n))
}

// Close ends the snapshot.
func (s *Snapshot) Close() error { return s.conn.Close(context.Background()) }
