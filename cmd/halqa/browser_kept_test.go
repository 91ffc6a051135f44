package main

import (
	"fmt"
	"slices"
	"testing"

	"halqa/courses"
	"halqa/web/browsertest"
)

// TestFollowingWithoutNetworkInABrowser keeps a module on a phone, follows it wholly without network, switches the phone off,
// and finds when the network is back that everything arrives, once. Keeping it is interrupted, and taken up where it stopped.
func TestFollowingWithoutNetworkInABrowser(t *testing.T) {
	p := runProgram(t)
	sami := p.person("sami")
	reading, err := p.p.courses.AddLesson(p.ctx, p.admin, p.module.ID, courses.Lesson{Kind: courses.Reading, Title: in3("Une journée"), Body: in3("En dix minutes")})
	p.check(err)
	w := p.window(t, browsertest.New(t, 360, "fr", false), 360, "fr")
	w.signIn("sami@example.org")
	asked := w.beginToKeep()
	w = p.window(t, w.Restart(), 360, "fr")
	w.endKeeping(asked)
	w.offline(true)

	w.Open(p.base + p.lessonPath())
	w.play(0, 8)
	w.play(100, 103) // a range of what is kept
	w.WaitText("#sent", "Sera envoyé")
	w.Click("#ask summary")
	w.Type("#ask input[name=title]", "Et les taxes ?")
	w.Type("#ask textarea", "Faut-il les compter ?")
	w.Click("#ask form button")
	w.comesBack("Et les taxes ?")
	w.look("kept-lesson")
	w.Click("#next")
	w.at(fmt.Sprintf("/lessons/%d", p.quiz.ID))
	w.answer("b")
	w.comesBack("Réponses")
	w.look("kept-quiz")
	w.Open(p.base + fmt.Sprintf("/lessons/%d", reading.ID))
	w.Click("main form[action$='/read'] button")
	w.comesBack("Texte lu")
	w.Open(p.base + "/seminars")
	w.WaitText("#instead", "pas sur ce téléphone")
	w.WaitText("#shelf", "Monter un budget")
	w.look("offline")
	p.nothingArrived(sami.ID)

	w = p.window(t, w.Restart(), 360, "fr")
	w.offline(true)
	w.Open(p.base + "/saved")
	for what, came := range map[string]string{"Et les taxes ?": "thread where author_id", "Réponses": "quiz_attempt where person_id",
		"Lecture": "played where person_id", "Texte lu": "reading_done where person_id"} {
		waitUntil(t, what+" waits, unless the service worker sent it as the phone woke, before the network went", func() bool {
			return browsertest.Eval[bool](w.Browser, `(document.querySelector("#waiting")?.innerText || "").includes("`+what+`")`) ||
				p.count(`select count(*) from `+came+` = ?`, sami.ID) > 0
		})
	}
	w.offline(false)
	w.Open(p.base + "/saved")
	waitUntil(t, "everything arrives", func() bool { return p.count(`select count(*) from reading_done where person_id = ?`, sami.ID) > 0 })
	w.WaitFor(`document.getElementById("waiting").hidden`)
	p.once("completion", `select count(*) from completion where person_id = ?`, sami.ID)
	p.once("announcement of it", `select count(*) from outbox where type = 'courses.module_completed' and (data->>'person_id')::bigint = ?`, sami.ID)
	p.once("attempt", `select count(*) from quiz_attempt where person_id = ?`, sami.ID)
	p.once("question, at its second", `select count(*) from thread where author_id = ? and lesson_id is not null and second >= 102`, sami.ID)

	w.Open(p.base + p.lessonPath())
	w.WaitText("#asking", "Et les taxes ?")
	w.Said() // the form's token of the session before is refused once, and another asked for
	w.look("lesson-asked")
	w.Open(p.base + fmt.Sprintf("/modules/%d", p.module.ID))
	w.Click("#saving [data-remove]")
	w.WaitFor(`document.getElementById("saving").dataset.state === "none"`)
	w.keeps(0)
}

// keepModule keeps the film, and looks at what the page says of it.
func (w window) keepModule() {
	w.t.Helper()
	w.Open(w.p.base + fmt.Sprintf("/modules/%d", w.p.module.ID))
	w.Wait("#saving")
	w.look("module-saving")
	w.Click(`#saving [data-pack$="/pack"]`)
	w.WaitFor(`document.getElementById("saving").dataset.state === "kept"`)
	w.hasPerson()
	w.look("module-kept")
	w.keeps(1)
}

// noteAsked notes the ranges of files that the page asks for. The network breaks at the one it is told to break at.
const noteAsked = `(() => { window.asked = []; const fetched = window.fetch; window.fetch = (url, how) => {
  const range = /^bytes=(\d+)-/.exec(how?.headers?.Range);
  if (range) asked.push(url + " from " + range[1]);
  return range && Number(range[1]) === window.broken ? Promise.reject(new TypeError("the network is away")) : fetched(url, how); }; return null })()`

// beginToKeep begins to keep the module over a network that goes away in the middle of the film, comes back and goes away again.
// It returns the ranges that the page asked for.
func (w window) beginToKeep() (asked []string) {
	w.t.Helper()
	w.Open(w.p.base + fmt.Sprintf("/modules/%d", w.p.module.ID))
	w.Wait("#saving")
	browsertest.Eval[any](w.Browser, noteAsked)
	browsertest.Eval[any](w.Browser, `(window.broken = 512 << 10, null)`)
	w.Click(`#saving [data-pack$="/pack"]`)
	w.WaitText("#saving", "Il reprendra là où il en est")
	w.WaitFor(`document.getElementById("saving").dataset.state === "partly"`)
	browsertest.Eval[any](w.Browser, `(dispatchEvent(new Event("online")), null)`)
	w.WaitFor(`asked.length === 3`)
	w.WaitText("#saving", "Il reprendra là où il en est")
	asked = browsertest.Eval[[]string](w.Browser, `asked`)
	if asked[1] != asked[2] {
		w.t.Errorf("asked for %v: what was here was asked for again", asked)
	}
	if browsertest.Eval[bool](w.Browser, `document.querySelector("#saving [data-part=whole]").checkVisibility()`) {
		w.t.Error("the page says that the whole is kept")
	}
	w.look("module-partly")
	return asked
}

// endKeeping takes it up where it was interrupted.
func (w window) endKeeping(before []string) {
	w.t.Helper()
	w.Open(w.p.base + fmt.Sprintf("/modules/%d", w.p.module.ID))
	w.WaitText("#saving", "ne sera pas téléchargé deux fois")
	browsertest.Eval[any](w.Browser, noteAsked)
	w.Click(`#saving [data-pack$="/pack"]`)
	w.WaitFor(`document.getElementById("saving").dataset.state === "kept"`)
	if asked := browsertest.Eval[[]string](w.Browser, `asked`); asked[0] != before[1] || slices.Contains(asked, before[0]) {
		w.t.Errorf("asked for %v after %v: what was here was asked for again", asked, before)
	}
	w.hasPerson()
	w.keeps(1)
}

// hasPerson waits until the service worker knows whose page it is.
func (w window) hasPerson() {
	w.t.Helper()
	waitUntil(w.t, "the service worker knows who is here", func() bool {
		return browsertest.Eval[bool](w.Browser, `new Promise((done) => { const r = indexedDB.open("halqa"); r.onsuccess = () => {
		  const g = r.result.transaction("meta").objectStore("meta").get("person");
		  g.onsuccess = () => { r.result.close(); done(g.result === document.body.dataset.person); }; }; })`)
	})
}

// comesBack waits until a form that couldn't be sent led back to its page, which says that it waits.
func (w window) comesBack(named string) {
	w.t.Helper()
	w.WaitFor(`location.hash === "#waiting" && document.readyState === "complete"`)
	w.WaitText("#waiting", named)
}

// keeps waits until n modules are on the phone.
func (w window) keeps(n int) {
	w.t.Helper()
	waitUntil(w.t, fmt.Sprintf("%d modules are on the phone", n), func() bool {
		return n == browsertest.Eval[int](w.Browser, `caches.keys().then((all) => all.filter((name) => name.startsWith("saved-")).length)`)
	})
}

func (w window) signOut() {
	w.t.Helper()
	w.Click(".account summary")
	w.Click(".account form[action='/sign-out'] button")
	w.at("/")
}

// play plays a stretch of the film, in seconds, and pauses.
func (w window) play(from, to int) {
	w.t.Helper()
	w.choose("#speed select", "2")
	browsertest.Eval[any](w.Browser, fmt.Sprintf(`(async () => { film.muted = true; await film.play(); film.currentTime = %d; return null })()`, from))
	w.WaitFor(fmt.Sprintf(`!film.seeking && film.currentTime >= %d && film.currentTime < %d`, to, to+30))
	browsertest.Eval[any](w.Browser, `(film.pause(), null)`)
	w.WaitFor(`film.paused`)
}

// answer gives every question of the quiz the same answer and sends them.
func (w window) answer(key string) {
	w.t.Helper()
	for n := range w.p.quiz.Questions {
		w.Click(fmt.Sprintf(".question:nth-of-type(%d) .choice:has([value=%s])", n+1, key))
	}
	w.Click("main form[action$='/answers'] button")
}

func (p *program) nothingArrived(person int64) {
	p.t.Helper()
	if now := p.played(person); now.MS() != 0 {
		p.t.Errorf("the server heard of %v while the network was away", now)
	}
}

// once fails unless a query counts one.
func (p *program) once(what, query string, person int64) {
	p.t.Helper()
	if n := p.count(query, person); n != 1 {
		p.t.Errorf("%s: %d times", what, n)
	}
}

func (p *program) count(query string, person int64) (n int) {
	p.t.Helper()
	p.check(p.p.db.NewRaw(query, person).Scan(p.ctx, &n))
	return n
}

// TestTwoPhonesWithoutNetworkInABrowser follows a lesson on two phones at once, both without network: what each played counts.
func TestTwoPhonesWithoutNetworkInABrowser(t *testing.T) {
	p := runProgram(t)
	sami := p.person("sami")
	var phones [2]window
	for n := range phones {
		phones[n] = p.window(t, browsertest.New(t, 360, "fr", false), 360, "fr")
		phones[n].signIn("sami@example.org")
		phones[n].keepModule()
		phones[n].offline(true)
		phones[n].Open(p.base + p.lessonPath())
		phones[n].play(60*n, 60*n+5)
		phones[n].WaitText("#sent", "Sera envoyé")
	}
	p.nothingArrived(sami.ID)
	for _, w := range phones {
		w.offline(false)
		w.WaitText("#sent", "Enregistré")
	}
	all := p.played(sami.ID)
	if len(all) != 2 || all[0].From > 500 || all[0].To < 4_500 || all[1].From < 59_500 || all[1].To < 64_500 {
		t.Errorf("played %v, want [0,5) of the one phone and [60,65) of the other", all)
	}
	phones[0].signOut()
	phones[0].keeps(0)
	phones[1].keeps(1)
}

// TestWhatWaitsIsItsOwnersInABrowser lets a session end with something waiting, and somebody else sign in on the same phone: it
// waits, the kept pages are gone, and it arrives when its owner is back.
func TestWhatWaitsIsItsOwnersInABrowser(t *testing.T) {
	p := runProgram(t)
	sami, hela := p.person("sami"), p.person("hela")
	w := p.window(t, browsertest.New(t, 360, "fr", false), 360, "fr")
	w.signIn("sami@example.org")
	w.keepModule()
	w.offline(true)
	w.Open(p.base + p.lessonPath())
	w.play(0, 5)
	w.WaitText("#sent", "Sera envoyé")
	_, err := p.p.db.NewRaw(`delete from session where person_id = ?`, sami.ID).Exec(p.ctx)
	p.check(err)
	w.offline(false)
	w.WaitText("#sent", "Votre session a expiré")
	w.Open("about:blank")
	w.Said() // refusals

	w.signIn("hela@example.org")
	w.hasPerson()
	w.keeps(0)
	w.Open(p.base + p.lessonPath())
	w.WaitFor(`!document.getElementById("speed").hidden`)
	p.nothingArrived(sami.ID)
	p.nothingArrived(hela.ID)

	w.signOut()
	w.signIn("sami@example.org")
	waitUntil(t, "what waited arrives", func() bool { return p.played(sami.ID).MS() >= 4_500 })
	p.nothingArrived(hela.ID)
}
