package views

import (
	"halqa/community"
	"halqa/community/account"
)

// TrapField is the field of forms that people don't see and programs fill in.
const TrapField = "website"

// GuardView is the page at "/spaces/:key/forum/guard".
type GuardView struct {
	Page
	Form
	Space  account.Space
	Listed int // those who have it as a mailing list
}

// HeldQueueView is what waits for a moderator, at "/moderation/held".
type HeldQueueView struct {
	Page
	Filter  Form // "space" and "why"
	Refused Form // a decision that was refused
	Spaces  []Option
	List    []community.HeldLine
	Pager   Pager
	Waiting int // posts that are reported
	Held    int
}

// HeldView is the page at "/held/:id", for who wrote it.
type HeldView struct {
	Page
	Held community.Held
}

// GuardURL is the address of what waits for a moderator in a space.
func GuardURL(key string) string { return ForumURL(key) + "/guard" }

// HeldURL is the address of what waits, or waited, for its author.
func HeldURL(id int64) string { return "/held/" + ms(id) }

func (v HeldQueueView) tabs() []Tab {
	tabs := v.moderationTabs(v.Waiting, v.Held)
	tabs[1].Current = true
	return tabs
}

func (v HeldQueueView) whys() []Option {
	options := []Option{{Label: v.T("guard.every_why")}}
	for _, why := range community.Doubts {
		options = append(options, Option{Value: why, Label: v.T("guard.why_" + why)})
	}
	return options
}

// refusal is what was typed in the form about one of the list, when it was refused.
func (v HeldQueueView) refusal(id int64) Form {
	if all := v.Refused.All("held"); len(all) == 1 && all[0] == ms(id) {
		return v.Refused
	}
	return Form{}
}

// many is what was typed in the form about several.
func (v HeldQueueView) many() Form {
	if len(v.Refused.All("held")) == 1 && v.Refused.Get("which") == "" {
		return Form{}
	}
	return v.Refused
}

func heldTone(state string) Tone {
	switch state {
	case "waiting":
		return Warn
	case "approved":
		return Good
	case "refused":
		return Bad
	}
	return Plain
}
