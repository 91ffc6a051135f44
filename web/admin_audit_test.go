package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
)

// ledger is the audit of a town: an administrator whose name would be a formula, the animator of a space, and a learner.
type ledger struct {
	*town
	admin, animator, learner *visitor
	nabil                    account.Actor
}

func keepLedger(t *testing.T) *ledger {
	t.Helper()
	w := &ledger{town: settle(t)}
	w.admin, w.nabil = w.person(t, "Nabil", overAll)
	if _, err := w.db.ExecContext(t.Context(), `update person set name = '=Nabil()' where id = ?`, w.nabil.PersonID); err != nil {
		t.Fatal(err)
	}
	sp, err := w.deps.Account.CreateSpace(t.Context(), w.nabil, account.Space{OfficeID: w.office.ID, Visibility: account.Open,
		Name: events.Text{"fr": "Eau; \"vive\"", "ar": "ماء"}})
	if err != nil {
		t.Fatal(err)
	}
	w.animator, _ = w.person(t, "Animateur", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID})
	w.learner, _ = w.person(t, "Rim")
	return w
}

func TestNarrowingTheAudit(t *testing.T) {
	w := keepLedger(t)
	expect(t, w.admin.get("/admin/audit?kind=spaces"), 200, "/admin/audit.xlsx?kind=spaces", `value="space_created"`)
	expect(t, w.admin.get("/admin/audit?kind=spaces&act=role_granted"), 200, "/admin/audit.csv?kind=spaces\"")
	expect(t, w.admin.get("/admin/audit?from=2026-05-02&to=2026-05-01"), 422)

	org := accounttest.Organisation(t, w.db, "Oasis", w.office)
	here, page := fmt.Sprintf("/admin/audit?organisation=%d", org.ID), fmt.Sprintf("/organisations/%d", org.ID)
	mustDo(t, w.deps.Account.JoinOrganisation(t.Context(), w.nabil, org.ID))
	expect(t, w.admin.get(page), 200, here)
	a := w.learner.get(page)
	expect(t, a, 200)
	if strings.Contains(a.body, "/admin/audit") {
		t.Error("a learner is led to the audit")
	}
	expect(t, w.admin.get(here), 200, "Seulement Oasis", "pour rejoindre « Oasis »", "organisation="+fmt.Sprint(org.ID)+"&person=", `name="organisation" value="`+fmt.Sprint(org.ID))
	expect(t, w.animator.get(here), 200, "Seulement Oasis", "Rien ici")
	expect(t, w.admin.get(here+"&side=acted&person="+fmt.Sprint(w.nabil.PersonID)), 200, "Seulement =Nabil()")
	expect(t, w.admin.get("/admin/audit?seminar=77"), 200, "Seulement un séminaire", "Rien ici")
	a = w.admin.get(fmt.Sprintf("/admin/audit.csv?organisation=%d", org.ID))
	expect(t, a, 200, "Oasis")
	if n := strings.Count(a.body, "\r\n"); n != 2 {
		t.Errorf("%d lines about the organisation: %s", n-1, a.body)
	}
}

func TestTakingTheAuditAwayAsLines(t *testing.T) {
	w := keepLedger(t)
	for _, format := range []string{"xlsx", "csv"} {
		expect(t, w.learner.get("/admin/audit."+format), 403)
		expect(t, w.animator.get(fmt.Sprintf("/admin/audit.%s?place=office:%d", format, w.office.ID)), 403)
		expect(t, w.admin.get("/admin/audit."+format+"?from=soon"), 422)
	}
	a := w.animator.get("/admin/audit.csv?act=space_created")
	expect(t, a, 200)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\uFEFF"))).ReadAll()
	if err != nil || len(lines) != 2 || lines[0][0] != "Quand" || lines[1][1] != "'=Nabil()" || lines[1][6] != `Eau; "vive"` {
		t.Fatalf("%q, error %v", lines, err)
	}
	if _, err := time.Parse(time.DateTime, lines[1][0]); err != nil || !strings.HasPrefix(a.body, "\uFEFF") {
		t.Errorf("%v of %q", err, a.body)
	}
	expect(t, w.admin.get("/admin/audit?kind=lookups"), 200, "Journal exporté", "Animateur")
}

func TestTakingTheAuditAwayAsASheet(t *testing.T) {
	w := keepLedger(t)
	w.admin.send("/language", map[string][]string{"language": {"ar"}})
	a := w.admin.get("/admin/audit.xlsx?act=space_created")
	expect(t, a, 200)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	if view, err := book.GetSheetView(sheet, 0); err != nil || view.RightToLeft == nil || !*view.RightToLeft {
		t.Errorf("%q runs from left to right: %v", sheet, err)
	}
	at := func(cell string) (value string, kind excelize.CellType) {
		value, err := book.GetCellValue(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		if kind, err = book.GetCellType(sheet, cell); err != nil {
			t.Fatal(err)
		}
		return value, kind
	}
	if name, kind := at("B2"); name != "=Nabil()" || kind == excelize.CellTypeFormula {
		t.Errorf("who: %q, type %v", name, kind)
	}
	if formula, _ := book.GetCellFormula(sheet, "B2"); formula != "" {
		t.Errorf("a formula: %q", formula)
	}
	if when, kind := at("A2"); kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString || !strings.Contains(when, "/") {
		t.Errorf("when: %q, type %v", when, kind)
	}
	if act, _ := at("D2"); !strings.Contains(act, "…") || strings.Contains(act, "Espace") {
		t.Errorf("the act in Arabic: %q", act)
	}
	if place, _ := at("G2"); place != "ماء" {
		t.Errorf("the space: %q", place)
	}
}

func TestNothingOfAnAuditIsAFormula(t *testing.T) {
	for text, want := range map[string]string{"": "", "Rim": "Rim", "=1+1": "'=1+1", "+216": "'+216", "-2": "'-2", "@x": "'@x", "\t=1": "'\t=1",
		" =1": "' =1", "\u2068=1": "'\u2068=1", "a=1": "a=1", "＝1": "'＝1"} {
		if got := harmless(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
