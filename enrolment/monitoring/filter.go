package monitoring

import (
	"time"

	"halqa/community/account"
)

// Filter chooses seminars; a zero field chooses all. It can only narrow what the actor may see.
type Filter struct {
	From, To time.Time // days, both included, that a seminar's first session falls within
	OfficeID int64
	SpaceID  int64
}

// IsZero tells whether f leaves everything in.
func (f Filter) IsZero() bool {
	return f.From.IsZero() && f.To.IsZero() && f.OfficeID == 0 && f.SpaceID == 0
}

// Quarter returns the first and last day of the quarter that t falls in.
func Quarter(t time.Time) (from, to time.Time) {
	first := (t.Month()-1)/3*3 + 1
	from = time.Date(t.Year(), first, 1, 0, 0, 0, 0, t.Location())
	return from, from.AddDate(0, 3, -1)
}

// scope is what an actor may see of the indicators.
type scope struct {
	all     bool
	offices []int64
}

// scopeOf returns what actor may read: ErrSignInRequired for a visitor, ErrForbidden for who may read nothing, or for a
// filter that names an office outside.
func scopeOf(actor account.Actor, f Filter) (scope, error) {
	if !actor.SignedIn() {
		return scope{}, account.ErrSignInRequired
	}
	all, ids := actor.Offices(account.ReadIndicators)
	if !all && len(ids) == 0 {
		return scope{}, account.ErrForbidden
	}
	if f.OfficeID != 0 && !actor.Can(account.ReadIndicators, account.Scope{OfficeID: f.OfficeID}) {
		return scope{}, account.ErrForbidden
	}
	return scope{all: all, offices: ids}, nil
}
