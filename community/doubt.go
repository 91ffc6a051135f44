package community

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Doubts are why something waits for a moderator. "guard.why_<doubt>" says each.
var Doubts = []string{"first", "word", "link", "repeat", "rate", "trap"}

// Who is new to the platform, and what of theirs looks like spam.
const (
	newcomerPosts = 3                // that others see; with fewer, one is a newcomer
	hastyPosts    = 4                // of a newcomer in hastyWindow, after which one more is too many
	hastyWindow   = 10 * time.Minute // that is counted
	sameWindow    = 24 * time.Hour   // in which the same words twice are a repetition
	sameLength    = 80               // characters of it: "thank you" may be said twice
	sameTimes     = 2                // that somebody who is no newcomer may have said it before
)

// draft is what is weighed before others see it.
type draft struct {
	text    string // title and body
	before  string // what it said before, of an edit
	edit    bool
	trapped bool // it filled in what people don't see
	among   bool // it is said among the participants of a seminar, whom its office let in
}

// past is what is known of who writes.
type past struct {
	here     int // their posts in the space that others see, MaxFirstPosts at most
	anywhere int // their posts that others see, newcomerPosts at most
	hasty    int // posts of the last hastyWindow
	same     int // times they said the same in the last sameWindow
}

// doubts says why a draft must wait: some of Doubts, in their order. host is ours, whose addresses are no links elsewhere.
func (g Guard) doubts(d draft, p past, host string) (why []string) {
	newcomer := p.anywhere < newcomerPosts
	add := func(doubt string, is bool) {
		if is {
			why = append(why, doubt)
		}
	}
	add("first", !d.edit && p.here < g.FirstPosts)
	add("word", g.says(d.text) && !g.says(d.before))
	if g.Suspect {
		add("link", newcomer && slices.ContainsFunc(linksIn(d.text, host), func(l string) bool { return !strings.Contains(d.before, l) }))
		add("repeat", !d.edit && (newcomer && p.same > 0 || p.same > sameTimes))
		add("rate", !d.edit && newcomer && p.hasty >= hastyPosts)
	}
	add("trap", d.trapped)
	return why
}

// linkPattern finds addresses of pages as people write them.
var linkPattern = regexp.MustCompile(`(?i)(?:\bhttps?://|\bwww\.)[^\s<>()\[\]"'«»،]+`)

// linksIn are the addresses of other sites in a text.
func linksIn(text, host string) (links []string) {
	for _, l := range linkPattern.FindAllString(text, -1) {
		_, rest, _ := strings.Cut(l, "://")
		if at, _, _ := strings.Cut(rest, "/"); host == "" || !strings.EqualFold(at, host) {
			links = append(links, l)
		}
	}
	return links
}

// says tells whether a text says one of the guard's words or phrases: whatever the case, the accents and the Arabic vowel
// signs, and with the particles that Arabic writes as one with the word.
func (g Guard) says(text string) bool {
	if g.Words == "" || text == "" {
		return false
	}
	said := strings.Fields(account.Fold(text))
	for _, line := range strings.Split(g.Words, "\n") {
		phrase := strings.Fields(account.Fold(line))
		for i := 0; len(phrase) > 0 && i+len(phrase) <= len(said); i++ {
			if slices.EqualFunc(said[i:i+len(phrase)], phrase, sameWord) {
				return true
			}
		}
	}
	return false
}

// particles are what Arabic writes before a word and as one with it, after folding.
var particles = func() (all []string) {
	for _, and := range []string{"", "و", "ف"} {
		for _, with := range []string{"", "ب", "ك", "ل"} {
			for _, the := range []string{"", "ال"} {
				if with == "ل" && the != "" {
					the = "ل" // "for the": لل
				}
				all = append(all, and+with+the)
			}
		}
	}
	return all
}()

// sameWord tells whether a folded word is another, with or without particles.
func sameWord(said, word string) bool {
	lead, is := strings.CutSuffix(said, word)
	return is && slices.Contains(particles, lead)
}

// weigh says why what the actor writes in a space must wait; nil when it needn't. The caller holds the lock of their writing.
func (s *Service) weigh(ctx context.Context, tx bun.Tx, actor account.Actor, sp account.Space, d draft) ([]string, error) {
	if d.among || actor.Can(account.Moderate, sp.Scope()) {
		return nil, nil
	}
	g, err := guardOf(ctx, tx, sp.ID)
	if err != nil {
		return nil, err
	}
	p, err := s.pastOf(ctx, tx, actor, sp.ID, d.text)
	return g.doubts(d, p, s.host), err
}

func (s *Service) pastOf(ctx context.Context, tx bun.Tx, actor account.Actor, spaceID int64, text string) (p past, err error) {
	now, selves := s.now(), pgdialect.Array(actor.Selves())
	err = tx.NewRaw(`select
		(select count(*) from (select from post p join thread t on t.id = p.thread_id where p.author_id = any(?0) and coalesce(p.written_in, t.space_id) = ?1
			and p.hidden_at is null and p.deleted_at is null and not t.hidden limit ?2) x),
		(select count(*) from (select from post where author_id = any(?0) and hidden_at is null and deleted_at is null limit ?3) x),
		(select count(*) from post where author_id = any(?0) and created_at > ?4)
			+ (select count(*) from held_post where author_id = any(?0) and sent_at > ?4 and state = 'waiting')`,
		selves, spaceID, MaxFirstPosts, newcomerPosts, now.Add(-hastyWindow)).Scan(ctx, &p.here, &p.anywhere, &p.hasty)
	if err != nil {
		return p, fmt.Errorf("past of person %d: %w", actor.PersonID, err)
	}
	if utf8.RuneCountInString(text) < sameLength {
		return p, nil
	}
	var said []string
	err = tx.NewRaw(`select case when p.opening then t.title else '' end || ' ' || p.body from post p join thread t on t.id = p.thread_id
			where p.author_id = any(?0) and p.created_at > ?1 and p.deleted_at is null
		union all select case when kind = 'thread' then title else '' end || ' ' || body from held_post
			where author_id = any(?0) and sent_at > ?1 and kind <> 'edit' and state in ('waiting', 'refused') limit 200`, selves, now.Add(-sameWindow)).Scan(ctx, &said)
	if err != nil {
		return p, fmt.Errorf("what person %d said: %w", actor.PersonID, err)
	}
	for folded := account.Fold(text); len(said) > 0; said = said[1:] {
		if account.Fold(said[0]) == folded {
			p.same++
		}
	}
	return p, nil
}
