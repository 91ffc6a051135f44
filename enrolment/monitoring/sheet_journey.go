package monitoring

import (
	"slices"
	"time"

	"github.com/xuri/excelize/v2"
)

// MaxLines is the greatest number of lines a sheet holds, its header apart.
const MaxLines = excelize.TotalRows - 1

// column is one column of the journey.
type column struct {
	key    string // of its definition: "monitoring.def_<key>"
	source string // of where it comes from: "monitoring.source_<source>"
	header string
	width  float64
	value  func(Line) any
}

// columns lists the columns of the journey for a selection: those of the person, of the seminar, three for each module,
// those of the registration, and one for each session.
func (b *book) columns(sel selection) []column {
	list := b.personColumns(sel.places)
	list = append(list, b.seminarColumns(sel.places)...)
	for _, m := range sel.modules {
		list = append(list, b.moduleColumns(m)...)
	}
	list = append(list, b.registrationColumns()...)
	sessions := 0
	for _, s := range sel.seminars {
		sessions = max(sessions, len(s.Sessions))
	}
	for n := range sessions {
		list = append(list, column{"session", "attendance", b.say("col_session", "Number", n+1), 13, b.presence(n)})
	}
	return append(list, column{"sessions_attended", "attendance", b.say("col_sessions_attended"), 12,
		func(l Line) any { return cell(b.styles.number, l.Attended()) }})
}

func (b *book) text(s string) any {
	if s == "" {
		return nil
	}
	return cell(b.styles.plain, s)
}

func (b *book) personColumns(p Places) []column {
	return []column{
		{"person", "account", b.say("col_person"), 10, func(l Line) any { return cell(b.styles.plain, l.PersonID) }},
		{"name", "account", b.say("col_name"), 26, func(l Line) any { return b.text(b.person(l.Name)) }},
		{"gender", "account", b.say("col_gender"), 12, func(l Line) any { return b.text(b.oneGender(l.Gender)) }},
		{"governorate", "account", b.say("col_governorate"), 16,
			func(l Line) any { return b.text(b.governorate(p, l.Governorate)) }},
		{"organisation", "account", b.say("col_organisation"), 34, func(l Line) any { return b.text(l.Organisation) }},
		{"kind", "account", b.say("col_kind"), 20, func(l Line) any { return b.text(b.kind(l.Kind)) }},
	}
}

func (b *book) seminarColumns(p Places) []column {
	return []column{
		{"seminar", "seminar", b.say("col_seminar"), 34, func(l Line) any { return b.text(b.in(l.Seminar.Title, "")) }},
		{"seminar_date", "seminar", b.say("col_seminar_date"), 13, func(l Line) any { return b.at(b.styles.date, l.Seminar.FirstAt) }},
		{"seminar_state", "seminar", b.say("col_seminar_state"), 12,
			func(l Line) any { return b.text(b.say("seminar_" + l.Seminar.State)) }},
		{"office", "seminar", b.say("col_office"), 20, func(l Line) any { return b.text(b.in(p.Offices[l.Seminar.OfficeID], "")) }},
		{"space", "seminar", b.say("col_space"), 24, func(l Line) any { return b.text(b.in(p.Spaces[l.Seminar.SpaceID], "")) }},
	}
}

func (b *book) moduleColumns(m Module) []column {
	title := b.moduleTitle(m)
	of := func(value func(ModuleProgress) any) func(Line) any {
		return func(l Line) any {
			i := slices.IndexFunc(l.Modules, func(p ModuleProgress) bool { return p.ModuleID == m.ID })
			if i < 0 {
				return nil
			}
			return value(l.Modules[i])
		}
	}
	return []column{
		{"module_percent", "progress", b.say("col_module_percent", "Title", title), 16,
			of(func(p ModuleProgress) any { return cell(b.styles.percent, float64(p.Percent)/100) })},
		{"module_started", "progress", b.say("col_module_started", "Title", title), 16,
			of(func(p ModuleProgress) any { return b.at(b.styles.date, p.FirstAt) })},
		{"module_completed", "progress", b.say("col_module_completed", "Title", title), 16,
			of(func(p ModuleProgress) any { return b.at(b.styles.date, value(p.CompletedAt)) })},
	}
}

func value(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func (b *book) registrationColumns() []column {
	of := func(value func(*Registration) any) func(Line) any {
		return func(l Line) any {
			if l.Registration == nil {
				return nil
			}
			return value(l.Registration)
		}
	}
	return []column{
		{"unlocked", "unlock", b.say("col_unlocked"), 17, func(l Line) any { return b.at(b.styles.moment, l.UnlockedAt) }},
		{"registration", "registration", b.say("col_registration"), 18, of(func(r *Registration) any { return b.text(b.say("state_" + r.State)) })},
		{"requested", "registration", b.say("col_requested"), 17, of(func(r *Registration) any { return b.at(b.styles.moment, r.RequestedAt) })},
		{"confirmed", "registration", b.say("col_confirmed"), 17, of(func(r *Registration) any { return b.at(b.styles.moment, r.ConfirmedAt) })},
	}
}

// presence is the mark at the n-th session of the line's seminar: present, absent, or nothing yet.
func (b *book) presence(n int) func(Line) any {
	return func(l Line) any {
		if n >= len(l.Seminar.Sessions) {
			return nil
		}
		present, marked := l.Present[l.Seminar.Sessions[n].ID]
		switch {
		case !marked:
			return nil
		case present:
			return b.text(b.say("present"))
		}
		return b.text(b.say("absent"))
	}
}

// beginJourney starts the sheet of lines: a header that stays in sight, and a function that adds a line.
func (b *book) beginJourney(list []column) (*sheet, func(Line) error, error) {
	widths := make([]float64, len(list))
	headers := make([]any, len(list))
	for i, c := range list {
		widths[i], headers[i] = c.width, cell(b.styles.header, c.header)
	}
	s, err := b.add(b.say("sheet_journey"), 1, widths...)
	if err != nil {
		return nil, nil, err
	}
	s.row++
	if err := s.SetRow("A1", headers, excelize.RowOpts{Height: 48}); err != nil {
		return nil, nil, err
	}
	row := make([]any, len(list))
	return s, func(l Line) error {
		for i, c := range list {
			row[i] = c.value(l)
		}
		return s.write(row...)
	}, nil
}

// endLines gives the sheet its filters and closes it.
func (b *book) endLines(s *sheet, columns int) error {
	last, err := excelize.CoordinatesToCellName(columns, max(s.row, 1))
	if err != nil {
		return err
	}
	if err := b.file.AutoFilter(s.name, "A1:"+last, nil); err != nil {
		return err
	}
	return s.Flush()
}
