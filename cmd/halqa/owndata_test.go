package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/introduction"
	"halqa/community/library"
	"halqa/community/notify"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// notTheirs are tables that refer to a person and that nobody takes away, and why.
var notTheirs = map[string]string{
	"absence_policy":  "an office's rule, by an act of office",
	"attesting_space": "a space's rule, by an act of office",
	"erasure":         "a record that somebody is gone, by a number",
	"criterion":       "a module's rule, by an act of office",
	"gate_version":    "a seminar's rule, by an act of office",
	"moderation_case": "work of office, about somebody else",
	"newsletter":      "a space's letter, by an act of office",
	"seminar_paper":   "an office's document, by an act of office",
	"thanked":         "the last that was heard of thanks, which are taken away themselves",
	"twin_proposal":   "between offices, by an act of office",
	"token":           "a secret that leads in, gone within days",
}

// TestOwnDataLeavesNoTableOut holds whatever refers to a person against what people can take away.
func TestOwnDataLeavesNoTableOut(t *testing.T) {
	db := testdb.Tx(t)
	var tables []string
	if err := db.NewRaw(`select distinct conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = 'person'::regclass
		union select table_name from information_schema.columns where table_schema = 'public' and column_name = 'person_id' and table_name not like 'journey%'`).Scan(t.Context(), &tables); err != nil {
		t.Fatal(err)
	}
	parts := slices.Concat(account.OwnParts, community.OwnParts, courses.OwnParts, enrolment.OwnParts, introduction.OwnParts, library.OwnParts, notify.OwnParts)
	for _, table := range tables {
		read := regexp.MustCompile(`(from|join)\s+` + table + `\b`)
		taken := slices.ContainsFunc(parts, func(p account.OwnPart) bool { return read.MatchString(p.Query) })
		if left := notTheirs[table] != ""; taken == left {
			t.Errorf("%s: taken away %t, left out for a reason %t", table, taken, left)
		}
	}
	names := map[string]bool{}
	for _, p := range parts {
		if names[p.Name] {
			t.Errorf("%s twice", p.Name)
		}
		names[p.Name] = true
	}
}

// TestOwnDataIsOnesOwn follows a module, writes, takes a seat, and finds all of it in what one takes away: and nothing of others.
func TestOwnDataIsOnesOwn(t *testing.T) {
	s := openSite(t)
	amel, sami := s.person("amel"), s.person("sami")
	v := s.signedIn(t, "amel")
	v.follow(s)
	sem := s.seminar(3)
	bus := eventstest.New(t, s.p.db, s.p.consumers())
	bus.Settle()
	for _, who := range []account.Person{amel, sami} {
		_, err := s.p.community.StartThread(s.ctx, s.actorOf(who), community.NewThread{SpaceID: s.space.ID, Kind: community.Question, Title: "Question de " + who.Name, Body: "Texte de " + who.Name})
		s.check(err)
	}
	path := fmt.Sprintf("/seminars/%d", sem.ID)
	v.submit(v.form(v.open(path), path+"/register"))

	parts := unpackOwnData(t, v.open("/profile/data").Body)
	for part, want := range map[string]string{"account": "amel@example.org", "modules": "completed_at", "played": "[0,", "quizzes": "score", "seats": `"confirmed"`,
		"decisions_of_gates": "evidence", "threads": "Question de " + amel.Name, "posts": "Texte de " + amel.Name, "sessions": "agent"} {
		if !strings.Contains(parts[part], want) {
			t.Errorf("%s lacks %s: %.300s", part, want, parts[part])
		}
	}
	for part, text := range parts {
		for _, secret := range []string{"sami@example.org", "Texte de " + sami.Name, "hash", "nonce", "p256dh", "/magic/", "/confirm/"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s tells %s", part, secret)
			}
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s: not JSON", part)
		}
	}
}

// unpackOwnData is what is in an archive, by names without their ends.
func unpackOwnData(t *testing.T, packed []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[strings.TrimSuffix(f.Name, ".json")] = string(text)
	}
	return parts
}
