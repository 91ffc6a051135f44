package views

import (
	"slices"
	"strconv"
	"strings"

	"halqa/community/account"
	"halqa/courses"
	"halqa/events"
)

// ManageView is the list of a space's modules for those who write them.
type ManageView struct {
	Page
	Space   account.Space
	Modules []courses.Managed
	Attests bool // completed modules give an attestation
}

// NewModuleView begins a module: first its space, when the address names none, then its texts.
type NewModuleView struct {
	Page
	Form   Form
	Spaces []account.Space // in which the person may write
	Space  *account.Space  // the one chosen
}

// AuthorModuleView is a module to write in.
type AuthorModuleView struct {
	Page
	Module    courses.Authored
	Lacks     []FieldError // before it can be published
	Form      Form         // of the texts, when refused
	Stale     bool         // somebody else saved the texts meanwhile
	Rule      Form         // of the criterion, when refused
	StaleRule bool
	Effect    *courses.Effect // of the criterion as typed, when it was asked for
	NewLesson Form            // of the lesson to add, when refused
	Lessons   Form            // of a button of the list of lessons, when refused
	Refused   bool            // publishing was
}

// AuthorLessonView is a lesson to write in. It has several forms: Part says which one Form, Stale and Focus are about.
type AuthorLessonView struct {
	Page
	Lesson  courses.Lesson
	Module  courses.Authored
	Part    string // "texts", "quiz", "chapters_fr", "file_fr"…
	Form    Form
	Stale   bool
	Editing string          // language in which the quiz is being written
	Quiz    []QuestionDraft // as typed
	Focus   string          // id of the element to go on with in the quiz
}

// PreviewView is a lesson as its learners will see it.
type PreviewView struct {
	Page
	Lesson courses.Lesson
	Module courses.Authored
	Track  courses.Track
}

// ReadingView is the page of a reading.
type ReadingView struct {
	Page
	Visit courses.Visit
}

// ManageURL is the address of the modules of a space for those who write them.
func ManageURL(key string) string { return SpaceURL(key) + "/modules" }

// AuthorModuleURL is the address at which a module is written.
func AuthorModuleURL(id int64) string { return "/author/modules/" + strconv.FormatInt(id, 10) }

// AuthorLessonURL is the address at which a lesson is written.
func AuthorLessonURL(id int64) string { return "/author/lessons/" + strconv.FormatInt(id, 10) }

func trackURL(id int64, lang, what string) string {
	return AuthorLessonURL(id) + "/tracks/" + lang + "/" + what
}

// formOf is the refused form, if it is of that part.
func (v AuthorLessonView) formOf(part string) Form {
	if v.Part == part {
		return v.Form
	}
	return Form{}
}

func (v AuthorLessonView) staleIn(part string) bool { return v.Stale && v.Part == part }

func (v AuthorLessonView) track(lang string) (courses.Track, bool) {
	t, ok := v.Lesson.Track(lang)
	return t, ok && t.Language == lang
}

func moduleState(p Page, s courses.State) (Tone, string) {
	switch s {
	case courses.Published:
		return Good, p.T("authoring.state_published")
	case courses.Retired:
		return Plain, p.T("authoring.state_retired")
	}
	return Warn, p.T("authoring.state_draft")
}

// present are the languages in which a lesson can be followed.
func present(l courses.Lesson) []string {
	var all []string
	for _, lang := range events.Languages {
		has := l.Body[lang] != ""
		switch l.Kind {
		case courses.Video:
			has = slices.ContainsFunc(l.Tracks, func(t courses.Track) bool { return t.Language == lang })
		case courses.Quiz:
			has = len(l.Questions) > 0 && !slices.ContainsFunc(l.Questions, func(q courses.Question) bool { return q.Prompt[lang] == "" })
		}
		if has {
			all = append(all, lang)
		}
	}
	return all
}

// languages says in which languages a lesson is there and in which it lacks.
func languages(p Page, l courses.Lesson) string {
	has := present(l)
	if len(has) == 0 {
		return p.T("authoring.lesson_empty")
	}
	var there, lacks []string
	for _, lang := range events.Languages {
		if slices.Contains(has, lang) {
			there = append(there, languageIn(p, lang))
		} else {
			lacks = append(lacks, languageIn(p, lang))
		}
	}
	if len(lacks) == 0 {
		return p.And(there)
	}
	return p.T("authoring.languages", "There", p.And(there), "Lacks", p.And(lacks))
}

func kindName(p Page, k courses.LessonKind) string { return p.T("authoring.kind_" + string(k)) }

func lessonIcon(k courses.LessonKind) string {
	switch k {
	case courses.Quiz:
		return "edit"
	case courses.Reading:
		return "book"
	}
	return "play"
}

// shown are the lessons that count, in order; ready ones only when they were asked for.
func shown(m courses.Authored) []courses.Lesson {
	return slices.DeleteFunc(slices.Clone(m.Lessons), func(l courses.Lesson) bool { return l.State != courses.Shown })
}

// ruleWords says each condition of the criterion.
func ruleWords(p Page, m courses.Authored) []string {
	var all []string
	for _, item := range m.Criterion.Items {
		title := ""
		for _, l := range m.Lessons {
			if l.ID == item.LessonID {
				title, _ = l.Title.In(p.Lang())
			}
		}
		switch item.Kind {
		case courses.ByPlaying:
			all = append(all, p.T("courses.need_played", "Percent", item.Percent))
		case courses.ByQuiz:
			all = append(all, p.T("courses.need_quiz", "Percent", item.Percent, "Title", title))
		case courses.ByReading:
			all = append(all, p.T("authoring.need_reading", "Title", title))
		case courses.ByContribution:
			all = append(all, p.N("courses.need_contributions", item.Count))
		}
	}
	return all
}

// ruleLead says how many of the conditions are needed.
func ruleLead(p Page, c courses.Criterion) string {
	o := courses.Outline{Criterion: c}
	o.Check = c.Check(nil, 0)
	return criterionLead(p, o)
}

// ruleForm is what the form of the criterion shows: what was typed, or what is in force.
func (v AuthorModuleView) ruleForm() Form {
	if len(v.Rule.Values) > 0 {
		return v.Rule
	}
	f := Form{Values: map[string][]string{}}
	set := func(name, value string) { f.Values.Set(name, value) }
	c := v.Module.Criterion
	if c.Version == 0 {
		c.Mode = courses.All
		set("percent_played", "80")
	}
	set("count_contribution", "1")
	set("mode", string(c.Mode))
	set("k", strconv.Itoa(max(c.K, 1)))
	for _, l := range v.Module.Lessons {
		set("percent_"+ms(l.ID), "60")
	}
	for _, item := range c.Items {
		at := ruleField(item)
		set("with_"+at, "yes")
		if item.Kind == courses.ByContribution {
			set("count_contribution", strconv.Itoa(item.Count))
		}
		set("percent_"+at, strconv.Itoa(item.Percent))
	}
	return f
}

// ruleField is how the form names an item.
func ruleField(item courses.Item) string {
	switch {
	case item.LessonID != 0:
		return ms(item.LessonID)
	case item.Kind == courses.ByContribution:
		return "contribution"
	}
	return "played"
}

func (v AuthorModuleView) hasVideo() bool {
	return slices.ContainsFunc(shown(v.Module), func(l courses.Lesson) bool { return l.Kind == courses.Video })
}

// chapterLines writes the chapters of a track as its author types them.
func chapterLines(t courses.Track) string {
	var b strings.Builder
	for _, c := range t.Chapters {
		sec := c.FromMS / 1000
		b.WriteString(strconv.FormatInt(sec/60, 10) + ":" + twoDigits(sec%60))
		if rest := c.FromMS % 1000; rest != 0 {
			b.WriteString("." + strconv.FormatInt(1000+rest, 10)[1:])
		}
		if title := c.Title[t.Language]; title != "" {
			b.WriteString(" " + title)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func twoDigits(n int64) string { return strconv.FormatInt(100+n, 10)[1:] }

var western = strings.NewReplacer("٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9")

// ReadChapters reads lines such as "0:15 Title". It returns account.Invalid naming the line.
func ReadChapters(text, lang string) ([]courses.Chapter, error) {
	var all []courses.Chapter
	for n, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		line = strings.Trim(line, " \t\u200e\u200f\u202a\u202b\u202c")
		if line == "" {
			continue
		}
		at, title, _ := strings.Cut(line, " ")
		from, ok := readMoment(western.Replace(at))
		if !ok {
			return nil, account.Invalid{Field: "chapters", Key: "authoring.chapter_line", Args: map[string]any{"Line": n + 1}}
		}
		all = append(all, courses.Chapter{FromMS: from, Title: events.Text{lang: strings.TrimSpace(title)}})
	}
	return all, nil
}

// readMoment reads m:ss, h:mm:ss, either with .mmm.
func readMoment(s string) (int64, bool) {
	clock, fraction, _ := strings.Cut(s, ".")
	parts := strings.Split(clock, ":")
	if len(parts) < 2 || len(parts) > 3 || len(fraction) > 3 {
		return 0, false
	}
	var sec uint64
	for n, p := range parts {
		v, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n > 0 && v > 59 {
			return 0, false
		}
		sec = sec*60 + v
	}
	rest, err := strconv.ParseUint((fraction + "000")[:3], 10, 16)
	return int64(sec*1000 + rest), err == nil
}

// limitOf is the most bytes of a file, by what it is.
func limitOf(kind courses.FileKind) int64 {
	switch kind {
	case courses.Film:
		return MaxFilm
	case courses.Audio:
		return MaxSound
	}
	return MaxCaptions
}

// The most bytes of a file that a form takes.
const (
	MaxFilm     = 200 << 20
	MaxSound    = 50 << 20
	MaxCaptions = 1 << 20
)

// heavy tells whether a film costs a phone much: over 500 kbit/s.
func heavy(t courses.Track) bool {
	return t.DurationMS > 0 && t.File(courses.Film).Bytes*8/t.DurationMS > 500
}

func fileName(p Page, kind courses.FileKind) string {
	switch kind {
	case courses.Film:
		return p.T("authoring.file_film")
	case courses.Audio:
		return p.T("authoring.file_sound")
	}
	return p.T("authoring.file_captions")
}
