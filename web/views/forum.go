package views

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
)

// ForumView is the list of a space's threads.
type ForumView struct {
	Page
	community.List
	Show   community.Show
	Tags   []community.Tag // of the space
	Tag    community.Tag   // the one that is listed alone, or the zero Tag
	Later  bool            // not the first page
	Follow FollowView
	Held   []community.Held // of the person's, that wait
}

// Writing is a text being written: what the composer needs.
type Writing struct {
	Form
	Nonce   string // draws a line between sending twice and writing twice
	ReplyTo int64  // the post it answers, or 0
	Preview string // what to draw above it, in Markdown; "" for nothing
	Names   NameChoice

	Attached []community.Attachment // what goes with it
	Draft    DraftView              // that it was filled with
}

// NewThreadView is the form that opens a thread.
type NewThreadView struct {
	Page
	Writing
	Space  account.Space
	Tags   []community.Tag // on the space's own list
	Moment Moment
}

// Moment is a second of a lesson's film that a thread is about.
type Moment struct {
	LessonID int64 // 0 for none
	Second   int
	Title    events.Text // of the lesson; empty for those who may not follow it
}

// url leads to that second, a little before.
func (m Moment) url() string {
	return LessonURL(m.LessonID) + "?at=" + strconv.Itoa(max(m.Second-2, 0)*1000)
}

// ThreadView is a page of a thread.
type ThreadView struct {
	Page
	Writing
	Talk   community.Page
	From   int64 // the post the page begins with, or 0
	Moment Moment
	Circle CircleView
	Follow FollowView
	Held   []community.Held // of the person's, that wait
	Voting Voting
}

// PostFormView is a page about one post: to edit, report or hide it.
type PostFormView struct {
	Page
	Writing
	Talk community.Page
	Post community.Line
}

// ForumURL is the address of a space's forum.
func ForumURL(key string) string { return SpaceURL(key) + "/forum" }

// ThreadURL is the address of a thread.
func ThreadURL(id int64) string { return "/threads/" + strconv.FormatInt(id, 10) }

// PostURL is the address of a post, wherever its thread has put it.
func PostURL(id int64) string { return "/posts/" + strconv.FormatInt(id, 10) }

func postAnchor(id int64) string { return "post-" + strconv.FormatInt(id, 10) }

// threadAt is the page of a thread that begins with a post.
func threadAt(id, from int64) string {
	if from == 0 {
		return ThreadURL(id)
	}
	return fmt.Sprintf("%s?from=%d", ThreadURL(id), from)
}

// writer is a person's name in a sentence, whose account may be gone.
func (p Page) writer(name string) string {
	if name == "" {
		return p.T("forum.someone")
	}
	return name
}

// shows are the lists of a forum, in order; those of experience sheets have their own page.
var shows = []community.Show{community.ShowAll, community.ShowQuestions, community.ShowUnanswered, community.ShowSolved,
	community.ShowAnnouncements, community.ShowPolls, community.ShowUnread, community.ShowArchived}

// ShowOf is the list that an address names: all when it names none.
func ShowOf(name string) community.Show {
	if !slices.Contains(shows, community.Show(name)) {
		return community.ShowAll
	}
	return community.Show(name)
}

// showName is the end of the keys about what is shown.
func showName(s community.Show) string {
	if s == community.ShowAll {
		return "all"
	}
	return string(s)
}

// filters are the ways to list the threads that the person may use.
func (v ForumView) filters() []Tab {
	var tabs []Tab
	for _, s := range shows {
		if s == community.ShowUnread && !v.SignedIn() || s == community.ShowArchived && s != v.Show && !v.Actor.Can(account.Moderate, v.Space.Scope()) {
			continue
		}
		tabs = append(tabs, Tab{Href: v.listURL(s, v.Tag.ID, ""), Label: v.T("forum.show_" + showName(s)), Current: s == v.Show})
	}
	return tabs
}

func (v ForumView) older() string { return v.listURL(v.Show, v.Tag.ID, v.Next) }

// listURL is a list of the forum; tag 0 and after "" stand for none.
func (v ForumView) listURL(show community.Show, tag int64, after string) string {
	q := url.Values{}
	if show != community.ShowAll {
		q.Set("show", string(show))
	}
	if tag != 0 {
		q.Set("tag", ms(tag))
	}
	if after != "" {
		q.Set("after", after)
	}
	return strings.TrimSuffix(ForumURL(v.Space.Key)+"?"+q.Encode(), "?")
}

// kindOptions are the kinds of thread to choose from: announcing is for those who moderate, experience sheets have their own form.
func (v NewThreadView) kindOptions() []Option {
	kinds := []community.Kind{community.Discussion, community.Question}
	if v.Actor.Can(account.Moderate, v.Space.Scope()) {
		kinds = append(kinds, community.Announcement)
	}
	var options []Option
	for _, k := range kinds {
		options = append(options, Option{Value: string(k), Label: v.T("forum.kind_" + string(k)), Hint: v.T("forum.kind_" + string(k) + "_hint")})
	}
	return options
}

func (p Page) reasonOptions() []Option {
	var options []Option
	for _, r := range community.Reasons {
		options = append(options, Option{Value: r, Label: p.T("forum.reason_" + r)})
	}
	return options
}

func threadIcon(k community.Kind) string {
	switch k {
	case community.Question:
		return "question"
	case community.Announcement:
		return "bell"
	case community.Experience:
		return "book"
	case community.Voting:
		return "chart"
	}
	return "talk"
}

// mayChange tells whether the author may edit a post still.
func mayChange(t community.Page, l community.Line) bool { return l.Mine && !l.Hidden() && !t.Locked() }

// firstFresh tells whether a post is the first unseen one of its page, after seen ones.
func firstFresh(lines []community.Line, i int) bool {
	return i > 0 && lines[i].Fresh && !lines[i-1].Fresh
}

func switchOn(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}
