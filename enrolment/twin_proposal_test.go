package enrolment

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// elsewhere publishes a seminar of Sousse at the time of those of Gafsa.
func (w *world) elsewhere() Seminar {
	w.t.Helper()
	plan := w.plan(2, Rule{})
	plan.OfficeID = w.sousse
	sem, err := w.Create(ctx, w.outsider, plan)
	if err == nil {
		err = w.Publish(ctx, w.outsider, sem.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return w.read(sem.ID)
}

// proposes has the staff of Gafsa propose, and returns the proposal's id.
func (w *world) proposes(here, there Seminar) int64 {
	w.t.Helper()
	if proposed, err := w.ProposeTwin(ctx, w.staff, here.ID, there.ID); err != nil || !proposed {
		w.t.Fatalf("proposed %t, %v", proposed, err)
	}
	return w.id(`select max(id) from twin_proposal where seminar_id = ?`, here.ID)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// areTwins tells whether two seminars are twins.
func (w *world) areTwins(a, b Seminar) bool {
	w.t.Helper()
	one, other := w.read(a.ID), w.read(b.ID)
	return one.Twins != 0 && one.Twins == other.Twins
}

// A proposal is told once, answered by the other side alone, and makes twins in the end; doing a thing twice is doing it once.
func TestProposingATwin(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.published(2, Rule{}), w.elsewhere()
	choices, err := w.TwinsFor(ctx, w.staff, here)
	if err != nil || len(choices) != 1 || !choices[0].Proposes || choices[0].ID != there.ID || choices[0].OfficeName["fr"] != "Sousse" {
		t.Fatalf("%+v, %v", choices, err)
	}
	id := w.proposes(here, there)
	if again := w.proposes(here, there); again != id {
		t.Errorf("proposed twice: %d, %d", id, again)
	}
	if p := announced[events.TwinProposed](w); len(p) != 1 || p[0].ProposalID != id || p[0].ToOfficeID != w.sousse || p[0].SeminarID != here.ID || p[0].By != w.staff.PersonID {
		t.Errorf("announced %+v", p)
	}
	for _, side := range []struct {
		actor account.Actor
		sem   Seminar
		ours  bool
	}{{w.staff, here, true}, {w.outsider, there, false}} {
		talks, err := w.TwinTalks(ctx, side.actor, side.sem)
		if err != nil || len(talks) != 1 || talks[0].ID != id || talks[0].Ours != side.ours || talks[0].By != w.staff.Name || talks[0].With.ID == side.sem.ID {
			t.Errorf("read by %s: %+v, %v", side.actor.Name, talks, err)
		}
		if left, err := w.TwinsFor(ctx, side.actor, side.sem); err != nil || len(left) != 0 {
			t.Errorf("still to choose: %+v, %v", left, err)
		}
	}
	for range 2 {
		if err := w.AcceptTwin(ctx, w.outsider, there.ID, id); err != nil {
			t.Fatal(err)
		}
	}
	if !w.areTwins(here, there) {
		t.Error("no twins")
	}
	d := announced[events.TwinProposalDecided](w)
	if len(d) != 1 || d[0].State != "accepted" || d[0].PersonID != w.staff.PersonID || d[0].SeminarID != there.ID || d[0].OtherID != here.ID || d[0].By != w.outsider.PersonID {
		t.Errorf("announced %+v", d)
	}
	for what, err := range map[string]error{"declined": w.DeclineTwin(ctx, w.outsider, there.ID, id, ""), "withdrawn": w.WithdrawTwin(ctx, w.staff, here.ID, id)} {
		if !errors.Is(err, ErrProposalOver) {
			t.Errorf("%s once accepted: %v", what, err)
		}
	}
	if proposed, err := w.ProposeTwin(ctx, w.staff, here.ID, there.ID); err != nil || proposed {
		t.Errorf("proposed to a twin: %t, %v", proposed, err)
	}
	w.sound()
}

// A proposal may be declined with words, or withdrawn; then there may be another.
func TestRefusingATwin(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.published(2, Rule{}), w.elsewhere()
	id := w.proposes(here, there)
	if err := w.DeclineTwin(ctx, w.outsider, there.ID, id, strings.Repeat("x", MaxProposalWords+1)); !errors.As(err, new(account.Invalid)) {
		t.Errorf("too many words: %v", err)
	}
	for _, words := range []string{" La salle est trop petite. ", "autre chose"} {
		if err := w.DeclineTwin(ctx, w.outsider, there.ID, id, words); err != nil {
			t.Fatal(err)
		}
	}
	talks, err := w.TwinTalks(ctx, w.staff, here)
	if err != nil || len(talks) != 1 || talks[0].State != ProposalDeclined || talks[0].Words != "La salle est trop petite." || talks[0].To != w.outsider.Name {
		t.Errorf("%+v, %v", talks, err)
	}
	if err := w.AcceptTwin(ctx, w.outsider, there.ID, id); !errors.Is(err, ErrProposalOver) || w.areTwins(here, there) {
		t.Errorf("accepted once declined: %v", err)
	}
	second := w.proposes(here, there)
	for range 2 {
		if err := w.WithdrawTwin(ctx, w.staff, here.ID, second); err != nil || second == id {
			t.Fatal(second, err)
		}
	}
	if err := w.AcceptTwin(ctx, w.outsider, there.ID, second); !errors.Is(err, ErrProposalOver) {
		t.Errorf("accepted once withdrawn: %v", err)
	}
	if d := announced[events.TwinProposalDecided](w); len(d) != 2 || d[0].State != "declined" || d[1].State != "withdrawn" || d[1].SeminarID != here.ID {
		t.Errorf("announced %+v", d)
	}
	if proposed, err := w.ProposeTwin(ctx, w.outsider, there.ID, here.ID); err != nil || !proposed {
		t.Fatal(proposed, err)
	}
	if proposed, err := w.ProposeTwin(ctx, w.staff, here.ID, there.ID); err != nil || proposed || !w.areTwins(here, there) {
		t.Errorf("both proposed it: %t, %v", proposed, err)
	}
}

// Who may do what with a proposal, by the side that they run.
func TestWhoDecidesOnATwin(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.published(2, Rule{}), w.elsewhere()
	id := w.proposes(here, there)
	administrator := w.person()
	administrator.Grants = []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}
	no, unknown, in := account.ErrForbidden, account.ErrNotFound, account.ErrSignInRequired
	for _, c := range []struct {
		who                        string
		actor                      account.Actor
		answer, withdraw, propose  error // from the seminar at which one does; nil for whom the other tests have do it
		answerThere, withdrawThere error // from the other one
	}{
		{"a visitor", account.Actor{}, in, in, in, in, in},
		{"anybody", w.person(), no, no, no, no, no},
		{"who proposes", w.staff, no, nil, nil, unknown, no},
		{"to whom it is put", w.outsider, nil, no, no, no, unknown},
		{"who runs both", administrator, nil, nil, nil, unknown, unknown},
	} {
		refused := func(what string, want error, do func() error) {
			t.Helper()
			if want == nil {
				return
			}
			if err := do(); !errors.Is(err, want) {
				t.Errorf("%s: %s: %v, want %v", c.who, what, err, want)
			}
		}
		refused("accept", c.answer, func() error { return w.AcceptTwin(ctx, c.actor, there.ID, id) })
		refused("decline", c.answer, func() error { return w.DeclineTwin(ctx, c.actor, there.ID, id, "") })
		refused("accept from there", c.answerThere, func() error { return w.AcceptTwin(ctx, c.actor, here.ID, id) })
		refused("withdraw", c.withdraw, func() error { return w.WithdrawTwin(ctx, c.actor, here.ID, id) })
		refused("withdraw from there", c.withdrawThere, func() error { return w.WithdrawTwin(ctx, c.actor, there.ID, id) })
		refused("propose", c.propose, func() error { _, err := w.ProposeTwin(ctx, c.actor, here.ID, there.ID); return err })
		refused("read", c.propose, func() error { _, err := w.TwinTalks(ctx, c.actor, here); return err })
	}
	if err := w.AcceptTwin(ctx, w.outsider, there.ID, 999999); !errors.Is(err, unknown) {
		t.Errorf("none: %v", err)
	}
	if proposed, err := w.ProposeTwin(ctx, administrator, there.ID, here.ID); err != nil || proposed || !w.areTwins(here, there) {
		t.Errorf("who runs both: %t, %v", proposed, err)
	}
	if n := w.id(`select count(*) from twin_proposal where state = 'accepted' and decided_by = ?`, administrator.PersonID); n != 1 {
		t.Errorf("%d proposals settled by making twins", n)
	}
}

// What happened meanwhile to either seminar refuses, as it does of Twin.
func TestWhatHappensToATwinMeanwhile(t *testing.T) {
	field := errors.New("field")
	for name, c := range map[string]struct {
		happens func(w *world, here, there Seminar)
		want    error
	}{
		"cancelled here":  {func(w *world, here, _ Seminar) { w.must(w.CancelSeminar(ctx, w.staff, here.ID, "Pluie")) }, ErrCancelled},
		"cancelled there": {func(w *world, _, there Seminar) { w.must(w.CancelSeminar(ctx, w.outsider, there.ID, "Pluie")) }, ErrCancelled},
		"begun":           {func(w *world, here, _ Seminar) { w.clock = here.StartsAt }, ErrStarted},
		"somebody at both": {func(w *world, here, there Seminar) {
			a := w.person()
			w.register(a, here)
			w.register(a, there)
		}, field},
		"moved": {func(w *world, here, _ Seminar) {
			for i := range here.Sessions {
				here.Sessions[i].StartsAt = here.Sessions[i].StartsAt.Add(900 * time.Hour)
				here.Sessions[i].EndsAt = here.Sessions[i].EndsAt.Add(900 * time.Hour)
			}
			_, err := w.Edit(ctx, w.staff, here)
			w.must(err)
		}, field},
	} {
		for _, before := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, proposed before %t", name, before), func(t *testing.T) {
				w := newWorld(t, testdb.Tx(t))
				here, there := w.published(2, Rule{}), w.elsewhere()
				var id int64
				if before {
					id = w.proposes(here, there)
				}
				c.happens(w, here, there)
				_, err := w.ProposeTwin(ctx, w.staff, here.ID, there.ID)
				if before {
					err = w.AcceptTwin(ctx, w.outsider, there.ID, id)
				}
				if _, invalid := account.InvalidsOf(err); !errors.Is(err, c.want) && !(invalid && c.want == field) || w.areTwins(here, there) {
					t.Error(err)
				}
				if before {
					w.must(w.WithdrawTwin(ctx, w.staff, here.ID, id))
				}
				if n := w.id(`select count(*) from twin_proposal where state = 'open'`); n != 0 {
					t.Errorf("%d proposals open", n)
				}
			})
		}
	}
}

// A draft is shown to nobody elsewhere: it can't be proposed, nor be proposed to.
func TestDraftsAreNoProposal(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here := w.published(2, Rule{})
	theirs, err := w.Create(ctx, w.outsider, func() Seminar { p := w.plan(2, Rule{}); p.OfficeID = w.sousse; return p }())
	w.must(err)
	if _, err := w.ProposeTwin(ctx, w.staff, here.ID, theirs.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("to a draft: %v", err)
	}
	mine, err := w.Create(ctx, w.staff, w.plan(2, Rule{}))
	w.must(err)
	_, err = w.ProposeTwin(ctx, w.staff, mine.ID, w.elsewhere().ID)
	if all, ok := account.InvalidsOf(err); !ok || all[0].Key != "twins.error_propose_draft" {
		t.Errorf("a draft: %v", err)
	}
	for sem, want := range map[int64]int{here.ID: 2, mine.ID: 1} { // the draft and the one elsewhere, or the published one alone
		if choices, err := w.TwinsFor(ctx, w.staff, w.read(sem)); err != nil || len(choices) != want {
			t.Errorf("%d choices, %v", len(choices), err)
		}
	}
}

// Two people who answer at once, and two who propose to each other, come to one outcome.
func TestAnswersAtOnce(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	for range 5 {
		here, there := w.published(2, Rule{}), w.elsewhere()
		atOnce(t, 4, func(i int) error {
			a, from, to := w.staff, here, there
			if i%2 == 1 {
				a, from, to = w.outsider, there, here
			}
			_, err := w.ProposeTwin(ctx, a, from.ID, to.ID)
			return err
		})
		if n := w.id(`select count(*) from twin_proposal where ? in (seminar_id, other_id)`, here.ID); n != 1 || !w.areTwins(here, there) {
			t.Fatalf("%d proposals, twins %t", n, w.areTwins(here, there))
		}
		here, there = w.published(2, Rule{}), w.elsewhere()
		id := w.proposes(here, there)
		before := len(announced[events.TwinProposalDecided](w))
		var mu sync.Mutex
		done := map[Proposed]int{}
		atOnce(t, 6, func(i int) error {
			to := []Proposed{ProposalAccepted, ProposalDeclined, ProposalWithdrawn}[i%3]
			a, sem := w.outsider, there
			if to == ProposalWithdrawn {
				a, sem = w.staff, here
			}
			err := w.decideTwin(ctx, a, sem.ID, id, to, "")
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				done[to]++
			} else if errors.Is(err, ErrProposalOver) {
				err = nil
			}
			return err
		})
		var p TwinProposal
		w.must(w.db.NewRaw(`select * from twin_proposal where id = ?`, id).Scan(ctx, &p))
		if done[p.State] != 2 || len(done) != 1 || w.areTwins(here, there) != (p.State == ProposalAccepted) {
			t.Errorf("%s, done %v, twins %t", p.State, done, w.areTwins(here, there))
		}
		if n := len(announced[events.TwinProposalDecided](w)) - before; n != 1 {
			t.Errorf("announced %d times", n)
		}
	}
	w.sound()
}
