package web

import (
	"context"
	"io"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/browsertest"
	"halqa/web/static"
	"halqa/web/views"
)

// notePage is a page with one form.
func notePage(p views.Page) templ.Component {
	form := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		inside := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			field := views.TextArea(p, views.Form{}, views.Input{Name: "text", Label: "Note"})
			if err := field.Render(ctx, w); err != nil {
				return err
			}
			_, err := io.WriteString(w, `<button class="button" data-confirm="Sure?">Send</button>`)
			return err
		})
		if _, err := io.WriteString(w, `<h1>Notes</h1>`); err != nil {
			return err
		}
		return views.PostForm(p, "/t/note").Render(templ.WithChildren(ctx, inside), w)
	})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return views.Layout(p).Render(templ.WithChildren(ctx, form), w)
	})
}

// TestFormsInABrowser sends a form that asks first, fails once, and then arrives: nothing typed is lost before, nothing
// comes back after.
func TestFormsInABrowser(t *testing.T) {
	var posts atomic.Int64
	var s *site
	show := func(c *fiber.Ctx) error { return s.render(c, notePage(s.page(c, "home.title"))) }
	send := func(c *fiber.Ctx) error {
		if posts.Add(1) == 1 {
			return account.ErrConflict
		}
		return s.done(c, "/t/note", "design.notice_good")
	}
	d := sampleDeps()
	d.Secret = []byte("a secret for tests") // as serve sets it: tokens and notices of both fit
	files, err := static.Load()
	if err != nil {
		t.Fatal(err)
	}
	s = &site{Deps: d.withDefaults(), files: files}
	base := serve(t, d, Route{"GET", "/t/note", Public, show}, Route{"POST", "/t/note", Public, send})
	b := browsertest.New(t, 800, "en", false)
	b.Open(base + "/t/note")
	b.Type("#f-text", "what I think")
	b.Click("main form .button")
	b.Wait("dialog[open]")
	b.Click("dialog[open] .second")
	if n := posts.Load(); n != 0 {
		t.Fatalf("sent %d times before the answer", n)
	}
	b.Click("main form .button")
	b.Click("dialog .danger")
	b.WaitText("h1", "changed in the meantime")
	b.Open(base + "/t/note")
	b.WaitFor(`document.querySelector("#f-text").value === "what I think"`)
	b.WaitText("form .notice", "put back")
	b.Click("main form .button")
	b.Click("dialog .danger")
	b.WaitText(".notice.good", "Done")
	b.WaitFor(`document.querySelector("#f-text").value === ""`)
	if n := posts.Load(); n != 2 {
		t.Errorf("sent %d times", n)
	}
}
