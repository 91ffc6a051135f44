package monitoring

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// twoOffices is a programme with lines in both offices.
func twoOffices(s *story) {
	amel, sami, nour := s.person("Amel", "female", "TN-71", 1990), s.person("Sami", "male", "", 2004), s.person("نور", "", "TN-11", 0)
	s.member(amel, "Eau", "association")
	s.member(sami, "جمعية", "network") // gives Sami its governorate
	s.module(1)
	s.module(2)
	s.seminar(1, s.gafsa, s.budget, at(9, 30, 23), 1, 2)
	s.seminar(2, s.tunis, s.rights, at(10, 1, 0), 2)
	s.progress(at(8, 1, 8), amel, 1, 80)
	s.completion(at(8, 2, 8), amel, 1)
	s.progress(at(8, 31, 23), sami, 2, 45)
	s.unlock(at(8, 2, 8), amel, 1)
	s.registration(at(8, 3, 8), 1, amel, 1, "", "confirmed", "asked")
	s.attendance(at(9, 30, 23), amel, 1, 10, true)
	s.registration(at(9, 3, 8), 2, nour, 2, "", "waitlisted", "asked")
	s.hear()
}

func TestFiguresCountPeopleOnce(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	twoOffices(s)
	d, err := s.service.Dashboard(s.ctx, manager, Filter{})
	if err != nil {
		t.Fatal(err)
	}
	f := d.Figures
	// Amel and Sami towards seminar 1; Sami, by module 2, and Nour towards seminar 2.
	if f.Lines != 4 {
		t.Errorf("%d lines, want 4", f.Lines)
	}
	if want := (Counts{3, 2, 1, 1, 2, 1, 1}); f.People != want {
		t.Errorf("people %v, want %v", f.People, want)
	}
	want := []Group{{"female", Counts{1, 1, 1, 1, 1, 1, 1}}, {"male", Counts{1, 1}}, {"", Counts{Reached: 1, Registered: 1}}}
	if !reflect.DeepEqual(f.ByGender, want) {
		t.Errorf("by gender %v, want %v", f.ByGender, want)
	}
	if g := f.ByGovernorate; len(g) != 2 || g[0].Key != "TN-71" || g[0].Counts[Reached] != 2 || g[1].Key != "TN-11" {
		t.Errorf("by governorate %v: a person's organisation says it when they don't", g)
	}
	if k := f.ByKind; len(k) != 3 || k[2].Key != "" {
		t.Errorf("by kind %v: those without an organisation come last", k)
	}
	if got := []Counts{f.BySeminar[0].Counts, f.BySeminar[1].Counts}; !reflect.DeepEqual(got, []Counts{{2, 2, 1, 1, 1, 1, 1}, {2, 1, 0, 0, 1}}) {
		t.Errorf("by seminar %v", got)
	}
	if m := f.ByModule; m[0].Percent != 80 || m[0].Completed != 1 || m[1].Started != 1 || m[1].Percent != 45 {
		t.Errorf("by module %+v", m)
	}
	months := []Month{{at(8, 1, 0), 2, 1, 1}, {at(9, 1, 0), 0, 0, 1}}
	if len(f.ByMonth) != 2 || !f.ByMonth[0].First.Equal(months[0].First) || f.ByMonth[0].Started != 2 || f.ByMonth[1].Registered != 1 {
		t.Errorf("by month %v, want %v", f.ByMonth, months)
	}
}

func TestFilters(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	twoOffices(s)
	from, to := Quarter(at(8, 15, 12))
	if !from.Equal(at(7, 1, 0)) || !to.Equal(at(9, 30, 0)) {
		t.Fatalf("quarter %v – %v", from, to)
	}
	for _, c := range []struct {
		name string
		f    Filter
		want []int64
	}{
		{"everything", Filter{}, []int64{1, 2}},
		{"the quarter's last hour is in it", Filter{From: from, To: to}, []int64{1}},
		{"the next day isn't", Filter{From: at(10, 1, 0)}, []int64{2}},
		{"office", Filter{OfficeID: s.tunis}, []int64{2}},
		{"space", Filter{SpaceID: s.budget}, []int64{1}},
		{"no such space", Filter{SpaceID: -1}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := s.service.Dashboard(s.ctx, manager, c.f)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, s := range d.Figures.BySeminar {
				got = append(got, s.ID)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("seminars %v, want %v", got, c.want)
			}
		})
	}
}

func TestScopeOfTheActor(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	twoOffices(s)
	both := moderator(s.gafsa)
	both.Grants = append(both.Grants, moderator(s.tunis).Grants...)
	for _, c := range []struct {
		name  string
		actor account.Actor
		f     Filter
		lines int
		err   error
	}{
		{"manager of the platform", manager, Filter{}, 4, nil},
		{"moderator of one office", moderator(s.gafsa), Filter{}, 2, nil},
		{"moderator of two", both, Filter{}, 4, nil},
		{"moderator asking for another office", moderator(s.gafsa), Filter{OfficeID: s.tunis}, 0, account.ErrForbidden},
		{"moderator asking for another's space", moderator(s.gafsa), Filter{SpaceID: s.rights}, 0, nil},
		{"learner", account.Actor{PersonID: 5}, Filter{}, 0, account.ErrForbidden},
		{"trainer", account.Actor{PersonID: 5, Grants: []account.Grant{{Role: account.Trainer, Kind: account.OverOffice, ScopeID: s.gafsa}}},
			Filter{}, 0, account.ErrForbidden},
		{"visitor", account.Actor{}, Filter{}, 0, account.ErrSignInRequired},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := s.service.Dashboard(s.ctx, c.actor, c.f)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if d.Figures.Lines != c.lines {
				t.Errorf("%d lines, want %d", d.Figures.Lines, c.lines)
			}
		})
	}
	d, err := s.service.Dashboard(s.ctx, moderator(s.gafsa), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Offices) != 1 || d.Offices[0].ID != s.gafsa || len(d.Spaces) != 1 || d.Spaces[0].ID != s.budget || d.WholePlatform {
		t.Errorf("choices of a moderator: %+v %+v", d.Offices, d.Spaces)
	}
}

func TestSharedFiguresHideTheFew(t *testing.T) {
	for _, c := range []struct {
		column []int
		want   []bool
	}{
		{[]int{0, 0}, []bool{false, false}},
		{[]int{12, 30}, []bool{false, false}},
		{[]int{12, 3, 30}, []bool{true, true, false}}, // 12 goes too, or the total would tell 3
		{[]int{2, 4, 30}, []bool{true, true, false}},
		{[]int{1, 1, 9, 30}, []bool{true, true, true, false}}, // 2 together can only be 1 and 1
		{[]int{4, 4, 9, 30}, []bool{true, true, true, false}}, // and 8 only 4 and 4
		{[]int{1, 1, 1, 1, 1, 9}, []bool{true, true, true, true, true, true}},
		{[]int{4, 4, 0}, []bool{true, true, true}}, // a zero hides them when nothing else can
		{[]int{3, 0}, []bool{true, false}},         // the total itself is hidden
		{[]int{5, 4}, []bool{true, true}},
	} {
		if got := hideColumn(c.column); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v hides %v, want %v", c.column, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		column := rapid.SliceOfN(rapid.IntRange(0, 12), 1, 8).Draw(t, "column")
		hidden := hideColumn(column)
		total, shown := 0, 0
		for i, n := range column {
			total += n
			if hidden[i] {
				continue
			}
			shown++
			if small(n) {
				t.Fatalf("%d is shown", n)
			}
		}
		if shown > 0 && !small(total) && betrayed(column, hidden) {
			t.Fatalf("the total %d betrays what %v hides by %v", total, column, hidden)
		}
	})
}

func TestMonthsHaveNoGaps(t *testing.T) {
	s := &Seminar{ID: 1}
	tally := NewTally([]*Seminar{s}, []Module{{ID: 1}}, at(11, 22, 9))
	for i, when := range []time.Time{at(3, 31, 23), at(6, 1, 0)} {
		tally.Add(Line{Seminar: s, PersonID: int64(i), Modules: []ModuleProgress{{ModuleID: 1, FirstAt: when.UTC()}}})
	}
	months := tally.Figures().ByMonth
	if len(months) != 4 || !months[0].First.Equal(at(3, 1, 0)) || months[1].Started != 0 || months[3].Started != 1 {
		t.Errorf("months %v", months)
	}
}
