package markdown_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"halqa/web/markdown"
)

func TestWritesWhatPeopleMean(t *testing.T) {
	for in, want := range map[string]string{
		"# Budget":                   `<h2 dir="auto">Budget</h2>`,
		"مرحبا **بكم**":              `<p dir="auto">مرحبا <strong>بكم</strong></p>`,
		"- un\n- اثنان":              "<ul dir=\"auto\">\n<li dir=\"auto\">un</li>\n<li dir=\"auto\">اثنان</li>\n</ul>",
		"3. trois":                   "<ol start=\"3\" dir=\"auto\">\n<li dir=\"auto\">trois</li>\n</ol>",
		"> dit":                      "<blockquote dir=\"auto\"><p dir=\"auto\">dit</p>\n</blockquote>",
		"[ici](https://example.org)": `<p dir="auto"><a href="https://example.org" rel="nofollow noreferrer">ici</a></p>`,
		"[là](/spaces)":              `<p dir="auto"><a href="/spaces" rel="nofollow">là</a></p>`,
		"`a < b`":                    `<p dir="auto"><code>a &lt; b</code></p>`,
		"| a |\n|---|\n| ب |":        "<table dir=\"auto\">\n<thead>\n<tr>\n<th dir=\"auto\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td dir=\"auto\">ب</td>\n</tr>\n</tbody>\n</table>",
	} {
		if got := strings.TrimSpace(markdown.HTML(in)); got != want {
			t.Errorf("%q became\n%s\nwant\n%s", in, got, want)
		}
	}
}

var hostile = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
	"[x](java\nscript:alert(1))", "[x](&#106;avascript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)",
	"![x](https://tracker.example/p.gif)", "![x](x\" onerror=\"alert(1))", "<a href=\"javascript:alert(1)\">x</a>",
	"<https://x.example/\"onmouseover=alert(1)>", "<svg onload=alert(1)>", "<iframe src=//evil.example></iframe>",
	"<style>*{display:none}</style>", "<p style=\"position:fixed\" class=\"hue\" id=\"main\">x</p>", "<form action=/sign-out method=post><button>x</button></form>",
	"<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "```<script>\nx\n```", "# x {onclick=alert(1)}",
	"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<!--><script>alert(1)</script-->", "[a]: javascript:alert(1)\n\n[a]",
	"<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "<object data=x>", "<input autofocus onfocus=alert(1)>", strings.Repeat("> ", 500) + "x",
	strings.Repeat("[", 2000), strings.Repeat("*a ", 2000), "\x00<script\x00>alert(1)</script>", "<scr<script>ipt>alert(1)</script>",
}

var elements = strings.Fields("html head body p h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del br hr table thead tbody tr th td a")

func TestNothingExecutes(t *testing.T) {
	for _, in := range hostile {
		checkSafe(t, in)
	}
}

func checkSafe(t *testing.T, in string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markdown.HTML(in)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(elements, n.Data) {
			t.Errorf("%.60q leaves <%s>", in, n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "dir", a.Key == "start", a.Key == "rel":
			case a.Key == "href" && (strings.HasPrefix(a.Val, "http:") || strings.HasPrefix(a.Val, "https:") ||
				strings.HasPrefix(a.Val, "mailto:") || !strings.Contains(strings.SplitN(a.Val, "/", 2)[0], ":")):
			default:
				t.Errorf("%.60q leaves %s=%q", in, a.Key, a.Val)
			}
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, in := range hostile {
		f.Add(in)
	}
	f.Fuzz(checkSafe)
}
