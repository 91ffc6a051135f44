package monitoring

import (
	"strings"
	"time"

	"halqa/community/account"
)

// provenance is what a reader must know of a workbook to trust it.
type provenance struct {
	actor   account.Actor
	at      time.Time
	lines   int
	shared  bool
	columns []column // of the sheet of lines; none when shared
}

// writeDefinitions writes the sheet that says where the figures come from: by whom and when, with which filters, and what
// every indicator and column means.
func (b *book) writeDefinitions(sel selection, from provenance) error {
	s, err := b.add(b.say("sheet_definitions"), 0, 34, 90, 36)
	if err != nil {
		return err
	}
	if err := s.write(cell(b.styles.title, b.say("definitions_title"))); err != nil {
		return err
	}
	s.skip()
	for _, row := range b.about(sel, from) {
		if err := s.write(cell(b.styles.plain, row.label), row.value); err != nil {
			return err
		}
	}
	if err := b.defineStages(s); err != nil {
		return err
	}
	if err := b.defineColumns(s, from.columns); err != nil {
		return err
	}
	return s.Flush()
}

type aboutRow struct {
	label string
	value any
}

func (b *book) about(sel selection, from provenance) []aboutRow {
	text := func(key, value string) aboutRow { return aboutRow{b.say(key), cell(b.styles.wrapped, value)} }
	rows := []aboutRow{
		{b.say("about_at"), b.at(b.styles.moment, from.at)},
		text("about_by", from.actor.Name),
		text("about_scope", b.scopeName(sel)),
		text("about_period", b.period(sel.filter)),
		text("about_office", b.chosen(sel.filter.OfficeID != 0, b.in(sel.places.Offices[sel.filter.OfficeID], ""))),
		text("about_space", b.chosen(sel.filter.SpaceID != 0, b.in(sel.places.Spaces[sel.filter.SpaceID], ""))),
		text("about_zone", b.loc.String()),
		text("about_who", b.say("about_who_text")),
	}
	if from.shared {
		return append(rows, text("about_hidden", b.say("shared_note")))
	}
	return append(rows, aboutRow{b.say("about_lines"), cell(b.styles.moment, from.lines)}, text("about_private", b.say("about_private_text")))
}

func (b *book) chosen(is bool, name string) string {
	if is {
		return name
	}
	return b.say("all")
}

func (b *book) scopeName(sel selection) string {
	if sel.scope.all {
		return b.say("whole_platform")
	}
	names := make([]string, 0, len(sel.scope.offices))
	for _, id := range sel.scope.offices {
		names = append(names, b.in(sel.places.Offices[id], ""))
	}
	return strings.Join(names, " · ")
}

func (b *book) period(f Filter) string {
	switch {
	case f.From.IsZero() && f.To.IsZero():
		return b.say("period_all")
	case f.To.IsZero():
		return b.say("period_from", "From", day(f.From, b.loc))
	case f.From.IsZero():
		return b.say("period_to", "To", day(f.To, b.loc))
	}
	return b.say("period_between", "From", day(f.From, b.loc), "To", day(f.To, b.loc))
}

func (b *book) defineStages(s *sheet) error {
	s.skip()
	if err := s.write(cells(b.styles.header, b.say("indicator"), b.say("definition"), b.say("source"))...); err != nil {
		return err
	}
	sources := [stages]string{"all", "progress", "progress", "unlock", "registration", "registration", "attendance"}
	for _, stage := range Stages {
		err := s.write(cells(b.styles.wrapped, b.say("stage_"+stage.Key()), b.say("def_stage_"+stage.Key()), b.say("source_"+sources[stage]))...)
		if err != nil {
			return err
		}
	}
	for _, key := range []string{"average", "by_age", "by_governorate", "by_kind", "by_month"} {
		if err := s.write(cells(b.styles.wrapped, b.say(key), b.say("def_"+key), b.say("source_all"))...); err != nil {
			return err
		}
	}
	return nil
}

// defineColumns defines each kind of column once: what holds for one module holds for all.
func (b *book) defineColumns(s *sheet, list []column) error {
	if len(list) == 0 {
		return nil
	}
	s.skip()
	if err := s.write(cells(b.styles.header, b.say("column"), b.say("definition"), b.say("source"))...); err != nil {
		return err
	}
	defined := map[string]bool{}
	for _, c := range list {
		if defined[c.key] {
			continue
		}
		defined[c.key] = true
		header := c.header
		if strings.HasPrefix(c.key, "module_") {
			header = b.say("col_"+c.key, "Title", "…")
		}
		if err := s.write(cells(b.styles.wrapped, header, b.say("def_"+c.key), b.say("source_"+c.source))...); err != nil {
			return err
		}
	}
	return nil
}
