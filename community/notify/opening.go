package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Many people complete modules at once, each of which may open seminars: what they are told of it is written together.

// openPath lists the seminars that somebody may register at.
const openPath = "/seminars?show=open"

// hearTogether tells people of modules completed and of seminars that opened to them.
func (s *Service) hearTogether(ctx context.Context, tx bun.Tx, list []events.Event) error {
	var all []tiding
	for _, e := range list {
		notices, err := s.noticesOf(ctx, tx, e)
		if err != nil {
			return fmt.Errorf("notify of %s: %w", e.ID, err)
		}
		for _, n := range notices {
			n.data.Seq = e.Seq
			all = append(all, tiding{e, n})
		}
	}
	fresh, err := announce(ctx, tx, all)
	if err != nil {
		return err
	}
	var mailed []tiding
	for _, t := range fresh {
		if t.data = t.data.coming(s.now()); !t.posted && !t.late(s.now()) {
			mailed = append(mailed, t)
		}
	}
	return s.mail(ctx, tx, mailed)
}

// ofUnlock tells somebody at once of all the seminars that opened to them together.
func ofUnlock(p events.SeminarUnlocked) []notice {
	d := Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.SeminarID}
	if len(p.Also) > 0 {
		d.Openings = p.All()
	}
	return []notice{{p.PersonID, SeminarUnlocked, d, false}}
}

// coming leaves out the seminars that began, as far as another is left.
func (d Data) coming(now time.Time) Data {
	left := slices.DeleteFunc(slices.Clone(d.Openings), func(o events.Opening) bool { return !o.StartsAt.After(now) })
	if len(left) == 0 {
		return d
	}
	d.Title, d.StartsAt, d.SeminarID, d.Openings = left[0].Title, left[0].StartsAt, left[0].SeminarID, left
	if len(left) == 1 {
		d.Openings = nil
	}
	return d
}

// openings writes out the seminars that opened, in a mail.
func (c composer) openings(lang string, all []events.Opening) (list []Section) {
	for _, o := range all {
		title, _ := o.Title.In(lang)
		if list == nil {
			list = []Section{{}}
		}
		list[0].Lines = append(list[0].Lines, Line{Title: title, Note: c.render(lang, "notify.mail_opening_note", "StartsAt", o.StartsAt),
			URL: fmt.Sprintf("%s/seminars/%d", c.public, o.SeminarID)})
	}
	return list
}
