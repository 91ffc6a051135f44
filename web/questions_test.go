package web

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"halqa/enrolment/monitoring"
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
	expect(t, f.staff.get(desk+"/questions"), 200, `name="label_fr_1"`, `name="version" value="2"`)
	ask := url.Values{"version": {"2"}, "kind_0": {"one"}, "required_0": {"yes"}, "label_fr_0": {"Repas"}, "options_fr_0": {"Viande"}, "kind_1": {"line"}, "label_ar_1": {"الوظيفة"}}
	expect(t, f.staff.send(desk+"/questions", ask), 422, "Donnez au moins deux choix", `value="Repas"`, `value="الوظيفة"`)
	ask.Set("options_fr_0", "Viande\r\nPoisson\r\n")
	expect(t, f.staff.send(desk+"/questions", ask), 303, desk)
	expect(t, f.staff.send(desk+"/questions", ask), 303, desk+"/questions") // an old version

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

// between is what stands after one text and before the next.
func between(s, after, before string) string {
	_, rest, _ := strings.Cut(s, after)
	text, _, _ := strings.Cut(rest, before)
	return text
}
