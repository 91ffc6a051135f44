package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events/eventstest"
)

// What nobody may find of somebody who erased their account.
const (
	leaverName  = "Zohra Zarrouk"
	leaverEmail = "zohra.zarrouk@example.net"
	leaverPhone = "+216 70 123 987"
)

// notErased are columns that refer to a person and that hold nobody who erases their account, and why.
var notErased = map[string]string{
	"erasure.by_id":                  "an administrator; the record of what they did",
	"seminar.created_by":             "set below by the use case, as those that follow",
	"progress_step.person_id":        "goes with module_progress, as the next two",
	"completion.person_id":           "",
	"playing_session.person_id":      "",
	"pseudonym_look.mask_id":         "looks behind their pseudonyms, which go with them",
	"erasure.person_id":              "the record that somebody is gone",
	"registration.cancelled_by":      "only of others' registrations: an act of office, without words of theirs",
	"journey_attendance.person_id":   "figures, by a number that leads to nobody, as the next three",
	"journey_progress.person_id":     "",
	"journey_registration.person_id": "",
	"journey_unlock.person_id":       "",
}

// fills gives somebody (?0) a row in every table that refers to people, with what names them (?3, as JSON ?4) wherever it can be. ?1 is
// somebody else, ?2 their post.
var fills = []string{
	`insert into profile (person_id, bio, email, phone) values (?0, ?3, ?3, ?3)`,
	`insert into person (name, mask_of, mask_in) select 'Zohra 12', ?0, id from space limit 1`,
	`insert into post (thread_id, author_id, body, created_at) select thread_id, p.id, 'Sous un autre nom.', now() from post o, person p where o.id = ?2 and p.mask_of = ?0`,
	`insert into pseudonym_look (mask_id, by_id, cause, words, at) select id, ?0, 'other', ?3, now() from person where mask_of = ?0`,
	`insert into mail (key, address, person_id, language, kind, data, state, next_at, created_at) select 'e', 'x@example.org', ?1, 'fr', 'mentioned',
		jsonb_build_object('person_id', id, 'person', name), 'sent', now(), now() from person where mask_of = ?0`,
	`insert into mail (key, address, person_id, language, kind, data, state, next_at, created_at) values ('f', 'x@example.org', ?1, 'fr', 'digest',
		jsonb_build_object('digest', jsonb_build_array(jsonb_build_object('threads', jsonb_build_array(jsonb_build_object('by', jsonb_build_array('Zohra 12')))))), 'sent', now(), now())`,
	`insert into organisation (name, kind, governorate, office_id, state, asked_by, decided_by) select 'Oasis', 'media', g.code, g.office_id, 'validated', ?0, ?0 from governorate g limit 1`,
	`insert into membership (person_id, organisation_id, state, decided_by, reason) select ?0, id, 'active', ?0, ?3 from organisation`,
	`insert into space_member (space_id, person_id) select id, ?0 from space on conflict do nothing`,
	`insert into space_request (space_id, person_id) select id, ?0 from space`,
	`insert into role_grant (person_id, role, kind, space_id, given_by, revoked_by, revoked_at) select ?0, 'space_moderator', 'space', id, ?0, ?0, now() from space`,
	`insert into role_grant (person_id, role, kind, space_id, given_by) select ?0, 'space_moderator', 'space', id, ?0 from space`,
	`insert into session (token_hash, person_id, agent, expires_at) values ('\x01', ?0, ?3, now() + interval '1 day')`,
	`insert into token (hash, kind, email, person_id, expires_at) values ('\x02', 'magic', '` + leaverEmail + `', ?0, now() + interval '1 day')`,
	`insert into token (hash, kind, email, data, expires_at) values ('\x03', 'confirm', '` + leaverEmail + `', ?4, now() + interval '1 day')`,
	`insert into attempt (key, at) values ('password:account:` + leaverEmail + `', now())`,
	`insert into measure (person_id, act, kind, cause, words, at, by_id, decided_by, appeal) values (?0, 'warn', 'platform', 'other', ?3, now(), ?0, ?0, ?3)`,
	`insert into beginning (kind, place_id, at) values ('office', 1, now()) on conflict do nothing`,
	`insert into step_skipped (person_id, kind, place_id, step, at) select ?0, kind, place_id, 'x', now() from beginning limit 1`,

	`update criterion set made_by = ?0`,
	`insert into attesting_space (space_id, by_id, at) select id, ?0, now() from space`,
	`insert into module_progress (person_id, module_id, opened_at, touched_at) select ?0, id, now(), now() from module`,
	`insert into played (person_id, track_id, opened_at, touched_at) select ?0, id, now(), now() from track limit 1`,
	`insert into quiz_attempt (person_id, lesson_id, nonce, answers, score, at) select ?0, id, gen_random_uuid(), ?4, 50, now() from lesson limit 1`,
	`insert into reading_done (person_id, lesson_id, at) select ?0, id, now() from lesson limit 1`,
	`insert into text_reading (person_id, lesson_id, opened_at, need_ms) select ?0, id, now(), 1 from lesson limit 1`,
	`insert into text_try (person_id, lesson_id, nonce, at) select ?0, id, gen_random_uuid(), now() from lesson limit 1`,
	`insert into text_followed (person_id, lesson_id, answers, at) select ?0, id, ?4, now() from lesson limit 1`,
	`insert into contribution (post_id, person_id, space_id, visible, since) select 999, ?0, id, true, now() from space limit 1`,
	`insert into attestation (code, person_id, module_id, issued_at) select 'ZZ', ?0, id, now() from module limit 1`,
	`insert into progress_sharing (person_id, organisation_id, agreed, at) select ?0, id, true, now() from organisation limit 1`,

	`update gate_version set created_by = ?0`,
	`insert into fact (event_id, person_id, kind, subject_id, value, since) values (gen_random_uuid(), ?0, 'x', 1, 1, now())`,
	`insert into eligibility (person_id, seminar_id, eligible, gate_version, decided_at) select ?0, id, true, 1, now() from seminar limit 1 on conflict do nothing`,
	`insert into unlock (person_id, seminar_id, gate_version, at) select ?0, id, 1, now() from seminar limit 1 on conflict do nothing`,
	`insert into seminar_trainer (seminar_id, position, person_id, name, about) select id, 0, ?0, ?3, ?3 from seminar`,
	`insert into seminar_paper (seminar_id, title, url, added_by, added_at) select id, 'Plan', 'https://example.org', ?0, now() from seminar`,
	`insert into twin_proposal (seminar_id, other_id, state, words, proposed_by, proposed_at, decided_by, decided_at) select min(id), max(id), 'declined', ?3, ?0, now(), ?0, now() from seminar`,
	`insert into absence_policy (office_id, absences, months, changed_by, changed_at) select id, 1, 1, ?0, now() from office`,
	`insert into calendar_link (person_id, changed_at) values (?0, now())`,
	`update registration set asked_by = ?0 where person_id = ?1`,
	`insert into attendance (session_id, registration_id, present, recorded_by, recorded_at) select s.id, r.id, true, ?0, now() from registration r join seminar_session s using (seminar_id) where r.person_id = ?1`,

	`insert into notification (person_id, event_id, kind, data, at) values (?0, gen_random_uuid(), 'mentioned', ?4, now())`,
	`insert into notification (person_id, event_id, kind, data, at) values (?1, gen_random_uuid(), 'mentioned', jsonb_build_object('person_id', ?0::bigint), now())`,
	`insert into mail (key, address, person_id, language, kind, data, next_at, created_at) values ('a', '` + leaverEmail + `', ?0, 'fr', 'mentioned', ?4, now(), now())`,
	`insert into mail (key, address, language, kind, data, state, next_at, created_at) values ('b', '` + leaverEmail + `', 'fr', 'confirm', ?4, 'written', now(), '2026-01-01')`,
	`insert into mail (key, address, person_id, language, kind, data, state, next_at, created_at) values ('c', 'x@example.org', ?1, 'fr', 'mentioned',
		jsonb_build_object('person_id', ?0::bigint, 'person', ?5::text), 'sent', now(), now())`,
	`insert into mail (key, address, person_id, language, kind, data, state, next_at, created_at) values ('d', 'x@example.org', ?1, 'fr', 'digest',
		jsonb_build_object('digest', jsonb_build_array(jsonb_build_object('threads', jsonb_build_array(jsonb_build_object('by', jsonb_build_array(?5::text)))))), 'sent', now(), now())`,
	`insert into bounce (mail_id, hard, status, said, at) select id, true, '5.1.1', ?3, now() from mail where key = 'a'`,
	`insert into mail_choice (person_id, topic, mailed, changed_at) values (?0, 'replies', true, now())`,
	`insert into mail_stop (address, person_id, hard, status, said, since) values ('` + leaverEmail + `', ?0, false, '4', ?3, now())`,
	`insert into follow (person_id, subject, subject_id, changed_at) values (?0, 'thread', 999, now()), (?1, 'person', ?0, now())`,
	`insert into attention (person_id) values (?0) on conflict do nothing`,
	`insert into push_device (person_id, endpoint, p256dh, auth, agent, created_at) values (?0, ?3, 'x', 'x', ?3, now())`,
	`insert into thanked (post_id, person_id, seq) values (?2, ?0, 1)`,

	`update post set hidden_by = ?0 where id = ?2`,
	`insert into post_report (post_id, person_id, reason, body, at, decided_by) values (?2, ?0, 'other', 'x', now(), ?0)`,
	`insert into post_thank (post_id, person_id, at) values (?2, ?0, now())`,
	`insert into post_version (post_id, at, title, body) select id, now(), ?3, ?3 from post where author_id = ?0`,
	`update experience set contact = ?3`,
	`insert into thread_read (person_id, thread_id, post_id, at) select ?0, thread_id, id, now() from post where id = ?2 on conflict do nothing`,
	`insert into moderation_case (post_id, opened_at, assigned_to) values (?2, now(), ?0)`,
	`insert into moderation_batch (person_id, act, note, created_at) values (?0, 'hide', ?3, now())`,
	`insert into poll (post_id, question, text, choices, open, shown, closed_by) values (?2, 'x', 'x', 1, false, 'always', ?0)`,
	`insert into poll_option (post_id, position, label) values (?2, 0, 'x')`,
	`insert into poll_vote (post_id, person_id, option_id, at) select ?2, ?0, id, now() from poll_option`,
	`insert into introduction (from_id, to_id, message, asked_at) values (?0, ?1, ?3, now())`,
	`insert into introduction (from_id, to_id, message, state, answer, asked_at, answered_at) values (?1, ?0, ?3, 'accepted', ?3, now(), now())`,
	`insert into attachment (person_id, blob, name, created_at) values (?0, repeat('b', 32), ?3, now())`,
	`insert into draft (person_id, kind, subject_id, device, fields, saved_at) values (?0, 'thread', 1, 'x', ?4, now())`,
	`insert into held_post (space_id, author_id, kind, title, body, content, why, sent_at, decided_by) select id, ?0, 'thread', ?3, ?3, ?4, '{}', now(), ?0 from space limit 1`,
	`insert into welcome (space_id, person_id, by_id, at) select id, ?0, ?0, now() from space`,
	`insert into newsletter (space_id, from_at, until_at, state, subject, body, sent_at, sent_by) select id, now(), now(), 'sent', '{}',
		jsonb_build_object('fr', format('merci à [@%s](/people/%s)', ?5::text, ?0)), now(), ?0 from space`,
	`insert into document (space_id, title, kind, languages, blob, name, bytes, state, given_by, decided_by, given_at) select id, ?4, 'other', '{fr}',
		repeat('a', 32) || '.pdf', ?3, 1, 'proposed', ?0, ?0, now() from space`,
}

// TestErasedLeavesNothing gives somebody a row in every table that refers to people, has them erase their account before the bus told anybody
// of anything, and looks for them in every column of every table.
func TestErasedLeavesNothing(t *testing.T) {
	s := openSite(t)
	zohra := s.must(s.p.account.AddPerson(s.ctx, account.Newcomer{Name: leaverName, Email: leaverEmail, Password: testPassword, Language: "ar", Governorate: region, Gender: "female"}))
	sami, next := s.person("sami"), s.person("salma")
	day := time.Now().AddDate(0, 0, 7).Truncate(time.Hour)
	var sem enrolment.Seminar
	for range 2 { // the one that is published, and one to be its twin
		var err error
		sem, err = s.p.enrolment.Create(s.ctx, s.moderator, enrolment.Seminar{OfficeID: s.office, SpaceID: s.space.ID, Title: in3("Atelier budget"), Venue: "Maison",
			Zone: "Africa/Tunis", Capacity: 2, Sessions: []enrolment.Session{{StartsAt: day, EndsAt: day.Add(3 * time.Hour)}}})
		s.check(err)
	}
	s.check(s.p.enrolment.Publish(s.ctx, s.moderator, sem.ID))
	for _, p := range []account.Person{sami, zohra, next} {
		_, err := s.p.enrolment.Register(s.ctx, s.actorOf(p), sem.ID)
		s.check(err)
	}
	own, err := s.p.community.StartThread(s.ctx, s.actorOf(zohra), community.NewThread{SpaceID: s.space.ID, Kind: community.Experience, Title: "Ce que la sécheresse m’a appris",
		Sheet: community.Sheet{Context: "Un puits.", Action: "Partager l’eau.", Result: "La paix.", Lesson: "Parler d’abord."}})
	s.check(err)
	mention := fmt.Sprintf("Merci %s !", community.MentionOf("people", leaverName, zohra.ID))
	answer, err := s.p.community.Reply(s.ctx, s.actorOf(sami), community.NewReply{ThreadID: own.ID, Body: mention})
	s.check(err)
	leaveTraces(t, s, zohra.ID, sami.ID, answer.ID)
	everyReference(t, s, zohra.ID)

	v := s.visitor(t, "ar")
	signIn(t, v.Client, leaverEmail)
	form := v.form(v.open("/profile/erase"), "/profile/erase")
	form.Set("password", testPassword)
	form.Set("sure", "yes")
	if page := v.submit(form); page.Path != "/" {
		t.Fatalf("erasing leads to %s: %.400s", page.Path, page.Text())
	}
	if page, err := v.Get("/profile"); err != nil || page.Path != "/sign-in" {
		t.Errorf("afterwards /profile leads to %s, %v", page.Path, err)
	}
	if n, err := s.p.account.DoErasures(s.ctx, s.p.erasing()); n != 1 || err != nil {
		t.Fatalf("%d erased, %v", n, err)
	}
	letter := deliverAll(t, s)
	eventstest.New(t, s.p.db, s.p.consumers(), eventstest.Twice()).Settle()

	if !strings.Contains(letter, leaverEmail) {
		t.Errorf("no last mail to them: %.300s", letter)
	}
	nothingLeft(t, s)
	if got := count(t, s.p.db, `select count(*) from registration where person_id = ? and state = 'confirmed'`, next.ID); got != 1 {
		t.Errorf("who waited holds %d seats", got)
	}
	if breaches := auditAll(t, s); len(breaches) > 0 {
		t.Errorf("seats: %v", breaches)
	}
	for text, want := range map[string]int{"Un puits.": 1, "Sous un autre nom.": 1, "Merci @… !": 1} {
		if got := count(t, s.p.db, `select count(*) from post where body like ?`, "%"+text+"%"); got != want {
			t.Errorf("%d posts say %q", got, text)
		}
	}
	if n := count(t, s.p.db, `select count(*) from failure`); n != 0 {
		t.Errorf("%d events failed", n)
	}
}

// leaveTraces gives somebody the rows of fills.
func leaveTraces(t *testing.T, s *site, person, other, post int64) {
	t.Helper()
	words := strings.Join([]string{leaverName, leaverEmail, leaverPhone}, ", ")
	for _, q := range fills {
		if _, err := s.p.db.NewRaw(q, person, other, post, words, map[string]string{"fr": words}, leaverName).Exec(s.ctx); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// everyReference fails for a column that refers to people and that refers to nobody who could be erased.
func everyReference(t *testing.T, s *site, person int64) {
	t.Helper()
	var columns []struct{ Name, Column string }
	s.check(s.p.db.NewRaw(`select conrelid::regclass::text as name, a.attname as column from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
		where contype = 'f' and confrelid = 'person'::regclass
		union select table_name, column_name from information_schema.columns where table_schema = 'public' and column_name = 'person_id'`).Scan(s.ctx, &columns))
	for _, c := range columns {
		_, left := notErased[c.Name+"."+c.Column]
		n := count(t, s.p.db, `select count(*) from ? where ? = ?`, bun.Ident(c.Name), bun.Ident(c.Column), person)
		if n == 0 && !left {
			t.Errorf("%s.%s refers to people: say in fills how, and see that it goes when they erase their account", c.Name, c.Column)
		}
	}
}

// nothingLeft looks for who left in every row of every table, and among the mails on disk.
func nothingLeft(t *testing.T, s *site) {
	t.Helper()
	var tables []string
	s.check(s.p.db.NewRaw(`select quote_ident(table_name) from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`).Scan(s.ctx, &tables))
	for _, table := range tables {
		for _, trace := range []string{leaverName, leaverEmail, leaverPhone, "zohra"} {
			var rows []string
			s.check(s.p.db.NewRaw(`select x::text from ? x where x::text ilike ?`, bun.Safe(table), "%"+trace+"%").Scan(s.ctx, &rows))
			for _, r := range rows {
				t.Errorf("%s still says %s: %.300s", table, trace, r)
			}
		}
	}
}

// deliverAll has the mails that wait written, and returns those to who left.
func deliverAll(t *testing.T, s *site) string {
	t.Helper()
	sender, err := s.p.sender(s.cfg, quietly())
	s.check(err)
	for n := 1; n > 0; {
		n, err = sender.Deliver(s.ctx)
		s.check(err)
	}
	files, err := filepath.Glob(filepath.Join(s.cfg.Data, "mail", "*-erased.eml"))
	s.check(err)
	var all strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		s.check(err)
		all.Write(raw)
	}
	return all.String()
}
