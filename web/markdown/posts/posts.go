// Package posts draws what people write in the forum, in Markdown, as HTML that is safe to put in a page.
//
// Nothing written can execute, load something from elsewhere, or reach out of its place: HTML is shown as the characters
// it is made of, pictures become links, and what is drawn passes a sanitiser at last. Each block takes the direction of
// its own words, so that French and Arabic live in one text.
package posts

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	emoji "github.com/yuin/goldmark-emoji"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/bidi"
)

// deepest is how deep quotes and lists may lie in each other; what is deeper isn't drawn.
const deepest = 12

// longest is how much is drawn, in bytes: the longest text that the program keeps, in the widest letters.
const longest = 200_000

// Render draws a text as a component.
func Render(text string) templ.Component { return templ.Raw(HTML(text)) }

// HTML draws a text as safe HTML, without an element around it.
func HTML(text string) string {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	var b bytes.Buffer
	if err := converter.Convert([]byte(text), &b); err != nil { // a buffer takes everything
		return templ.EscapeString(text)
	}
	return strings.Map(visible, sanitiser.Sanitize(b.String()))
}

var converter = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(blocks()...),
		parser.WithInlineParsers(inlines()...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithASTTransformers(util.Prioritized(tidier{}, 900)),
	)),
	goldmark.WithExtensions(extension.Linkify, extension.Strikethrough, emoji.Emoji),
	goldmark.WithRendererOptions(html.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(codeRenderer{}, 100))),
)

// blocks are Markdown's blocks but HTML: `<b>` is what the person wrote, not an order.
func blocks() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewSetextHeadingParser(), 100), util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300), util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500), util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700), util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
}

func inlines() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100), util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300), util.Prioritized(parser.NewEmphasisParser(), 500),
	}
}

var sanitiser = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "del")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(auto|ltr|rtl)$`)).
		OnElements("p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^nofollow ugc noopener$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}()

// visible drops the characters that turn round the text after them, which entities can smuggle in.
func visible(r rune) rune {
	if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u206f' || r == 0 {
		return -1
	}
	return r
}

// tidier gives blocks their direction and links their manners, makes links of pictures and cuts what is too deep.
type tidier struct{}

// Transform is called once a text is parsed.
func (tidier) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	prune(doc, 0)
	source := reader.Source()
	var pictures []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker below never fails
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+2, 6) // the page has its own title
			n.SetAttributeString("dir", "auto")
		case *ast.Paragraph:
			n.SetAttributeString("dir", "auto")
		case *ast.List, *ast.ListItem, *ast.Blockquote:
			n.SetAttributeString("dir", direction(n, source))
		case *ast.Link:
			n.SetAttributeString("rel", "nofollow ugc noopener")
		case *ast.AutoLink:
			n.SetAttributeString("rel", "nofollow ugc noopener")
		case *ast.Image:
			pictures = append(pictures, n)
		}
		return ast.WalkContinue, nil
	})
	for _, picture := range pictures {
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
