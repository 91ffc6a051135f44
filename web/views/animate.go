package views

import (
	"time"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
)

// AnimateView is the page at "/spaces/:key/animate".
type AnimateView struct {
	Page
	Desk    community.Desk
	Lessons map[int64]events.Text // titles by id; none for those one may not follow
	Experts []account.Expert
	Axis    events.Text // of the space; empty for none
}

// AnimateURL is the address of a space's desk.
func AnimateURL(key string) string { return SpaceURL(key) + "/animate" }

// quietFor says for how many days something waits.
func (v AnimateView) quietFor(t time.Time) string {
	return v.N("animate.days", max(0, int(v.Now.Sub(t)/(24*time.Hour))))
}
