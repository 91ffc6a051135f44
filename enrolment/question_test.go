package enrolment

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func fr(s string) events.Text { return events.Text{"fr": s} }

// ask has the office ask one question of each kind; the first two must be answered.
func (w *world) ask(sem Seminar) (Seminar, []Question) {
	w.t.Helper()
	asked := []Question{{Kind: Line, Required: true, Label: fr("Votre fonction")}, {}, {Kind: One, Required: true, Label: fr("Repas"), Options: []events.Text{fr("Viande"), fr("Poisson")}},
		{Kind: Many, Label: fr("Jours"), Options: []events.Text{fr("Lundi"), fr("Mardi"), {}}}, {Kind: YesOrNo, Label: fr("Hébergement ?")}, {Kind: Text, Label: fr("Attentes")}}
	if err := w.SetQuestions(ctx, w.staff, sem.ID, sem.Version, asked); err != nil {
		w.t.Fatal(err)
	}
	v, err := w.Seminar(ctx, w.staff, sem.ID)
	if err != nil || len(v.Questions) != 5 || len(v.Questions[2].Options) != 2 {
		w.t.Fatalf("asks %+v, %v", v.Questions, err)
	}
	return v.Seminar, v.Questions
}

func TestAnswersAtRegistration(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem, q := w.ask(w.published(3, Rule{}))
	amel := w.person()
	for what, given := range map[string]Answers{
		"nothing":            nil,
		"a missing choice":   {q[0].ID: {"Trésorière"}, q[1].ID: {" "}},
		"no such choice":     {q[0].ID: {"Trésorière"}, q[1].ID: {"2"}},
		"two of one":         {q[0].ID: {"Trésorière"}, q[1].ID: {"0", "1"}},
		"neither yes nor no": {q[0].ID: {"Trésorière"}, q[1].ID: {"0"}, q[3].ID: {"maybe"}},
		"too long":           {q[0].ID: {strings.Repeat("é", maxLine+1)}, q[1].ID: {"0"}},
	} {
		_, err := w.RegisterFor(ctx, amel, sem.ID, Request{Answers: given})
		if all, ok := account.InvalidsOf(err); !ok || len(all) == 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
	given := Answers{q[0].ID: {" Trésorière "}, q[1].ID: {"1"}, q[2].ID: {"0", "1"}, 99: {"x"}}
	reg, err := w.RegisterFor(ctx, amel, sem.ID, Request{Answers: given})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := w.Seminar(ctx, amel, sem.ID)
	if want := (Answers{q[0].ID: {"Trésorière"}, q[1].ID: {"1"}, q[2].ID: {"0", "1"}}); !reflect.DeepEqual(v.Answers, want) || v.Unanswered() != 0 {
		t.Errorf("answers %v, want %v", v.Answers, want)
	}
	if err := w.Answer(ctx, w.person(), reg.ID, given); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("somebody else answers: %v", err)
	}
	given[q[0].ID] = []string{"Présidente"}
	if err := w.Answer(ctx, amel, reg.ID, given); err != nil {
		t.Fatal(err)
	}
	w.clock = sem.Closes()
	if err := w.Answer(ctx, amel, reg.ID, given); !errors.Is(err, ErrStarted) {
		t.Errorf("once it began: %v", err)
	}
	// Answers are for those who run the seminar, not for those who keep its door.
	d, err := w.DeskSeminar(ctx, w.staff, sem.ID)
	if err != nil || d.Holders[0].Answers[q[0].ID][0] != "Présidente" {
		t.Errorf("the office reads %v, %v", d.Holders[0].Answers, err)
	}
	door := w.person()
	door.Grants = []account.Grant{{Role: account.Trainer, Kind: account.OverOffice, ScopeID: w.gafsa}}
	if d, err := w.DeskSeminar(ctx, door, sem.ID); err != nil || d.Asked != nil || d.Holders[0].Answers != nil {
		t.Errorf("the door reads %v, %v", d.Holders[0].Answers, err)
	}
}

// What was answered can't be turned into something else, nor lost.
func TestEditingQuestions(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem, q := w.ask(w.published(3, Rule{}))
	_, err := w.RegisterFor(ctx, w.person(), sem.ID, Request{Answers: Answers{q[0].ID: {"Trésorière"}, q[1].ID: {"1"}}})
	if err != nil {
		t.Fatal(err)
	}
	set := func(asked ...Question) error {
		return w.SetQuestions(ctx, w.staff, sem.ID, w.read(sem.ID).Version, asked)
	}
	other, fewer := q[0], q[1]
	other.Kind = Text
	if all, _ := account.InvalidsOf(set(other)); len(all) != 1 || all[0].Field != "kind_0" {
		t.Errorf("another kind: %v", all)
	}
	fewer.Options = fewer.Options[:1]
	if all, _ := account.InvalidsOf(set(q[0], fewer)); len(all) == 0 || all[0].Field != "options_1" {
		t.Errorf("fewer choices: %v", all)
	}
	more := q[1]
	more.Options = append(more.Options, fr("Légumes"))
	if err := set(more); err != nil {
		t.Fatal(err)
	}
	d, err := w.DeskSeminar(ctx, w.staff, sem.ID)
	if err != nil || len(d.Questions) != 1 || len(d.Asked) != 2 || d.Asked[1].RetiredAt.IsZero() || d.Holders[0].Answers[q[0].ID] == nil {
		t.Errorf("asks %+v, %v", d.Asked, err)
	}
	if err := w.SetQuestions(ctx, w.staff, sem.ID, sem.Version, nil); !errors.Is(err, ErrStale) {
		t.Errorf("an old version: %v", err)
	}
	if err := w.SetQuestions(ctx, w.outsider, sem.ID, sem.Version, nil); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("another office: %v", err)
	}
}
