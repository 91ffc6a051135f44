package courses_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
	"halqa/migrations/testdb"
)

func (w *world) completes(t *testing.T, who account.Actor) {
	t.Helper()
	for _, l := range []courses.Lesson{w.first, w.second} {
		w.play(t, who, l.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	}
	w.answer(t, who, uuid.New(), "yes", "yes")
}

func TestPathTellsWhatIsLeft(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	if paths, err := w.service.Paths(ctx, learner); err != nil || len(paths) != 0 {
		t.Errorf("before anything: %+v, %v", paths, err)
	}
	learner.Spaces = []int64{w.spaceID}
	paths, err := w.service.Paths(ctx, learner)
	if err != nil || len(paths) != 1 || len(paths[0].Modules) != 1 {
		t.Fatalf("as a member: %+v, %v", paths, err)
	}
	if ms, bytes := paths[0].Left("fr"); ms != 128_000 || bytes != 2_560_000 {
		t.Errorf("left %d ms, %d bytes", ms, bytes)
	}
	w.completes(t, learner)
	learner.Spaces = nil // a space left still shows what was done in it
	paths, err = w.service.Paths(ctx, learner)
	if err != nil || len(paths) != 1 || paths[0].Completed() != 1 {
		t.Errorf("afterwards: %+v, %v", paths, err)
	}
}

func TestAttestations(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	done, half := person(t, w.db), person(t, w.db)
	w.completes(t, done)
	w.play(t, half, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 1000})
	attest := func(who account.Actor) (string, error) { return w.service.Attest(ctx, who, w.module) }
	if _, err := attest(done); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a space that gives none: %v", err)
	}
	if err := w.service.SetAttesting(ctx, done, w.spaceID, true); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a learner turns them on: %v", err)
	}
	must(t, w.service.SetAttesting(ctx, w.editor, w.spaceID, true))
	must(t, w.service.SetAttesting(ctx, w.editor, w.spaceID, true))
	code, err := attest(done)
	must(t, err)
	if again, err := attest(done); err != nil || again != code || len(code) != 16 {
		t.Errorf("%q then %q, %v", code, again, err)
	}
	if _, err := attest(half); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("not completed: %v", err)
	}
	must(t, w.service.SetAttesting(ctx, w.editor, w.spaceID, false))
	a, err := w.service.Attestation(ctx, code)
	if err != nil || a.PersonName != "Amel" || !a.CompletedAt.Equal(noon) || len(a.Rule.Items) != 2 {
		t.Errorf("verified: %+v, %v", a, err)
	}
	if _, err := w.service.Attestation(ctx, "AAAAAAAAAAAAAAAA"); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("an invented code: %v", err)
	}
}

func TestProgressIsSharedOnlyWithWhomAndWhileOneAgrees(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	office := one(t, w.db, `insert into office (key, name) values ('gafsa', '{}') returning id`)
	one(t, w.db, `insert into governorate (code, office_id, name) values ('TN-71', ?, '{}') returning office_id`, office)
	found := func(name string) int64 {
		return one(t, w.db, `insert into organisation (name, kind, governorate, office_id, state)
			values (?, 'association', 'TN-71', ?, 'validated') returning id`, name, office)
	}
	organisation, other := found("Oasis"), found("Vergers")
	admin, member := person(t, w.db), person(t, w.db)
	admin.Grants = []account.Grant{{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: organisation}}
	join := func(who account.Actor, state string) {
		_, err := w.db.NewRaw(`insert into membership (person_id, organisation_id, state) values (?, ?, ?)
			on conflict (person_id, organisation_id) do update set state = excluded.state`, who.PersonID, organisation, state).Exec(ctx)
		must(t, err)
	}
	join(member, "active")
	w.completes(t, member)
	seen := func(want int, when string) {
		t.Helper()
		shared, _, err := w.service.SharedProgress(ctx, admin, organisation)
		if err != nil || len(shared) != want {
			t.Errorf("%s: %+v, %v", when, shared, err)
		}
	}
	seen(0, "before an answer")
	if all, err := w.service.Sharings(ctx, member); err != nil || len(all) != 1 || all[0].Answered {
		t.Errorf("to be asked: %+v, %v", all, err)
	}
	must(t, w.service.Share(ctx, member, organisation, true))
	seen(1, "after a yes")
	shared, members, err := w.service.SharedProgress(ctx, admin, organisation)
	if err != nil || members != 1 || len(shared) != 1 || len(shared[0].Modules) != 1 || shared[0].Modules[0].CompletedAt == nil {
		t.Errorf("shared: %+v of %d, %v", shared, members, err)
	}
	join(member, "ended")
	seen(0, "after leaving")
	join(member, "active")
	must(t, w.service.Share(ctx, member, organisation, false))
	seen(0, "after taking it back")
	if all, err := w.service.Sharings(ctx, member); err != nil || !all[0].Answered || all[0].Agreed {
		t.Errorf("nobody is asked twice: %+v, %v", all, err)
	}
	if err := w.service.Share(ctx, member, other, true); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("an organisation they aren't in: %v", err)
	}
	platform := account.Actor{PersonID: w.editor.PersonID, Grants: []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}}
	for name, who := range map[string]account.Actor{"a member": member, "an editor": w.editor, "an administrator of the platform": platform, "a visitor": {}} {
		if _, _, err := w.service.SharedProgress(ctx, who, organisation); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := w.service.SharedProgress(ctx, admin, other); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("another organisation: %v", err)
	}
}
