package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Form is what a person typed and what is wrong with it. The zero Form is an empty one.
type Form struct {
	Values url.Values
	Errors []FieldError
	Saved  url.Values // what somebody else saved while this was typed; nil when nobody did
}

// FieldError is what is wrong with a field, said in the page's language.
type FieldError struct {
	Field, Text string
}

// Get is the value typed in a field, or "".
func (f Form) Get(name string) string { return f.Values.Get(name) }

// All are the values of a field that has many.
func (f Form) All(name string) []string { return f.Values[name] }

// Int is the whole number typed in a field; 0 when there is none.
func (f Form) Int(name string) int {
	n, _ := strconv.Atoi(f.Get(name))
	return n
}

// ID is the identity typed or chosen in a field; 0 when there is none.
func (f Form) ID(name string) int64 {
	n, _ := strconv.ParseInt(f.Get(name), 10, 64)
	return n
}

// Error is what is wrong with a field, or "".
func (f Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Field == name {
			return e.Text
		}
	}
	return ""
}

// Same tells whether a form says what saved does, field by field of saved: the order of ticks and the ends of lines aside.
func (f Form) Same(saved url.Values) bool {
	for name, values := range saved {
		if !slices.Equal(settled(f.Values[name]), settled(values)) {
			return false
		}
	}
	return true
}

func settled(values []string) []string {
	var out []string
	for _, v := range values {
		if v = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n")); v != "" {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// meanwhile is what somebody else saved in a field, when that isn't what was typed in it.
func (f Form) meanwhile(in Input) (values []string, differs bool) {
	saved, known := f.Saved[in.Name]
	if !known || f.Same(url.Values{in.Name: saved}) {
		return nil, false
	}
	values = settled(saved)
	for i, v := range values {
		if at := slices.IndexFunc(in.Options, func(o Option) bool { return o.Value == v }); at >= 0 {
			values[i] = in.Options[at].Label
		}
	}
	return values, true
}

// Input describes a field. Name and Label are enough for most.
type Input struct {
	Name, Label  string
	Hint         string // under the label, before the field
	Type         string // "text" when empty
	Value        string // shown while the form carries none
	Autocomplete string
	InputMode    string
	Dir          string // "auto" when empty; "ltr" for addresses and numbers
	Lang         string
	Min, Max     string
	Step         string
	MaxLength    int
	Rows         int // of a TextArea
	Optional     bool
	WhenChosen   bool     // not required by the browser, and not called optional: filters, and what is needed only after another choice
	Options      []Option // of a Select, Radios or Checks
	ID           string   // when two fields of a page share a name
}

// Option is one choice of a Select, Radios or Checks.
type Option struct {
	Value, Label string
	Hint         string
	Lang         string // of the label, when it isn't the page's
}

func (in Input) id() string {
	if in.ID != "" {
		return in.ID
	}
	return "f-" + in.Name
}

func (in Input) kind() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

func (in Input) dir() string {
	switch {
	case in.Dir != "":
		return in.Dir
	case slices.Contains([]string{"email", "password", "tel", "url", "number", "date", "time", "datetime-local"}, in.Type):
		return "ltr"
	}
	return "auto"
}

func (in Input) value(f Form) string {
	if _, typed := f.Values[in.Name]; typed {
		return f.Get(in.Name)
	}
	return in.Value
}

func (in Input) chosen(f Form, option string) bool {
	if all, typed := f.Values[in.Name]; typed {
		return slices.Contains(all, option)
	}
	return len(f.Values) == 0 && in.Value != "" && in.Value == option
}

// describedBy lists the elements that explain the field to a screen reader.
func (in Input) describedBy(f Form) string {
	ids := ""
	if in.Hint != "" {
		ids = in.id() + "-hint"
	}
	if f.Error(in.Name) != "" {
		ids += " " + in.id() + "-error"
	}
	return ids
}

func (in Input) required() bool { return !in.Optional && !in.WhenChosen }
