package incoming

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plain turns HTML into plain text with the marks of Markdown where they mean something: quotes, lists, links. Nothing of it
// is HTML any more: what looks like it is drawn as the characters it is made of.
func plain(source string) (string, error) { return plainWith(source, nil) }

// plainWith is plain, and notes the pictures that come with the mail and marks where they are shown.
func plainWith(source string, pictures *[]picture) (string, error) {
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return "", fmt.Errorf("html: %w", err)
	}
	w := &textOf{pictures: pictures}
	w.node(root)
	w.breakLine()
	return w.b.String(), nil
}

// textOf writes text, line by line.
type textOf struct {
	b     strings.Builder
	line  strings.Builder
	quote int  // how deep
	blank bool // a space is due before the next word
	items []int
	cut   bool // the rest is a copy of the mail that is answered

	pictures *[]picture // that are shown; nil: nobody asks
}

// unseen are elements whose text nobody reads.
var unseen = map[atom.Atom]bool{atom.Head: true, atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true, atom.Noscript: true,
	atom.Iframe: true, atom.Object: true, atom.Svg: true, atom.Math: true, atom.Select: true, atom.Textarea: true, atom.Button: true}

// blocks begin and end a line; paragraphs stand apart.
var (
	blockTags = map[atom.Atom]bool{atom.Div: true, atom.Tr: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Table: true, atom.Section: true,
		atom.Article: true, atom.Header: true, atom.Footer: true, atom.Center: true, atom.Address: true, atom.Dd: true, atom.Dt: true, atom.Body: true}
	apartTags = map[atom.Atom]bool{atom.P: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true,
		atom.Blockquote: true}
)

func (w *textOf) node(n *html.Node) {
	if w.cut {
		return
	}
	switch n.Type {
	case html.TextNode:
		w.words(n.Data)
		return
	case html.ElementNode:
		if unseen[n.DataAtom] || hidden(n) || w.sign(n) {
			return
		}
		if copied(n) {
			w.breakLine()
			w.b.WriteString(cutHere + "\n")
			w.cut = true
			return
		}
	}
	w.open(n)
	from := w.line.Len()
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	w.close(n, from)
}

func (w *textOf) open(n *html.Node) {
	switch {
	case n.DataAtom == atom.Br:
		w.newLine()
	case n.DataAtom == atom.Hr:
		w.breakLine()
		w.words("----------")
		w.breakLine()
	case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
		w.blank = true
	case blockTags[n.DataAtom] || apartTags[n.DataAtom]:
		w.breakLine()
	}
	switch n.DataAtom {
	case atom.Img:
		w.showsPicture(n)
	case atom.Blockquote:
		w.newLine()
		w.quote++
	case atom.Ul:
		w.items = append(w.items, -1)
	case atom.Ol:
		w.items = append(w.items, 0)
	case atom.Li:
		w.words(w.bullet())
	}
}

func (w *textOf) close(n *html.Node, from int) {
	switch n.DataAtom {
	case atom.Blockquote:
		w.breakLine()
		w.quote--
		w.newLine()
		return
	case atom.Ul, atom.Ol:
		w.items = w.items[:max(len(w.items)-1, 0)]
	case atom.A:
		w.address(n, from)
	}
	switch {
	case apartTags[n.DataAtom]:
		w.breakLine()
		w.newLine()
	case blockTags[n.DataAtom]:
		w.breakLine()
	}
}

func (w *textOf) bullet() string {
	if n := len(w.items); n > 0 && w.items[n-1] >= 0 {
		w.items[n-1]++
		return fmt.Sprintf("%d. ", w.items[n-1])
	}
	return "- "
}

// words adds text of a line, with its white space as HTML has it.
func (w *textOf) words(s string) {
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' {
			w.blank = true
			continue
		}
		if r == 0 || r == '\x01' {
			continue
		}
		if w.blank && w.line.Len() > 0 {
			w.line.WriteByte(' ')
		}
		w.blank = false
		w.line.WriteRune(r)
	}
	if strings.HasSuffix(s, "- ") || strings.HasSuffix(s, ". ") {
		w.blank = true
	}
}

// address says where a link leads, when its text doesn't.
func (w *textOf) address(n *html.Node, from int) {
	href := attribute(n, "href")
	said := strings.TrimSpace(w.line.String()[min(from, w.line.Len()):])
	if !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "http://") || said == "" || strings.ContainsAny(href, " <>\n\"()") {
		return
	}
	if !strings.Contains(href, strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(said, "https://"), "http://"), "/")) {
		w.words(" (" + href + ")")
	}
}

// breakLine ends the line unless it is empty; newLine ends it anyway.
func (w *textOf) breakLine() {
	if w.line.Len() > 0 {
		w.newLine()
	}
}

func (w *textOf) newLine() {
	if w.quote > 0 {
		w.b.WriteString(strings.Repeat(">", min(w.quote, maxDepth)) + " ")
	}
	w.b.WriteString(w.line.String() + "\n")
	w.line.Reset()
	w.blank = false
}

// copied tells whether an element begins the copy of the mail that is answered, in programs that don't mark it as a quote.
func copied(n *html.Node) bool {
	switch id := attribute(n, "id"); {
	case strings.HasSuffix(id, "appendonsend"), strings.HasSuffix(id, "divRplyFwdMsg"), strings.HasSuffix(id, "mail-editor-reference-message-container"),
		strings.HasSuffix(id, "ms-outlook-mobile-reference-message"):
		return true
	}
	if strings.Contains(attribute(n, "class"), "ms-outlook-mobile-reference-message") {
		return true
	}
	return n.DataAtom == atom.Div && outlookRule.MatchString(attribute(n, "style"))
}

// outlookRule is the line that Outlook on a desktop draws above its copy.
var outlookRule = regexp.MustCompile(`(?i)border:none;\s*border-top:solid #(E1E1E1|B5C4DF)`)

// signs are the elements in which programs keep a signature.
var signs = []string{"gmail_signature", "moz-signature", "ms-outlook-mobile-signature", "ms-outlook-ios-signature", "protonmail_signature_block"}

// sign tells whether an element is a signature.
func (w *textOf) sign(n *html.Node) bool {
	marks := attribute(n, "class") + " " + attribute(n, "id")
	for _, s := range signs {
		if strings.Contains(marks, s) {
			return true
		}
	}
	id := attribute(n, "id")
	return id == "Signature" || id == "x_Signature"
}

func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attribute(n, "style")), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
