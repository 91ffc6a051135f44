package enrolment

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var (
	women   = Quota{Trait: ByGender, Values: []string{"female"}}
	public  = Quota{Trait: ByOrganisation, Values: []string{"public_actor"}}
	young   = Quota{Trait: ByAge, Values: []string{"18", "35"}}
	sousse  = Quota{Trait: ByGovernorate, Values: []string{"TN-51"}}
	anybody = Traits{Gender: "male", Kind: "association", Age: 50}
	woman   = Traits{Gender: "female", Kind: "association", Age: 50}
	officer = Traits{Gender: "male", Kind: "public_actor", Age: 50}
	both    = Traits{Gender: "female", Kind: "public_actor", Age: 50}
)

func (q Quota) min(n int) Quota { q.Min = n; return q }
func (q Quota) max(n int) Quota { q.Max = n; return q }

func TestAllocate(t *testing.T) {
	of := func(org int64) Traits { return Traits{Organisation: org, Kind: "association"} }
	tests := []struct {
		name    string
		plan    Plan
		holders []Traits
		queue   []Traits // claims 1, 2, 3…
		given   []int64
		waits   map[int64]Reason
	}{
		{"in order", Plan{Capacity: 2}, nil, []Traits{anybody, anybody, anybody}, []int64{1, 2}, map[int64]Reason{3: WaitFull}},
		{"nothing to give", Plan{Capacity: 1}, []Traits{woman}, []Traits{woman}, nil, map[int64]Reason{1: WaitFull}},
		{"seats are kept", Plan{Capacity: 3, Reserved: true, Quotas: []Quota{women.min(2)}}, nil,
			[]Traits{anybody, anybody, woman, woman, woman}, []int64{1, 3, 4}, map[int64]Reason{2: WaitFull, 5: WaitFull}},
		{"kept though free", Plan{Capacity: 2, Reserved: true, Quotas: []Quota{public.min(1)}}, []Traits{woman},
			[]Traits{anybody}, nil, map[int64]Reason{1: WaitReserved}},
		{"released", Plan{Capacity: 2, Quotas: []Quota{public.min(1)}}, []Traits{woman}, []Traits{anybody}, []int64{1}, nil},
		{"a maximum", Plan{Capacity: 3, Quotas: []Quota{women.max(1)}}, nil, []Traits{woman, woman, anybody},
			[]int64{1, 3}, map[int64]Reason{2: WaitMaximum}},
		{"two of one organisation", Plan{Capacity: 4, PerOrganisation: 2}, nil, []Traits{of(1), of(1), of(1), of(2)},
			[]int64{1, 2, 4}, map[int64]Reason{3: WaitOrganisation}},
		{"people alone are of no organisation", Plan{Capacity: 3, PerOrganisation: 1}, nil, []Traits{{}, {}, {}}, []int64{1, 2, 3}, nil},
		{"who counts twice frees a seat that was kept", Plan{Capacity: 2, Reserved: true, Quotas: []Quota{women.min(1), public.min(1)}}, nil,
			[]Traits{anybody, both}, []int64{2, 1}, nil},
		{"each reserve is kept whole", Plan{Capacity: 2, Reserved: true, Quotas: []Quota{women.min(1), public.min(1)}}, []Traits{anybody},
			[]Traits{officer, woman}, nil, map[int64]Reason{1: WaitReserved, 2: WaitReserved}},
		{"unknown belongs to no category", Plan{Capacity: 1, Reserved: true, Quotas: []Quota{young.min(1)}}, nil,
			[]Traits{{}, {Age: 17}, {Age: 36}, {Age: 35}}, []int64{4}, map[int64]Reason{1: WaitFull, 2: WaitFull, 3: WaitFull}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given, waits := Allocate(tt.plan, tt.holders, claims(tt.queue))
			if got := ids(given); !slices.Equal(got, tt.given) {
				t.Errorf("given %v, want %v", got, tt.given)
			}
			if len(waits) != len(tt.waits) {
				t.Errorf("waits = %v, want %v", waits, tt.waits)
			}
			for id, want := range tt.waits {
				if waits[id].Reason != want {
					t.Errorf("%d waits because %q, want %q", id, waits[id].Reason, want)
				}
			}
		})
	}
	barred := []Claim{{ID: 1, Barred: true}, {ID: 2}}
	if given, waits := Allocate(Plan{Capacity: 1}, nil, barred); len(given) != 1 || given[0].ID != 2 || waits[1].Reason != WaitCondition {
		t.Errorf("who may not attend: given %v, waits %v", given, waits)
	}
}

func claims(all []Traits) []Claim {
	queue := make([]Claim, len(all))
	for i, t := range all {
		queue[i] = Claim{ID: int64(i + 1), Traits: t}
	}
	return queue
}

func ids(all []Claim) []int64 {
	var list []int64
	for _, c := range all {
		list = append(list, c.ID)
	}
	return list
}

func anyTraits(t *rapid.T, label string) Traits {
	return Traits{
		Gender:       rapid.SampledFrom([]string{"", "female", "male"}).Draw(t, label+" gender"),
		Organisation: rapid.Int64Range(0, 3).Draw(t, label+" organisation"),
		Kind:         rapid.SampledFrom([]string{"", "association", "public_actor"}).Draw(t, label+" kind"),
		Governorate:  rapid.SampledFrom([]string{"", "TN-51", "TN-71"}).Draw(t, label+" governorate"),
		Age:          rapid.SampledFrom([]int{0, 17, 25, 60}).Draw(t, label+" age"),
	}
}

func anyPlan(t *rapid.T) Plan {
	plan := Plan{Capacity: rapid.IntRange(1, 8).Draw(t, "capacity"), PerOrganisation: rapid.IntRange(0, 3).Draw(t, "per organisation"),
		Reserved: rapid.Bool().Draw(t, "reserved")}
	for _, q := range []Quota{women, public, young, sousse} {
		if !rapid.Bool().Draw(t, "quota "+string(q.Trait)) {
			continue
		}
		q.Min = rapid.IntRange(0, plan.Capacity).Draw(t, "min")
		if n := rapid.IntRange(0, plan.Capacity).Draw(t, "max"); n > 0 {
			q.Max = max(n, q.Min)
		}
		plan.Quotas = append(plan.Quotas, q)
	}
	return plan
}

// mayHold judges a whole set of holders by the words of the bounds, without the ledger.
func mayHold(p Plan, holders []Traits) error {
	if len(holders) > p.Capacity {
		return fmt.Errorf("%d seats of %d", len(holders), p.Capacity)
	}
	organisations := map[int64]int{}
	for _, h := range holders {
		organisations[h.Organisation]++
	}
	for id, n := range organisations {
		if id != 0 && p.PerOrganisation > 0 && n > p.PerOrganisation {
			return fmt.Errorf("%d seats of organisation %d", n, id)
		}
	}
	for _, q := range p.Quotas {
		in := 0
		for _, h := range holders {
			if q.Counts(h) {
				in++
			}
		}
		if q.Max > 0 && in > q.Max {
			return fmt.Errorf("%d of at most %d by %s", in, q.Max, q.Trait)
		}
		if p.Reserved && len(holders)-in > p.Capacity-q.Min {
			return fmt.Errorf("%d others where %d of %d are kept by %s", len(holders)-in, q.Min, p.Capacity, q.Trait)
		}
	}
	return nil
}

// Starting from nobody, any allocation breaks no bound; nobody who could have a seat goes on waiting; and nobody jumps: whenever
// a seat is given, nobody who came before and still waits could have had it.
func TestAllocateKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan(t)
		var queue []Claim
		for i := range rapid.IntRange(0, 14).Draw(t, "people") {
			queue = append(queue, Claim{ID: int64(i + 1), Traits: anyTraits(t, fmt.Sprint(i)), Barred: rapid.IntRange(0, 9).Draw(t, "barred") == 0})
		}
		given, waits := Allocate(plan, nil, queue)
		if again, _ := Allocate(plan, nil, queue); !slices.Equal(ids(again), ids(given)) {
			t.Fatalf("given %v, then %v", ids(given), ids(again))
		}
		if len(given)+len(waits) != len(queue) {
			t.Fatalf("%d given and %d waiting of %d", len(given), len(waits), len(queue))
		}
		var held []Traits
		for i, c := range given {
			for _, before := range queue[:c.ID-1] {
				if slices.ContainsFunc(given[:i], func(g Claim) bool { return g.ID == before.ID }) || before.Barred {
					continue
				}
				if l := newLedger(plan, held); l.wait(before).Reason == NoReason {
					t.Fatalf("%d was given a seat that %d could have had", c.ID, before.ID)
				}
			}
			if c.Barred {
				t.Fatalf("%d is barred and has a seat", c.ID)
			}
			held = append(held, c.Traits)
			if err := mayHold(plan, held); err != nil {
				t.Fatalf("after %d: %v", c.ID, err)
			}
		}
		if more, _ := Allocate(plan, held, slices.DeleteFunc(slices.Clone(queue), func(c Claim) bool { _, w := waits[c.ID]; return !w })); len(more) > 0 {
			t.Fatalf("%v waited beside free seats", ids(more))
		}
		idle(t, plan, held, queue, waits)
	})
}

// idle checks that each who waits beside a free seat would break a bound by taking it, or take the last seat of those
// that are kept.
func idle(t *rapid.T, plan Plan, held []Traits, queue []Claim, waits map[int64]Wait) {
	kept := 0
	for _, q := range plan.Quotas {
		in := 0
		for _, h := range held {
			if q.Counts(h) {
				in++
			}
		}
		kept += max(0, q.Min-in)
	}
	for _, c := range queue {
		w, waiting := waits[c.ID]
		if !waiting || c.Barred {
			continue
		}
		breaks := mayHold(plan, append(slices.Clone(held), c.Traits)) != nil
		if !breaks && !(plan.Reserved && plan.Capacity-len(held) <= kept) {
			t.Fatalf("%d waits (%s) beside a free seat", c.ID, w.Reason)
		}
		if (w.Reason == WaitReserved || w.Reason == WaitMaximum) != (len(w.Quotas) > 0) {
			t.Fatalf("%d waits because %s of %v", c.ID, w.Reason, w.Quotas)
		}
	}
}
