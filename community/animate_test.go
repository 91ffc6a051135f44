package community

import (
	"sync"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func (w *world) desk(a account.Actor) Desk {
	w.t.Helper()
	d, err := w.Desk(ctx, a, w.open.ID)
	w.must(err)
	return d
}

func TestADeskShowsWhatWaits(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	old, answered, hidden := w.thread(w.amel, w.open), w.thread(w.amel, w.open), w.thread(w.amel, w.open)
	film, err := w.StartThread(ctx, w.sami, NewThread{SpaceID: w.open.ID, Kind: Question, Title: "À 1 min 20", Body: "Pourquoi ?", LessonID: 7, Second: 80})
	w.must(err)
	w.later()
	again, err := w.StartThread(ctx, w.sami, NewThread{SpaceID: w.open.ID, Kind: Question, Title: "Au même moment", Body: "Comment ?", LessonID: 7, Second: 85})
	w.must(err)
	for range 2 {
		w.reply(w.animator, answered, "Oui")
	}
	w.reply(w.animator, again, "Ainsi")
	w.must(w.HidePost(ctx, w.admin, w.opening(hidden).ID, ""))
	quiet := w.member("Quiet", w.open)
	fresh := w.member("Fresh", w.open)
	_, err = w.db.ExecContext(ctx, `update space_member set since = ? where person_id = ?`, w.clock.Add(-72*time.Hour), quiet.PersonID)
	w.must(err)

	d := w.desk(w.animator)
	if len(d.Unanswered) != 2 || d.Questions != 2 || d.Unanswered[0].ID != old.ID || d.Unanswered[1].ID != film.ID {
		t.Errorf("unanswered: %+v", d.Unanswered)
	}
	if len(d.Silent) != 1 || d.Newcomers != 1 || d.Silent[0].Name != "Quiet" {
		t.Errorf("silent: %+v, and not %d", d.Silent, fresh.PersonID)
	}
	if len(d.Passages) != 1 || d.Passages[0] != (Passage{LessonID: 7, Second: 80, Threads: 2, Open: 1, ThreadID: film.ID}) {
		t.Errorf("passages: %+v", d.Passages)
	}
	if len(d.Cooling) != 0 {
		t.Errorf("cooling at once: %+v", d.Cooling)
	}
	w.clock = w.clock.Add(8 * 24 * time.Hour)
	if d = w.desk(w.gafsaMod); len(d.Cooling) != 1 || d.Cooling[0].ID != answered.ID {
		t.Errorf("cooling: %+v", d.Cooling)
	}
	w.must(w.Lock(ctx, w.animator, answered.ID, true))
	if d = w.desk(w.gafsaMod); len(d.Cooling) != 0 {
		t.Errorf("locked, it cools: %+v", d.Cooling)
	}
	for name, c := range map[string]struct {
		a    account.Actor
		want error
	}{"a member": {w.amel, account.ErrForbidden}, "a visitor": {account.Actor{}, account.ErrSignInRequired}, "another office": {w.sousseMod, account.ErrForbidden}} {
		_, err := w.Desk(ctx, c.a, w.open.ID)
		w.wants(name, err, c.want)
		w.wants(name+" welcomes", w.Welcome(ctx, c.a, w.open.ID, quiet.PersonID), c.want)
	}
	w.wants("welcome to somebody else", w.Welcome(ctx, w.animator, w.open.ID, w.sami.PersonID), account.ErrNotFound)
}

// Two moderators welcome somebody at once: they are told once.
func TestANewcomerIsWelcomedOnce(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Go(func() {
			errs[i] = w.Welcome(ctx, []account.Actor{w.animator, w.gafsaMod}[i%2], w.open.ID, w.amel.PersonID)
		})
	}
	all.Wait()
	for _, err := range errs {
		w.must(err)
	}
	if said := announced[events.NewcomerWelcomed](w); len(said) != 1 || said[0].PersonID != w.amel.PersonID {
		t.Errorf("announced: %+v", said)
	}
}

func TestWhoAnswersInSpacesOfAnAxis(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	_, err := w.db.ExecContext(ctx, `insert into axis (key, name, position) values ('budget', '{"fr":"Budget"}', 90)`)
	w.must(err)
	_, err = w.db.ExecContext(ctx, `update space set axis = 'budget' where id in (?, ?)`, w.open.ID, w.invitation.ID)
	w.must(err)
	for _, sp := range []account.Space{w.open, w.invitation} {
		th := w.thread(w.amel, sp)
		p := w.reply(w.admin, th, "Ainsi")
		w.must(w.Accept(ctx, w.amel, p.ID, true))
	}
	got, err := w.Answerers(ctx, w.animator, "budget")
	if w.must(err); len(got) != 1 || got[w.admin.PersonID] != 1 {
		t.Errorf("an animator sees %v", got)
	}
	if got, err = w.Answerers(ctx, w.admin, "budget"); err != nil || got[w.admin.PersonID] != 2 {
		t.Errorf("an administrator sees %v, %v", got, err)
	}
	if got, err = w.Answerers(ctx, w.admin, ""); err != nil || len(got) != 0 {
		t.Errorf("for no axis: %v, %v", got, err)
	}
}
