package markdown

import (
	"testing"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"# Budget\n\nUn **mot** et [un lien](https://example.org/x).": "Budget Un mot et un lien.",
		"- un\n- deux":          "un deux",
		"ligne\nsuite":          "ligne suite",
		"> مرحبا\n\n`code` fin": "مرحبا code fin",
		"```\nbloc\n```":        "bloc",
		"<b>gras</b>":           "<b>gras</b>",
		"":                      "",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q reads %q, not %q", in, got, want)
		}
	}
}
