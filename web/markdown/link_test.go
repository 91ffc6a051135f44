package markdown

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestBareAddresses(t *testing.T) {
	long := "https://www.example.org/a/very/long/path/to/a/page/about-budgets-of-small-associations.html?utm_source=x"
	for in, want := range map[string]string{
		"voir https://example.org/guide/":     `<a href="https://example.org/guide/" title="https://example.org/guide/" rel="nofollow ugc noopener"><bdi>example.org/guide</bdi></a>`,
		long:                                  `title="` + long + `" rel="nofollow ugc noopener"><bdi>example.org/…of-small-associations.html…</bdi>`,
		"https://bank.example@evil.example/x": `<bdi>evil.example/x</bdi>`,
		"https://ar.wikipedia.org/wiki/%D8%AA%D9%88%D9%86%D8%B3": `<bdi>ar.wikipedia.org/wiki/تونس</bdi>`,
		"https://h.example/threads/3":                            `<bdi>Un &lt;b&gt; titre</bdi>`,
		"<https://h.example/threads/3>":                          `<bdi>Un &lt;b&gt; titre</bdi>`,
		"https://h.example/threads/4":                            `<bdi>h.example/threads/4</bdi>`,
		"[ici](https://h.example/threads/3)":                     `rel="nofollow ugc noopener">ici</a>`,
		`[ici](https://a.example "un autre titre")`:              `<a href="https://a.example" rel="nofollow ugc noopener">ici</a>`,
		"voir http://localhost:3000/threads/3.":                  `<a href="http://localhost:3000/threads/3" title="http://localhost:3000/threads/3" rel="nofollow ugc noopener"><bdi>localhost:3000/threads/3</bdi></a>.`,
		"http://192.168.1.5/posts/12?x=1":                        `<bdi>192.168.1.5/posts/12…</bdi>`,
		"(http://[::1]:8080/spaces/eau)":                         `<a href="http://[::1]:8080/spaces/eau" title="http://[::1]:8080/spaces/eau" rel="nofollow ugc noopener"><bdi>[::1]:8080/spaces/eau</bdi></a>)`,
		"http://halqa/modules/2, puis":                           `<bdi>halqa/modules/2</bdi></a>, puis`,
		"http://halqa.":                                          `<bdi>halqa</bdi></a>.`,
		"http://":                                                `http://`,
		"http://localhost@evil":                                  `<bdi>evil</bdi>`,
		"a@example.org":                                          `>a@example.org</a>`,
	} {
		got := Post.draw(in, nil, func(address string) string {
			if address == "https://h.example/threads/3" {
				return "Un <b> titre"
			}
			return ""
		})
		if !strings.Contains(got, want) {
			t.Errorf("%q is drawn as %q, want %q", in, got, want)
		}
	}
}

// Whatever the address, its host is shown whole and what is shown is short.
func TestShortAddresses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.StringMatching(`[a-z]{1,30}\.[a-z]{2,10}`).Draw(t, "host")
		got := short("https://" + host + "/" + rapid.StringMatching(`[a-z/]{0,80}`).Draw(t, "path"))
		if !strings.HasPrefix(got, host) || utf8.RuneCountInString(got) > max(maxAddress, len(host)+12)+2 {
			t.Fatalf("%q of %q", got, host)
		}
	})
}
