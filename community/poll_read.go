package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// manyNames is how many of those who chose an option are named.
const manyNames = 30

// Poll is what a post asks, as one person sees it. What they aren't told is 0.
type Poll struct {
	PostID   int64
	Question string // the title it was asked under: its thread may have another since
	Text     string // Markdown, what is said about the question; or ""
	Choices  int    // how many options a person may choose at most
	Open     bool   // who chose what is told to those signed in
	Shown    PollShown
	ClosesAt time.Time // zero for never
	ClosedAt time.Time // by hand; zero when it wasn't
	Voters   int       // people who voted

	Options []PollOption `bun:"-"`
	Over    bool         `bun:"-"` // nobody votes any more
	Voted   bool         `bun:"-"` // the reader did
	Told    bool         `bun:"-"` // the reader is told the result
	Votes   bool         `bun:"-"` // the reader may vote now
	Closes  bool         `bun:"-"` // the reader may close it
}

// PollOption is one of what people choose among.
type PollOption struct {
	ID     int64
	PostID int64
	Label  string
	Votes  int
	Mine   bool     // the reader chose it
	Names  []string `bun:"-"` // of an open poll: who chose it, the first 30
}

// Share is which part of the voters chose an option, in percent, rounded.
func (p Poll) Share(o PollOption) int {
	if p.Voters == 0 {
		return 0
	}
	return (200*o.Votes + p.Voters) / (2 * p.Voters)
}

// Until is when it closes, or was closed; zero when it is open without end.
func (p Poll) Until() time.Time {
	if !p.ClosedAt.IsZero() {
		return p.ClosedAt
	}
	return p.ClosesAt
}

func (p Poll) over(now time.Time) bool {
	return !p.ClosedAt.IsZero() || !p.ClosesAt.IsZero() && !p.ClosesAt.After(now)
}

// rules are the poll as its author asked it.
func (p Poll) rules() NewPoll {
	n := NewPoll{Text: p.Text, Choices: p.Choices, Open: p.Open, Shown: p.Shown, ClosesAt: p.ClosesAt}
	for _, o := range p.Options {
		n.Options = append(n.Options, o.Label)
	}
	return n
}

// polls reads those of some posts, all that is known of them, with what the person chose.
func (s *Service) polls(ctx context.Context, db bun.IDB, personID int64, posts []int64) (map[int64]*Poll, error) {
	var rows []Poll
	err := db.NewRaw(`select post_id, question, text, choices, open, shown, closes_at, closed_at,
		(select count(distinct v.person_id) from poll_vote v where v.post_id = poll.post_id) as voters
		from poll where post_id = any(?)`, pgdialect.Array(posts)).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all := map[int64]*Poll{}
	for i := range rows {
		rows[i].Over = rows[i].over(s.now())
		all[rows[i].PostID] = &rows[i]
	}
	var options []PollOption
	err = db.NewRaw(`select o.id, o.post_id, o.label, count(v.person_id) as votes, coalesce(bool_or(v.person_id = ?), false) as mine
		from poll_option o left join poll_vote v on v.option_id = o.id where o.post_id = any(?)
		group by o.id order by o.post_id, o.position`, personID, pgdialect.Array(posts)).Scan(ctx, &options)
	if err != nil {
		return nil, err
	}
	for _, o := range options {
		p := all[o.PostID]
		p.Options, p.Voted = append(p.Options, o), p.Voted || o.Mine
	}
	return all, nil
}

// findPoll returns what a post asks, or nil.
func (s *Service) findPoll(ctx context.Context, db bun.IDB, postID int64) (*Poll, error) {
	all, err := s.polls(ctx, db, 0, []int64{postID})
	if err != nil {
		return nil, fmt.Errorf("poll of post %d: %w", postID, err)
	}
	return all[postID], nil
}

// addPolls gives each post of a page that the reader sees what it asks, as they may know it.
func (s *Service) addPolls(ctx context.Context, actor account.Actor, page *Page) error {
	var posts []int64
	for _, l := range page.Lines {
		if !l.Veiled && !l.Deleted() {
			posts = append(posts, l.ID)
		}
	}
	all, err := s.polls(ctx, s.db, actor.PersonID, posts)
	if err != nil {
		return fmt.Errorf("polls: %w", err)
	}
	var named []int64
	for i := range page.Lines {
		l := &page.Lines[i]
		p := all[l.ID]
		if p == nil {
			continue
		}
		p.seeAs(actor, page, *l)
		if l.Poll = p; p.Open && p.Told && actor.SignedIn() {
			named = append(named, l.ID)
		}
	}
	return s.nameVoters(ctx, all, named)
}

// seeAs takes away what the reader isn't told, and says what they may do.
func (p *Poll) seeAs(actor account.Actor, page *Page, l Line) {
	p.Told = p.Shown.to(p.Voted, p.Over)
	p.Votes = actor.SignedIn() && !p.Over && !page.Archived() && !l.Hidden()
	p.Closes = actor.SignedIn() && !p.Over && (l.Mine || page.Moderates)
	for i := range p.Options {
		if !p.Told {
			p.Options[i].Votes = 0
		}
	}
}

// nameVoters says who chose what in some polls.
func (s *Service) nameVoters(ctx context.Context, all map[int64]*Poll, posts []int64) error {
	if len(posts) == 0 {
		return nil
	}
	var rows []struct {
		PostID, OptionID int64
		Name             string
	}
	err := s.db.NewRaw(`select post_id, option_id, name from (select v.post_id, v.option_id, a.name, row_number() over (partition by v.option_id order by v.at, v.person_id) as n
			from poll_vote v join person a on a.id = v.person_id where v.post_id = any(?)) x
		where n <= ? order by option_id, n`, pgdialect.Array(posts), manyNames).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("who voted: %w", err)
	}
	for _, r := range rows {
		for i := range all[r.PostID].Options {
			if o := &all[r.PostID].Options[i]; o.ID == r.OptionID {
				o.Names = append(o.Names, r.Name)
			}
		}
	}
	return nil
}
