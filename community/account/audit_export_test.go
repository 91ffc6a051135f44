package account_test

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/events"
)

func TestASpaceModeratorReadsTheAuditOfTheirSpaceButNotOfItsSeminars(t *testing.T) {
	w := inCountry(t, setup(t))
	sp, err := w.CreateSpace(ctx, w.moderator, account.Space{OfficeID: w.gafsa.ID, Name: events.Text{"fr": "Eau"}, Visibility: account.Open})
	must(t, err)
	_, err = w.CreateSpace(ctx, w.moderator, account.Space{OfficeID: w.gafsa.ID, Name: events.Text{"fr": "Terre"}, Visibility: account.Open})
	must(t, err)
	_, err = w.db.ExecContext(ctx, `insert into outbox (id, type, key, data) values (gen_random_uuid(), 'enrolment.seminar_changed', 'seminar.1', ?0::jsonb),
		(gen_random_uuid(), 'enrolment.registration_changed', 'seminar.1', ?0::jsonb), (gen_random_uuid(), 'community.contribution_hidden', 'person.1', ?0::jsonb)`,
		fmt.Sprintf(`{"space_id": %d, "state": "confirmed", "by": %d}`, sp.ID, w.moderator.PersonID))
	must(t, err)
	animator := account.Actor{PersonID: w.rim.ID, Grants: []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID}}}
	for _, f := range []account.AuditFilter{{}, {SpaceID: sp.ID}} {
		lines, _, err := w.Audit(ctx, animator, f)
		must(t, err)
		if got := whats(lines); !slices.Equal(got, []string{"post_hidden", "space_created"}) {
			t.Errorf("%+v: %q", f, got)
		}
	}
	for _, f := range []account.AuditFilter{{OfficeID: w.gafsa.ID}, {SpaceID: sp.ID + 1}} {
		if err := w.ExportAudit(ctx, animator, f, "csv", nil); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%+v beyond their space: %v", f, err)
		}
	}
}

func whats(lines []account.AuditLine) (what []string) {
	for _, l := range lines {
		what = append(what, l.What)
	}
	slices.Sort(what)
	return what
}

// Of each act, an event of its type and of nothing else is found by its name.
func TestTheAuditIsNarrowedToOneAct(t *testing.T) {
	w := inCountry(t, setup(t))
	_, err := w.db.ExecContext(ctx, `insert into outbox (id, type, key, data) values
		(gen_random_uuid(), 'community.thread_changed', 'thread.1', '{"pinned": true, "locked": true}'),
		(gen_random_uuid(), 'community.thread_changed', 'thread.1', '{"pinned": true, "locked": false}'),
		(gen_random_uuid(), 'community.thread_changed', 'thread.1', '{"pinned": false, "locked": true, "archived": true}'),
		(gen_random_uuid(), 'community.thread_changed', 'thread.1', '{"pinned": false, "locked": false}'),
		(gen_random_uuid(), 'community.case_assigned', 'thread.1', '{"person_id": 0}'), (gen_random_uuid(), 'community.case_assigned', 'thread.1', '{"person_id": 7}'),
		(gen_random_uuid(), 'enrolment.registration_changed', 'seminar.1', '{"state": "attended"}'),
		(gen_random_uuid(), 'enrolment.registration_changed', 'seminar.1', '{"state": "confirmed"}')`)
	must(t, err)
	found := 0
	for _, a := range account.AuditActs {
		lines, _, err := w.Audit(ctx, w.admin, account.AuditFilter{What: a.What})
		must(t, err)
		for _, l := range lines {
			if found++; l.What != a.What || l.Kind != a.Kind {
				t.Errorf("%s finds %s of %s", a.What, l.What, l.Kind)
			}
		}
	}
	all, _, err := w.Audit(ctx, w.admin, account.AuditFilter{})
	if must(t, err); found != len(all) {
		t.Errorf("by act %d lines, in all %d", found, len(all))
	}
}

// An export gives every line once, in order, whatever its number, holds a few at a time, and is itself a line.
func TestExportingALongAudit(t *testing.T) {
	w := inCountry(t, setup(t))
	const many = 12_000
	_, err := w.db.ExecContext(ctx, `insert into outbox (id, type, key, data, at)
		select gen_random_uuid(), 'community.newsletter_sent', 'space.1', jsonb_build_object('count', i, 'title', jsonb_build_object('fr', repeat('x', 1000)), 'by', ?::bigint),
		timestamptz '2026-01-01' + (i / 7) * interval '1 second' from generate_series(1, ?::int) i`, w.moderator.PersonID, many)
	must(t, err)
	_, err = w.db.ExecContext(ctx, "analyze outbox")
	must(t, err)
	next, peak, start := many, uint64(0), heap()
	f := account.AuditFilter{What: "newsletter_sent"}
	must(t, w.ExportAudit(ctx, w.admin, f, "csv", func(l account.AuditLine) error {
		if l.Number != next || l.By != "Moderator" {
			return fmt.Errorf("line %d by %q, want %d", l.Number, l.By, next)
		}
		if next--; next%1000 == 0 {
			peak = max(peak, heap())
		}
		return nil
	}))
	if next != 0 {
		t.Errorf("%d lines are missing", next)
	}
	if peak > start+8<<20 {
		t.Errorf("%d MB for texts of 12 MB", (peak-start)>>20)
	}
	lines, _, err := w.Audit(ctx, w.admin, account.AuditFilter{Kind: "lookups"})
	if must(t, err); len(lines) != 1 || lines[0].What != "audit_exported" || lines[0].Number != many || lines[0].ByID != w.admin.PersonID {
		t.Errorf("on record: %+v", lines)
	}
	stop := errors.New("the disk is full")
	if err := w.ExportAudit(ctx, w.admin, f, "csv", func(account.AuditLine) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an export that fails: %v", err)
	}
	if lines, _, _ := w.Audit(ctx, w.admin, account.AuditFilter{Kind: "lookups"}); len(lines) != 1 {
		t.Error("an export that failed is on record")
	}
}

// heap is the number of bytes of the heap in use.
func heap() uint64 {
	runtime.GC() // or else what nobody holds any more counts too, as much as the tests before left
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
