// Package markdown draws what people write, in Markdown, as HTML that is safe to put in a page, and reads it as plain text.
//
// Nothing written can execute, load something from elsewhere, or reach out of its place: HTML is shown as the characters
// it is made of, pictures that didn't come with the text become links, and what is drawn passes a sanitiser at last. Each block takes the direction of
// its own words, so that French and Arabic live in one text.
package markdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	emoji "github.com/yuin/goldmark-emoji"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// The styles: how a text is drawn depends on where it stands.
var (
	// Reading is for texts that are a page's subject, such as a lesson's: with tables, headings from h2 on.
	Reading = newStyle(options{headings: 2, tables: true})
	// Post is for what people say to one another: with tables, the ends of lines show, headings begin at h3, :smile: smiles.
	Post = newStyle(options{headings: 3, tables: true, breaks: true, emoji: true})
)

// options are where styles differ.
type options struct {
	headings int  // level of the first headings: the page has its own above
	tables   bool // drawn; else a table is the characters it is made of
	breaks   bool // the end of a line is one
	emoji    bool // :smile:
}

// Style is one way of drawing texts.
type Style struct {
	converter goldmark.Markdown
	sanitiser *bluemonday.Policy
}

// deepest is how deep quotes and lists may lie in each other; what is deeper isn't drawn.
const deepest = 12

// longest is how much is drawn, in bytes: the longest text that the program keeps, in the widest letters.
const longest = 200_000

// Component draws a text as a component.
func (s Style) Component(text string) templ.Component { return templ.Raw(s.HTML(text)) }

// HTML draws a text as safe HTML, without an element around it.
func (s Style) HTML(text string) string { return s.draw(text, nil, nil) }

func (s Style) draw(text string, pictures Pictures, titles Titles) string {
	var b bytes.Buffer
	pc := parser.NewContext()
	pc.Set(picturesKey, pictures)
	pc.Set(titlesKey, titles)
	if err := s.converter.Convert([]byte(bounded(text)), &b, parser.WithContext(pc)); err != nil { // a buffer takes everything
		return templ.EscapeString(text)
	}
	return joinNumbers(strings.Map(visible, s.sanitiser.Sanitize(b.String())))
}

func bounded(text string) string {
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "")
	}
	return text
}

func newStyle(o options) Style {
	extensions := []goldmark.Extender{extension.NewLinkify(extension.WithLinkifyURLRegexp(bareAddress)), extension.Strikethrough}
	if o.tables {
		extensions = append(extensions, extension.Table)
	}
	if o.emoji {
		extensions = append(extensions, emoji.Emoji)
	}
	drawing := []renderer.Option{renderer.WithNodeRenderers(util.Prioritized(codeRenderer{}, 100), util.Prioritized(pictureRenderer{}, 100), util.Prioritized(namedRenderer{}, 100))}
	if o.breaks {
		drawing = append(drawing, html.WithHardWraps())
	}
	return Style{sanitiser: safe(), converter: goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(blocks()...),
			parser.WithInlineParsers(inlines()...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
			parser.WithASTTransformers(util.Prioritized(tidier{o.headings}, 900)),
		)),
		goldmark.WithExtensions(extensions...),
		goldmark.WithRendererOptions(drawing...),
	)}
}

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

// safe is what may come out, whatever went in.
func safe() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "del", "bdi",
		"table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(auto|ltr|rtl)$`)).
		OnElements("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "table", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("tabindex").Matching(regexp.MustCompile(`^0$`)).OnElements("table")
	p.AllowAttrs("href", "title").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^nofollow ugc noopener$`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^/attachments/\d{1,18}(/light)?$`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.Integer).OnElements("img")
	p.AllowAttrs("loading").Matching(regexp.MustCompile(`^lazy$`)).OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}

// visible drops the characters that turn round the text after them, which entities can smuggle in.
func visible(r rune) rune {
	if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u206f' || r == 0 {
		return -1
	}
	return r
}
