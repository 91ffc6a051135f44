package views

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"halqa/community/account"
	"halqa/courses"
	"halqa/events"
)

// QuestionDraft is a question as it is being typed. Its fields in the form begin with q and its number.
type QuestionDraft struct {
	courses.Question
}

// DraftsOf are the saved questions, to be edited.
func DraftsOf(questions []courses.Question) []QuestionDraft {
	all := []QuestionDraft{}
	for _, q := range questions {
		all = append(all, QuestionDraft{q})
	}
	return all
}

// maxDrafts bounds what one form may carry.
const maxDrafts = 100

// ReadDrafts reads the questions of a form.
func ReadDrafts(f Form) []QuestionDraft {
	all := []QuestionDraft{}
	for _, at := range f.All("q") {
		if len(all) == maxDrafts {
			break
		}
		q := QuestionDraft{courses.Question{ID: f.ID("q" + at + "_id"), Kind: courses.QuestionKind(f.Get("q" + at + "_kind"))}}
		q.Prompt, q.Explanation = textIn(f, "q"+at+"_prompt"), textIn(f, "q"+at+"_why")
		for _, o := range f.All("q" + at + "_o") {
			if len(q.Options) == maxDrafts {
				break
			}
			name := "q" + at + "_o" + o
			q.Options = append(q.Options, courses.Option{Key: f.Get(name + "_key"), Text: textIn(f, name), Right: f.Get(name+"_right") != ""})
		}
		all = append(all, q)
	}
	return all
}

func textIn(f Form, name string) events.Text {
	t := events.Text{}
	for _, lang := range events.Languages {
		if s := strings.TrimSpace(f.Get(name + "_" + lang)); s != "" {
			t[lang] = s
		}
	}
	return t
}

// ChangeDrafts does what a button of the form says: "add", "remove 2", "up 2", "down 2", "option 2" (one more answer) or
// "drop 2 1" (one less). focus is the element to go on with.
func ChangeDrafts(all []QuestionDraft, do string) (changed []QuestionDraft, focus string) {
	verb, at, option := "", -1, -1
	_, _ = fmt.Sscanf(do, "%s %d %d", &verb, &at, &option) // what is missing stays -1
	if verb == "add" {
		empty := QuestionDraft{courses.Question{Kind: courses.Single, Options: make([]courses.Option, 3)}}
		return append(all, empty), promptID(len(all))
	}
	if at < 0 || at >= len(all) {
		return all, ""
	}
	switch {
	case verb == "remove":
		return slices.Delete(all, at, at+1), "questions-title"
	case verb == "up" && at > 0:
		all[at], all[at-1] = all[at-1], all[at]
		return all, promptID(at - 1)
	case verb == "down" && at+1 < len(all):
		all[at], all[at+1] = all[at+1], all[at]
		return all, promptID(at + 1)
	case verb == "option":
		all[at].Options = append(all[at].Options, courses.Option{})
		return all, fmt.Sprintf("f-q%d_o%d", at, len(all[at].Options)-1)
	case verb == "drop" && option >= 0 && option < len(all[at].Options):
		all[at].Options = slices.Delete(all[at].Options, option, option+1)
	}
	return all, promptID(at)
}

func promptID(n int) string { return "f-q" + strconv.Itoa(n) + "_prompt" }

// QuestionsOf are the questions to save: answers left empty are left out, new ones get a key.
func QuestionsOf(drafts []QuestionDraft) []courses.Question {
	var all []courses.Question
	for _, d := range drafts {
		q := d.Question
		q.Options = nil
		taken := map[string]bool{"": true}
		for _, o := range d.Options {
			if o.Text.String() == "" && !o.Right {
				continue
			}
			for n := 'a'; taken[o.Key]; n++ {
				o.Key = string(n)
			}
			taken[o.Key] = true
			q.Options = append(q.Options, o)
		}
		all = append(all, q)
	}
	return all
}

// AtDrafts names errors of questions as the form names its fields.
func AtDrafts(all account.Invalids) account.Invalids {
	for i, e := range all {
		at, what, found := strings.Cut(strings.TrimPrefix(e.Field, "questions."), ".")
		if !found {
			all[i].Field = ""
			continue
		}
		if what == "kind" {
			what = "options"
		}
		all[i].Field = "q" + at + "_" + what
	}
	return all
}

// others are the languages in which the quiz isn't being written: their texts travel along.
func others(lang string) []string {
	return slices.DeleteFunc(slices.Clone(events.Languages), func(l string) bool { return l == lang })
}

// asWritten is a text in another language than the one being written, to translate from.
func asWritten(t events.Text, lang string) (text, from string) {
	if t[lang] != "" {
		return "", ""
	}
	return t.In(lang)
}
