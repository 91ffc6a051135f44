package community

import (
	"errors"
	"strings"
	"testing"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

func garden() Sheet {
	return Sheet{Context: "Une école à Métlaoui", Action: "Un potager", Result: "40 élèves", Lesson: "ابدؤوا صغارًا", Contact: "Amel, 20 000 000"}
}

func (w *world) experience(a account.Actor, title string, h Sheet) Thread {
	w.t.Helper()
	w.later()
	t, err := w.StartThread(ctx, a, NewThread{SpaceID: w.open.ID, Kind: Experience, Title: title, Sheet: h, Body: "ignored"})
	w.must(err)
	return t
}

func TestExperienceSheets(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.experience(w.amel, "Un potager à l’école", garden())
	if p := w.read(w.sami, thread); p.Sheet != garden() || p.Lines[0].Body != "Une école à Métlaoui\n\nUn potager\n\n40 élèves\n\nابدؤوا صغارًا" {
		t.Errorf("reads %+v", p)
	}
	if p := w.read(account.Actor{}, thread); p.Sheet.Contact != "" || p.Sheet.Lesson == "" {
		t.Errorf("a visitor reads %+v", p.Sheet)
	}
	words, ok, err := WordsOf(ctx, w.db, thread.ID)
	if w.must(err); !ok || !strings.Contains(words.Opening, "ابدؤوا") || strings.Contains(words.Opening, "20 000") {
		t.Errorf("found by %+v", words)
	}
	changed := garden()
	changed.Contact = "Sami"
	opening := w.opening(thread).ID
	for range 2 {
		p, err := w.EditPost(ctx, w.amel, opening, Edit{Title: thread.Title, Sheet: changed})
		if w.must(err); w.read(w.sami, thread).Sheet != changed {
			t.Errorf("edited: %+v", p)
		}
	}
	reply := w.reply(w.sami, thread, "Bravo")
	_, err = w.EditPost(ctx, w.sami, reply.ID, Edit{Body: "Bravo !", Sheet: garden()})
	if w.must(err); w.read(w.sami, thread).Sheet != changed {
		t.Error("editing a reply changed the sheet")
	}
	_, err = w.DeletePost(ctx, w.amel, opening)
	w.must(err)
	if p := w.read(w.sami, thread); p.Sheet != (Sheet{}) {
		t.Errorf("what was deleted is kept: %+v", p.Sheet)
	}
}

func TestASheetNeedsItsParts(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	long := garden()
	long.Action, long.Contact = strings.Repeat("é", MaxPart+1), strings.Repeat("x", MaxContact+1)
	for want, h := range map[string]Sheet{"context action result lesson": {}, "action contact": long} {
		_, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Experience, Title: "T", Sheet: h})
		var wrong account.Invalids
		if !errors.As(err, &wrong) {
			t.Fatalf("%v, want fields", err)
		}
		var fields []string
		for _, i := range wrong {
			fields = append(fields, i.Field)
		}
		if got := strings.Join(fields, " "); got != want {
			t.Errorf("wrong: %s, want %s", got, want)
		}
	}
}

func TestLookingForExperiences(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.experience(w.amel, "Un potager", garden())
	clock := w.clock
	w.clock = w.clock.AddDate(-2, 0, 0)
	old := w.experience(w.sami, "100 % bénévoles", Sheet{Context: "Gafsa", Action: "Former", Result: "Dix", Lesson: "Un potager aide"})
	w.clock = clock
	hidden := w.experience(w.sami, "Un autre potager", garden())
	w.must(w.HidePost(ctx, w.animator, w.opening(hidden).ID, ""))
	w.thread(w.amel, w.open)
	for _, c := range []struct {
		f    Filter
		want int
	}{{Filter{}, 2}, {Filter{Words: "POTAGER"}, 2}, {Filter{Words: "potager école"}, 1}, {Filter{Words: "100 %"}, 1}, {Filter{Words: "_"}, 0},
		{Filter{Words: "صغارًا"}, 1}, {Filter{Year: old.CreatedAt.Year()}, 1}, {Filter{Year: 1999}, 0}} {
		e, err := w.Experiences(ctx, account.Actor{}, w.open.ID, c.f)
		if w.must(err); len(e.Rows) != c.want || len(e.Sheets) != c.want || len(e.Years) != 2 {
			t.Errorf("%+v: %d listed, %d sheets, years %v; want %d", c.f, len(e.Rows), len(e.Sheets), e.Years, c.want)
		}
	}
	_, err := w.Experiences(ctx, w.sami, w.invitation.ID, Filter{})
	w.wants("experiences of a space one doesn't know", err, account.ErrNotFound)
}
