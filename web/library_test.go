package web

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/community/library"
	"halqa/community/library/librarytest"
)

// shelf is a town with the library of one open space, its moderator and a member.
type shelf struct {
	*town
	moez, amal, sami *visitor // moderator, member, stranger
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{town: settle(t)}
	folder, err := library.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.deps.Library = library.New(s.db, folder, nil)
	space := accounttest.Space(t, s.db, "eau", s.office.ID)
	s.moez, _ = s.person(t, "Moez", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: space.ID})
	s.sami, _ = s.person(t, "Sami")
	var amal account.Actor
	s.amal, amal = s.person(t, "Amal")
	if _, err := s.deps.Account.JoinSpace(context.Background(), amal, "eau"); err != nil {
		t.Fatal(err)
	}
	return s
}

// send posts a form with a file to path; nil sends none.
func (v *visitor) sendFile(path string, form url.Values, name string, content []byte) answer {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	form.Set("csrf", v.token())
	for key, values := range form {
		for _, value := range values {
			_ = w.WriteField(key, value) // to memory
		}
	}
	if content != nil {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			v.t.Fatal(err)
		}
		_, _ = part.Write(content)
	}
	_ = w.Close()
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(r)
}

func document(title string) url.Values {
	return url.Values{"title_fr": {title}, "summary_fr": {"Où va <i>l’eau</i>"}, "kind": {"guide"}, "languages": {"fr", "ar"}}
}

// document is the address of the only document whose title is given.
func (s *shelf) document(t *testing.T, title string) string {
	t.Helper()
	var id int64
	if err := s.db.NewRaw("select id from document where title->>'fr' = ?", title).Scan(context.Background(), &id); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("/documents/%d", id)
}

func TestADocumentIsProposedAndPublished(t *testing.T) {
	s := newShelf(t)
	visitor := s.visitor(t)
	expect(t, visitor.get("/library"), 200, "La bibliothèque est encore vide")
	expect(t, s.sami.get("/spaces/eau/library"), 200, "Rejoignez l’espace")
	expect(t, s.sami.get("/spaces/eau/library/new"), 403)
	expect(t, s.sami.sendFile("/spaces/eau/library", document("X"), "x.pdf", librarytest.File("pdf")), 403)
	expect(t, visitor.sendFile("/spaces/eau/library", document("X"), "x.pdf", librarytest.File("pdf")), 303, "→ /sign-in")

	expect(t, s.amal.get("/spaces/eau/library/new"), 200, "Envoyer à l’équipe d’animation", "20 Mo au plus")
	expect(t, s.amal.sendFile("/spaces/eau/library", document("Guide de l’eau"), "guide.docx", librarytest.File("docx")), 303, "→ /spaces/eau/library")
	page := s.document(t, "Guide de l’eau")
	expect(t, s.amal.get("/spaces/eau/library"), 200, "Merci !", "Vos propositions", "En attente")
	expect(t, visitor.get(page), 404)
	expect(t, visitor.get(page+"/file"), 404)
	expect(t, s.moez.get("/spaces/eau/library"), 200, "Proposés par les membres", "Guide de l’eau", "Amal")
	expect(t, s.moez.send(page+"/decide", url.Values{"decision": {"refuse"}}), 422, "Dites pourquoi")
	expect(t, s.amal.send(page+"/decide", url.Values{"decision": {"accept"}}), 403)
	expect(t, s.moez.send(page+"/decide", url.Values{"decision": {"accept"}}), 303, "→ /spaces/eau/library")
	expect(t, s.moez.send(page+"/decide", url.Values{"decision": {"accept"}}), 409)

	for _, path := range []string{"/library", "/library?q=EAU&kind=guide&language=ar", "/spaces/eau/library"} {
		expect(t, visitor.get(path), 200, "Guide de l’eau")
	}
	expect(t, visitor.get("/library?kind=law"), 200, "Aucun document ne correspond")
	expect(t, visitor.get(page), 200, "Télécharger (DOCX", "Où va <i>l’eau</i>")
	expect(t, visitor.get(page+"/file"), 200)
	expect(t, visitor.get(page), 200, `<dd>`, "Téléchargements")
	expect(t, s.amal.send(page+"/withdraw", url.Values{}), 403)
	expect(t, s.moez.send(page+"/withdraw", url.Values{}), 303)
	expect(t, visitor.get(page+"/file"), 404)
}

func TestARefusedDocumentKeepsWhatWasTyped(t *testing.T) {
	s := newShelf(t)
	expect(t, s.moez.sendFile("/spaces/eau/library", document("Un titre"), "x.pdf", []byte("<svg onload=alert(1)>")), 422,
		`value="Un titre"`, "Où va <i>l’eau</i>", "n’est pas d’un type accepté", `value="guide" selected`)
	expect(t, s.moez.sendFile("/spaces/eau/library", url.Values{"title_ar": {"دليل"}}, "x.pdf", librarytest.File("pdf")), 422,
		"Choisissez la nature", "Cochez au moins une langue", "Choisissez de nouveau le fichier")
	expect(t, s.moez.sendFile("/spaces/eau/library", document("Un titre"), "", nil), 422, "Choisissez un fichier")
	large := append(librarytest.File("pdf"), make([]byte, library.MaxBytes)...)
	expect(t, s.moez.sendFile("/spaces/eau/library", document("Un titre"), "x.pdf", large), 422, "trop lourd", `value="Un titre"`)
}

// TestFilesLeaveAsWhatTheyAre gives every type under names that lie, and takes it back: always to be kept, with its true
// type, and with nothing that could run.
func TestFilesLeaveAsWhatTheyAre(t *testing.T) {
	s := newShelf(t)
	for ext, want := range map[string]string{"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain; charset=utf-8",
		"odt": "application/vnd.oasis.opendocument.text", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} {
		content := librarytest.File(ext)
		expect(t, s.moez.sendFile("/spaces/eau/library", document(ext), "دليل \"x\"\u202e.html", content), 303)
		a := s.visitor(t).get(s.document(t, ext) + "/file")
		expect(t, a, 200)
		kind, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
		if err != nil || kind != "attachment" || params["filename"] != "دليل -x."+ext {
			t.Errorf("%s is disposed of as %q, %v", ext, a.Header.Get("Content-Disposition"), err)
		}
		for header, value := range map[string]string{"Content-Type": want, "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-cache"} {
			if got := a.Header.Get(header); got != value {
				t.Errorf("%s has %s %q, want %q", ext, header, got, value)
			}
		}
		if a.body != string(content) {
			t.Errorf("other bytes came back of %s", ext)
		}
	}
	for name, content := range map[string]string{"page.html": "<!doctype html><script>alert(1)</script>", "a.svg": "<svg onload=alert(1)>",
		"a.pdf": "<html>", "a.csv": "\x00\x01", "a.png": "\x89PNG\r\n\x1a\n<script>"} {
		expect(t, s.moez.sendFile("/spaces/eau/library", document(name), name, []byte(content)), 422, "n’est pas d’un type accepté")
	}
}

func TestBrokenDownloadsGoOn(t *testing.T) {
	s := newShelf(t)
	expect(t, s.moez.sendFile("/spaces/eau/library", document("Guide"), "x.pdf", librarytest.File("pdf")), 303)
	page := s.document(t, "Guide")
	v := s.visitor(t)
	for _, from := range []string{"bytes=0-", "bytes=5-9", "bytes=10-"} {
		v.header.Set("Range", from)
		a := v.get(page + "/file")
		if a.StatusCode != 206 || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d, %s", from, a.StatusCode, a.Header.Get("Content-Disposition"))
		}
	}
	v.do(httptest.NewRequest("HEAD", page+"/file", nil))
	var n int
	if err := s.db.NewRaw("select downloads from document").Scan(context.Background(), &n); err != nil || n != 1 {
		t.Errorf("counted %d times, %v", n, err)
	}
}

// TestOnlyUploadsAreLarge asks how much may follow the header of a request.
func TestOnlyUploadsAreLarge(t *testing.T) {
	for request, large := range map[string]bool{"POST /spaces/eau/library": true, "POST /spaces/eau/library?x=1": true, "POST /spaces/%D9%85%D8%A7/library": true,
		"GET /spaces/eau/library": false, "POST /spaces/eau/join": false, "POST /profile/card": false, "POST /spaces/a/b/library": false,
		"POST /": false, "POST /profile?/spaces/eau/library": false} {
		var h fasthttp.RequestHeader
		method, uri, _ := strings.Cut(request, " ")
		h.SetMethod(method)
		h.SetRequestURI(uri)
		if got := roomFor(&h).MaxRequestBodySize > 0; got != large {
			t.Errorf("%s: room for much is %v", request, got)
		}
	}
}
