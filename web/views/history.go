package views

import (
	"time"

	"halqa/community"
)

// HistoryView is what a post said before each of its edits.
type HistoryView struct {
	Page
	Talk  community.Page
	Post  community.Line
	Edits []edit // the latest first
	First community.Version
}

// edit is how one version became the next.
type edit struct {
	at          time.Time
	title, body []community.Block // title is empty when it stayed
	wordless    bool              // from here on its files say all
}

// NewHistory compares each version of a post with the one before it. versions are the latest first, and at least one.
func NewHistory(p Page, talk community.Page, post community.Line, versions []community.Version) HistoryView {
	v := HistoryView{Page: p, Talk: talk, Post: post, First: versions[len(versions)-1]}
	for n := range len(versions) - 1 {
		after, before := versions[n], versions[n+1]
		e := edit{at: after.At, body: community.Compare(before.Body, after.Body), wordless: after.Body == ""}
		if before.Title != after.Title {
			e.title = community.Compare(before.Title, after.Title)
		}
		v.Edits = append(v.Edits, e)
	}
	return v
}
