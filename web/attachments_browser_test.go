package web

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"halqa/community/attachment"
	"halqa/courses/media"
	"halqa/web/browsertest"
)

// scene is a photo as large as those of phones.
func scene(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 3000, 2000))
	for y := range 2000 {
		for x := range 3000 {
			img.SetRGBA(x, y, color.RGBA{uint8(120 + x/40), uint8(90 + (x^y)%60), uint8(40 + y/20), 255})
		}
	}
	var b bytes.Buffer
	mustDo(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

// TestAddingFilesInABrowser chooses, pastes and drops files while writing, describes them, and reads them in the thread.
func TestAddingFilesInABrowser(t *testing.T) {
	w, _, _, thread := busyAgora(t)
	var err error
	w.deps.Community.Files, err = attachment.Open(filepath.Join(t.TempDir(), "attachments"), media.Sound)
	mustDo(t, err)
	base := serve(t, w.deps)
	dir := t.TempDir()
	photo, budget := filepath.Join(dir, "Le puits du village.jpg"), filepath.Join(dir, "الميزانية.pdf")
	mustDo(t, os.WriteFile(photo, scene(t), 0o600))
	mustDo(t, os.WriteFile(budget, bytes.Repeat([]byte("%PDF-1.7\n"), 9000), 0o600))
	for i, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		_, err := w.db.ExecContext(t.Context(), `update person set language = ?`, c.lang)
		mustDo(t, err)
		_, err = w.db.ExecContext(t.Context(), `update post set created_at = created_at - interval '1 day'`)
		mustDo(t, err)
		b := browsertest.New(t, c.width, c.lang, c.dark)
		enter(b, base, "amel")
		here := fmt.Sprintf("%s/threads/%d", base, thread)
		b.Open(here)
		b.Wait(".toolbar")
		b.Type("#f-body", "Voici notre puits.")
		mustDo(t, chromedp.Do(b.Ctx, chromedp.SetUploadFiles("#f-file", []string{budget, photo})))
		b.WaitFor(`document.querySelectorAll(".editing [name=attached]").length === 2`)
		b.Type(`.editing [name^="alt_"]`, "Le puits du village, بئر القرية")
		pastePicture(b)
		b.WaitFor(`document.querySelectorAll(".editing [name=attached]").length === 3 && /!\[\]\(\/attachments\/\d+\)/.test(document.querySelector("#f-body").value)`)
		dropPage(b)
		b.WaitFor(`[...document.querySelectorAll(".editing [data-state]")].some((p) => p.textContent.includes("MP3"))`)
		for len(b.Said()) == 0 { // the browser complains of the refusal, after the page says it
			browsertest.Eval[any](b, "null")
		}
		b.Shot("writing-tray")
		b.Check()
		b.Click(".editing li:last-child [data-take-away]")
		b.WaitFor(`document.querySelectorAll(".editing li").length === 3`)
		b.Click("[data-look]")
		b.WaitFor(`document.querySelector(".preview img")?.naturalWidth === 640`)
		b.Click(".compose > .actions .button")
		b.Wait(".notice.good")
		n := i + 1
		b.WaitFor(fmt.Sprintf(`document.querySelectorAll(".post .attached").length === %d`, n))
		browsertest.Eval[any](b, `([...document.querySelectorAll(".post img")].forEach((i) => { i.loading = "eager"; }), null)`)
		b.WaitFor(`[...document.querySelectorAll(".post img")].every((i) => i.complete && i.naturalWidth > 0 && i.clientWidth <= i.naturalWidth)`)
		b.WaitFor(fmt.Sprintf(`document.querySelectorAll('.post .attached img[alt="Le puits du village, بئر القرية"]').length === %d`, n))
		b.Shot("writing-thread")
		b.Check()
	}
	var heavy, all int
	mustDo(t, w.db.NewRaw(`select max(light_bytes), count(*) from attachment where ready and post_id is not null`).Scan(t.Context(), &heavy, &all))
	if all != 12 || heavy > 120_000 {
		t.Errorf("%d files posted, the light rendition of the photo takes %d bytes", all, heavy)
	}
}

// pastePicture pastes a drawing into what is written.
func pastePicture(b *browsertest.Browser) {
	b.T.Helper()
	browsertest.Eval[any](b, `(() => {
		const canvas = document.createElement("canvas");
		canvas.width = 800; canvas.height = 300;
		canvas.getContext("2d").fillRect(20, 20, 300, 100);
		canvas.toBlob((blob) => {
			const data = new DataTransfer();
			data.items.add(new File([blob], "image.png", {type: "image/png"}));
			document.querySelector("#f-body").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
		});
		return null;
	})()`)
}

// dropPage drops what may not be attached onto the tray.
func dropPage(b *browsertest.Browser) {
	b.T.Helper()
	browsertest.Eval[any](b, `(() => {
		const data = new DataTransfer();
		data.items.add(new File(["<html>"], "page.html", {type: "text/html"}));
		document.querySelector("[data-tray]").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
		return null;
	})()`)
}
