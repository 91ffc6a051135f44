package demo

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"halqa/community"
	"halqa/community/account"
)

// talk is a thread as the files of the folder forum tell it.
type talk struct {
	space  string // key
	kind   community.Kind
	title  string
	day    int
	pinned bool
	tags   []string
	posts  []said // the first opens it
}

// said is a post: who wrote it, how many hours after the opening, and which post it answers.
type said struct {
	by      string
	after   int
	to      int // number of a post of the thread, from 1; 0 for none
	text    string
	sheet   community.Sheet // of the post that opens an experience
	poll    asked           // of the post that opens a poll
	hidden  string          // the moderator's reason, "" when it isn't hidden
	kept    string          // why its reports were closed without hiding it, or ""
	reports []report
	warned  report    // the moderator's words to its author; reason "" for none
	days    int       // of a suspension that comes with them; 0 for a warning
	appeals string    // what its author answers to that, or ""
	file    string    // of the library's documents, that comes with it
	accepts string    // who chose it as the answer
	thanks  []string  // who found it useful
	follows []string  // who watches the thread since they read it
	masked  bool      // under their pseudonym
	first   [2]string // what it said at first, and what it says now instead
}

type report struct{ by, reason, note string }

// readTags takes the line of the tags, if there is one, off what opens a thread.
func readTags(body string) (tags []string, rest string) {
	line, rest, _ := strings.Cut(body, "\n")
	names, ok := strings.CutPrefix(line, "tags: ")
	if !ok {
		return nil, body
	}
	return strings.Split(names, ", "), rest
}

// readTalks reads every thread. A file is named after its space; in it,
//
//	# Question: a title (or Announcement:, Experience:, Poll:; without, it is a discussion)
//	who day [pinned] [masked: under a pseudonym]
//	tags: a tag, another
//	…Markdown…
//	## who +hours [@number of the post that is answered] [masked]
//	…Markdown…
//	hidden: why
//	kept: why
//	reported: who reason words
//	warned: cause words
//	suspended: days cause words
//	appeals: words
//	file: a document of the libraries that comes with it
//	accepted: who chose it as the answer
//	thanks: who who
//	follows: who who
//	at first: these words → those words
//
// What opens an experience has its parts after lines such as "-- context". What opens a poll ends with its options,
//
//   - an option: who who
//
// each with who chose it, and says how it is asked in a line such as "poll: open 2 voted".
func readTalks() ([]talk, error) {
	names, err := fs.Glob(texts, "forum/*.md")
	if err != nil {
		return nil, err
	}
	var all []talk
	for _, name := range names {
		text, err := texts.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, chunk := range strings.Split("\n"+string(text), "\n# ")[1:] {
			t, err := readTalk(strings.TrimSuffix(path.Base(name), ".md"), chunk)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			all = append(all, t)
		}
	}
	return all, nil
}

func readTalk(space, text string) (talk, error) {
	title, rest, _ := strings.Cut(text, "\n")
	t := talk{space: space, kind: community.Discussion, title: title}
	for _, kind := range community.Kinds {
		word, rest, ok := strings.Cut(title, ": ")
		if ok && strings.EqualFold(word, string(kind)) {
			t.kind, t.title = kind, rest
		}
	}
	for i, chunk := range strings.Split(rest, "\n## ") {
		head, body, _ := strings.Cut(chunk, "\n")
		words := strings.Fields(head)
		p := said{by: words[0], masked: words[len(words)-1] == "masked"}
		if p.masked {
			words = words[:len(words)-1]
		}
		var err error
		if i == 0 {
			t.tags, body = readTags(body)
			_, err = fmt.Sscan(words[1], &t.day)
			t.pinned = len(words) > 2 && words[2] == "pinned"
		} else {
			_, err = fmt.Sscanf(words[1], "+%dh", &p.after)
		}
		if i > 0 && len(words) > 2 && err == nil {
			_, err = fmt.Sscanf(words[2], "@%d", &p.to)
		}
		if err != nil {
			return t, fmt.Errorf("%q: %q: %w", t.title, head, err)
		}
		if p = p.read(body); i == 0 && t.kind == community.Experience {
			p.sheet, p.text = readSheet(p.text)
		}
		if i == 0 && t.kind == community.Voting {
			p.poll, err = readPoll(p.text)
			p.text = p.poll.Text
		}
		if err != nil {
			return t, fmt.Errorf("%q: %w", t.title, err)
		}
		t.posts = append(t.posts, p)
	}
	return t, nil
}

// readSheet reads the parts of an experience, and the words of its post.
func readSheet(text string) (h community.Sheet, words string) {
	parts := map[string]*string{"context": &h.Context, "action": &h.Action, "result": &h.Result, "lesson": &h.Lesson, "contact": &h.Contact}
	for _, chunk := range strings.Split("\n"+text, "\n-- ")[1:] {
		name, body, _ := strings.Cut(chunk, "\n")
		if part := parts[name]; part != nil {
			*part = strings.TrimSpace(body)
		}
	}
	return h, strings.Join([]string{h.Context, h.Action, h.Result, h.Lesson}, "\n\n")
}

// read takes the notes out of the text of a post.
func (p said) read(body string) said {
	var kept []string
	for line := range strings.SplitSeq(body, "\n") {
		word, note, _ := strings.Cut(line, ": ")
		switch word {
		case "hidden":
			p.hidden = note
		case "file":
			p.file = note
		case "kept":
			p.kept = note
		case "warned":
			cause, words, _ := strings.Cut(note, " ")
			p.warned = report{reason: cause, note: words}
		case "suspended":
			words := strings.SplitN(note, " ", 3)
			p.days, _ = strconv.Atoi(words[0])
			p.warned = report{reason: words[1], note: words[2]}
		case "appeals":
			p.appeals = note
		case "reported":
			words := strings.SplitN(note, " ", 3)
			p.reports = append(p.reports, report{words[0], words[1], words[2]})
		case "accepted":
			p.accepts = note
		case "thanks":
			p.thanks = strings.Fields(note)
		case "follows":
			p.follows = strings.Fields(note)
		case "at first":
			p.first[0], p.first[1], _ = strings.Cut(note, " → ")
		default:
			kept = append(kept, line)
		}
	}
	p.text = strings.TrimSpace(strings.Join(kept, "\n"))
	return p
}

// naming is under which name it is written.
func (p said) naming() community.Naming {
	if p.masked {
		return community.UnderPseudonym
	}
	return community.UnderName
}

// planTalk has everybody enter the spaces they write in, and write there.
func (s *stage) planTalk() error {
	talks, err := readTalks()
	if err != nil {
		return err
	}
	inside := map[string][]string{}
	for n, t := range talks {
		for _, p := range t.posts {
			if !slices.Contains(inside[t.space], p.by) {
				inside[t.space] = append(inside[t.space], p.by)
				s.planLetIn(t.space, p.by, -64)
			}
		}
		s.planThread(t, 8+n%5)
	}
	for _, who := range []string{"46", "52", "61"} { // still waiting to be let in
		s.planEntry(s.byEmail[email(who)], -4, "women")
	}
	return nil
}

// planLetIn has somebody enter a space on a day, by request or by invitation if it takes that.
func (s *stage) planLetIn(space, who string, day int) {
	p := s.byEmail[email(who)]
	sp := s.spaces[space]
	moderator := s.byEmail[s.moderator(space)]
	if sp.Visibility != account.ByInvitation {
		s.planEntry(p, day, space)
	}
	if sp.Visibility == account.Open || p == moderator {
		return
	}
	p.women = p.women || space == "women"
	s.plan(day, 10, func(ctx context.Context) error {
		return s.as(ctx, moderator, func(a account.Actor) error {
			if sp.Visibility == account.ByInvitation {
				return s.account.AddSpaceMember(ctx, a, sp.ID, p.id)
			}
			return s.account.DecideSpaceRequest(ctx, a, sp.ID, p.id, true)
		})
	})
}

// planThread has a thread opened at an hour of its day, and answered.
func (s *stage) planThread(t talk, hour int) {
	var thread community.Thread
	ids := make([]int64, len(t.posts)+1) // of the posts, by number
	for i, p := range t.posts {
		author := s.byEmail[email(p.by)]
		s.plan(t.day, hour+p.after, func(ctx context.Context) error {
			return s.as(ctx, author, func(a account.Actor) (err error) {
				if i == 0 {
					thread, err = s.community.StartThread(ctx, a, community.NewThread{SpaceID: s.spaces[t.space].ID, Kind: t.kind, Title: t.title,
						Body: p.atFirst(p.text), Sheet: p.sheetAtFirst(), Poll: p.poll.NewPoll, As: p.naming()})
					return err
				}
				with, err := s.bring(ctx, a, t, p)
				if err != nil {
					return err
				}
				post, err := s.community.Reply(ctx, a, community.NewReply{ThreadID: thread.ID, Body: p.atFirst(s.quoting(t, p, ids)), ReplyTo: ids[p.to],
					Attached: with, As: p.naming()})
				ids[i+1] = post.ID
				return err
			})
		})
		which := func(ctx context.Context) (int64, error) {
			if i > 0 {
				return ids[i+1], nil
			}
			page, err := s.community.Thread(ctx, s.anybody(ctx, author), thread.ID, 0)
			if err != nil {
				return 0, err
			}
			return page.Lines[0].ID, nil
		}
		s.planVotes(t, p, hour+p.after, which)
		s.planCare(t, p, hour+p.after, which)
		s.planEcho(t, p, hour+p.after, func() int64 { return thread.ID }, which)
	}
	s.planTags(t, hour+1, func() int64 { return thread.ID })
	if t.pinned {
		s.plan(t.day, hour+1, func(ctx context.Context) error {
			return s.as(ctx, s.byEmail[s.moderator(t.space)], func(a account.Actor) error { return s.community.Pin(ctx, a, thread.ID, true) })
		})
	}
}

// quoting is the text of a post as the page would have begun it: a quotation says whom it quotes.
func (s *stage) quoting(t talk, p said, ids []int64) string {
	if p.to < 2 || !strings.HasPrefix(p.text, ">") {
		return p.text
	}
	name := s.byEmail[email(t.posts[p.to-1].by)].Name
	return fmt.Sprintf("> [%s](/posts/%d)\n>\n%s", name, ids[p.to], p.text)
}
