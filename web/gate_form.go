package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"halqa/enrolment"
	"halqa/web/views"
)

// The builder of gates sends a rule as fields named after the place of each branch, "2.1" being the first of the second:
// its group's number of branches in of_, what the group wants in need_, and what a leaf is in kind_ and the others. Buttons
// that change the tree send it whole and get it back changed, so that it works without scripts.

// maxBranches bounds what is read of a group.
const maxBranches = 60

// readRule reads the branch at a place; the whole rule is at "".
func readRule(f views.Form, place string, depth int) enrolment.Rule {
	at := views.GateField(place)
	if kind := f.Get("kind_" + at); kind != "" {
		return readLeaf(f, at, enrolment.Kind(kind))
	}
	r := enrolment.Rule{Mode: enrolment.All}
	if k, err := strconv.Atoi(f.Get("need_" + at)); err == nil {
		r.Mode, r.K = enrolment.AtLeast, k
		if k == 1 {
			r.Mode, r.K = enrolment.Any, 0
		}
	}
	if depth > enrolment.MaxDepth {
		return r
	}
	for i := range min(f.Int("of_"+at), maxBranches) {
		r.Of = append(r.Of, readRule(f, views.GatePlace(place, i+1), depth+1))
	}
	return r
}

// readLeaf reads what the leaf's kind needs.
func readLeaf(f views.Form, at string, kind enrolment.Kind) enrolment.Rule {
	r := enrolment.Rule{Kind: kind}
	switch kind {
	case enrolment.Completed:
		r.ModuleID = f.ID("module_" + at)
	case enrolment.Progressed:
		r.ModuleID, r.Percent = f.ID("module_"+at), f.Int("percent_"+at)
	case enrolment.QuizScored:
		r.LessonID, r.Percent = f.ID("quiz_"+at), f.Int("percent_"+at)
	case enrolment.Contributed:
		r.SpaceID, r.As = f.ID("space_"+at), enrolment.Contribution(f.Get("as_"+at))
		if r.As != enrolment.OneOfEach {
			r.Count = f.Int("count_" + at)
		}
	case enrolment.Attended, enrolment.NeverAttended:
		r.SeminarID = f.ID("seminar_" + at)
	case enrolment.Belongs:
		r.Kinds, r.Governorates = slices.Clone(f.All("kinds_"+at)), slices.Clone(f.All("governorates_"+at))
	case enrolment.MembersCompleted:
		r.ModuleID, r.Count = f.ID("module_"+at), f.Int("count_"+at)
	}
	return r
}

// ruleFields are the builder's fields for a rule.
func ruleFields(r enrolment.Rule) views.Form {
	f := views.Form{Values: map[string][]string{}}
	putRule(f, r, "")
	return f
}

func putRule(f views.Form, r enrolment.Rule, place string) {
	at := views.GateField(place)
	set := func(name, value string) { f.Values.Set(name+"_"+at, value) }
	number := func(name string, n int64) {
		if n != 0 {
			set(name, strconv.FormatInt(n, 10))
		} else {
			set(name, "")
		}
	}
	if r.Kind != "" {
		set("kind", string(r.Kind))
		set("as", string(r.As))
		for name, n := range map[string]int64{"module": r.ModuleID, "quiz": r.LessonID, "space": r.SpaceID, "seminar": r.SeminarID,
			"percent": int64(r.Percent), "count": int64(r.Count)} {
			number(name, n)
		}
		f.Values["kinds_"+at], f.Values["governorates_"+at] = r.Kinds, r.Governorates
		return
	}
	set("of", strconv.Itoa(len(r.Of)))
	switch r.Mode {
	case enrolment.Any:
		set("need", "1")
	case enrolment.AtLeast:
		set("need", strconv.Itoa(r.K))
	default:
		set("need", "all")
	}
	for i, branch := range r.Of {
		putRule(f, branch, views.GatePlace(place, i+1))
	}
}

// change does what a button of the builder asks, and returns the place to go on at.
func change(root *enrolment.Rule, do string, f views.Form) (focus string) {
	what, at, _ := strings.Cut(do, " ")
	place := strings.TrimPrefix(at, views.GateField(""))
	switch what {
	case "add":
		group := branchAt(root, place)
		if group == nil || group.Kind != "" {
			return ""
		}
		group.Of = append(group.Of, freshLeaf(enrolment.Kind(f.Get("add_"+at))))
		return views.GatePlace(place, len(group.Of))
	case "group":
		group := branchAt(root, place)
		if group == nil || group.Kind != "" {
			return ""
		}
		group.Of = append(group.Of, enrolment.Rule{Mode: enrolment.Any})
		return views.GatePlace(place, len(group.Of))
	case "remove":
		above, last := "", place
		if i := strings.LastIndex(place, "."); i >= 0 {
			above, last = place[:i], place[i+1:]
		}
		n, err := strconv.Atoi(last)
		if group := branchAt(root, above); err == nil && group != nil && n >= 1 && n <= len(group.Of) {
			group.Of = slices.Delete(group.Of, n-1, n)
		}
		return above
	}
	return ""
}

// freshLeaf is a leaf as the builder first shows it.
func freshLeaf(kind enrolment.Kind) enrolment.Rule {
	r := enrolment.Rule{Kind: kind}
	switch kind {
	case enrolment.Progressed, enrolment.QuizScored:
		r.Percent = 60
	case enrolment.Contributed:
		r.As, r.Count = enrolment.Posts, 1
	case enrolment.MembersCompleted:
		r.Count = 2
	}
	if !slices.Contains(enrolment.LeafKinds, kind) {
		r.Kind = enrolment.Completed
	}
	return r
}

// branchAt finds the branch at a place, or nil.
func branchAt(root *enrolment.Rule, place string) *enrolment.Rule {
	if place == "" {
		return root
	}
	for text := range strings.SplitSeq(place, ".") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > len(root.Of) {
			return nil
		}
		root = &root.Of[n-1]
	}
	return root
}

// asGroup is a rule as the builder shows it: a group, be it empty.
func asGroup(r enrolment.Rule) enrolment.Rule {
	switch {
	case r.Open():
		return enrolment.Rule{Mode: enrolment.All}
	case r.Kind != "":
		return enrolment.Rule{Mode: enrolment.All, Of: []enrolment.Rule{r}}
	}
	return r
}

// asRule is what the builder's group means: the open gate when it is empty, and the old rule when it shows nothing else.
func asRule(group, old enrolment.Rule) enrolment.Rule {
	if len(group.Of) == 0 {
		return enrolment.Rule{}
	}
	if fingerprint(group) == fingerprint(asGroup(old)) {
		return old
	}
	return group
}

// fingerprint tells one rule from another: what was previewed is what is saved.
func fingerprint(r enrolment.Rule) string {
	data, _ := json.Marshal(r) // numbers and words: never fails
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
