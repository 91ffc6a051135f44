package main

import (
	"bytes"
	"testing"

	"halqa/migrations/testdb"
)

func TestAuditCommand(t *testing.T) {
	db := testdb.Clone(t)
	w := newWorld(t, db, testConfig(t, dataFolder(t, t.TempDir())), nil)
	sem := w.seminar(1)
	var out bytes.Buffer
	w.check(auditSeats(w.ctx, w.p, &out))
	if out.String() != "Every seminar's seats are in order.\n" {
		t.Errorf("said %q", out.String())
	}
	p := w.person("intruse")
	_, err := db.ExecContext(w.ctx, `with d as (insert into decision (person_id, seminar_id, use, gate_version, evidence, at)
			values (?, ?, 'register', 1, '{}', now()) returning id)
		insert into registration (seminar_id, person_id, state, decision_id, created_at, changed_at) select ?, ?, 'confirmed', id, now(), now() from d`,
		p.ID, sem.ID, sem.ID, p.ID)
	w.check(err)
	out.Reset()
	if err := auditSeats(w.ctx, w.p, &out); err == nil || !bytes.Contains(out.Bytes(), []byte("unsaid")) {
		t.Errorf("a seat that nobody was told of: %v, said %q", err, out.String())
	}
}
