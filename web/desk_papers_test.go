package web

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"halqa/community/library"
	"halqa/community/library/librarytest"
	"halqa/enrolment"
)

// openShelf is a fair whose seminars have documents.
func openShelf(t *testing.T) *fair {
	t.Helper()
	f := openFair(t)
	folder, err := library.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	kept := library.New(f.db, folder, nil)
	f.deps.Enrolment.Files = enrolment.Files{Find: kept.Find, Keep: func(name string, file io.Reader) (enrolment.File, error) {
		blob, called, err := kept.Keep(name, file)
		return enrolment.File{Blob: blob.Name, Name: called, Bytes: blob.Bytes}, err
	}}
	return f
}

func TestDocumentsOfASeminar(t *testing.T) {
	f := openShelf(t)
	sem := f.seminar(t, 2, enrolment.Rule{})
	holder, amel := f.person(t, "Amel")
	stranger, _ := f.person(t, "Sami")
	if _, err := f.deps.Enrolment.Register(context.Background(), amel, sem.ID); err != nil {
		t.Fatal(err)
	}
	page, desk := fmt.Sprintf("/seminars/%d", sem.ID), fmt.Sprintf("/desk/seminars/%d/papers", sem.ID)
	expect(t, f.staff.get(page), 200, `href="`+desk+`"`)
	expect(t, f.staff.get(desk), 200, "Aucun document", `enctype="multipart/form-data"`)
	pdf := librarytest.File("pdf")
	expect(t, f.staff.sendFile(desk+"/file", url.Values{"title": {"Le <b>support</b>"}}, "page.html", []byte("<script>alert(1)</script>")), 422,
		"n’est pas d’un type accepté", `value="Le <b>support</b>"`)
	expect(t, f.staff.sendFile(desk+"/file", url.Values{}, "", nil), 422, "Choisissez un fichier")
	expect(t, f.staff.sendFile(desk+"/file", url.Values{}, "x.pdf", append(pdf, make([]byte, library.MaxBytes)...)), 422, "Ce fichier dépasse")
	expect(t, holder.sendFile(desk+"/file", url.Values{}, "x.pdf", pdf), 403)
	expect(t, f.staff.sendFile(desk+"/file", url.Values{"title": {""}}, "../Support du matin.html", pdf), 303, "→ "+desk)
	expect(t, f.staff.send(desk+"/link", url.Values{"title": {"Guide"}, "url": {"javascript:alert(1)"}}), 422, "adresse entière", `value="Guide"`, "javascript:alert")
	expect(t, f.staff.send(desk+"/link", url.Values{"title": {"Guide"}, "url": {"https://example.org/g?a=1&b=2"}}), 303)
	a := holder.get(page)
	expect(t, a, 200, "Support du matin", "PDF · ", `href="https://example.org/g?a=1&b=2" rel="noreferrer noopener"`)
	if strings.Contains(a.body, desk) {
		t.Error("who holds a seat is led to the desk")
	}
	if body := stranger.get(page).body; strings.Contains(body, "Support du matin") || strings.Contains(body, "example.org/g") {
		t.Error("a stranger sees documents")
	}
	v, err := f.deps.Enrolment.Seminar(context.Background(), amel, sem.ID)
	if err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf("%s/papers/%d", page, v.Papers[0].ID)
	a = holder.get(file)
	expect(t, a, 200)
	for name, want := range map[string]string{"Content-Type": "application/pdf", "Content-Disposition": `attachment; filename="Support du matin.pdf"`,
		"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	expect(t, stranger.get(file), 404)
	expect(t, holder.send(fmt.Sprintf("%s/%d/remove", desk, v.Papers[0].ID), url.Values{}), 403)
	expect(t, f.staff.send(fmt.Sprintf("%s/%d/remove", desk, v.Papers[0].ID), url.Values{}), 303, "→ "+desk)
	expect(t, holder.get(file), 404)
}

// A script that shows how far a file is hears where to go on, or what is wrong.
func TestDocumentsSentByTheScript(t *testing.T) {
	f := openShelf(t)
	sem := f.seminar(t, 2, enrolment.Rule{})
	desk := fmt.Sprintf("/desk/seminars/%d/papers", sem.ID)
	expect(t, f.staff.get(desk), 200, "data-upload", "upload")
	f.staff.header.Set("Accept", "application/json")
	expect(t, f.staff.sendFile(desk+"/file", url.Values{}, "x.pdf", librarytest.File("pdf")), 200, `{"location":"`+desk+`"}`)
	expect(t, f.staff.get(desk), 200, "Le document est ajouté")
	expect(t, f.staff.sendFile(desk+"/file", url.Values{}, "page.html", []byte("<script>alert(1)</script>")), 422, "n’est pas d’un type accepté", `"file"`)
}
