package markdown

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"
)

func TestPosts(t *testing.T) {
	for in, want := range map[string]string{
		"Bonjour **tous**, _ça_ va ?":       `<p dir="auto">Bonjour <strong>tous</strong>, <em>ça</em> va ?</p>`,
		"un\ndeux":                          `<p dir="auto">un<br>`,
		"مرحبا\n\nBonjour":                  `<p dir="auto">مرحبا</p>`,
		"- بند\n- article":                  `<ul dir="rtl">`,
		"> اقتباس\n> citation":              `<blockquote dir="rtl">`,
		"1. a\n2. b":                        `<ol dir="ltr">`,
		"7. a":                              `<ol start="7" dir="ltr">`,
		"# Titre":                           `<h3 dir="auto">Titre</h3>`,
		"###### Titre":                      `<h6 dir="auto">`,
		"https://example.org/a?b=c&d":       `<a href="https://example.org/a?b=c&amp;d" title="https://example.org/a?b=c&amp;d" rel="nofollow ugc noopener"><bdi>example.org/a…</bdi></a>`,
		"[ici](/threads/3)":                 `<a href="/threads/3" rel="nofollow ugc noopener">ici</a>`,
		"<mailto:a@example.org>":            `href="mailto:a@example.org"`,
		"![plan](https://x.example/p.png)":  `<a href="https://x.example/p.png" rel="nofollow ugc noopener">plan</a>`,
		"![](https://x.example/p.png)":      `>https://x.example/p.png</a>`,
		"~~non~~ oui :smile:":               `<del>non</del> oui 😄`,
		"```\n<b>\n```":                     `<pre dir="auto"><code>&lt;b&gt;`,
		"1 < 2 <b>gras</b>":                 `1 &lt; 2 &lt;b&gt;gras&lt;/b&gt;`,
		"<div>\n\ntexte":                    `&lt;div&gt;`,
		"| a | ب |\n|---|---|\n| 1 | <b> |": "<table dir=\"ltr\" tabindex=\"0\">\n<thead>\n<tr>\n<th dir=\"auto\">a</th>\n<th dir=\"auto\">ب</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td dir=\"auto\">1</td>\n<td dir=\"auto\">&lt;b&gt;</td>",
		"&#8238;abc":                        `<p dir="auto">abc</p>`,
		"":                                  "",
	} {
		if got := Post.HTML(in); !strings.Contains(got, strings.ReplaceAll(want, "'", "&#39;")) {
			t.Errorf("%q is drawn as %q, want %q", in, got, want)
		}
	}
}

func TestReadings(t *testing.T) {
	for in, want := range map[string]string{
		"# Budget":                   `<h2 dir="auto">Budget</h2>`,
		"un\ndeux":                   "<p dir=\"auto\">un\ndeux</p>",
		"مرحبا **بكم**":              `<p dir="auto">مرحبا <strong>بكم</strong></p>`,
		"- un\n- اثنان":              "<ul dir=\"ltr\">\n<li dir=\"ltr\">un</li>\n<li dir=\"rtl\">اثنان</li>\n</ul>",
		"3. trois":                   "<ol start=\"3\" dir=\"ltr\">\n<li dir=\"ltr\">trois</li>\n</ol>",
		"[ici](https://example.org)": `<p dir="auto"><a href="https://example.org" rel="nofollow ugc noopener">ici</a></p>`,
		"`a < b`":                    `<p dir="auto"><code>a &lt; b</code></p>`,
		"| ب |\n|---|\n| a |":        "<table dir=\"rtl\" tabindex=\"0\">\n<thead>\n<tr>\n<th dir=\"auto\">ب</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td dir=\"auto\">a</td>\n</tr>\n</tbody>\n</table>",
		"![plan](/p.png)":            `<p dir="auto"><a href="/p.png" rel="nofollow ugc noopener">plan</a></p>`,
		"<b>gras</b>":                `<p dir="auto">&lt;b&gt;gras&lt;/b&gt;</p>`,
	} {
		if got := strings.TrimSpace(Reading.HTML(in)); got != want {
			t.Errorf("%q became\n%s\nwant\n%s", in, got, want)
		}
	}
}

// hostile is what people try.
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
	"<script>alert(1)</script>", "<ScRiPt src=//evil.example/x.js></sCrIpT>", "<script\n>alert(1)</script\n>", "</p><script>alert(1)</script>",
	"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))", "[x](&#106;avascript:alert(1))",
	"[x](javascript&colon;alert(1))", "[x](<javascript:alert(1)>)", "[x]( \x01javascript:alert(1))", "[x](vbscript:msgbox(1))",
	"[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)", "![x](data:image/svg+xml,<svg onload=alert(1)>)", "<data:text/html,x>",
	"<javascript:alert(1)>", "[x]: javascript:alert(1)\n\n[x]", "![x](x\"onerror=alert(1))", "[x](https://a\"onmouseover=alert(1))",
	`[x](https://a "t" onclick="alert(1)")`, `[x](https://a '"><img src=x onerror=alert(1)>')`, "<img src=x onerror=alert(1)>",
	"<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
	"<iframe src=javascript:alert(1)>", "<object data=data:text/html,x>", "<embed src=//evil>", "<base href=//evil/>", "<link rel=stylesheet href=//evil>",
	"<meta http-equiv=refresh content='0;url=//evil'>", "<style>*{display:none}</style>", "<p style='position:fixed'>x", "<form action=//evil><input name=csrf>",
	"<a href=javascript:alert(1)>x</a>", "<b onmouseover=alert(1)>x</b>", "<details open ontoggle=alert(1)>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
	"<!--><script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "<?php echo 1 ?>", "```<script>\nalert(1)\n```\"onload=alert(1)",
	"``` \"><script>alert(1)</script>\nx\n```", "`<script>alert(1)</script>`", "# <img src=x onerror=alert(1)>", "> <iframe>", "- <svg onload=alert(1)>",
	"&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;img src=x onerror=alert(1)&#62;", "<p/onclick=alert(1)//", "<x" + strings.Repeat("<", 500) + "script>",
	"<a id=main name=csrf class=skip dir=rtl data-live=x href=x>x</a>", "[x](//evil.example)", "\u202e<script>", "\x00<scr\x00ipt>alert(1)</script>",
	"www.evil.example/\"onclick=alert(1)", "https://evil.example/<script>alert(1)</script>", "a@b.example\"><script>", "[![x](javascript:alert(1))](javascript:alert(2))",
}

var allowed = map[string][]string{
	"p": {"dir"}, "br": nil, "hr": nil, "h2": {"dir"}, "h3": {"dir"}, "h4": {"dir"}, "h5": {"dir"}, "h6": {"dir"}, "ul": {"dir"}, "ol": {"dir", "start"}, "li": {"dir"},
	"blockquote": {"dir"}, "pre": {"dir"}, "code": nil, "strong": nil, "em": nil, "del": nil, "a": {"href", "rel", "title"}, "bdi": nil,
	"table": {"dir", "tabindex"}, "thead": nil, "tbody": nil, "tr": nil, "th": {"dir"}, "td": {"dir"},
}

// styles are all there are.
var styles = []Style{Reading, Post}

// harmless fails the test when drawn HTML holds anything but the few elements and attributes of a text.
func harmless(fail func(string, ...any), in, drawn string) {
	nodes, err := html.ParseFragment(strings.NewReader(drawn), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		fail("%.80q: %v", in, err)
	}
	for len(nodes) > 0 {
		n := nodes[0]
		nodes = nodes[1:]
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			nodes = append(nodes, c)
		}
		if n.Type == html.TextNode {
			continue
		}
		attributes, ok := allowed[n.Data]
		if n.Type != html.ElementNode || !ok {
			fail("%.80q draws <%s>: %.200s", in, n.Data, drawn)
			continue
		}
		for _, a := range n.Attr {
			if !slices.Contains(attributes, a.Key) {
				fail("%.80q draws %s=%q", in, a.Key, a.Val)
			}
			u, err := url.Parse(a.Val)
			if a.Key == "href" && (err != nil || !slices.Contains([]string{"", "http", "https", "mailto"}, strings.ToLower(u.Scheme))) {
				fail("%.80q leads to %q", in, a.Val)
			}
		}
		if n.Data == "a" && len(n.Attr) > 0 && !strings.Contains(drawn, `rel="nofollow ugc noopener"`) {
			fail("%.80q draws a link without manners: %s", in, drawn)
		}
	}
}

func TestNothingExecutes(t *testing.T) {
	for _, in := range hostile {
		for _, around := range []string{"%s", "avant %s après", "> %s", "- %s", "**%s**", "[%s](https://a)", "# %s", "%s\n\n%[1]s", "| %s |\n|---|\n| %[1]s |"} {
			text := fmt.Sprintf(around, in)
			for _, style := range styles {
				harmless(t.Errorf, text, style.HTML(text))
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.SampledFrom([]string{"<", ">", "\"", "'", "](", "[", "`", "\n", "*", "&#", ";", ":", "javascript", "\t"}),
			rapid.String()), 1, 8).Draw(t, "parts")
		text := strings.Join(parts, "")
		for _, style := range styles {
			harmless(t.Fatalf, text, style.HTML(text))
		}
	})
}

// Whatever is nested or left open, drawing ends (a runaway meets the time that a test has) and its result is shallow.
func TestNestingIsBounded(t *testing.T) {
	const size = 10_000
	many := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, text := range map[string]string{
		"quotes": many(">"), "spaced quotes": many("> "), "lists": many("- "), "numbers": many("1. "), "brackets": many("["), "closing": many("]"),
		"pairs": many("[]"), "links": many("[a]("), "pictures": many("!["), "stars": many("*"), "emphasis": many("*a "), "both": many("*_"), "ticks": many("`"),
		"ticks apart": many("` "), "tildes": many("~"), "angles": many("<"), "open tags": many("<b>"), "entities": many("&"), "colons": many(":a"), "emoji": many(":smile:"),
		"quotes and lists": many("> - "), "lines of quotes": many(">>>>>>>>>>>>\n"), "growing": growing(), "hashes": many("#"), "links in links": many("[a](b"),
		"references": many("[a]: b\n") + "[a]", "autolinks": many("http://a.b "), "w": many("www."), "at": many("a@a."), "dots": many("a.b@c"), "backslashes": many("\\"),
		"breaks": many("***\n"), "tabs": many("\t"), "fences": many("```\n"), "underlines": many("a\n=\n"), "stars after": many("a**b"), "escaped": many("\\["), "tables": many("|a|\n|-|\n"), "wide tables": many("|a") + "\n" + many("|-"), "rows": "|a|\n|-|\n" + many("|b"), "lazy": many("> a\n"),
	} {
		for _, style := range styles {
			drawn := style.HTML(text)
			harmless(t.Errorf, name, drawn)
			if deep := depth(drawn); deep > 2*deepest+60 {
				t.Errorf("%s are drawn %d deep", name, deep)
			}
		}
	}
}

// growing is a list of which each item lies in the one before.
func growing() string {
	var b strings.Builder
	for i := 0; b.Len() < 20_000; i++ {
		b.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
	}
	return b.String()
}

func depth(drawn string) (deepest int) {
	now := 0
	for z := html.NewTokenizer(strings.NewReader(drawn)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return deepest
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) != "br" && string(name) != "hr" {
				now++
				deepest = max(deepest, now)
			}
		case html.EndTagToken:
			now--
		}
	}
}

func BenchmarkPost(b *testing.B) {
	text := strings.Repeat("Bonjour **à tous**, voici [le guide](https://example.org).\n\n- مرحبا\n- deux\n\n", 5)
	for b.Loop() {
		Post.HTML(text)
	}
}
