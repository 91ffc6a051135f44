package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Postgres is the engine inside the database. Its DB may be a transaction.
type Postgres struct{ DB bun.IDB }

// configs are the text search configurations of the languages.
var configs = map[string]string{"fr": "french", "ar": "arabic", "en": "english", "": "simple"}

// Put writes one row per language.
func (p Postgres) Put(ctx context.Context, documents []Document) error {
	for _, d := range documents {
		d = d.titled()
		if err := p.Remove(ctx, []Ref{d.Ref}); err != nil {
			return err
		}
		for lang, c := range d.Texts {
			if err := p.insert(ctx, d, lang, c); err != nil {
				return fmt.Errorf("index %s %d: %w", d.Kind, d.ID, err)
			}
		}
	}
	return nil
}

func (p Postgres) insert(ctx context.Context, d Document, lang string, c Content) error {
	config, known := configs[lang]
	if !known {
		return fmt.Errorf("language %q isn't known", lang)
	}
	_, err := p.DB.ExecContext(ctx, `insert into search_document
			(kind, id, language, shelf, space_id, path, title, summary, body, folded_title, words)
		values (?0, ?1, ?2, ?3, nullif(?4, 0), ?5, ?6, ?7, ?8, ?9,
			setweight(to_tsvector(?12::regconfig, ?9), 'A') || setweight(to_tsvector('simple', ?9), 'A') ||
			setweight(to_tsvector(?12::regconfig, ?10), 'B') || setweight(to_tsvector('simple', ?10), 'B') ||
			to_tsvector(?12::regconfig, ?11) || to_tsvector('simple', ?11))`,
		d.Kind, d.ID, lang, d.Shelf, d.SpaceID, d.Path, c.Title, c.Summary, c.Body,
		Fold(c.Title), Fold(c.Summary), Fold(c.Body), config)
	return err
}

// Remove takes the rows of documents away.
func (p Postgres) Remove(ctx context.Context, refs []Ref) error {
	for _, r := range refs {
		if _, err := p.DB.ExecContext(ctx, `delete from search_document where kind = ? and id = ?`, r.Kind, r.ID); err != nil {
			return fmt.Errorf("remove %s %d: %w", r.Kind, r.ID, err)
		}
	}
	return nil
}

// Clear takes all rows away.
func (p Postgres) Clear(ctx context.Context) error {
	if _, err := p.DB.ExecContext(ctx, `delete from search_document`); err != nil {
		return fmt.Errorf("clear the index: %w", err)
	}
	return nil
}

// lexed is one form of a word of a query with its stems; a stem is empty for a word that says nothing in its language.
type lexed struct {
	Word                    string
	French, English, Arabic []string `bun:",array"`
}

// little tells whether the word says nothing in a language that leaves such words out.
func (l lexed) little() bool {
	return l.French != nil && len(l.French) == 0 || l.English != nil && len(l.English) == 0
}

// lex turns the words of a query into a condition for tsvectors and the beginnings to mark. Every word must be there, as
// itself or as a word of the same stem; the last one may go on, as somebody is typing it.
func (p Postgres) lex(ctx context.Context, words [][]string) (condition string, marks marker, err error) {
	var forms []string
	for _, w := range words {
		forms = append(forms, w...)
	}
	var all []lexed
	err = p.DB.NewRaw(`select w as word, ts_lexize('french_stem', w) as french, ts_lexize('english_stem', w) as english,
		ts_lexize('arabic_stem', w) as arabic from unnest(?::text[]) with ordinality t (w, n) order by n`,
		pgdialect.Array(forms)).Scan(ctx, &all)
	if err != nil {
		return "", nil, fmt.Errorf("read the query's words: %w", err)
	}
	var needed []string
	for i, w := range words {
		stems := all[:len(w)]
		all = all[len(w):]
		last := i == len(words)-1
		if stems[0].little() && len(words) > 1 && !last {
			continue
		}
		var any []string
		for _, l := range stems {
			found := append(append(append([]string{l.Word}, l.French...), l.English...), l.Arabic...)
			for n, f := range found {
				quoted := "'" + strings.NewReplacer("'", "", `\`, "").Replace(f) + "'"
				if last && n == 0 {
					quoted += ":*"
				}
				if !slices.Contains(any, quoted) { // said twice it would look twice as frequent to the planner
					any = append(any, quoted)
				}
				if utf8.RuneCountInString(f) > 1 {
					marks = append(marks, f)
				}
			}
		}
		needed = append(needed, "("+strings.Join(any, " | ")+")")
	}
	return strings.Join(needed, " & "), marks, nil
}

// within is the condition that no query goes without: the shelves, and the language.
const within = ` shelf = any(?1::text[]) and (?2 = '' or language in ('', ?2)) `

// best are the documents found, each in its best language.
const best = `with found as (
		select kind, id, language, %s as score from search_document where %s and` + within + `
	), best as materialized (
		select distinct on (kind, id) kind, id, language, score from found
		order by kind, id, language in ('', ?3) desc, score desc
	) `

// way is a query for best and, for the few that come first in it, what their whole text adds to their score.
type way struct{ best, whole string }

// exact finds words, near titles that look like them. Everything that has the words is ranked by titles and summaries,
// which are short: reading whole texts of thousands of documents to show twenty took most of the time.
var (
	exact = way{fmt.Sprintf(best, `ts_rank('{0.05, 0.2, 0.4, 1}', head, ?0::tsquery) +
		case when folded_title = ?6 then 3 when folded_title like ?6 || '%' then 1 when folded_title like '%' || ?6 || '%' then 0.5 else 0 end`,
		`words @@ ?0::tsquery`), `ts_rank('{0.05, 0.2, 0.4, 1}', words, ?0::tsquery)`}
	near = way{fmt.Sprintf(best, `word_similarity(?0, folded_title)`, `?0 <% folded_title`), `0`}
)

// block is how many documents are ranked by their whole texts at a time; pages never straddle two blocks.
const block = 300

// settings: how much of a title's words must look like the query, from 0 to 1; and the indices are used even where
// reading every row looks as cheap, since the planner doesn't count what unpacking the words of each row costs.
const settings = `select set_config('pg_trgm.word_similarity_threshold', '0.4', true), set_config('enable_seqscan', 'off', true)`

// Search asks for the words and, when nothing has them, for titles with similar ones.
func (p Postgres) Search(ctx context.Context, q Query) (Results, error) {
	words := wordsOf(q.Text)
	if len(words) == 0 || len(q.Shelves) == 0 {
		return Results{Counts: map[Kind]int{}}, nil
	}
	condition, marks, err := p.lex(ctx, words)
	if err != nil {
		return Results{}, err
	}
	var results Results
	err = p.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, settings); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		results, err = Postgres{tx}.run(ctx, exact, condition, marks, q)
		phrase := joined(words)
		if err != nil || results.All() > 0 || utf8.RuneCountInString(phrase) < 4 { // shorter ones look like too much
			return err
		}
		results, err = Postgres{tx}.run(ctx, near, phrase, marks, q)
		results.Near = true
		return err
	})
	return results, err
}

func joined(words [][]string) string {
	first := make([]string, len(words))
	for i, w := range words {
		first[i] = w[0]
	}
	return strings.Join(first, " ")
}

func (p Postgres) run(ctx context.Context, w way, condition string, marks marker, q Query) (Results, error) {
	r := Results{Counts: map[Kind]int{}}
	var rows []struct {
		row    `bun:",extend"`
		Counts map[Kind]int `bun:"type:jsonb"`
	}
	// The counts come with the hits, or in a row of their own: what was found is ranked once.
	err := p.DB.NewRaw(w.best+`, ahead as (
			select kind, id, language, score from best where ?7 = '' or kind = ?7 order by score desc, kind, id limit ?8 offset ?9
		), page as (
			select kind, id, language, score + `+w.whole+` as score from ahead join search_document using (kind, id, language)
			order by 4 desc, kind, id limit ?4 offset ?5
		)
		select coalesce(d.kind, '') as kind, coalesce(d.id, 0) as id, coalesce(d.language, '') as language,
			coalesce(d.space_id, 0) as space_id, coalesce(d.path, '') as path, coalesce(d.title, '') as title,
			coalesce(d.summary, '') as summary, coalesce(d.body, '') as body, c.counts
		from (select coalesce(jsonb_object_agg(kind, n), '{}') as counts from (select kind, count(*) as n from best group by kind) k) c
		left join (page join search_document d using (kind, id, language)) on true
		order by page.score desc, d.kind, d.id`,
		condition, pgdialect.Array(texts(q.Shelves)), q.Language, q.Reader, q.Limit, q.Offset%block,
		joined(wordsOf(q.Text)), q.Kind, block, q.Offset/block*block).Scan(ctx, &rows)
	if err != nil {
		return r, fmt.Errorf("search: %w", err)
	}
	for _, found := range rows {
		r.Counts = found.Counts
		if found.ID != 0 {
			r.Hits = append(r.Hits, found.hit(marks))
		}
	}
	r.Total = r.Counts[q.Kind]
	if q.Kind == "" {
		r.Total = r.All()
	}
	return r, nil
}

// row is a document in one language, as it is kept.
type row struct {
	Kind                 Kind
	ID                   int64
	Language             string
	Shelf                Shelf
	SpaceID              int64
	Path                 string
	Title, Summary, Body string
}

// hit shows what was found in the summary or else in the body; without either, how the document begins.
func (r row) hit(marks marker) Hit {
	h := Hit{Ref: Ref{r.Kind, r.ID}, SpaceID: r.SpaceID, Path: r.Path, Language: r.Language, Title: marks.whole(r.Title)}
	summary, found := marks.excerpt(r.Summary)
	h.Excerpt = summary
	if body, inBody := marks.excerpt(r.Body); !found && (inBody || len(summary) == 0) {
		h.Excerpt = body
	}
	return h
}

func texts[S ~string](all []S) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return out
}
