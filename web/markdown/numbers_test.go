package markdown

import (
	"strings"
	"testing"
)

func TestNumbersStayWhole(t *testing.T) {
	for in, want := range map[string]string{
		"القاعة بـ 1 800 دينار":                     "بـ 1_800 دينار",
		"**12 000 000** dinars":                     "<strong>12_000_000</strong> dinars",
		"de 5 000 à 40 000 dinars":                  "de 5_000 à 40_000 dinars",
		"12 mars, 3 1234 et 12 34":                  "12 mars, 3 1234 et 12 34",
		"`seq 1 100` puis 1 100":                    "<code>seq 1 100</code> puis 1_100",
		"```\nseq 1 100\n```":                       "seq 1 100",
		"[plan 1 100](https://x.example/?q=%20100)": `<a href="https://x.example/?q=%20100" rel="nofollow ugc noopener">plan 1_100</a>`,
	} {
		if got := strings.ReplaceAll(Post.HTML(in), "\u00a0", "_"); !strings.Contains(got, want) {
			t.Errorf("%q is drawn as %q, want %q", in, got, want)
		}
	}
}
