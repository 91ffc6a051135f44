package views

// spaceTabs leads to the parts of a space; current is the path of the open one under the space's own, "" for its modules.
func spaceTabs(p Page, key, current string) []Tab {
	tabs := []Tab{
		{Href: "", Label: p.T("forum.tab_modules")},
		{Href: "/forum", Label: p.T("forum.tab_forum")},
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == current
		tabs[i].Href = SpaceURL(key) + tabs[i].Href
	}
	return tabs
}
