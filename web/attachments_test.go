package web

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"halqa/community/attachment"
	"halqa/courses/media"
)

func snapshot(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	mustDo(t, jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h)), nil))
	return b.Bytes()
}

func (a *agora) files(t *testing.T) {
	t.Helper()
	var err error
	a.deps.Community.Files, err = attachment.Open(filepath.Join(t.TempDir(), "attachments"), media.Sound)
	mustDo(t, err)
}

var attachedID = regexp.MustCompile(`name="attached" value="(\d+)"`)

// TestAddingFilesWithoutScripts brings files with the form: they outlive its refusal and its preview, are described, taken away,
// posted, edited.
func TestAddingFilesWithoutScripts(t *testing.T) {
	a := openAgora(t)
	a.files(t)
	amel, _ := a.person(t, "Amel")
	here := a.start(t, amel, "Un potager ?")
	a.later()
	const path = "/spaces/projets/forum/new"
	expect(t, amel.sendFile(path, url.Values{"kind": {"question"}, "title": {"T"}, "body": {"B"}}, "a.exe", []byte("\x7fELF")), 422, "n’est pas accepté", ">B</textarea>")
	refused := amel.sendFile(path, url.Values{"kind": {"question"}, "title": {" "}, "body": {"B"}}, "Photo du puits.jpg", snapshot(t, 900, 600))
	expect(t, refused, 422, "Donnez un titre", "Photo du puits.jpg", "Que montre")
	id := attachedID.FindStringSubmatch(refused.body)[1]
	form := url.Values{"kind": {"question"}, "title": {"Un puits"}, "body": {"Voici.\n\n![](/attachments/" + id + ")"}, "attached": {id}, "alt_" + id: {"Le puits du village"}}
	preview := url.Values{"do": {"preview"}}
	for k, v := range form {
		preview[k] = v
	}
	expect(t, amel.sendFile(path, preview, "Devis.pdf", []byte("%PDF-1.7")), 200, `<img src="/attachments/`+id+`/light" alt="Le puits du village" width="640" height="426" loading="lazy"`, "Devis.pdf")
	form["attached"] = append(form["attached"], "9999999")
	expect(t, amel.sendFile(path, form, "", nil), 422, "n’est plus là", "Photo du puits.jpg")
	form["attached"] = form["attached"][:1]
	thread := amel.sendFile(path, form, "Devis.pdf", []byte("%PDF-1.7"))
	expect(t, thread, 303, "/threads/")
	page := a.visitor(t).get(thread.Header.Get("Location"))
	expect(t, page, 200, `alt="Le puits du village"`, "Devis.pdf", "PDF · ")
	if strings.Count(page.body, "/attachments/"+id+"/light") != 1 {
		t.Error("a picture of the text is shown twice")
	}

	picture := a.visitor(t).get("/attachments/" + id + "/light")
	if picture.StatusCode != 200 || picture.Header.Get("Content-Type") != "image/jpeg" || picture.Header.Get("Content-Disposition") != `inline; filename="Photo du puits.jpg"` ||
		picture.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(picture.Header.Get("Content-Security-Policy"), "sandbox") ||
		!strings.HasPrefix(picture.Header.Get("Cache-Control"), "private") {
		t.Errorf("the picture comes as %d %v", picture.StatusCode, picture.Header)
	}
	pdf := regexp.MustCompile(`href="(/attachments/\d+)" download`).FindStringSubmatch(page.body)[1]
	if got := a.visitor(t).get(pdf); got.body != "%PDF-1.7" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the document comes as %v", got.Header)
	}
	opening := posts(page.body)[0]
	edit := amel.get(opening + "/edit")
	expect(t, edit, 200, "Devis.pdf", `value="Le puits du village"`)
	expect(t, amel.sendFile(opening+"/edit", url.Values{"title": {"Un puits"}, "body": {"Voici."}, "attached": {id}, "drop": {id}}, "", nil), 303, "/threads/")
	expect(t, amel.get("/attachments/"+id), 404)
	expect(t, amel.get(pdf), 404)
	a.later()
	expect(t, amel.sendFile(here+"/reply", url.Values{"body": {"Voici"}}, "son.mp3", []byte("non")), 303, here)
	expect(t, a.visitor(t).get(here), 200, "son.txt")
	a.later()
	expect(t, amel.sendFile(here+"/reply", url.Values{"body": {" \u200b"}}, "a.exe", []byte("\x7fELF")), 422, "n’est pas accepté")
	expect(t, amel.sendFile(here+"/reply", url.Values{"body": {" "}}, "", nil), 422, "ou joignez")
	expect(t, amel.sendFile(here+"/reply", url.Values{"body": {" \u200b"}}, "Le_puits [1].jpg", snapshot(t, 900, 600)), 303, here)
	page = a.visitor(t).get(here)
	last := posts(page.body)[len(posts(page.body))-1]
	expect(t, page, 200, `alt="Image : Le_puits -1.jpg"`)
	expect(t, amel.get(here+"?quote="+strings.TrimPrefix(last, "/posts/")), 200, "> - [Image : Le puits -1.jpg](/attachments/")
	expect(t, amel.sendFile(last+"/edit", url.Values{"body": {""}}, "", nil), 422, "ou joignez")
}

// TestBringingFilesWithScripts sends files one by one, as attach.js does.
func TestBringingFilesWithScripts(t *testing.T) {
	a := openAgora(t)
	a.files(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	amel.header.Set("Accept", "application/json")
	token := amel.token()
	got := amel.bring("/spaces/projets/forum/files", token, "", "plan.jpg", snapshot(t, 100, 100))
	expect(t, got, 200, `"mark":"![](/attachments/`, "plan.jpg")
	id := attachedID.FindStringSubmatch(strings.ReplaceAll(got.body, `\"`, `"`))[1]
	expect(t, amel.bring("/spaces/projets/forum/files", token, "", "plan.jpg", []byte("<html>")), 422, "n’est pas accepté")
	expect(t, amel.bring("/spaces/cercle/forum/files", token, "", "plan.jpg", snapshot(t, 9, 9)), 404)
	expect(t, amel.bring("/spaces/projets/forum/files", token, "", "plan.pdf", bytes.Repeat([]byte("a "), attachment.MaxBytes/2+1)), 422, "dépasse")
	expect(t, amel.get("/attachments/"+id), 200)
	expect(t, sami.get("/attachments/"+id), 404)
	expect(t, a.visitor(t).get("/attachments/"+id), 404)
	amel.header.Del("Accept")
	expect(t, amel.send("/preview", url.Values{"body": {"![Le plan](/attachments/" + id + ")"}}), 200, `alt="Le plan"`)
	expect(t, sami.send("/preview", url.Values{"body": {"![Le plan](/attachments/" + id + ")"}}), 200, `>Le plan</a>`)
}
