package markdown

import (
	"bytes"
	"fmt"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Picture is one that a text may show in its place, because it came with the text.
type Picture struct {
	Small         string // address of the rendition that is shown, on this site
	Alt           string // what it shows, when the text doesn't say
	Width, Height int    // of that rendition, in pixels
}

// Pictures are those that a text may show, by the address that the text gives. Others are links.
type Pictures map[string]Picture

var picturesKey = parser.NewContextKey()

// With draws a text in which these pictures are shown.
func (s Style) With(text string, pictures Pictures) templ.Component {
	return templ.Raw(s.draw(text, pictures, nil))
}

// Naming draws a text in which these pictures are shown and bare addresses go by the titles of their pages.
func (s Style) Naming(text string, pictures Pictures, titles Titles) templ.Component {
	return templ.Raw(s.draw(text, pictures, titles))
}

func picturesOf(pc parser.Context) Pictures {
	pictures, _ := pc.Get(picturesKey).(Pictures)
	return pictures
}

// shownPicture is a picture that is drawn.
type shownPicture struct {
	ast.BaseInline
	picture Picture
	address string
	alt     string
}

var kindShown = ast.NewNodeKind("ShownPicture")

// Kind is what the renderer knows it by.
func (*shownPicture) Kind() ast.NodeKind { return kindShown }

// Dump is for people who look at trees.
func (n *shownPicture) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// show is the picture of a text as it is drawn, or nil for one that didn't come with it. One inside a link can't be another.
func show(picture *ast.Image, pictures Pictures, source []byte) ast.Node {
	p, ok := pictures[string(picture.Destination)]
	if !ok || within(picture, ast.KindLink) {
		return nil
	}
	var alt bytes.Buffer
	_ = ast.Walk(picture, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			alt.Write(t.Value(source))
		}
		return ast.WalkContinue, nil
	})
	shown := &shownPicture{picture: p, address: string(picture.Destination), alt: alt.String()}
	if shown.alt == "" {
		shown.alt = p.Alt
	}
	return shown
}

func within(n ast.Node, kind ast.NodeKind) bool {
	for n = n.Parent(); n != nil; n = n.Parent() {
		if n.Kind() == kind {
			return true
		}
	}
	return false
}

// pictureRenderer draws pictures at their size, so that what is below them stays where it is, as links to the large ones.
type pictureRenderer struct{}

// RegisterFuncs takes over the pictures that are shown.
func (pictureRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindShown, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if shown, ok := n.(*shownPicture); ok && entering {
			_, _ = fmt.Fprintf(w, `<a href="%s"><img src="%s" alt="%s" width="%d" height="%d" loading="lazy"></a>`, util.EscapeHTML([]byte(shown.address)),
				util.EscapeHTML([]byte(shown.picture.Small)), util.EscapeHTML([]byte(shown.alt)), shown.picture.Width, shown.picture.Height)
		}
		return ast.WalkSkipChildren, nil
	})
}
