package views

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"halqa/community"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/web/locale"
)

// LessonView is the page of a video.
type LessonView struct {
	Page
	Visit   courses.Visit
	Track   courses.Track
	Audio   bool   // sound alone
	StartMS int64  // where it begins
	ByText  bool   // it may be followed by its transcript and three questions
	Session string // the playing session that what is played is reported under

	Questions []community.Thread // pinned to moments of the film, in order
	Nonce     string             // of the form that asks
	Names     NameChoice         // under which its question may be published
}

// MediaURL is the address of a stored file, or "" for none.
func MediaURL(f courses.File) string {
	if f.Name == "" {
		return ""
	}
	return "/media/" + f.Name
}

// playable is the form asked for, or the other one when the track has only that.
func playable(t courses.Track, audio bool) courses.File {
	if audio {
		return t.Form(courses.Audio)
	}
	return t.Form(courses.Film)
}

// sound tells whether the sound alone plays, asked for or for want of a picture.
func (v LessonView) sound() bool { return playable(v.Track, v.Audio).Kind == courses.Audio }

// source is the file to play from StartMS on. The fragment makes the browser begin there, without any script.
func (v LessonView) source() string {
	file := playable(v.Track, v.Audio)
	if v.StartMS == 0 {
		return MediaURL(file)
	}
	return fmt.Sprintf("%s#t=%d.%03d", MediaURL(file), v.StartMS/1000, v.StartMS%1000)
}

// href leads to this lesson in a language, with or without the picture; more is the rest of the query, such as "chapter=2".
func (v LessonView) href(lang string, audio bool, more string) string {
	return lessonHref(v.Visit.Lesson.ID, lang, audio, more)
}

func lessonHref(id int64, lang string, audio bool, more string) string {
	query := url.Values{"lang": {lang}}
	if audio {
		query.Set("mode", "audio")
	}
	if more != "" {
		more = "&" + more
	}
	return LessonURL(id) + "?" + query.Encode() + more
}

// chapter is the number, from 1, of the chapter that holds a moment; 0 before the first.
func (v LessonView) chapter(ms int64) int {
	n := 0
	for n < len(v.Track.Chapters) && v.Track.Chapters[n].FromMS <= ms {
		n++
	}
	return n
}

// percent is how much of the lesson was really played.
func (v LessonView) percent() int {
	return v.Visit.Outline.Standing.Lesson(v.Visit.Lesson.ID).Percent()
}

// passages is the transcript cut by chapter.
func (v LessonView) passages() []passage {
	cut := []passage{{}}
	for n := range v.Track.Chapters {
		cut = append(cut, passage{Chapter: n + 1})
	}
	for _, cue := range v.Track.Transcript {
		n := v.chapter(cue.FromMS)
		cut[n].Cues = append(cut[n].Cues, cue)
	}
	if len(cut[0].Cues) == 0 {
		cut = cut[1:]
	}
	return cut
}

// passage is what is said in one chapter.
type passage struct {
	Chapter int // from 1; 0 for what comes before the first
	Cues    []media.Cue
}

// spoken is a caption on one line.
func spoken(c media.Cue) string { return strings.ReplaceAll(c.Text, "\n", " ") }

// languageName is what a language calls itself: mark it with its lang.
func languageName(lang string) string {
	if name := locale.Names[lang]; name != "" {
		return name
	}
	return lang
}

// languageIn is what the page's language calls a language.
func languageIn(p Page, lang string) string {
	if locale.Names[lang] == "" {
		return lang
	}
	return p.T("common.language_" + lang)
}

func ms(n int64) string { return strconv.FormatInt(n, 10) }

// speeds are the rates of the speed menu.
var speeds = []string{"0.5", "0.75", "1", "1.25", "1.5", "2"}

func speedName(p Page, rate string) string {
	if p.Lang() != "en" {
		rate = strings.Replace(rate, ".", ",", 1)
	}
	return "×\u2060" + rate
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// playerKeys are the keys of the player and what they do; static/js/parts/keys.js does it.
var playerKeys = []struct {
	what string // a key of the catalogue
	keys []string
}{
	{"courses.key_play", []string{"space", "K"}},
	{"courses.key_back", []string{"J"}},
	{"courses.key_on", []string{"L"}},
	{"courses.key_step", []string{"←", "→"}},
	{"courses.key_captions", []string{"C"}},
	{"courses.key_mute", []string{"M"}},
	{"courses.key_speed", []string{"<", ">"}},
}

func keyName(p Page, key string) string {
	if key == "space" {
		return p.T("courses.key_space")
	}
	return key
}
