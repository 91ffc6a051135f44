package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Plain is the text without its marks, for indexes and excerpts: what a reader reads, in the order they read it.
func Plain(source string) string {
	raw := []byte(bounded(source))
	var b strings.Builder
	_ = ast.Walk(Reading.converter.Parser().Parse(text.NewReader(raw)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Value(raw))
				b.WriteString(strings.Repeat(" ", oneIf(n.SoftLineBreak() || n.HardLineBreak())))
			}
		case *ast.AutoLink:
			if entering {
				b.Write(n.Label(raw))
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			if entering {
				b.Write(n.Lines().Value(raw))
			}
		}
		if !entering && n.Type() == ast.TypeBlock {
			b.WriteByte(' ')
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
