package web

import (
	"testing"

	"halqa/community/library/librarytest"
)

// A moderator edits a document in its form: the file stays unless another is sent, and what a refusal leaves is typed in.
func TestEditingADocument(t *testing.T) {
	s := newShelf(t)
	expect(t, s.moez.sendFile("/spaces/eau/library", document("Guide"), "x.pdf", librarytest.File("pdf")), 303)
	page := s.document(t, "Guide")
	expect(t, s.moez.get(page), 200, page+"/edit")
	expect(t, s.moez.get(page+"/edit"), 200, `value="Guide"`, "x.pdf", `enctype="multipart/form-data"`)
	expect(t, s.visitor(t).get(page+"/edit"), 303)
	expect(t, s.moez.sendFile(page+"/edit", document("Mieux"), "page.html", []byte("<script>")), 422, "n’est pas d’un type accepté", `value="Mieux"`)
	expect(t, s.moez.send(page+"/edit", document("Mieux")), 303)
	expect(t, s.moez.get(page), 200, "Mieux", "x.pdf")
	expect(t, s.moez.sendFile(page+"/edit", document("Mieux"), "notes.csv", []byte("a;b\n1;2\n")), 303)
	expect(t, s.moez.get(page), 200, "notes.csv")
}
