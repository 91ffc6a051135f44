package notify

import (
	"strconv"
	"strings"
)

// Section is a part of a digest: what is new in one space.
type Section struct {
	Title string // the space, or what is said among the participants of seminars
	Lines []Line
}

// Line is a discussion with something new.
type Line struct {
	Title string
	Note  string // how much, and by whom
	URL   string // of the first new post, absolute
}

// linesAtMost is the number of discussions that a digest lists; it counts the others.
const linesAtMost = 25

// namesAtMost is the number of people that a line names.
const namesAtMost = 3

// sections writes out what a digest tells; more says how many discussions are left out, or "".
func (c composer) sections(lang string, digest []DigestSpace) (list []Section, more string) {
	left, over := linesAtMost, 0
	for _, sp := range digest {
		s := Section{}
		if s.Title, _ = sp.Name.In(lang); s.Title == "" {
			s.Title = c.render(lang, "notify.digest_circles")
		}
		for _, t := range sp.Threads {
			if left == 0 {
				over++
				continue
			}
			left--
			s.Lines = append(s.Lines, c.line(lang, t))
		}
		if len(s.Lines) > 0 {
			list = append(list, s)
		}
	}
	if over > 0 {
		more = c.render(lang, "notify.digest_more", "Count", over)
	}
	return list, more
}

func (c composer) line(lang string, t DigestThread) Line {
	if len(t.Posts) == 0 {
		return Line{Title: t.Title, Note: c.ended(lang, t), URL: c.public + "/posts/" + strconv.FormatInt(t.Ended[0].PostID, 10)}
	}
	key := "notify.digest_posts"
	switch {
	case t.Opened && t.Asks:
		key = "notify.digest_asked"
	case t.Opened:
		key = "notify.digest_opened"
	}
	names := t.By
	if len(names) > namesAtMost {
		names = append(names[:namesAtMost:namesAtMost], "…")
	}
	note := c.render(lang, key, "Count", len(t.Posts))
	if len(names) > 0 {
		note = c.render(lang, "notify.digest_by", "What", note, "Names", strings.Join(names, c.render(lang, "notify.digest_comma")+" "))
	}
	if len(t.Ended) > 0 {
		note += " · " + c.ended(lang, t)
	}
	return Line{Title: t.Title, Note: note, URL: c.public + "/posts/" + strconv.FormatInt(t.Posts[0], 10)}
}

// ended says how the polls of a discussion ended.
func (c composer) ended(lang string, t DigestThread) string {
	var all []string
	for _, p := range t.Ended {
		all = append(all, c.render(lang, "notify.digest_ended", "Result", resultOf(c.render, lang, Data{Result: &p.Result})))
	}
	return strings.Join(all, " ")
}

// text is the section in a mail without HTML: each title and each address on a line of its own, so that each has the
// direction of its language.
func (s Section) text() string {
	var b strings.Builder
	if s.Title != "" {
		b.WriteString(s.Title + "\n\n")
	}
	for _, l := range s.Lines {
		b.WriteString(oneLine(l.Title) + "\n" + l.Note + "\n" + l.URL + "\n\n")
	}
	return b.String()
}

func countPosts(digest []DigestSpace) (n int) {
	for _, s := range digest {
		for _, t := range s.Threads {
			n += len(t.Posts)
		}
	}
	return n
}

func countEnded(digest []DigestSpace) (n int) {
	for _, s := range digest {
		for _, t := range s.Threads {
			n += len(t.Ended)
		}
	}
	return n
}
