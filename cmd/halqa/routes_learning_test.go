package main

import (
	"fmt"

	"github.com/google/uuid"

	"halqa/courses"
	"halqa/courses/media"
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
	spoken := r.spoken(done.module)
	code, err := r.p.courses.Attest(r.ctx, member, done.module)
	r.check(err)
	share := at("/my/learning/sharing").with("organisation", fmt.Sprint(r.own.ID), "do", "refuse")
	return []row{
		{route: "GET /my/learning", cells: signedIn, ask: to("/my/learning")},
		{route: "POST /my/learning/sharing", cells: "s ny yn nn nn nn nnn nnn", lands: "/my/learning", ask: share},
		{route: "GET /organisations/:id/progress", cells: "s ff yf ff ff ff fff fff", ask: to("/organisations/%d/progress", r.own.ID)},
		{route: "POST /modules/:id/attestation", cells: "s ny nn nn nn nn nnn nnn", lands: "/attestations/", ask: at("/modules/%d/attestation", done.module).with()},
		{route: "GET /attestations/:code", cells: public, ask: to("/attestations/%s", code)},
		{route: "GET /lessons/:id/text", cells: signedIn, ask: to("/lessons/%d/text", spoken.ID)},
		{route: "POST /lessons/:id/text", cells: "s uu uu uu uu uu uuu uuu", ask: at("/lessons/%d/text", spoken.ID).with("nonce", uuid.NewString())},
		{route: "POST /author/modules/:id/by-text", cells: writers, lands: "/author/modules/", ask: at("/author/modules/%d/by-text", done.module).with("do", "on")},
		{route: "POST /spaces/:key/attestations", cells: writers, lands: "/spaces/", ask: at("/spaces/%s/attestations", r.space.Key).with("do", "on")},
	}
}

// spoken adds to a module what its videos need to be followed by their text, and returns such a video.
func (r *realm) spoken(moduleID int64) courses.Lesson {
	track := courses.Track{Language: "fr", DurationMS: 1000, Transcript: []media.Cue{{FromMS: 0, ToMS: 900, Text: "Bonjour"}},
		Files: []courses.File{{Kind: courses.Film, Blob: media.Blob{Name: "x.mp4", MIME: "video/mp4", Bytes: 1}}}}
	l, err := r.p.courses.AddLesson(r.ctx, r.admin, moduleID, courses.Lesson{Kind: courses.Video, Title: spelled("Parlé"), Tracks: []courses.Track{track}})
	r.check(err)
	q := courses.Question{Kind: courses.Single, Prompt: spelled("Parlé"), Options: []courses.Option{
		{Key: "a", Text: spelled("Parlé"), Right: true}, {Key: "b", Text: spelled("Parlé")}}}
	_, err = r.p.courses.AddLesson(r.ctx, r.admin, moduleID, courses.Lesson{Kind: courses.Quiz, Title: spelled("Parlé"), Questions: []courses.Question{q, q, q}})
	r.check(err)
	r.check(r.p.courses.SetByText(r.ctx, r.admin, moduleID, true))
	return l
}
