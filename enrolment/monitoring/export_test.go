package monitoring

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// export reads a workbook back.
func (s *story) export(actor account.Actor, f Filter, content Content, lang string) *excelize.File {
	s.t.Helper()
	var b bytes.Buffer
	if _, err := s.service.Export(s.ctx, actor, f, content, lang, &b); err != nil {
		s.t.Fatal(err)
	}
	file, err := excelize.OpenReader(&b)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { file.Close() })
	return file
}

func rows(t testing.TB, f *excelize.File, sheet string) [][]string {
	t.Helper()
	list, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// where is the cell of the column that header begins.
func where(t testing.TB, header []string, begins string, row int) string {
	t.Helper()
	i := slices.IndexFunc(header, func(h string) bool { return strings.HasPrefix(h, begins) })
	if i < 0 {
		t.Fatalf("no column %q in %q", begins, header)
	}
	cell, err := excelize.CoordinatesToCellName(i+1, row)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

func TestExportIsTypedAndSafe(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	evil := s.person("=1+1", "female", "TN-71", 1990)
	s.member(evil, "@SUM(A1)\u200f<b>&\x01", "association")
	s.module(1)
	s.seminar(1, s.gafsa, s.budget, at(9, 30, 23), 1)
	s.progress(at(8, 1, 8), evil, 1, 85)
	s.unlock(at(8, 1, 23), evil, 1)
	s.attendance(at(9, 30, 23), evil, 1, 10, true)
	s.hear()
	f := s.export(manager, Filter{}, Full, "fr")
	sheet := "fr.sheet_journey"
	header := rows(t, f, sheet)[0]

	type want struct{ column, value, format string }
	for _, w := range []want{
		{"fr.col_name", "=1+1", ""},
		{"fr.col_seminar_date", "46295", "dd/mm/yyyy"}, // 30 September, though 1 October in no zone
		{"fr.col_module_percent", "0.85", "0%"},
		{"fr.col_sessions_attended", "1", "#,##0"},
	} {
		cell := where(t, header, w.column, 2)
		got, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if number, err := strconv.ParseFloat(got, 64); err == nil && w.column == "fr.col_seminar_date" {
			got = strconv.Itoa(int(number))
		}
		if got != w.value {
			t.Errorf("%s holds %q, want %q", w.column, got, w.value)
		}
		if formula, err := f.GetCellFormula(sheet, cell); err != nil || formula != "" {
			t.Errorf("%s has the formula %q, error %v", w.column, formula, err)
		}
		if got := format(t, f, sheet, cell); got != w.format {
			t.Errorf("%s has the format %q, want %q", w.column, got, w.format)
		}
	}
	unlocked, err := f.GetCellValue(sheet, where(t, header, "fr.col_unlocked", 2))
	if err != nil || unlocked != "01/08/2026 23:00" {
		t.Errorf("unlocked shows %q, error %v", unlocked, err)
	}
	for i, typ := range map[string]excelize.CellType{"fr.col_name": excelize.CellTypeInlineString, "fr.col_module_percent": excelize.CellTypeUnset} {
		if got, err := f.GetCellType(sheet, where(t, header, i, 2)); err != nil || got != typ {
			t.Errorf("%s is of type %v, want %v", i, got, typ)
		}
	}
}

func format(t testing.TB, f *excelize.File, sheet, cell string) string {
	t.Helper()
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if style.CustomNumFmt != nil {
		return *style.CustomNumFmt
	}
	return map[int]string{3: "#,##0", 9: "0%"}[style.NumFmt]
}

func TestExportIsFramedInEveryLanguage(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	twoOffices(s)
	for _, lang := range []string{"fr", "ar", "en"} {
		f := s.export(manager, Filter{}, Full, lang)
		want := []string{lang + ".sheet_journey", lang + ".sheet_figures", lang + ".sheet_definitions"}
		if got := f.GetSheetList(); !slices.Equal(got, want) {
			t.Fatalf("sheets %q, want %q", got, want)
		}
		for _, sheet := range want {
			view, err := f.GetSheetView(sheet, 0)
			if err != nil || *view.RightToLeft != (lang == "ar") {
				t.Errorf("%s: right to left is %v, error %v", sheet, *view.RightToLeft, err)
			}
		}
		panes, err := f.GetPanes(want[0])
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("panes %+v, error %v", panes, err)
		}
		var raw bytes.Buffer
		if _, err := f.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		if lines := rows(t, f, want[0]); len(lines) != 5 {
			t.Errorf("%d rows, want a header and 4 lines", len(lines))
		}
		filters := f.GetDefinedName()
		if len(filters) != 1 {
			t.Errorf("filters: %+v", filters)
		}
		for _, name := range filters {
			if !strings.Contains(name.RefersTo, "$A$1:") || !strings.HasSuffix(name.RefersTo, "$5") {
				t.Errorf("filter over %s", name.RefersTo)
			}
		}
		if width, err := f.GetColWidth(want[0], "B"); err != nil || width < 20 {
			t.Errorf("names have a width of %v, error %v", width, err)
		}
	}
	arabic := s.export(manager, Filter{}, Full, "ar")
	if text := fmt.Sprint(rows(t, arabic, "ar.sheet_journey")); !strings.Contains(text, "ندوة 1") || !strings.Contains(text, "قفصة") {
		t.Errorf("authored texts are not in Arabic: %s", text)
	}
}

func TestExportHoldsTheFiguresOfThePage(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	twoOffices(s)
	for _, actor := range []account.Actor{manager, moderator(s.gafsa), moderator(s.tunis)} {
		d, err := s.service.Dashboard(s.ctx, actor, Filter{})
		if err != nil {
			t.Fatal(err)
		}
		f := s.export(actor, Filter{}, Full, "fr")
		if lines := len(rows(t, f, "fr.sheet_journey")) - 1; lines != d.Figures.Lines {
			t.Errorf("%s: %d lines in the sheet, %d on the page", actor.Name, lines, d.Figures.Lines)
		}
		list := rows(t, f, "fr.sheet_figures")
		i := slices.IndexFunc(list, func(r []string) bool { return len(r) > 0 && r[0] == "fr.everyone" })
		for _, stage := range Stages {
			if got := list[i][stage+1]; got != strconv.Itoa(d.Figures.People[stage]) {
				t.Errorf("%s: %s is %s in the sheet, %d on the page", actor.Name, stage.Key(), got, d.Figures.People[stage])
			}
		}
		names := fmt.Sprint(rows(t, f, "fr.sheet_journey"))
		if actor.PersonID == 2 && actor.Grants[0].ScopeID == s.gafsa && strings.Contains(names, "نور") {
			t.Error("a line of another office leaks")
		}
	}
}

func TestSharedExportNamesNobody(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	twoOffices(s)
	f := s.export(manager, Filter{}, Shared, "fr")
	if got := f.GetSheetList(); !slices.Equal(got, []string{"fr.sheet_figures", "fr.sheet_definitions"}) {
		t.Fatalf("sheets %q", got)
	}
	for _, sheet := range f.GetSheetList() {
		text := fmt.Sprint(rows(t, f, sheet))
		if strings.Contains(text, "Amel") || strings.Contains(text, "نور") {
			t.Errorf("%s names people: %s", sheet, text)
		}
	}
	for _, row := range rows(t, f, "fr.sheet_figures") {
		if len(row) == 0 || !strings.HasPrefix(row[0], "fr.gender_") && row[0] != "fr.everyone" {
			continue
		}
		for _, value := range row[1:] {
			if value != "0" && value != "fr.hidden_mark" {
				t.Errorf("%s shows %s people", row[0], value)
			}
		}
	}
}

func TestExportSaysWhereItComesFrom(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	twoOffices(s)
	f := s.export(moderator(s.gafsa), Filter{From: at(7, 1, 0), To: at(9, 30, 0)}, Full, "fr")
	list := rows(t, f, "fr.sheet_definitions")
	text := fmt.Sprint(list)
	for _, want := range []string{"fr.about_by Nizar", "fr.about_scope Gafsa", "fr.period_between", "fr.def_stage_attended", "fr.def_module_percent"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	header := rows(t, f, "fr.sheet_journey")[0]
	for _, h := range header {
		key := strings.TrimPrefix(strings.Fields(h)[0], "fr.col_")
		if !strings.Contains(text, "fr.def_"+key) {
			t.Errorf("column %s is not defined", h)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	var b bytes.Buffer
	if _, err := s.service.Export(s.ctx, account.Actor{PersonID: 5}, Filter{}, Full, "fr", &b); !errors.Is(err, account.ErrForbidden) || b.Len() > 0 {
		t.Errorf("a learner gets %d bytes and the error %v", b.Len(), err)
	}
	if _, err := s.service.Export(s.ctx, manager, Filter{}, Full, "de", io.Discard); err == nil {
		t.Error("a language without texts is accepted")
	}
	f := s.export(manager, Filter{}, Full, "fr")
	if lines := rows(t, f, "fr.sheet_journey"); len(lines) != 1 {
		t.Errorf("an empty journey has %d rows, want its header", len(lines))
	}
}

// BenchmarkExport writes fifty thousand lines. Its peak memory is reported in megabytes above the start.
func BenchmarkExport(b *testing.B) {
	s := newStory(b, testdb.Clone(b))
	const people, seminars = 5000, 10
	s.exec(`insert into person (name, email) select 'Personne ' || i, i || '@example.org' from generate_series(1, ?) i`, people)
	for id := int64(1); id <= seminars; id++ {
		s.module(id)
		s.seminar(id, s.gafsa, s.budget, at(12, int(id), 9), 1, 2, 3, 4)
	}
	s.hear()
	s.exec(`insert into journey_progress (person_id, module_id, percent, first_at, completed_at)
		select p.id, m, 85, now(), now() from person p, generate_series(1, 4) m`)
	s.exec(`insert into journey_unlock select p.id, m, now() from person p, generate_series(1, ?) m`, seminars)
	s.exec("analyze")
	for b.Loop() {
		peak := peakMemory(b, func() {
			n, err := s.service.Export(s.ctx, manager, Filter{}, Full, "fr", io.Discard)
			if err != nil || n != people*seminars {
				b.Fatalf("%d lines, error %v", n, err)
			}
		})
		b.ReportMetric(peak, "peak-MB")
	}
}

// BenchmarkDashboard counts fifty thousand lines.
func BenchmarkDashboard(b *testing.B) {
	s := newStory(b, testdb.Clone(b))
	s.exec(`insert into person (name, email) select 'Personne ' || i, i || '@example.org' from generate_series(1, 5000) i`)
	for id := int64(1); id <= 10; id++ {
		s.seminar(id, s.gafsa, s.budget, at(12, int(id), 9), 1, 2, 3, 4)
	}
	s.hear()
	s.exec(`insert into journey_progress (person_id, module_id, percent, first_at, completed_at)
		select p.id, m, 85, now(), now() from person p, generate_series(1, 4) m`)
	s.exec("analyze")
	for b.Loop() {
		d, err := s.service.Dashboard(s.ctx, manager, Filter{})
		if err != nil || d.Figures.Lines != 50000 {
			b.Fatalf("%d lines, error %v", d.Figures.Lines, err)
		}
	}
}

// peakMemory is how much the heap grew at most while fn ran, sampled, in megabytes.
func peakMemory(b *testing.B, fn func()) float64 {
	b.Helper()
	start, peak := heap(), uint64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, heap())
			}
		}
	}()
	fn()
	close(stop)
	<-stopped
	return float64(max(peak, start)-start) / 1e6
}
