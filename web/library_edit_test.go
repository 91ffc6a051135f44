package web

import (
	"net/url"
	"strconv"
	"strings"
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
	expect(t, s.moez.sendFile(page+"/edit", version(1, document("Mieux")), "page.html", []byte("<script>")), 422, "n’est pas d’un type accepté", `value="Mieux"`)
	expect(t, s.moez.send(page+"/edit", version(1, document("Mieux"))), 303)
	expect(t, s.moez.get(page), 200, "Mieux", "x.pdf")
	expect(t, s.moez.sendFile(page+"/edit", version(2, document("Mieux")), "notes.csv", []byte("a;b\n1;2\n")), 303)
	expect(t, s.moez.get(page), 200, "notes.csv")
}

// version is a form that was begun from a version.
func version(n int, form url.Values) url.Values {
	form.Set("version", strconv.Itoa(n))
	return form
}

// Two people edit one document from the same version: the second keeps all that was typed, reads what the first saved
// under each field where it differs, and decides. The same form sent twice is saved once, without a word.
func TestTwoEditOneDocument(t *testing.T) {
	s := newShelf(t)
	expect(t, s.moez.sendFile("/spaces/eau/library", document("Guide"), "x.pdf", librarytest.File("pdf")), 303)
	page := s.document(t, "Guide")
	expect(t, s.moez.get(page+"/edit"), 200, `name="version" value="1"`)
	first := url.Values{"title_fr": {"Le guide"}, "kind": {"law"}, "languages": {"ar", "fr"}}
	expect(t, s.moez.send(page+"/edit", version(1, first)), 303)
	expect(t, s.moez.send(page+"/edit", version(1, first)), 303)
	for lang, said := range map[string][]string{
		"fr": {"Quelqu’un d’autre a enregistré pendant que vous écriviez", "Texte de loi"},
		"ar": {"حفظ شخص آخر تعديلًا بينما كنتم تكتبون", "نصّ قانوني"},
		"en": {"Somebody else saved while you were writing", "Law"},
	} {
		expect(t, s.moez.send("/language", url.Values{"language": {lang}}), 303)
		a := s.moez.send(page+"/edit", version(1, document("Notre guide")))
		expect(t, a, 409, append(said, `value="Notre guide"`, "Le guide", "Où va <i>l’eau</i>", `name="version" value="2"`)...)
		if n := strings.Count(a.body, `class="meanwhile"`); n != 3 { // title, summary, kind: not the languages
			t.Errorf("%d fields are said to differ", n)
		}
	}
	expect(t, s.moez.get(page), 200, "Le guide")
	expect(t, s.moez.send(page+"/edit", version(2, document("Notre guide"))), 303)
	expect(t, s.moez.get(page), 200, "Notre guide")
}
