package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/browsertest"
)

// TestJourneyInFrench walks the journey on a desk.
func TestJourneyInFrench(t *testing.T) { walkInBrowser(t, 1280, "fr", "Amel Zouari") }

// TestJourneyInArabic walks it on a phone.
func TestJourneyInArabic(t *testing.T) { walkInBrowser(t, 360, "ar", "أمل الزواري") }

// walkInBrowser walks from signing up to the spreadsheet in Chromium, on the running program, as people do: by clicking and
// typing. Every page on the way is looked at.
func walkInBrowser(t *testing.T, width int, lang, name string) {
	p := runProgram(t)
	seminar := p.today()
	for _, who := range []account.Actor{p.moderator, p.manager} {
		p.check(p.p.account.SetLanguage(p.ctx, who, lang))
	}
	b := browsertest.New(t, width, lang, false)
	learner := p.window(t, b, width, lang)
	learner.signUp(name)
	learner.look("home-new")

	waiting := p.window(t, b.Tab(), width, lang)
	waiting.openLocked(seminar)
	learner.playSome()
	learner.takeQuiz()
	waiting.unlocks(seminar)
	waiting.register(seminar)
	waiting.readNews()

	office := p.window(t, b.Other(), width, lang)
	office.signIn("moderatrice@example.org")
	office.tick(seminar, name)
	manager := p.window(t, b.Other(), width, lang)
	manager.signIn("programme@example.org")
	manager.readIndicators(name)
}

// signUp begins at the public home and ends at the person's own.
func (w window) signUp(name string) {
	w.t.Helper()
	w.Open(w.p.base + "/")
	w.look("start")
	w.follow("/sign-up")
	w.look("sign-up")
	w.Type("#f-name", name)
	w.Type("#f-email", "amel@example.org")
	w.Type("#f-password", testPassword)
	w.choose("#f-governorate", region)
	w.Click("details.private summary")
	w.choose("#f-gender", "female")
	w.Click("main form button.block")
	w.at("/check-mail")
	w.look("check-mail")
	w.follow("/mailbox")
	w.look("mailbox")
	w.Click("main .news a")
	w.Wait(".letter")
	w.look("mail")
	w.Click(".letter a.button")
	w.WaitFor(`location.pathname.startsWith("/confirm/")`)
	w.look("confirm")
	w.Click("main form button.block")
	w.at("/home")
	w.WaitText("h1", name)
}

func (w window) signIn(email string) {
	w.t.Helper()
	w.Open(w.p.base + "/sign-in")
	w.look("sign-in")
	w.Type("#f-email", email)
	w.Type("#f-password", testPassword)
	w.Click("main form button.block")
	w.at("/home")
}

// openLocked opens the seminar's page, which says what is missing, and leaves it open.
func (w window) openLocked(seminar enrolment.Seminar) {
	w.t.Helper()
	w.Open(w.p.base + "/seminars")
	w.look("seminars")
	w.follow(fmt.Sprintf("/seminars/%d", seminar.ID))
	w.Wait(".seat-title.info")
	w.look("seminar-locked")
	if browsertest.Eval[bool](w.Browser, `!!document.querySelector("form[action$='/register']")`) {
		w.t.Fatal("the seminar is open before the module is completed")
	}
	w.mark()
}

// playSome finds the lesson from home and plays as much of its film as the module asks for.
func (w window) playSome() {
	w.t.Helper()
	w.Front()
	w.menu("/spaces")
	w.look("spaces")
	w.follow("/spaces/" + w.p.space.Key)
	w.Click("form[action$='/join'] button")
	w.WaitFor(`!document.querySelector("form[action$='/join']")`)
	w.look("space")
	w.follow(fmt.Sprintf("/modules/%d", w.p.module.ID))
	w.look("module")
	w.follow(w.p.lessonPath())
	w.look("lesson")
	w.choose("#speed select", "2")
	w.Click("#film")
	w.WaitFor(`film.currentTime > 8`)
	w.Click("#film")
	w.WaitFor(`film.paused`)
	w.WaitFor(`document.getElementById("sent").dataset.state === "saved"`)
	w.WaitFor(`document.getElementById("lesson-progress").value >= 3`)
	w.look("lesson-played")
}

// takeQuiz answers wrong at first, then right.
func (w window) takeQuiz() {
	w.t.Helper()
	w.Click("#next")
	w.at(fmt.Sprintf("/lessons/%d", w.p.quiz.ID))
	w.look("quiz")
	for _, try := range []struct{ key, tone string }{{"a", "warn"}, {"b", "good"}} {
		for n := range w.p.quiz.Questions {
			w.Click(fmt.Sprintf(".question:nth-of-type(%d) .choice:has([value=%s])", n+1, try.key))
		}
		w.Click("main form[action$='/answers'] button")
		w.Wait(".score." + try.tone)
		w.look("quiz-" + try.tone)
		if try.tone == "warn" {
			w.Click(".score a[href$='/lessons/" + fmt.Sprint(w.p.quiz.ID) + "']")
			w.Wait(".question")
		}
	}
}

// unlocks waits until the open page opens the seminar by itself, says so, and counts the news.
func (w window) unlocks(seminar enrolment.Seminar) {
	w.t.Helper()
	w.WaitFor(fmt.Sprintf(`document.querySelector("form[action='/seminars/%d/register']")`, seminar.ID))
	w.WaitFor(`(() => { const said = document.getElementById("announcer").textContent; return said && said === document.getElementById("seat").dataset.announce })()`)
	w.WaitFor(`Number(document.querySelector("#bell .count [aria-hidden]")?.textContent) > 0`)
	if !w.kept() {
		w.t.Error("the seminar's page was loaded again")
	}
	w.Front()
	w.look("seminar-open")
}

func (w window) register(seminar enrolment.Seminar) {
	w.t.Helper()
	w.Click("form[action$='/register'] button")
	w.Wait("#seat .withdraw")
	w.look("seminar-registered")
	w.menu("/my/seats")
	w.Wait(fmt.Sprintf(`main a[href="/seminars/%d"]`, seminar.ID))
	w.look("my-seats")
}

func (w window) readNews() {
	w.t.Helper()
	w.Click("#bell")
	w.at("/notifications")
	w.Wait(".news .fresh")
	w.look("notifications")
	w.menu("/home")
	w.look("home")
}

// tick marks the learner present, and the seminar of the office's desk is found from its menu.
func (w window) tick(seminar enrolment.Seminar, name string) {
	w.t.Helper()
	desk := fmt.Sprintf("/desk/seminars/%d", seminar.ID)
	w.menu("/desk")
	w.look("desk")
	w.follow(desk)
	w.look("desk-seminar")
	w.follow(desk + "/attendance")
	w.WaitText(".ticks", name)
	w.look("attendance")
	w.Click(".ticks .choice")
	w.Click("main form[action$='/attendance'] button")
	w.Wait(".notice.good")
	w.WaitFor(`document.querySelector(".ticks input").checked`)
	w.look("attendance-taken")
}

// readIndicators waits until the learner's attendance is counted, then takes the spreadsheet.
func (w window) readIndicators(name string) {
	w.t.Helper()
	w.menu("/indicators")
	attended := func() bool { // the page doesn't change by itself
		return browsertest.Eval[bool](w.Browser, `[...document.querySelectorAll("#funnel tbody tr:last-child td")].some((e) => e.textContent.trim().startsWith("1"))`)
	}
	waitUntil(w.t, "the attendance is counted", func() bool {
		if !attended() {
			w.Open(w.p.base + "/indicators")
		}
		return attended()
	})
	w.look("indicators")
	raw := browsertest.Eval[string](w.Browser, fetchWorkbook)
	data, err := base64.StdEncoding.DecodeString(raw)
	w.p.check(err)
	book, err := excelize.OpenReader(bytes.NewReader(data))
	w.p.check(err)
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(book.GetSheetName(0))
	w.p.check(err)
	if !slices.ContainsFunc(rows, func(r []string) bool { return strings.Contains(strings.Join(r, "|"), name) }) {
		w.t.Errorf("%s isn't in the workbook: %q", name, rows)
	}
}

// fetchWorkbook sends the page's export form and returns what it answers, in base64.
const fetchWorkbook = `(async () => {
  const form = document.querySelector("form[action='/indicators.xlsx']");
  const answer = await fetch("/indicators.xlsx?" + new URLSearchParams(new FormData(form)));
  if (!answer.ok || !answer.headers.get("Content-Type").includes("spreadsheet")) throw new Error(answer.status + " " + answer.headers.get("Content-Type"));
  let text = "";
  for (const byte of new Uint8Array(await answer.arrayBuffer())) text += String.fromCharCode(byte);
  return btoa(text);
})()`
