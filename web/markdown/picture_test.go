package markdown

import (
	"fmt"
	"strings"
	"testing"
)

var came = Pictures{"/attachments/7": {Small: "/attachments/7/light", Alt: `Un "plan"`, Width: 640, Height: 480}}

func TestPicturesThatCameAreShown(t *testing.T) {
	const shown = `<a href="/attachments/7"><img src="/attachments/7/light" alt="%s" width="640" height="480" loading="lazy"></a>`
	for in, want := range map[string]string{
		"![](/attachments/7)":                    fmt.Sprintf(shown, "Un &#34;plan&#34;"),
		"Voyez ![Le **jardin**](/attachments/7)": fmt.Sprintf(shown, "Le jardin"),
		"![مخطّط](/attachments/7)":               fmt.Sprintf(shown, "مخطّط"),
		"![](/attachments/8)":                    `<a href="/attachments/8" rel="nofollow ugc noopener">/attachments/8</a>`,
		"![p](https://x.example/p.png)":          `<a href="https://x.example/p.png" rel="nofollow ugc noopener">p</a>`,
	} {
		if got := Post.draw(in, came, nil); !strings.Contains(got, want) {
			t.Errorf("%q is drawn as %q, want %q", in, got, want)
		}
		if got := Post.HTML(in); strings.Contains(got, "<img") {
			t.Errorf("%q without its pictures is drawn as %q", in, got)
		}
	}
}

// Whatever surrounds a picture, nothing is loaded but it.
func TestPicturesLoadNothingElse(t *testing.T) {
	for _, in := range append(hostile, `![x" onerror="alert(1)](/attachments/7)`, "![](/attachments/7 \"onerror=alert(1)\")", "![](/attachments/7/../../sign-out)") {
		for _, around := range []string{"%s", "![%s](/attachments/7)", "[![](/attachments/7)](%s)", "![](%s)"} {
			text := fmt.Sprintf(around, in)
			got := Post.draw(text, came, nil)
			if n := strings.Count(got, "<img"); n != strings.Count(got, `<img src="/attachments/7/light" alt="`) {
				t.Errorf("%q is drawn as %q", text, got)
			}
			harmless(t.Errorf, text, strings.ReplaceAll(dropPictures(got), "<a href=\"/attachments/7\">", "<a>"))
		}
	}
}

func dropPictures(s string) string {
	for {
		from := strings.Index(s, "<img src=")
		if from < 0 {
			return s
		}
		s = s[:from] + s[from+strings.Index(s[from:], ">")+1:]
	}
}
