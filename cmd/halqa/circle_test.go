package main

import (
	"errors"
	"net/mail"
	"slices"
	"testing"
	"time"

	"halqa/community"
	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web"
)

// openSeminar publishes a seminar in a week to which anybody may register.
func (w *world) openSeminar(title string, capacity int) enrolment.Seminar {
	w.t.Helper()
	start := time.Now().AddDate(0, 0, 7).Truncate(time.Hour)
	sem, err := w.p.enrolment.Create(w.ctx, w.moderator, enrolment.Seminar{OfficeID: w.office, SpaceID: w.space.ID,
		Title: in3(title), Venue: "Maison de la culture", Zone: "Africa/Tunis", Capacity: capacity,
		Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(6 * time.Hour)}}})
	w.check(err)
	w.check(w.p.enrolment.Publish(w.ctx, w.moderator, sem.ID))
	return sem
}

// seat registers somebody at a seminar.
func (w *world) seat(a account.Actor, sem enrolment.Seminar) enrolment.Registration {
	w.t.Helper()
	reg, err := w.p.enrolment.Register(w.ctx, a, sem.ID)
	w.check(err)
	return reg
}

// said writes in the circle of a seminar.
func (w *world) said(a account.Actor, sem enrolment.Seminar, body string) community.Post {
	w.t.Helper()
	circle, err := w.p.community.CircleOf(w.ctx, a, sem.ID)
	w.check(err)
	p, err := w.p.community.Reply(w.ctx, a, community.NewReply{ThreadID: circle.ID, Body: body})
	w.check(err)
	return p
}

// What is said among the participants of a seminar is found by them, and told to them, as long as they have a seat; events
// come twice and in disorder.
func TestACircleIsTheirsAlone(t *testing.T) {
	f := newFinder(t)
	amel, sami, stranger := f.actorOf(f.person("amel")), f.actorOf(f.person("sami")), f.actorOf(f.person("rim"))
	sem := f.openSeminar("Atelier budget", 2)
	reg := f.seat(amel, sem)
	f.seat(sami, sem)
	f.bus.Settle()
	circle, err := f.p.community.CircleOf(f.ctx, sami, sem.ID)
	f.check(err)
	path := address("/threads/", circle.ID)
	post := f.said(sami, sem, "Covoiturage depuis Redeyef ?")
	f.want(amel, "covoiturage", path)
	for _, who := range []account.Actor{stranger, f.manager, {}} {
		f.want(who, "covoiturage")
	}
	told := func(a account.Actor) (n int) {
		t.Helper()
		f.bus.Settle()
		list, _, err := f.p.notify.Notifications(f.ctx, a, 0)
		f.check(err)
		for _, one := range list {
			if one.Data.PostID != 0 {
				n++
			}
		}
		return n
	}
	if n := []int{told(amel), told(sami), told(stranger), told(f.moderator)}; !slices.Equal(n, []int{1, 0, 0, 0}) {
		t.Errorf("told %v", n)
	}
	f.check(f.p.enrolment.Cancel(f.ctx, amel, reg.ID, ""))
	f.want(amel, "covoiturage")
	if text, _, err := posts(f.p.db, web.Letters(time.UTC))(f.ctx, amel.PersonID, post.ID); text != "" || err != nil {
		t.Errorf("who gave the seat back is told %q still, %v", text, err)
	}
	if _, err := f.p.community.Thread(f.ctx, amel, circle.ID, 0); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("who gave the seat back reads: %v", err)
	}
	f.seat(amel, sem)
	f.want(amel, "covoiturage", path)
	f.want(amel, "culture", address("/seminars/", sem.ID))
	if counted, err := f.p.community.Threads(f.ctx, f.admin, f.space.ID, community.Filter{}); err != nil || len(counted.Rows) != 0 {
		t.Errorf("in the forum: %+v, %v", counted.Rows, err)
	}
	f.check(f.p.enrolment.CancelSeminar(f.ctx, f.moderator, sem.ID, "Inondations"))
	f.want(amel, "covoiturage", path)
	f.said(amel, sem, "Dommage !")
}

// A post of a circle is mailed to those in it and answered by mail, with the rights of the moment.
func TestACircleByMail(t *testing.T) {
	c := newCorrespondence(t)
	amel, sami := c.actorOf(c.person("amel")), c.actorOf(c.person("sami"))
	c.person("rim")
	sem := c.openSeminar("Atelier budget", 2)
	reg := c.seat(amel, sem)
	c.seat(sami, sem)
	c.mails()
	c.said(sami, sem, "Qui apporte un ordinateur ?")
	told := c.mails()
	if len(told) != 1 || told[0].Get("Reply-To") == "" {
		t.Fatalf("%v", told)
	}
	address, err := mail.ParseAddress(told[0].Get("To"))
	c.check(err)
	circle, err := c.p.community.CircleOf(c.ctx, sami, sem.ID)
	c.check(err)
	answer := func(id string) int {
		t.Helper()
		c.send(address.Address, told[0].Get("Reply-To"), id, told[0].Get("Message-Id"), "Moi.")
		page, err := c.p.community.Thread(c.ctx, sami, circle.ID, 0)
		c.check(err)
		return page.Replies
	}
	if n := answer("1"); n != 2 {
		t.Errorf("%d posts after the answer", n)
	}
	c.check(c.p.enrolment.Cancel(c.ctx, amel, reg.ID, ""))
	if n := answer("2"); n != 2 {
		t.Errorf("%d posts after the answer of somebody without a seat", n)
	}
	c.seat(amel, sem)
	second := c.said(sami, sem, "Encore une chose")
	c.check(c.p.enrolment.Cancel(c.ctx, amel, c.active(amel, sem), ""))
	for _, m := range c.mails() {
		if m.Get("Reply-To") != "" && m.Get("To") == "<"+address.Address+">" {
			t.Errorf("post %d is mailed to who has no seat any more: %v", second.ID, m)
		}
	}
}

// active is the registration of somebody at a seminar.
func (w *world) active(a account.Actor, sem enrolment.Seminar) int64 {
	w.t.Helper()
	v, err := w.p.enrolment.Seminar(w.ctx, a, sem.ID)
	w.check(err)
	return v.Mine.ID
}
