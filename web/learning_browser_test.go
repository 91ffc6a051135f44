package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	cdp "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/events"
	"halqa/migrations/testdb"
	"halqa/web/browsertest"
	"halqa/web/views"
)

const demoContent = "../cmd/halqa/demo/content"

// realVideo is the first lesson of the demonstration's first module, with its files in store.
func realVideo(t *testing.T, store *media.Folder) courses.Lesson {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(demoContent, "manifest.json"))
	mustDo(t, err)
	var manifest struct {
		Modules []struct {
			Lessons []struct {
				Title, Summary events.Text
				Tracks         []struct {
					Lang       string
					DurationMS int64 `json:"duration_ms"`
					Files      map[string]struct{ Name string }
					Chapters   []struct {
						StartMS int64 `json:"start_ms"`
						Titles  events.Text
					}
				}
			}
		}
	}
	mustDo(t, json.Unmarshal(raw, &manifest))
	from := manifest.Modules[0].Lessons[0]
	lesson := courses.Lesson{Kind: courses.Video, Title: from.Title, Summary: from.Summary}
	for _, t1 := range from.Tracks {
		track := courses.Track{Language: t1.Lang, DurationMS: t1.DurationMS, Synthetic: true}
		for kind, file := range t1.Files {
			data, err := os.Open(filepath.Join(demoContent, "media", file.Name))
			mustDo(t, err)
			blob, err := store.Put(data)
			_ = data.Close()
			mustDo(t, err)
			track.Files = append(track.Files, courses.File{Kind: courses.FileKind(kind), Blob: blob})
		}
		captions, err := os.ReadFile(filepath.Join(demoContent, "media", t1.Files["captions"].Name))
		mustDo(t, err)
		track.Transcript, err = media.ParseVTT(captions)
		mustDo(t, err)
		for _, c := range t1.Chapters {
			track.Chapters = append(track.Chapters, courses.Chapter{FromMS: c.StartMS, Title: c.Titles})
		}
		lesson.Tracks = append(lesson.Tracks, track)
	}
	return lesson
}

// realSchool serves a school whose video is a real one.
func realSchool(t *testing.T) (*school, string, *atomic.Bool) {
	t.Helper()
	store, err := media.Open(t.TempDir())
	mustDo(t, err)
	s := newSchool(t, testdb.Clone(t), realVideo(t, store), store)
	s.Community = community.New(s.db, nil)
	var broken atomic.Bool
	known := s.Authenticate
	s.Authenticate = func(ctx context.Context, token string) (account.Actor, error) {
		if broken.Load() {
			return account.Actor{}, errors.New("the database is away")
		}
		return known(ctx, token)
	}
	return s, serve(t, s.Deps), &broken
}

func signIn(b *browsertest.Browser, base string) {
	b.T.Helper()
	_, err := chromedp.Call(b.Ctx, cdp.SetCookie, cdp.SetCookieParams{Name: "halqa_session", Value: "amel", URL: base})
	mustDo(b.T.(*testing.T), err)
}

// TestPlayingIsMeasured plays a real video, seeks, loses the server, reloads, and finds that exactly what was played
// is counted.
func TestPlayingIsMeasured(t *testing.T) {
	s, base, broken := realSchool(t)
	b := browsertest.New(t, 360, "fr", false)
	signIn(b, base)
	b.Open(base + "/lessons/" + strconv.FormatInt(s.video.ID, 10))
	b.WaitFor(`!document.querySelector("#speed").hidden`)
	browsertest.Eval[any](b, `(async () => { const m = document.querySelector("#speed select"); m.value = "2"; m.dispatchEvent(new Event("change")); film.muted = true; await film.play(); return null })()`)
	b.WaitFor(`film.currentTime > 8`)
	browsertest.Eval[any](b, `(film.currentTime = 100, null)`)
	b.WaitFor(`film.currentTime > 104`)
	browsertest.Eval[any](b, `(film.pause(), null)`)
	b.WaitText("#sent", "Enregistré")
	if got := b.Text("#lesson-percent"); got[0] == '0' {
		t.Errorf("the page says %s", got)
	}
	played := s.playedSet(t)
	if len(played) != 2 || played[0].From > 300 || played[0].To < 7_500 || played[0].To > 13_000 ||
		played[1].From < 99_500 || played[1].From > 100_500 || played[1].To < 103_500 || played[1].To > 109_000 {
		t.Fatalf("played %v, want about [0,8) and [100,104)", played)
	}

	broken.Store(true)
	browsertest.Eval[any](b, `(film.currentTime = 60, film.play().then(() => null))`)
	b.WaitFor(`film.currentTime > 63`)
	browsertest.Eval[any](b, `(film.pause(), null)`)
	b.WaitText("#sent", "Sera envoyé")
	broken.Store(false)
	b.Said()
	b.Open(base + "/lessons/" + strconv.FormatInt(s.video.ID, 10))
	for n := 0; n < 200 && len(s.playedSet(t)) < 3; n++ { // by the page that was left or by the new one
		browsertest.Eval[any](b, `new Promise((done) => setTimeout(done, 100, null))`)
	}
	if after := s.playedSet(t); len(after) != 3 || after[1].From < 59_500 || after[1].To < 62_500 {
		t.Errorf("after the failure played %v", after)
	}
	b.Open(base + "/lessons/" + strconv.FormatInt(s.video.ID, 10))
	b.WaitText(".resumed", "Reprise à 1:0")
}

func (s *school) playedSet(t *testing.T) courses.Set {
	t.Helper()
	var set courses.Set
	mustDo(t, s.db.NewRaw(`select played from played where person_id = ?`, s.amel.PersonID).Scan(context.Background(), &set))
	return set
}

func (s *school) space(t *testing.T) (id int64) {
	t.Helper()
	mustDo(t, s.db.NewRaw(`select space_id from module where id = ?`, s.video.ModuleID).Scan(context.Background(), &id))
	return id
}

// TestThePlayersKeysInABrowser plays, moves and searches with the keyboard alone, and sees that a field keeps its keys.
func TestThePlayersKeysInABrowser(t *testing.T) {
	s, base, _ := realSchool(t)
	b := browsertest.New(t, 1280, "fr", false)
	signIn(b, base)
	b.Open(base + "/lessons/" + strconv.FormatInt(s.video.ID, 10))
	b.WaitFor(`!document.querySelector("#speed").hidden && (film.muted = true)`)
	press := func(key, code string) {
		t.Helper()
		browsertest.Eval[any](b, fmt.Sprintf(`(document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: %q, code: %q, bubbles: true, cancelable: true })), null)`, key, code))
	}
	press("k", "KeyK")
	b.WaitFor(`!film.paused && film.currentTime > 0.2 && film.textTracks[0].mode === "showing"`)
	press("ن", "KeyK") // the same key of an Arabic keyboard
	b.WaitFor(`film.paused`)
	press("l", "KeyL")
	b.WaitFor(`film.currentTime > 9 && !film.seeking`)
	press("ArrowLeft", "ArrowLeft")
	b.WaitFor(`film.currentTime < 7 && film.paused`)
	press(">", "Comma")
	b.WaitFor(`film.playbackRate === 1.25 && document.querySelector("#speed select").value === "1.25"`)
	press("m", "KeyM")
	press("c", "KeyC")
	b.WaitFor(`!film.muted && film.textTracks[0].mode === "disabled"`)

	browsertest.Eval[any](b, `(document.getElementById("transcript").open = true, null)`)
	b.Type("#seek-words", "COUT") // with the "k" and "l" of no word
	b.WaitText("#seek [role=status]", "1 sur")
	b.WaitFor(`document.querySelector("#said .here").textContent.toLowerCase().includes("coût")`)
	press("k", "KeyK")
	press(" ", "Space")
	if browsertest.Eval[bool](b, `!film.paused`) {
		t.Error("a key typed in a field played the film")
	}
	b.Type("#seek-words", "\r")
	b.WaitText("#seek [role=status]", "2 sur")
	from := browsertest.Eval[float64](b, `Number(document.querySelector("#said .here").dataset.from)`)
	browsertest.Eval[any](b, `(document.querySelector("#said .here").click(), null)`)
	b.WaitFor(fmt.Sprintf(`!film.paused && film.currentTime >= %f - 0.1`, from/1000))
	b.WaitFor(`document.querySelector("#said .now") && Number(document.querySelector("#ask [name=second]").value) > 0`)
}

// TestLearningPagesInABrowser looks at every page of learning.
func TestLearningPagesInABrowser(t *testing.T) {
	s, base, _ := realSchool(t)
	ctx := context.Background()
	_, err := s.Courses.ReportPlayed(ctx, s.amel, courses.Report{Session: s.opened(t), TrackID: s.video.Tracks[0].ID,
		Intervals: []courses.Interval{{From: 0, To: 70_000}}, Position: 70_000})
	mustDo(t, err)
	answers := courses.Answers{s.quiz.Questions[0].ID: {"b"}, s.quiz.Questions[1].ID: {"a"}}
	attempt, _, err := s.Courses.AnswerQuiz(ctx, s.amel, s.quiz.ID, uuid.New(), answers)
	mustDo(t, err)
	var asked community.Thread
	for n, title := range []string{"Faut-il compter les taxes ?", "كيف نحسب الأجور؟"} {
		asked, err = s.Community.StartThread(ctx, s.amel, community.NewThread{SpaceID: s.space(t), Kind: community.Question, Title: title, Body: "…",
			LessonID: s.video.ID, Second: 40 + 70*n})
		mustDo(t, err)
	}
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		s.amel.Language = c.lang
		b := browsertest.New(t, c.width, c.lang, c.dark)
		signIn(b, base)
		for _, page := range []struct{ name, path string }{
			{"spaces", "/spaces"},
			{"space", "/spaces/funding"},
			{"module", fmt.Sprintf("/modules/%d", s.video.ModuleID)},
			{"lesson", fmt.Sprintf("/lessons/%d", s.video.ID)},
			{"lesson-audio", fmt.Sprintf("/lessons/%d?mode=audio&chapter=2", s.video.ID)},
			{"quiz", fmt.Sprintf("/lessons/%d", s.quiz.ID)},
			{"saved", "/saved"},
			{"saved-bare", "/saved?as=" + c.lang},
			{"thread", views.ThreadURL(asked.ID)},
			{"result", fmt.Sprintf("/lessons/%d?attempt=%d", s.quiz.ID, attempt.ID)},
		} {
			b.Open(base + page.path)
			if page.name == "lesson" {
				b.WaitFor(`!document.getElementById("seek").hidden`)
				browsertest.Eval[any](b, `(document.getElementById("transcript").open = document.getElementById("keys").open = document.getElementById("ask").open = true, null)`)
			}
			b.Shot(page.name)
			b.Check()
		}
	}
}
