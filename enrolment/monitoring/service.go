// Package monitoring keeps the journey of each person towards each seminar, as the events told it, and turns it into
// figures and spreadsheets for those who follow the programme.
//
// It hears everything through the event bus and owns a projection of it; of other packages it reads only account's
// tables, for names and places. One query (see EachLine) feeds the page and the spreadsheet, and one Tally counts both.
package monitoring

import (
	"time"

	"github.com/uptrace/bun"
)

// Texts says the text of a catalogue key in a language; args are pairs of a placeholder's name and its value, and a
// value that is a time.Time is said as a date. Keys are "monitoring.…".
type Texts func(lang, key string, args ...any) string

// Options are what a Service needs beside the database. A zero field takes the default it names.
type Options struct {
	Texts    Texts            // required to export
	Location *time.Location   // where days begin and end; default time.Local
	Now      func() time.Time // default time.Now
}

// Service answers with figures and sheets, and keeps the projection they come from.
type Service struct {
	db    bun.IDB
	texts Texts
	loc   *time.Location
	now   func() time.Time
}

// New returns a Service over db.
func New(db bun.IDB, o Options) *Service {
	s := &Service{db: db, texts: o.Texts, loc: o.Location, now: o.Now}
	if s.loc == nil {
		s.loc = time.Local
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}
