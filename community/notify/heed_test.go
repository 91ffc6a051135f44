package notify

import (
	"testing"

	"pgregory.net/rapid"

	"halqa/events"
)

func TestWhoHeedsWhat(t *testing.T) {
	const me, other, third = 1, 2, 3
	reply := events.Contributed{PersonID: other, Kind: "reply", ThreadAuthorID: third}
	mine := reply
	mine.ThreadAuthorID = me
	toMe := reply
	toMe.ReplyToAuthor = me
	opening := events.Contributed{PersonID: other, Kind: "thread", ThreadAuthorID: other}
	naming, opened := reply, opening
	circle := reply
	circle.Audience = []int64{me, third}
	naming.Mentions, opened.ThreadKind = []int64{me}, "announcement"
	for _, c := range []struct {
		name   string
		stance stance
		post   events.Contributed
		want   Kind
	}{
		{"a stranger", stance{part: -1}, reply, ""},
		{"who is in the circle", stance{part: -1}, circle, PostFollowed},
		{"who is in the circle, and muted it", stance{thread: Mute, part: -1}, circle, ""},
		{"who is in the circle, and wants the answers to them only", stance{thread: Track, part: -1}, circle, ""},
		{"who opened the thread", stance{part: -1}, mine, ThreadReplied},
		{"who wrote there", stance{part: 4}, reply, PostFollowed},
		{"who wrote there later", stance{part: 10}, reply, ""},
		{"who is answered", stance{part: -1}, toMe, PostAnswered},
		{"who watches the thread", stance{thread: Watch, part: -1}, reply, PostFollowed},
		{"who wants the answers to them only", stance{thread: Track, part: 4}, reply, ""},
		{"who wants the answers to them only, answered", stance{thread: Track, part: 4}, toMe, PostAnswered},
		{"who wants the answers to them only, and watches the author", stance{thread: Track, author: Watch, part: 4}, reply, PostFollowed},
		{"who muted the thread they opened", stance{thread: Mute, part: 4}, mine, ""},
		{"who muted the thread, answered", stance{thread: Mute, part: 4}, toMe, ""},
		{"who watches the space", stance{space: Watch, part: -1}, reply, PostFollowed},
		{"who watches the space: a new thread", stance{space: Watch, part: -1}, opening, ThreadOpened},
		{"who takes part: a new thread", stance{part: -1}, opening, ""},
		{"who watches its author", stance{author: Watch, part: -1}, opening, ThreadOpened},
		{"who is named", stance{part: -1}, naming, Mentioned},
		{"who is named in a space they muted", stance{space: Mute, part: -1}, naming, Mentioned},
		{"who is named by whom they muted", stance{author: Mute, part: -1}, naming, ""},
		{"who is in the space: an announcement", stance{part: -1}, opened, ThreadOpened},
		{"who muted the space: an announcement", stance{space: Mute, part: -1}, opened, ""},
		{"who muted the space", stance{space: Mute, part: 4}, toMe, ""},
		{"who muted the space and watches the thread", stance{space: Mute, thread: Watch, part: 4}, reply, PostFollowed},
		{"who muted the author and watches all else", stance{space: Watch, thread: Watch, author: Mute, part: 4}, toMe, ""},
	} {
		c.stance.personID = me
		if got := heeds(c.stance, said{Contributed: c.post}, 9); got != c.want {
			t.Errorf("%s hears %q, want %q", c.name, got, c.want)
		}
	}
}

// TestHeeding: nobody hears of themselves or of whom they muted, and wanting more never has one hear less.
func TestHeeding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.SampledFrom([]Level{"", Watch, Track, Mute})
		person := rapid.Int64Range(1, 3)
		p := events.Contributed{PersonID: person.Draw(t, "author"), Kind: rapid.SampledFrom([]string{"thread", "reply"}).Draw(t, "kind"),
			ThreadAuthorID: person.Draw(t, "of the thread"), ReplyToAuthor: rapid.Int64Range(0, 3).Draw(t, "answers")}
		st := stance{1, level.Draw(t, "space"), level.Draw(t, "thread"), level.Draw(t, "of the author"), rapid.Int64Range(-1, 9).Draw(t, "part")}
		got := heeds(st, said{Contributed: p}, 5)
		if got != "" && (p.PersonID == 1 || st.author == Mute || st.thread == Mute) {
			t.Fatalf("%+v hears %s", st, got)
		}
		for _, more := range []func(*stance){
			func(st *stance) { st.thread = Watch }, func(st *stance) { st.space = Watch }, func(st *stance) { st.author = Watch },
		} {
			wanting := st
			if more(&wanting); got != "" && heeds(wanting, said{Contributed: p}, 5) == "" {
				t.Fatalf("%+v hears %s, but %+v nothing", st, got, wanting)
			}
		}
	})
}
