package views

import (
	"strconv"

	"halqa/enrolment"
	"halqa/events"
)

// GateInWords is a rule as a list of what it asks of anybody; no steps: nothing.
type GateInWords struct {
	Use   enrolment.Use
	Steps []Step
	Words string // how many of them
}

// GateVersionInWords is one version of a gate.
type GateVersionInWords struct {
	enrolment.GateVersion
	GateInWords
}

// PastInWords is a decision taken again.
type PastInWords struct {
	enrolment.Past
	Steps []Step
	Words string
}

// OptionGroup is a part of a long choice.
type OptionGroup struct {
	Label   string
	Options []Option
}

// GateView is the builder of one gate.
type GateView struct {
	Page
	Seminar   enrolment.View
	Use       enrolment.Use
	Root      enrolment.Rule // a group
	Form      Form           // the fields of Root, "version", "release" and "reason"
	Focus     string         // place of the branch to go on at
	Retired   []events.Text  // titles of modules in Root that nobody can begin any more
	Stale     bool           // somebody else saved meanwhile
	Effect    *enrolment.GateEffect
	Previewed string // the rule of which Effect tells
	Versions  []GateVersionInWords

	Modules, Quizzes                      []OptionGroup
	Spaces, Seminars, Kinds, Governorates []Option
}

// MaxNesting is how many groups within groups the builder offers to make.
const MaxNesting = 3

// GatePlace is the place of the nth branch, from 1, of the group at a place.
func GatePlace(place string, n int) string {
	if place == "" {
		return strconv.Itoa(n)
	}
	return place + "." + strconv.Itoa(n)
}

// GateField is how the fields of a branch are told apart: by its place, the whole rule being "0".
func GateField(place string) string {
	if place == "" {
		return "0"
	}
	return place
}

func gateURL(id int64, use enrolment.Use) string { return deskURL(id) + "/gates/" + string(use) }

// gateID is the element of a branch, to which errors and buttons lead.
func gateID(place string) string {
	if place == "" {
		return "f-gate"
	}
	return "f-gate_" + place
}

func gateError(f Form, place string) string {
	if place == "" {
		return f.Error("gate")
	}
	return f.Error("gate_" + place)
}

// needs are what a group may want of its branches: all, or at least so many.
func (v GateView) needs(r enrolment.Rule) []Option {
	all := []Option{{Value: "all", Label: v.T("gates.need_all")}}
	for k := 1; k <= max(len(r.Of), r.K, 1); k++ {
		all = append(all, Option{Value: strconv.Itoa(k), Label: v.N("gates.need", k)})
	}
	return all
}

func (v GateView) leafKinds() []Option {
	var all []Option
	for _, kind := range enrolment.LeafKinds {
		all = append(all, Option{Value: string(kind), Label: v.T("gates.kind_" + string(kind))})
	}
	return all
}

func (v GateView) contributions() []Option {
	var all []Option
	for _, as := range enrolment.Contributions {
		all = append(all, Option{Value: string(as), Label: v.T("gates.as_" + string(as))})
	}
	return all
}

// unnamed is how many people of a list the reader may not see.
func unnamed(all int, named []enrolment.Affected) int { return all - len(named) }

// offered tells whether one of the groups offers what a field holds.
func offered(groups []OptionGroup, value string) bool {
	for _, g := range groups {
		for _, o := range g.Options {
			if o.Value == value {
				return true
			}
		}
	}
	return value == ""
}
