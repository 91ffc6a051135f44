package web

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"halqa/enrolment"
	"halqa/enrolment/monitoring"
	"halqa/events"
)

// An office asks, a person answers when they register and changes it, and the office reads it and takes it away as a sheet.
func TestQuestionsOfASeminar(t *testing.T) {
	w := settle(t)
	w.deps.Monitoring = monitoring.New(w.db, monitoring.Options{Texts: Texts(time.UTC), Location: time.UTC})
	f := openFairIn(t, w)
	amel, _ := f.person(t, "Amel")
	a := f.staff.send(fmt.Sprintf("/desk/seminars/new?space=%d", f.space), written(f))
	expect(t, a, 303)
	desk := a.Header.Get("Location")
	page := strings.TrimPrefix(desk, "/desk")
	expect(t, f.staff.send(desk+"/publish", url.Values{}), 303)
	expect(t, f.staff.get(desk+"/questions"), 200, "Ajouter une question", `value="add meals"`, `name="version" value="2"`)
	ask := url.Values{"version": {"2"}, "do": {"save"}, "rows": {"new1 new2"}, "kind_new1": {"one"}, "required_new1": {"yes"}, "label_fr_new1": {"Repas"}, "options_fr_new1": {"Viande"},
		"kind_new2": {"line"}, "label_ar_new2": {"الوظيفة"}}
	expect(t, f.staff.send(desk+"/questions", ask), 422, "Donnez au moins deux choix", `value="Repas"`, `value="الوظيفة"`)
	ask.Set("options_fr_new1", "Viande\r\nPoisson\r\n")
	expect(t, f.staff.send(desk+"/questions", ask), 303, desk)
	expect(t, f.staff.send(desk+"/questions", ask), 409, "Ce que vous avez écrit est encore là", `value="Repas"`, `value="3"`) // an old version

	expect(t, amel.get(page), 200, page+"/answers", "2 questions vous seront posées")
	form := amel.get(page + "/answers")
	expect(t, form, 200, "Repas", "Poisson")
	first := between(form.body, `name="question_`, `"`)
	expect(t, amel.send(page+"/register", url.Values{"question_2": {"Trésorière"}}), 422, "Répondez à cette question", `value="Trésorière"`)
	expect(t, amel.send(page+"/register", url.Values{"question_" + first: {"1"}}), 303, page)
	expect(t, amel.get(page), 200, "Voir ou changer mes réponses")
	again := amel.get(page + "/answers")
	registration := between(again.body, `name="registration" value="`, `"`)
	expect(t, amel.send(page+"/answers", url.Values{"registration": {registration}}), 422, "Répondez à cette question")
	expect(t, amel.send(page+"/answers", url.Values{"registration": {registration}, "question_" + first: {"0"}}), 303, page)
	expect(t, f.staff.get(desk+"/registrations/"+registration), 200, "Réponses aux questions", "Viande")

	sheet := f.staff.get(desk + "/registrations.xlsx")
	expect(t, sheet, 200)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(sheet.body)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 2 || rows[0][7] != "Repas" || rows[1][7] != "Viande" || rows[1][3] != "Confirmé" {
		t.Errorf("the sheet says %q, %v", rows, err)
	}
}

// The buttons of the form of questions need no script and lose nothing: they add a ready question in every language, move and
// remove; nothing changes before it is saved, in the order shown.
func TestArrangingQuestions(t *testing.T) {
	f := openFair(t)
	here := f.seminar(t, 5, enrolment.Rule{})
	page := fmt.Sprintf("/desk/seminars/%d/questions", here.ID)
	form := url.Values{"version": {between(f.staff.get(page).body, `name="version" value="`, `"`)}, "rows": {"new1"},
		"label_fr_new1": {"Votre rôle"}, "label_ar_new1": {"دوركم"}, "do": {"add transport"}}
	expect(t, f.staff.send(page, form), 200, `value="Votre rôle"`, `value="دوركم"`, `name="rows" value="new1 new2"`, `value="كيف ستأتون؟"`, "By shared taxi")
	form.Set("rows", "new1 new2")
	form.Set("kind_new1", "line")
	form.Set("kind_new2", "yes_no")
	form.Set("label_fr_new2", "Voiture ?")
	for do, want := range map[string]string{"up new2": "new2 new1", "down new1": "new2 new1", "up new1": "new1 new2", "remove new1": "new2", "remove 9": "new1 new2", "add": "new1 new2 new3"} {
		form.Set("do", do)
		expect(t, f.staff.send(page, form), 200, fmt.Sprintf(`name="rows" value="%s"`, want))
	}
	form.Set("rows", "new2 new1")
	form.Set("do", "save")
	expect(t, f.staff.send(page, form), 303)
	v, err := f.deps.Enrolment.Seminar(context.Background(), f.moderator, here.ID)
	if err != nil || len(v.Questions) != 2 || v.Questions[0].Label["fr"] != "Voiture ?" || v.Questions[1].Label["ar"] != "دوركم" {
		t.Fatalf("%+v, %v", v.Questions, err)
	}
	first := v.Questions[0].ID
	expect(t, f.staff.get(page), 200, fmt.Sprintf(`name="rows" value="%d %d"`, first, v.Questions[1].ID), fmt.Sprintf(`value="down %d"`, first))
}

// Every ready question is one that may be asked as it is, in every language.
func TestCommonQuestions(t *testing.T) {
	for _, q := range commonQuestions {
		for _, text := range append(slices.Clone(q.Options), q.Label) {
			for _, lang := range events.Languages {
				if text[lang] == "" {
					t.Errorf("%s says nothing in %s: %v", q.Key, lang, text)
				}
			}
		}
	}
}

// between is what stands after one text and before the next.
func between(s, after, before string) string {
	_, rest, _ := strings.Cut(s, after)
	text, _, _ := strings.Cut(rest, before)
	return text
}
