package views

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/markdown"
)

// AttachmentURL is the address of a file that came with a post.
func AttachmentURL(id int64) string { return "/attachments/" + strconv.FormatInt(id, 10) }

// newFilesURL is where files are sent that go with something new in a space, filesURL that go with a post of a thread.
func newFilesURL(space account.Space) string { return SpaceURL(space.Key) + "/forum/files" }
func filesURL(threadID int64) string         { return ThreadURL(threadID) + "/files" }

func lightURL(id int64) string { return AttachmentURL(id) + "/light" }

// AttachmentMark is how a text shows a picture in its place.
func AttachmentMark(a community.Attachment) string { return "![](" + AttachmentURL(a.ID) + ")" }

// Pictures are those of some files that a text may show.
func Pictures(p Page, files []community.Attachment) markdown.Pictures {
	shown := markdown.Pictures{}
	for _, a := range files {
		if a.Picture() {
			shown[AttachmentURL(a.ID)] = markdown.Picture{Small: lightURL(a.ID), Alt: altOf(p, a), Width: a.LightWidth, Height: a.LightHeight}
		}
	}
	return shown
}

// Told is a text as it is drawn, with the pictures that came with it and the titles of the pages that it leads to.
func Told(p Page, text string, files []community.Attachment) templ.Component {
	return markdown.Post.Naming(text, Pictures(p, files), p.Titles)
}

// pictureMark is how a text shows a picture that came with a post.
var pictureMark = regexp.MustCompile(`!\[([^\[\]]*)\]\(/attachments/(\d{1,18})\)`)

// Spelled is a text for where pictures aren't drawn: each that came with it is a link under what it shows, and files that it
// doesn't show are listed under it.
func Spelled(say func(key string, args ...any) string, text string, files []community.Attachment) string {
	link := func(a community.Attachment, says string) string {
		if a.Picture() {
			says = say("writing.picture", "Name", says)
		}
		return "[" + linkWords.Replace(says) + "](" + AttachmentURL(a.ID) + ")"
	}
	rest := below(text, files)
	text = pictureMark.ReplaceAllStringFunc(text, func(mark string) string {
		m := pictureMark.FindStringSubmatch(mark)
		for _, a := range files {
			if strconv.FormatInt(a.ID, 10) == m[2] && a.Picture() {
				return link(a, cmp.Or(strings.TrimSpace(m[1]), a.Says()))
			}
		}
		return mark
	})
	var list strings.Builder
	for _, a := range rest {
		list.WriteString("- " + link(a, a.Says()) + "\n")
	}
	return strings.TrimSpace(text + "\n\n" + list.String())
}

// linkWords lets what a file is called mean nothing in Markdown.
var linkWords = strings.NewReplacer("[", " ", "]", " ", "<", " ", ">", " ", "`", " ", "*", " ", "_", " ", "\\", " ", "\n", " ")

// gist is what a post says, without marks; or what came with it, when that says all.
func gist(p Page, l community.Line) string {
	if words := markdown.Plain(l.Body); words != "" {
		return words
	}
	return filesSaid(p, l.Files)
}

// filesSaid names some files in one line.
func filesSaid(p Page, files []community.Attachment) string {
	var all []string
	for _, a := range files {
		if a.Picture() {
			all = append(all, p.T("writing.picture", "Name", a.Says()))
		} else {
			all = append(all, "\u2068"+a.Name+"\u2069")
		}
	}
	return strings.Join(all, " · ")
}

// below are the files that a text doesn't show in their place.
func below(text string, files []community.Attachment) []community.Attachment {
	var rest []community.Attachment
	for _, a := range files {
		if !a.Picture() || !strings.Contains(text, "]("+AttachmentURL(a.ID)+")") {
			rest = append(rest, a)
		}
	}
	return rest
}

// altOf is what a picture shows, in words; its name, when nobody said.
func altOf(p Page, a community.Attachment) string {
	if a.Alt != "" {
		return a.Alt
	}
	return p.T("writing.picture", "Name", a.Name)
}

func sizeOf(p Page, a community.Attachment) string {
	return strings.ToUpper(a.Ext) + " · " + p.Bytes(a.Bytes)
}
