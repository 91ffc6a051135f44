// Package markdown turns Markdown that people write into HTML that can do no harm. Every block takes the direction of its
// own words, so that Arabic and French live in one text.
package markdown

import (
	"bytes"
	"regexp"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	engine = goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(directions{}, 100))))
	policy = safe()
)

// Component is the text as an element of a page.
func Component(source string) templ.Component { return templ.Raw(HTML(source)) }

// HTML is the text as safe HTML. Headings begin at h2, since a page has its own h1. Pictures, raw HTML and anything
// else than text, lists, tables, quotations and links are left out.
func HTML(source string) string {
	var b bytes.Buffer
	if err := engine.Convert([]byte(source), &b); err != nil { // only a failing writer
		return ""
	}
	return policy.Sanitize(b.String())
}

// safe is what may come out, whatever went in.
func safe() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del",
		"br", "hr", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(auto|ltr)$`)).Globally()
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,4}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	return p
}

// directions gives every block dir="auto", code excepted, and lowers headings by one.
type directions struct{}

// Transform is what goldmark calls after parsing.
func (directions) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function below returns no error
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+1, 6)
			n.SetAttributeString("dir", []byte("auto"))
		case *ast.Paragraph, *ast.List, *ast.ListItem, *ast.Blockquote, *east.Table, *east.TableCell:
			n.SetAttributeString("dir", []byte("auto"))
		}
		return ast.WalkContinue, nil
	})
}
