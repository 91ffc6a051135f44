package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"testing"
	"time"

	devtools "github.com/chromedp/cdproto/target"
	"github.com/uptrace/bun"

	"halqa/cmd/halqa/demo"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/migrations/testdb"
)

// program is the whole of halqa, serving a world: the bus carries events by itself and open pages hear of them.
type program struct {
	*world
	base    string
	workers map[devtools.ID]context.Context // service workers that tests speak to
}

// runProgram serves the world on a port of its own until the test ends. Its module is completed by playing a few seconds and
// answering the quiz.
func runProgram(t *testing.T) *program {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{base: "http://" + listener.Addr().String()}
	cfg := testConfig(t, t.TempDir())
	cfg.PublicURL, _ = url.Parse(p.base)
	db := testdb.Clone(t)
	p.world = newWorld(t, db, cfg, nil)
	_, err = p.p.courses.SetCriterion(p.ctx, p.admin, p.module.ID, courses.Criterion{Mode: courses.All, Items: []courses.Item{
		{Kind: courses.ByPlaying, Percent: 3}, {Kind: courses.ByQuiz, LessonID: p.quiz.ID, Percent: 50}}})
	p.check(err)
	p.run(t, cfg, db, listener)
	return p
}

// runDemo serves the demonstration on a port of its own until the test ends.
func runDemo(t *testing.T) *program {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &program{base: "http://" + listener.Addr().String()}
	cfg := testConfig(t, t.TempDir())
	cfg.PublicURL, _ = url.Parse(p.base)
	db := testdb.Clone(t)
	platform, err := newPlatform(db, cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.world = &world{t: t, ctx: context.Background(), p: platform}
	p.check(loadDemo(p.ctx, testdb.URL(db), platform, cfg, demo.Options{}, func(string, ...any) {}))
	p.check(platform.search.Build(p.ctx))
	p.run(t, cfg, db, listener)
	return p
}

// run serves the world, with its bus, until the test ends.
func (p *program) run(t *testing.T, cfg Config, db *bun.DB, listener net.Listener) {
	t.Helper()
	n := &node{cfg: cfg, log: quietly(), out: io.Discard, began: time.Now(), url: testdb.URL(db), platform: p.p}
	ctx, cancel := context.WithCancel(context.Background())
	p.check(n.startBus(ctx))
	served := make(chan error, 1)
	go func() { served <- n.serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-served, n.stop()); err != nil {
			t.Error(err)
		}
	})
}

// today publishes a seminar of this very day, gated by the module: one may still register, and its doors are open.
func (p *program) today() enrolment.Seminar {
	p.t.Helper()
	start := time.Now().Add(3 * time.Hour).Truncate(time.Hour)
	sem, err := p.p.enrolment.Create(p.ctx, p.moderator, enrolment.Seminar{OfficeID: p.office, SpaceID: p.space.ID,
		Title: in3("Atelier budget"), Venue: "دار الثقافة", Zone: "Africa/Tunis", Capacity: 12,
		Description: events.Text{"fr": "Une journée pour écrire ensemble le budget de vos projets.", "ar": "يوم كامل نُعدّ فيه معًا ميزانيات مشاريعكم."},
		Sessions:    []enrolment.Session{{StartsAt: start, EndsAt: start.Add(3 * time.Hour)}},
		Gate:        enrolment.Rule{Mode: enrolment.All, Of: []enrolment.Rule{{Kind: enrolment.Completed, ModuleID: p.module.ID}}}})
	p.check(err)
	p.check(p.p.enrolment.Publish(p.ctx, p.moderator, sem.ID))
	return sem
}
