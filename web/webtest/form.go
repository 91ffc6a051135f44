package webtest

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Form is a form of a page, with the values a browser would send if nobody touched it.
type Form struct {
	Action string
	Values url.Values
	client *Client
}

// Form returns the page's form whose action is, or begins with, action.
func (p *Page) Form(action string) (*Form, error) {
	var found *Form
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		target := attr(n, "action")
		if target == "" {
			target = p.Path
		}
		if target == action {
			return p.read(n, target), nil
		}
		if found == nil && strings.HasPrefix(target, action) {
			found = p.read(n, target)
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%s has no form for %s: %.300s", p.Path, action, p.Text())
	}
	return found, nil
}

func (p *Page) read(form *html.Node, action string) *Form {
	f := &Form{Action: action, Values: url.Values{}, client: p.client}
	for n := range form.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" {
			continue
		}
		switch n.Data {
		case "input":
			f.readInput(n)
		case "textarea":
			f.Values.Add(attr(n, "name"), rawText(n))
		case "select":
			f.readSelect(n)
		}
	}
	return f
}

func (f *Form) readInput(n *html.Node) {
	switch attr(n, "type") {
	case "checkbox", "radio":
		if !has(n, "checked") {
			return
		}
		value := attr(n, "value")
		if value == "" {
			value = "on"
		}
		f.Values.Add(attr(n, "name"), value)
	case "submit", "button", "file":
	default:
		f.Values.Add(attr(n, "name"), attr(n, "value"))
	}
}

func (f *Form) readSelect(n *html.Node) {
	var values []string
	chosen := 0
	for o := range n.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		value := attr(o, "value")
		if !has(o, "value") {
			value = rawText(o)
		}
		if has(o, "selected") {
			chosen = len(values)
		}
		values = append(values, value)
	}
	if len(values) > 0 {
		f.Values.Add(attr(n, "name"), values[chosen])
	}
}

// Set gives a field one value.
func (f *Form) Set(name, value string) *Form {
	f.Values.Set(name, value)
	return f
}

// Add gives a field one more value, as a further ticked box does.
func (f *Form) Add(name, value string) *Form {
	f.Values.Add(name, value)
	return f
}

// Submit sends the form and follows redirects.
func (f *Form) Submit() (*Page, error) { return f.client.Post(f.Action, f.Values) }

func rawText(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
