package main

import (
	"fmt"
)

// ownLearningRows are my learning, and what of it others may see.
func (r *realm) ownLearningRows() []row {
	done := r.course(r.space, "Terminé", true)
	member := r.as(aMember).actor
	version := 0
	r.check(r.p.db.NewRaw(`select max(version) from criterion where module_id = ?`, done.module).Scan(r.ctx, &version))
	for _, query := range []string{
		`insert into module_progress (person_id, module_id, opened_at, touched_at) values (?0, ?1, now(), now())`,
		`insert into completion (person_id, module_id, criterion_version, at) values (?0, ?1, ?2, now())`,
	} {
		_, err := r.p.db.NewRaw(query, member.PersonID, done.module, version).Exec(r.ctx)
		r.check(err)
	}
	r.check(r.p.courses.SetAttesting(r.ctx, r.admin, r.space.ID, true))
	code, err := r.p.courses.Attest(r.ctx, member, done.module)
	r.check(err)
	share := at("/my/learning/sharing").with("organisation", fmt.Sprint(r.own.ID), "do", "refuse")
	return []row{
		{route: "GET /my/learning", cells: signedIn, ask: to("/my/learning")},
		{route: "POST /my/learning/sharing", cells: "s ny yn nn nn nn nnn nnn", lands: "/my/learning", ask: share},
		{route: "GET /organisations/:id/progress", cells: "s ff yf ff ff ff fff fff", ask: to("/organisations/%d/progress", r.own.ID)},
		{route: "POST /modules/:id/attestation", cells: "s ny nn nn nn nn nnn nnn", lands: "/attestations/", ask: at("/modules/%d/attestation", done.module).with()},
		{route: "GET /attestations/:code", cells: public, ask: to("/attestations/%s", code)},
		{route: "POST /spaces/:key/attestations", cells: writers, lands: "/spaces/", ask: at("/spaces/%s/attestations", r.space.Key).with("do", "on")},
	}
}
