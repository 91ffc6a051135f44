package views

import (
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
