package web

import (
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// TestMatchesAsTheRouter compares with what the router itself takes for a pattern.
func TestMatchesAsTheRouter(t *testing.T) {
	for _, pattern := range []string{"/spaces/:key/library", "/documents/:id/edit", "/desk"} {
		app := fiber.New()
		app.Get(pattern, func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) })
		for _, path := range []string{"/", "/desk", "/desk/", "/Desk", "/desk/a", "/spaces/a/library", "/spaces/a/Library/", "/spaces//library",
			"/spaces/a/b/library", "/spaces/a", "/documents/12/edit", "/documents/12/edit/more", "/documents/edit"} {
			res, err := app.Test(httptest.NewRequest("GET", path, nil))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := matches(path, pattern), res.StatusCode == fiber.StatusNoContent; got != want {
				t.Errorf("%q of %q: %t, the router says %t", path, pattern, got, want)
			}
		}
	}
}
