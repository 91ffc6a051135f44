package markdown

import (
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/bidi"
)

// tidier gives blocks their direction, links their manners and bare addresses their names, makes links of pictures that aren't shown and cuts what is too deep.
type tidier struct{ headings int }

// Transform is called once a text is parsed.
func (t tidier) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	prune(doc, 0)
	source := reader.Source()
	var pictures []*ast.Image
	var bare []*ast.AutoLink
	titles, _ := pc.Get(titlesKey).(Titles)
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker below never fails
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+t.headings-1, 6)
			n.SetAttributeString("dir", "auto")
		case *ast.Paragraph, *east.TableCell:
			n.SetAttributeString("dir", "auto")
		case *ast.List, *ast.ListItem, *ast.Blockquote:
			n.SetAttributeString("dir", direction(n, source))
		case *east.Table:
			n.SetAttributeString("dir", direction(n, source))
			n.SetAttributeString("tabindex", "0") // a wide one is moved in its own box, by keys too
		case *ast.Link:
			n.Title = nil // titles are for whole addresses
			n.SetAttributeString("rel", "nofollow ugc noopener")
		case *ast.AutoLink:
			bare = append(bare, n)
			n.SetAttributeString("rel", "nofollow ugc noopener")
		case *ast.Image:
			pictures = append(pictures, n)
		}
		return ast.WalkContinue, nil
	})
	for _, link := range bare {
		if named := name(link, titles, source); named != nil {
			link.Parent().ReplaceChild(link.Parent(), link, named)
		}
	}
	for _, picture := range pictures {
		if shown := show(picture, picturesOf(pc), source); shown != nil {
			picture.Parent().ReplaceChild(picture.Parent(), picture, shown)
			continue
		}
		picture.Parent().ReplaceChild(picture.Parent(), picture, linkTo(picture))
	}
}

// prune cuts what lies too deep, without recursing as deep as somebody wrote.
func prune(n ast.Node, depth int) {
	for child := n.FirstChild(); child != nil; {
		next := child.NextSibling()
		if child.Type() == ast.TypeBlock {
			if depth >= deepest {
				n.RemoveChild(n, child)
			} else {
				prune(child, depth+1)
			}
		}
		child = next
	}
}

// direction is that of the first letter in a block which holds others. The attribute "auto" wouldn't do: it passes by what
// has a direction of its own, as the blocks inside have.
func direction(n ast.Node, source []byte) string {
	found := "auto"
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := n.(*ast.Text)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		for _, r := range string(t.Segment.Value(source)) {
			properties, _ := bidi.LookupRune(r)
			switch properties.Class() {
			case bidi.L:
				found = "ltr"
			case bidi.R, bidi.AL:
				found = "rtl"
			default:
				continue
			}
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

// linkTo is a link to a picture, under the words that describe it: what lies elsewhere is fetched only when asked for.
func linkTo(picture *ast.Image) *ast.Link {
	link := ast.NewLink()
	link.Destination = picture.Destination
	link.SetAttributeString("rel", "nofollow ugc noopener")
	for child := picture.FirstChild(); child != nil; child = picture.FirstChild() {
		link.AppendChild(link, child)
	}
	if !link.HasChildren() {
		link.AppendChild(link, ast.NewString(picture.Destination))
	}
	return link
}

// codeRenderer draws code in the direction of its words.
type codeRenderer struct{}

// RegisterFuncs takes over the two kinds of code block.
func (codeRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindCodeBlock, drawCode)
	r.Register(ast.KindFencedCodeBlock, drawCode)
}

func drawCode(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, _ = w.WriteString("</code></pre>\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<pre dir="auto"><code>`)
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		_, _ = w.Write(util.EscapeHTML(line.Value(source)))
	}
	return ast.WalkContinue, nil
}
