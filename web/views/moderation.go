package views

import (
	"strconv"
	"time"

	"halqa/community"
	"halqa/events"
)

// ModerationView is the queue of reported posts.
type ModerationView struct {
	Page
	Filter     Form // "show", "space", "decision", "reason" and "who"
	Bulk       Form // an act on several posts that was refused
	Spaces     []Option
	List       []community.Reported
	Colleagues map[int64][]community.Colleague // by space
	Pager      Pager
	Decided    bool
	Waiting    int
	Held       int // that wait before they appear
}

func (v ModerationView) decisions() []Option {
	return []Option{{Label: v.T("forum.every_decision")}, {Value: "hidden", Label: v.T("forum.only_hidden")}, {Value: "kept", Label: v.T("forum.only_kept")}}
}

func (v ModerationView) whos() []Option {
	options := []Option{{Label: v.T("moderation.who_all")}}
	for _, who := range []string{"mine", "nobody", "late"} {
		options = append(options, Option{Value: who, Label: v.T("moderation.who_" + who)})
	}
	return options
}

func (v ModerationView) acts() []Option {
	var options []Option
	for _, act := range community.Acts {
		options = append(options, Option{Value: act, Label: v.T("moderation.bulk_" + act)})
	}
	return options
}

func (v ModerationView) which() []Option {
	return []Option{{Value: "chosen", Label: v.T("moderation.bulk_chosen")}, {Value: "all", Label: v.T("moderation.bulk_all")}}
}

// takers are who may look after a post: nobody in particular, and those who moderate its space.
func (v ModerationView) takers(r community.Reported) []Option {
	options := []Option{{Value: "0", Label: v.T("moderation.assign_nobody")}}
	for _, c := range v.Colleagues[r.Space.ID] {
		if r.InCircle { // the space's moderators don't see it
			break
		}
		if c.ID != r.AuthorID {
			options = append(options, Option{Value: strconv.FormatInt(c.ID, 10), Label: c.Name + " (" + v.Number(c.Load) + ")"})
		}
	}
	return options
}

func (v ModerationView) tabs() []Tab {
	tabs := v.moderationTabs(v.Waiting, v.Held)
	tabs[0].Current, tabs[2].Current = !v.Decided, v.Decided
	return tabs
}

// moderationTabs are the lists of those who moderate: what is reported, what waits before it appears, what was decided.
func (p Page) moderationTabs(reported, held int) []Tab {
	return []Tab{
		{Href: "/moderation", Label: p.T("forum.waiting"), Count: reported},
		{Href: "/moderation/held", Label: p.T("guard.tab"), Count: held},
		{Href: "/moderation?show=decided", Label: p.T("forum.decided")},
	}
}

// kept are the filters of the queue as hidden fields, so that one comes back to the same list.
func (v ModerationView) kept() []string { return []string{"space", "reason", "who"} }

// BatchView is what becomes of an act on several posts.
type BatchView struct {
	Page
	Batch community.Batch
}

func (v BatchView) percent() int {
	if len(v.Batch.Items) == 0 {
		return 100
	}
	return 100 * v.Batch.Done() / len(v.Batch.Items)
}

// result is what became of one post, and how well.
func (v BatchView) result(it community.BatchItem) (Tone, string) {
	switch {
	case it.Result == "":
		return Info, v.T("moderation.result_waiting")
	case it.Result == "done":
		return Good, v.T("moderation.result_done")
	case it.Result == "decided" && it.Decider != "":
		return Warn, v.T("moderation.result_decided_by", "Name", it.Decider)
	case it.Result == "decided":
		return Warn, v.T("moderation.result_decided")
	}
	return Bad, v.T("moderation.result_" + it.Result)
}

// ModerationFiguresView is what was moderated, in numbers.
type ModerationFiguresView struct {
	Page
	From, To time.Time // the first and the last day
	Regions  []community.RegionTally
	Looks    int                   // behind pseudonyms, anywhere
	Offices  map[int64]events.Text // names by id
}

// region is the name of an office, or what the spaces of none are called.
func (v ModerationFiguresView) region(id int64) events.Text {
	if id == 0 {
		return v.Said(v.T("moderation.figures_national"))
	}
	return v.Offices[id]
}

func (p Page) figure(f community.Figure) string {
	if !f.Shown {
		return p.T("moderation.figures_few")
	}
	return p.Number(f.N)
}

// delay is how long half of the decisions took, in words: days when it is long, a dash when nothing was to be decided.
func (p Page) delay(t community.Tally) string {
	hours := t.Hours
	switch {
	case t.Hidden.Shown && t.Kept.Shown && t.Hidden.N+t.Kept.N == 0:
		return "–"
	case hours < 0:
		return p.T("moderation.figures_few")
	case hours >= 48:
		return p.N("moderation.figures_days", (hours+12)/24)
	}
	return p.N("moderation.figures_hours", max(hours, 1))
}
