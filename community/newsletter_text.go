package community

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// newsOfAKind is how many lines of a kind a newsletter has at most, and manyEvents how far back in the log it looks.
const (
	newsOfAKind = 8
	manyEvents  = 1000
)

// newsLine is a line of a newsletter: something and where it is read.
type newsLine struct {
	title events.Text
	path  string
	at    time.Time // of a seminar, or until when a poll is open; zero for others

	ended bool // a poll is
	votes events.PollResult
}

// news is what happened in a space.
type news struct {
	modules, answers, sheets, polls, seminars []newsLine
	posts, members                            int
}

// none tells whether there is nothing to tell: what was said alone is told by digests.
func (n news) none() bool {
	return len(n.modules)+len(n.answers)+len(n.sheets)+len(n.polls)+len(n.seminars) == 0
}

// happened reads what happened in a space from a moment to now: modules and seminars from the log of events, the rest here.
func (s *Service) happened(ctx context.Context, tx bun.Tx, spaceID int64, from time.Time) (n news, err error) {
	filter := events.LogFilter{Scoped: true, Spaces: []int64{spaceID}, From: from, To: s.now(), Limit: manyEvents}
	if n.modules, err = newModules(ctx, tx, filter); err != nil {
		return n, err
	}
	if n.seminars, err = s.comingSeminars(ctx, tx, filter); err != nil {
		return n, err
	}
	if n.answers, err = acceptedAnswers(ctx, tx, filter); err != nil {
		return n, err
	}
	var sheets []Thread
	err = tx.NewRaw(`select id, title from thread where space_id = ? and seminar_id is null and kind = 'experience' and created_at between ? and ? and deleted_at is null and not hidden
		order by id desc limit ?`, spaceID, from, s.now(), newsOfAKind).Scan(ctx, &sheets)
	if err != nil {
		return n, fmt.Errorf("sheets of space %d: %w", spaceID, err)
	}
	n.sheets = threadLines(sheets)
	if n.polls, err = s.pollLines(ctx, tx, spaceID, from); err != nil {
		return n, err
	}
	err = tx.NewRaw(`select (select count(*) from post p join thread t on t.id = p.thread_id where t.space_id = ?0 and t.seminar_id is null and not t.hidden
			and p.created_at between ?1 and ?2 and p.hidden_at is null and p.deleted_at is null),
		(select count(*) from space_member where space_id = ?0 and since between ?1 and ?2)`, spaceID, from, s.now()).Scan(ctx, &n.posts, &n.members)
	if err != nil {
		return n, fmt.Errorf("figures of space %d: %w", spaceID, err)
	}
	return n, nil
}

// newModules are the modules that were published for the first time, and still are.
func newModules(ctx context.Context, tx bun.Tx, f events.LogFilter) (lines []newsLine, err error) {
	f.Types = []string{events.ModulePublished{}.EventType(), events.ModuleRetired{}.EventType()}
	lately, err := events.Log(ctx, tx, f)
	if err != nil || len(lately) == 0 {
		return nil, err
	}
	f.From, f.To = time.Time{}, f.From
	before, err := events.Log(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	var known []int64
	for _, e := range before {
		p, err := moduleOf(e)
		if err != nil {
			return nil, err
		}
		known = append(known, p.ModuleID)
	}
	for _, e := range lately { // the latest first: a module's last word counts
		p, err := moduleOf(e)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(known, p.ModuleID) && e.Type == (events.ModulePublished{}).EventType() {
			lines = append(lines, newsLine{title: p.Title, path: fmt.Sprintf("/modules/%d", p.ModuleID)})
		}
		known = append(known, p.ModuleID)
	}
	return lines[:min(len(lines), newsOfAKind)], nil
}

// moduleOf is what an event of a module says of it: the two kinds name it alike.
func moduleOf(e events.Event) (p events.ModulePublished, err error) {
	if err = json.Unmarshal(e.Data, &p); err != nil {
		err = fmt.Errorf("event %s: %w", e.ID, err)
	}
	return p, err
}

// comingSeminars are those of the space that were announced or changed lately and haven't begun.
func (s *Service) comingSeminars(ctx context.Context, tx bun.Tx, f events.LogFilter) (lines []newsLine, err error) {
	f.Types = []string{events.SeminarChanged{}.EventType()}
	all, err := events.Log(ctx, tx, f)
	var known []int64
	for _, e := range all {
		p, err := events.Decode[events.SeminarChanged](e)
		if err != nil {
			return nil, err
		}
		if slices.Contains(known, p.SeminarID) {
			continue
		}
		known = append(known, p.SeminarID)
		if p.State == "published" && p.SpaceID == f.Spaces[0] && len(p.Sessions) > 0 && p.Sessions[0].StartsAt.After(s.now()) {
			lines = append(lines, newsLine{title: p.Title, path: fmt.Sprintf("/seminars/%d", p.SeminarID), at: p.Sessions[0].StartsAt})
		}
	}
	slices.SortFunc(lines, func(a, b newsLine) int { return a.at.Compare(b.at) })
	return lines[:min(len(lines), newsOfAKind)], err
}

// acceptedAnswers are the questions whose answer was chosen lately.
func acceptedAnswers(ctx context.Context, tx bun.Tx, f events.LogFilter) ([]newsLine, error) {
	f.Types = []string{events.AnswerAccepted{}.EventType()}
	all, err := events.Log(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	ids := []int64{}
	for _, e := range all {
		p, err := events.Decode[events.AnswerAccepted](e)
		if err != nil {
			return nil, err
		}
		ids = append(ids, p.ThreadID)
	}
	var threads []Thread
	err = tx.NewRaw(`select id, title from thread where id = any(?) and space_id = ? and seminar_id is null and solved and deleted_at is null and not hidden order by last_at desc limit ?`,
		pgdialect.Array(ids), f.Spaces[0], newsOfAKind).Scan(ctx, &threads)
	if err != nil {
		return nil, fmt.Errorf("answered questions: %w", err)
	}
	return threadLines(threads), nil
}

func threadLines(threads []Thread) (lines []newsLine) {
	for _, t := range threads {
		lines = append(lines, newsLine{title: sameInAll(t.Title), path: fmt.Sprintf("/threads/%d", t.ID)})
	}
	return lines
}

// sameInAll is something that is said as it was written, in whatever language.
func sameInAll(title string) events.Text {
	t := events.Text{}
	for _, lang := range events.Languages {
		t[lang] = title
	}
	return t
}

// tellNews writes the news of a space out, in each language.
func (s *Service) tellNews(sp account.Space, n news, at time.Time) (subject, body events.Text) {
	subject, body = events.Text{}, events.Text{}
	for _, lang := range events.Languages {
		say := func(key string, args ...any) string { return s.say(lang, key, args...) }
		name, _ := sp.Name.In(lang)
		subject[lang] = tidyLine(say("newsletter.subject", "Space", name, "Date", at))
		var b strings.Builder
		b.WriteString(say("newsletter.hello") + "\n\n")
		for _, part := range []struct {
			heading string
			lines   []newsLine
		}{{say("newsletter.modules"), n.modules}, {say("newsletter.answers"), n.answers}, {say("newsletter.sheets"), n.sheets}, {say("newsletter.polls"), n.polls}, {say("newsletter.seminars"), n.seminars}} {
			if len(part.lines) == 0 {
				continue
			}
			b.WriteString("# " + part.heading + "\n\n")
			for _, l := range part.lines {
				title, _ := l.title.In(lang)
				b.WriteString("- [" + tidyLine(linkText(title)) + "](" + l.path + ")")
				switch {
				case l.ended:
					b.WriteString(say("newsletter.ended", "Result", linkText(l.votes.Say(say))))
				case strings.HasPrefix(l.path, "/posts/") && !l.at.IsZero():
					b.WriteString(say("newsletter.until", "Date", l.at))
				case !l.at.IsZero():
					b.WriteString(say("newsletter.on", "Date", l.at))
				}
				b.WriteString("\n")
			}
			b.WriteString("\n")
		}
		if n.posts+n.members > 0 {
			b.WriteString("# " + say("newsletter.figures") + "\n\n- " + say("newsletter.posts", "Count", n.posts) + "\n- " + say("newsletter.members", "Count", n.members) + "\n")
		}
		body[lang] = tidyText(b.String())
	}
	return subject, body
}

// linkText lets a title mean nothing in Markdown.
func linkText(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("[]<>`*_\\", r) {
			return ' '
		}
		return r
	}, s)
}
