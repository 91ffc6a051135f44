package markdown

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Titles says what the page of an address is called, for the reader; "" when they aren't told, or when it lies elsewhere. Pages
// elsewhere are never fetched to learn their titles: anybody could have the server ask for any address, and those who keep those
// pages would learn what is talked about here.
type Titles func(address string) string

var titlesKey = parser.NewContextKey()

// bareAddress finds the address of a page where one is written as it is: goldmark's own pattern, and hosts that it doesn't know as such,
// of one word or a number, for a platform is tried at one of those, or serves one house.
var bareAddress = regexp.MustCompile(`^(?:http|https|ftp)://(?:[-a-zA-Z0-9@:%._\+~#=]{1,256}\.[a-z]+|[a-zA-Z0-9][-a-zA-Z0-9.@:_]{0,252}|\[[0-9a-fA-F:.]{2,45}\])` +
	`(?::\d+)?(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=\(\);,'">\^{}\[\]` + "`" + `]*)?`)

// maxAddress is how much of a bare address is shown, in characters; all of it is in its title.
const maxAddress = 40

// namedLink is a bare address, drawn as something that people can read.
type namedLink struct {
	ast.BaseInline
	address, name string
}

var kindNamed = ast.NewNodeKind("NamedLink")

// Kind is what the renderer knows it by.
func (*namedLink) Kind() ast.NodeKind { return kindNamed }

// Dump is for people who look at trees.
func (n *namedLink) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// name is a bare address as it is drawn: under the title of its page or, elsewhere, short; nil for what is left as it is.
func name(link *ast.AutoLink, titles Titles, source []byte) ast.Node {
	if link.AutoLinkType != ast.AutoLinkURL || within(link, ast.KindLink) {
		return nil
	}
	n := &namedLink{address: string(link.URL(source))}
	if titles != nil {
		n.name = titles(n.address)
	}
	if n.name == "" {
		n.name = short(n.address)
	}
	if n.name == "" {
		return nil
	}
	return n
}

// short is an address as it is read: the whole host, so that nobody is led astray, and the end of a long path. "" is for
// what isn't an address of the web.
func short(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	host, path := strings.TrimPrefix(u.Host, "www."), strings.TrimSuffix(u.Path, "/")
	if u.RawQuery != "" || u.Fragment != "" {
		path += "…"
	}
	letters := []rune(path)
	if most := max(maxAddress-utf8.RuneCountInString(host), 12); len(letters) > most {
		path = "/…" + string(letters[len(letters)-most+2:])
	}
	return host + path
}

// namedRenderer draws named links. Their names are apart from the text around, whichever way each is written.
type namedRenderer struct{}

// RegisterFuncs takes over named links.
func (namedRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindNamed, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*namedLink); ok && entering {
			host := 0 // as a number between brackets, which must stay as it is
			if strings.Contains(link.address, "://[") {
				host = strings.IndexByte(link.address, ']') + 1
			}
			to := link.address[:host] + string(util.URLEscape([]byte(link.address[host:]), false))
			_, _ = fmt.Fprintf(w, `<a href="%s" title="%s" rel="nofollow ugc noopener"><bdi>%s</bdi></a>`, util.EscapeHTML([]byte(to)),
				util.EscapeHTML([]byte(link.address)), util.EscapeHTML([]byte(link.name)))
		}
		return ast.WalkSkipChildren, nil
	})
}
