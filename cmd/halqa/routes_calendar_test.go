package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/uptrace/bun"

	"halqa/community/notify"
)

// unsubscribeLink is where the link under a mail to a person leads, without the host.
func (r *realm) unsubscribeLink(personID int64) string {
	r.t.Helper()
	r.check(r.p.db.RunInTx(r.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return notify.Enqueue(ctx, tx, notify.Mail{Key: fmt.Sprint("unsubscribe ", personID), To: "somebody@example.org", PersonID: personID,
			Language: "fr", Kind: string(notify.ThreadReplied)})
	}))
	box, err := r.p.notify.Mailbox(r.ctx, r.admin)
	r.check(err)
	u, err := url.Parse(box[0].FewerURL)
	r.check(err)
	return u.Path
}

// seatsCalendar is the address of somebody's calendar as their page shows it, without the host.
func (r *realm) seatsCalendar(c *comer) string {
	r.t.Helper()
	_, after, _ := strings.Cut(r.send(c, ask{path: "/my/seats"}, nil).body, "/calendar/")
	token, _, ok := strings.Cut(after, "/halqa.ics")
	if !ok {
		r.t.Fatal("no calendar on the page of seats")
	}
	return "/calendar/" + token + "/halqa.ics"
}

func (r *realm) calendarRows() []row {
	link := r.unsubscribeLink(r.people[aMember].actor.PersonID)
	learners := func(*comer) ask { return ask{path: r.seatsCalendar(r.as(aLearner))} }
	return []row{
		{route: "GET /seminars/:id/calendar.ics", cells: public, ask: to("/seminars/%d/calendar.ics", r.seminar.ID)},
		{route: "GET /seminars/:id/calendar.ics", about: "in a space by invitation", cells: "n ny nn yn yn yn yyn yyn", ask: to("/seminars/%d/calendar.ics", r.hidden.ID)},
		{route: "GET /seminars/:id/calendar.ics", about: "draft", cells: "n nn nn nn yn yn nnn yyn", ask: to("/seminars/%d/calendar.ics", r.sketch.ID)},
		{route: "GET /spaces/:key/calendar.ics", cells: public, ask: to("/spaces/%s/calendar.ics", r.space.Key)},
		{route: "GET /spaces/:key/calendar.ics", about: "by request", cells: inRequested, ask: to("/spaces/%s/calendar.ics", r.requested.Key)},
		{route: "GET /spaces/:key/calendar.ics", about: "by invitation", cells: inCircle, ask: to("/spaces/%s/calendar.ics", r.circle.Key)},
		{route: "GET /offices/:id/calendar.ics", cells: public, ask: to("/offices/%d/calendar.ics", r.office)},
		{route: "GET /offices/:id/calendar.ics", about: "unknown", cells: nobodys, ask: to("/offices/999999/calendar.ics")},
		{route: "GET /calendar/:token/halqa.ics", about: "the learner's, by who was told", cells: public, ask: learners},
		{route: "GET /calendar/:token/halqa.ics", about: "guessed", cells: nobodys, ask: to("/calendar/%d.0.AAAA/halqa.ics", r.people[aMember].actor.PersonID)},
		{route: "POST /my/seats/calendar", cells: signedIn, lands: "/my/seats", ask: at("/my/seats/calendar").with()},
		{route: "GET /seminars", about: "around", cells: signedIn, ask: to("/seminars?show=around")},
		{route: "GET /seminars", about: "of a space by invitation", cells: public, ask: to("/seminars?space=%d", r.circle.ID)},
		{route: "POST /notifications/mail", cells: signedIn, lands: "/notifications/choices", ask: at("/notifications/mail").with()},
		{route: "POST /notifications/devices", cells: signedIn, lands: "/notifications/choices", ask: at("/notifications/devices").with("endpoint", "https://push.example/1")},
		{route: "POST /notifications/devices/remove", cells: signedIn, lands: "/notifications/choices", ask: at("/notifications/devices/remove").with("id", "1")},
		{route: "GET /notifications/choices", cells: signedIn, ask: to("/notifications/choices")},
		{route: "POST /notifications/choices", cells: signedIn, lands: "/notifications/choices", ask: at("/notifications/choices").with("mailed", "seats", "rhythm", "weekly", "budget", "3")},
		{route: "POST /follow", cells: signedIn, lands: "/people", ask: at("/follow").with("subject", "space", "id", "1", "level", "watch", "back", "/people")},
		{route: "GET /unsubscribe/:token", cells: public, ask: to("%s", link)},
		{route: "GET /unsubscribe/:token", about: "spoilt", cells: nobodys, ask: to("%sx", link)},
		{route: "POST /unsubscribe/:token", cells: public, ask: ask{path: link}.with()},
		{route: "POST /unsubscribe/:token", about: "spoilt", cells: nobodys, ask: ask{path: link + "x"}.with()},
	}
}
