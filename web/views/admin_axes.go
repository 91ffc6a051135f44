package views

import (
	"halqa/community/account"
	"halqa/events"
)

// AdminAxesView is the page at "/admin/axes".
type AdminAxesView struct {
	Page
	Offered, Retired []account.UsedAxis
}

// AdminAxisView is the form of an axis, new when Key is "".
type AdminAxisView struct {
	Page
	Form Form
	Key  string
}

func (v AdminAxisView) action() string {
	if v.Key == "" {
		return "/admin/axes/new"
	}
	return axisURL(v.Key, "edit")
}

func axisURL(key, rest string) string { return "/admin/axes/" + key + "/" + rest }

// axisUse says how many hold an axis.
func axisUse(p Page, a account.UsedAxis) []string {
	var parts []string
	add := func(key string, n int) {
		if n > 0 {
			parts = append(parts, p.N("admin."+key, n))
		}
	}
	add("organisations_count", a.Organisations)
	add("spaces_count", a.Spaces)
	add("people_count", a.People)
	if len(parts) == 0 {
		return []string{p.T("admin.axis_unused")}
	}
	return parts
}

// missingLanguages names the languages that a text isn't written in; "" when it has them all.
func missingLanguages(p Page, t events.Text) string {
	var missing []string
	for _, lang := range events.Languages {
		if t[lang] == "" {
			missing = append(missing, languageIn(p, lang))
		}
	}
	return p.And(missing)
}
