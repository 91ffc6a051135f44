package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Longest parts of an experience sheet, in characters. Together they fit in a post.
const (
	MaxPart    = 4500
	MaxContact = 300
)

// Sheet is what somebody learnt from something they did, told so that others can do it too.
type Sheet struct {
	Context string // Markdown, as the three below: where, with whom, what the difficulty was
	Action  string // what was done
	Result  string // what came of it
	Lesson  string // what they would tell others
	Contact string // whom to ask, in one line, shown to those signed in; or ""
}

// check tidies the parts and says which are wrong.
func (h *Sheet) check(wrong *account.Invalids) {
	for _, part := range []struct {
		name string
		text *string
	}{{"context", &h.Context}, {"action", &h.Action}, {"result", &h.Result}, {"lesson", &h.Lesson}} {
		*part.text = tidyText(*part.text)
		switch {
		case blank(*part.text):
			wrong.Add(part.name, "forum.error_part")
		case utf8.RuneCountInString(*part.text) > MaxPart:
			wrong.Add(part.name, "forum.error_long", "Max", MaxPart)
		}
	}
	if h.Contact = tidyLine(h.Contact); utf8.RuneCountInString(h.Contact) > MaxContact {
		wrong.Add("contact", "forum.error_long", "Max", MaxContact)
	}
}

// body is the words of a sheet as those of a post. Whom to ask isn't told: posts are found and quoted.
func (h Sheet) body() string {
	return strings.Join([]string{h.Context, h.Action, h.Result, h.Lesson}, "\n\n")
}

func saveSheet(ctx context.Context, tx bun.Tx, threadID int64, h Sheet) error {
	_, err := tx.ExecContext(ctx, `insert into experience (thread_id, context, action, result, lesson, contact) values (?, ?, ?, ?, ?, ?)
		on conflict (thread_id) do update set context = excluded.context, action = excluded.action, result = excluded.result,
			lesson = excluded.lesson, contact = excluded.contact`, threadID, h.Context, h.Action, h.Result, h.Lesson, h.Contact)
	if err != nil {
		return fmt.Errorf("sheet of thread %d: %w", threadID, err)
	}
	return nil
}

// dropSheet forgets what a sheet said, when the post that opens its thread is deleted.
func dropSheet(ctx context.Context, tx bun.Tx, p Post) error {
	if !p.Opening {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `delete from experience where thread_id = ?`, p.ThreadID); err != nil {
		return fmt.Errorf("sheet of thread %d: %w", p.ThreadID, err)
	}
	return nil
}

// sheets reads those of some threads, for a reader who was let in. A visitor isn't told whom to ask.
func sheets(ctx context.Context, db bun.IDB, actor account.Actor, ids ...int64) (map[int64]Sheet, error) {
	var rows []struct {
		ThreadID int64
		Sheet
	}
	err := db.NewRaw(`select thread_id, context, action, result, lesson, case when ? then contact else '' end as contact
		from experience where thread_id = any(?)`, actor.SignedIn(), pgdialect.Array(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("sheets: %w", err)
	}
	all := map[int64]Sheet{}
	for _, r := range rows {
		all[r.ThreadID] = r.Sheet
	}
	return all, nil
}

// Experiences is a page of the experience sheets of a space.
type Experiences struct {
	List
	Sheets map[int64]Sheet // by thread
	Years  []int           // in which some were written, the latest first
}

// Experiences lists the experience sheets of a space. It returns account.ErrForbidden or account.ErrNotFound for a space that
// the actor can't read.
func (s *Service) Experiences(ctx context.Context, actor account.Actor, spaceID int64, f Filter) (Experiences, error) {
	f.Show = ShowExperiences
	list, err := s.Threads(ctx, actor, spaceID, f)
	if err != nil {
		return Experiences{}, err
	}
	e := Experiences{List: list}
	list.Rows = slices.Concat(list.Pinned, list.Rows)
	ids := []int64{}
	for _, r := range list.Rows {
		ids = append(ids, r.ID)
	}
	if e.Sheets, err = sheets(ctx, s.db, actor, ids...); err != nil {
		return e, err
	}
	err = s.db.NewRaw(`select distinct extract(year from created_at)::int as year from thread
		where space_id = ? and kind = ? and deleted_at is null and not hidden order by year desc`, spaceID, Experience).Scan(ctx, &e.Years)
	if err != nil {
		return e, fmt.Errorf("years of experiences: %w", err)
	}
	return e, nil
}

// likeWord is a typed word as a pattern that finds it anywhere.
func likeWord(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%"
}

// narrow keeps the threads that say every word of a filter, bear its tag and were opened in its year.
func (f Filter) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	words := strings.Fields(tidyLine(f.Words))
	for _, word := range words[:min(len(words), maxWords)] {
		q = q.Where(`(t.title ilike ?0 or exists (select from post o where o.thread_id = t.id and o.opening and o.body ilike ?0))`, likeWord(word))
	}
	if f.Tag != 0 {
		q = q.Where("exists (select from thread_tag x where x.thread_id = t.id and x.tag_id = ?)", f.Tag)
	}
	if f.Year != 0 {
		q = q.Where("extract(year from t.created_at) = ?", f.Year)
	}
	return q
}

// maxWords is how many of the words looked for count.
const maxWords = 8
