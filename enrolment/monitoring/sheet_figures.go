package monitoring

// writeFigures writes the sheet of indicators: the same figures as the page. When shared, numbers under five, and those
// that would betray them, are replaced by a mark.
func (b *book) writeFigures(f Figures, p Places, shared bool) error {
	widths := []float64{40}
	for range Stages {
		widths = append(widths, 14)
	}
	s, err := b.add(b.say("sheet_figures"), 0, widths...)
	if err != nil {
		return err
	}
	t := tables{book: b, sheet: s, shared: shared}
	if err := t.opening(f); err != nil {
		return err
	}
	groups := []struct {
		heading string
		list    []Group
		label   func(string) string
	}{
		{"by_gender", f.ByGender, b.gender},
		{"by_age", f.ByAge, b.age},
		{"by_governorate", f.ByGovernorate, func(code string) string { return b.governorate(p, code) }},
		{"by_kind", f.ByKind, b.kind},
	}
	for _, g := range groups {
		if err := t.breakdown(g.heading, g.list, g.label); err != nil {
			return err
		}
	}
	if err := t.bySeminar(f.BySeminar); err != nil {
		return err
	}
	if err := t.byModule(f.ByModule); err != nil {
		return err
	}
	if err := t.byMonth(f.ByMonth); err != nil {
		return err
	}
	return s.Flush()
}

// tables writes the tables of the sheet of indicators, one under the other.
type tables struct {
	*book
	*sheet
	shared bool
}

// number is a number of people as a cell: hidden if the sheet is shared and it must be.
func (t tables) number(n int, hide bool) any {
	if t.shared && (hide || small(n)) {
		return cell(t.styles.hidden, t.say("hidden_mark"))
	}
	return cell(t.styles.number, n)
}

func (t tables) heading(key string, columns ...string) error {
	t.skip()
	if err := t.write(cell(t.styles.heading, t.say(key))); err != nil {
		return err
	}
	return t.write(cells(t.styles.header, columns...)...)
}

func (t tables) stageColumns(first string) []string {
	list := []string{first}
	for _, s := range Stages {
		list = append(list, t.say("stage_"+s.Key()))
	}
	return list
}

func (t tables) row(label string, c Counts, hidden [stages]bool) error {
	row := []any{cell(t.styles.plain, label)}
	for _, s := range Stages {
		row = append(row, t.number(c[s], hidden[s]))
	}
	return t.write(row...)
}

func (t tables) opening(f Figures) error {
	if err := t.write(cell(t.styles.title, t.say("figures_title"))); err != nil {
		return err
	}
	note := "figures_note"
	if t.shared {
		note = "shared_note"
	}
	if err := t.write(cell(t.styles.plain, t.say(note))); err != nil {
		return err
	}
	if err := t.heading("people", t.stageColumns("")...); err != nil {
		return err
	}
	return t.row(t.say("everyone"), f.People, [stages]bool{})
}

func (t tables) breakdown(heading string, list []Group, label func(string) string) error {
	if err := t.heading(heading, t.stageColumns(t.say("category"))...); err != nil {
		return err
	}
	hidden := hideGroups(list)
	for i, g := range list {
		if err := t.row(label(g.Key), g.Counts, hidden[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t tables) bySeminar(list []SeminarFigures) error {
	if err := t.heading("by_seminar", append(t.stageColumns(t.say("col_seminar")), t.say("col_seminar_date"), t.say("capacity"))...); err != nil {
		return err
	}
	for _, s := range list {
		row := []any{cell(t.styles.plain, t.in(s.Title, ""))}
		for _, stage := range Stages {
			row = append(row, t.number(s.Counts[stage], false))
		}
		row = append(row, t.at(t.styles.date, s.FirstAt), cell(t.styles.number, s.Capacity))
		if err := t.write(row...); err != nil {
			return err
		}
	}
	return nil
}

func (t tables) byModule(list []ModuleFigures) error {
	err := t.heading("by_module", t.say("module"), t.say("stage_started"), t.say("stage_completed"), t.say("average"))
	if err != nil {
		return err
	}
	for _, m := range list {
		var average any = cell(t.styles.percent, float64(m.Percent)/100)
		if m.Started == 0 {
			average = nil
		} else if t.shared && small(m.Started) {
			average = t.number(m.Started, true)
		}
		err := t.write(cell(t.styles.plain, t.moduleTitle(m.Module)), t.number(m.Started, false), t.number(m.Completed, false), average)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t tables) byMonth(list []Month) error {
	err := t.heading("by_month", t.say("month"), t.say("month_started"), t.say("month_completed"), t.say("month_registered"))
	if err != nil {
		return err
	}
	started, completed, registered := make([]int, len(list)), make([]int, len(list)), make([]int, len(list))
	for i, m := range list {
		started[i], completed[i], registered[i] = m.Started, m.Completed, m.Registered
	}
	hideStarted, hideCompleted, hideRegistered := hideColumn(started), hideColumn(completed), hideColumn(registered)
	for i, m := range list {
		err := t.write(cell(t.styles.month, m.First), t.number(m.Started, hideStarted[i]),
			t.number(m.Completed, hideCompleted[i]), t.number(m.Registered, hideRegistered[i]))
		if err != nil {
			return err
		}
	}
	return nil
}
