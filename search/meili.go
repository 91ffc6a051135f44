package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/meilisearch/meilisearch-go"
)

// Meili is the engine of a Meilisearch server, whose index holds one document for each of ours.
type Meili struct {
	client meilisearch.ServiceManager
	index  meilisearch.IndexManager
	poll   time.Duration // how often a task is asked for its outcome
}

// MeiliIndex is the name of the index.
const MeiliIndex = "halqa"

// NewMeili returns the engine at an address such as http://127.0.0.1:7700. key may be empty for a server without one.
// It doesn't connect; see Prepare.
func NewMeili(url, key string) *Meili {
	client := meilisearch.New(strings.TrimRight(url, "/"), meilisearch.WithAPIKey(key))
	return &Meili{client: client, index: client.Index(MeiliIndex), poll: 50 * time.Millisecond}
}

// found and end surround what Meilisearch found, in what it sends: two characters that no text has.
const (
	foundMark = "\ue000"
	endMark   = "\ue001"
)

// languages are the ends of the names of the index's fields; "any" holds names.
var languages = []string{"any", "fr", "ar", "en"}

// fieldLanguage is the language as fields are named by it.
func fieldLanguage(lang string) string {
	if lang == "" {
		return "any"
	}
	return lang
}

func fields(parts []string, langs []string) []string {
	var all []string
	for _, part := range parts {
		for _, lang := range langs {
			all = append(all, part+"_"+lang)
		}
	}
	return all
}

var searchedParts = []string{"title", "summary", "body", "folded"} // the first ones count most

// Prepare makes the index and brings its settings up to date. It tells whether the index has documents.
func (m *Meili) Prepare(ctx context.Context) (filled bool, err error) {
	if _, err := m.client.GetIndexWithContext(ctx, MeiliIndex); err != nil {
		if !isCode(err, "index_not_found") {
			return false, fmt.Errorf("search engine: %w", err)
		}
		task, err := m.client.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: MeiliIndex, PrimaryKey: "id"})
		if err := m.done(ctx, task, err); err != nil && !strings.Contains(err.Error(), "index_already_exists") {
			return false, fmt.Errorf("search engine: make the index: %w", err)
		}
	}
	task, err := m.index.UpdateSettingsWithContext(ctx, &meilisearch.Settings{
		SearchableAttributes: fields(searchedParts, languages),
		FilterableAttributes: []string{"kind", "shelf", "languages"},
		LocalizedAttributes: []*meilisearch.LocalizedAttributes{
			{AttributePatterns: []string{"*_fr"}, Locales: []string{"fra"}},
			{AttributePatterns: []string{"*_ar"}, Locales: []string{"ara"}},
			{AttributePatterns: []string{"*_en"}, Locales: []string{"eng"}},
		},
		Pagination: &meilisearch.Pagination{MaxTotalHits: PageSize * maxPages},
	})
	if err := m.done(ctx, task, err); err != nil {
		return false, fmt.Errorf("search engine: settings: %w", err)
	}
	stats, err := m.index.GetStatsWithContext(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("search engine: %w", err)
	}
	return stats.NumberOfDocuments > 0, nil
}

// isCode tells whether Meilisearch refused with that code.
func isCode(err error, code string) bool {
	var e *meilisearch.Error
	return errors.As(err, &e) && e.MeilisearchApiError.Code == code
}

// done waits for the outcome of a task. Meilisearch accepts first and works later: only the outcome says whether it did.
func (m *Meili) done(ctx context.Context, info *meilisearch.TaskInfo, err error) error {
	if err != nil {
		return err
	}
	task, err := m.client.WaitForTaskWithContext(ctx, info.TaskUID, m.poll)
	if err != nil {
		return fmt.Errorf("task %d: %w", info.TaskUID, err)
	}
	if task.Status != meilisearch.TaskStatusSucceeded {
		return fmt.Errorf("task %d is %s: %s (%s)", info.TaskUID, task.Status, task.Error.Message, task.Error.Code)
	}
	return nil
}

func meiliID(r Ref) string { return string(r.Kind) + "-" + strconv.FormatInt(r.ID, 10) }

// Put adds documents in one batch.
func (m *Meili) Put(ctx context.Context, documents []Document) error {
	batch := make([]map[string]any, len(documents))
	for i, d := range documents {
		batch[i] = meiliDocument(d.titled())
	}
	key := "id"
	task, err := m.index.AddDocumentsWithContext(ctx, batch, &meilisearch.DocumentOptions{PrimaryKey: &key})
	if err := m.done(ctx, task, err); err != nil {
		return fmt.Errorf("search engine: add %d documents: %w", len(batch), err)
	}
	return nil
}

func meiliDocument(d Document) map[string]any {
	doc := map[string]any{"id": meiliID(d.Ref), "kind": d.Kind, "ref": d.ID, "shelf": d.Shelf, "space": d.SpaceID, "path": d.Path}
	var langs []string
	for lang, c := range d.Texts {
		f := fieldLanguage(lang)
		doc["title_"+f], doc["summary_"+f], doc["body_"+f] = c.Title, c.Summary, c.Body
		if f == "ar" || f == "any" { // Arabic words without their و, which Meilisearch leaves on
			doc["folded_"+f] = Fold(c.Title + " " + c.Summary + " " + c.Body)
		}
		langs = append(langs, f)
	}
	slices.Sort(langs)
	doc["languages"] = langs
	return doc
}

// Remove takes documents away.
func (m *Meili) Remove(ctx context.Context, refs []Ref) error {
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = meiliID(r)
	}
	task, err := m.index.DeleteDocumentsWithContext(ctx, ids, nil)
	if err := m.done(ctx, task, err); err != nil {
		return fmt.Errorf("search engine: remove %d documents: %w", len(ids), err)
	}
	return nil
}

// Clear takes all documents away.
func (m *Meili) Clear(ctx context.Context) error {
	task, err := m.index.DeleteAllDocumentsWithContext(ctx, nil)
	if err := m.done(ctx, task, err); err != nil {
		return fmt.Errorf("search engine: clear: %w", err)
	}
	return nil
}

// filter is the condition that no query goes without. Shelves and kinds are ours and quoted all the same.
func (q Query) filter(withKind bool) string {
	all := make([]string, len(q.Shelves))
	for i, s := range q.Shelves {
		all[i] = quote(string(s))
	}
	f := "shelf IN [" + strings.Join(all, ", ") + "]"
	if q.Language != "" {
		f += " AND languages IN [" + quote(q.Language) + ", " + quote("any") + "]"
	}
	if withKind && q.Kind != "" {
		f += " AND kind = " + quote(string(q.Kind))
	}
	return f
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// Search asks for a page of hits and, when only one kind is wanted, for the counts of the others.
func (m *Meili) Search(ctx context.Context, q Query) (Results, error) {
	r := Results{Counts: map[Kind]int{}}
	words := wordsOf(q.Text)
	if len(words) == 0 || len(q.Shelves) == 0 {
		return r, nil
	}
	page, err := m.ask(ctx, q, true, int64(q.Limit))
	if err != nil {
		return r, err
	}
	counted := page
	if q.Kind != "" {
		if counted, err = m.ask(ctx, q, false, 1); err != nil {
			return r, err
		}
	}
	var facets struct{ Kind map[Kind]int }
	if len(counted.FacetDistribution) > 0 {
		if err := json.Unmarshal(counted.FacetDistribution, &facets); err != nil {
			return r, fmt.Errorf("search engine: counts: %w", err)
		}
	}
	for kind, n := range facets.Kind {
		r.Counts[kind] = n
	}
	r.Total = r.Counts[q.Kind]
	if q.Kind == "" {
		r.Total = r.All()
	}
	for _, h := range page.Hits {
		hit, err := meiliHit(h, q)
		if err != nil {
			return r, err
		}
		r.Hits = append(r.Hits, hit)
	}
	return r, nil
}

func (m *Meili) ask(ctx context.Context, q Query, withKind bool, limit int64) (*meilisearch.SearchResponse, error) {
	langs := languages
	if q.Language != "" {
		langs = []string{"any", q.Language}
	}
	page, err := m.index.SearchWithContext(ctx, q.Text, &meilisearch.SearchRequest{
		Offset: int64(q.Offset), Limit: limit, Filter: q.filter(withKind), Facets: []string{"kind"},
		AttributesToSearchOn: fields(searchedParts, langs), MatchingStrategy: meilisearch.All,
		AttributesToRetrieve:  []string{"kind", "ref", "space", "path", "languages"},
		AttributesToHighlight: fields([]string{"title", "summary", "body"}, languages),
		AttributesToCrop:      fields([]string{"summary", "body"}, languages), CropLength: excerptWords,
		HighlightPreTag: foundMark, HighlightPostTag: endMark,
	})
	if err != nil {
		return nil, fmt.Errorf("search engine: %w", err)
	}
	return page, nil
}

// meiliHit chooses the language of a hit: the reader's if something was found in it, else one in which something was.
func meiliHit(raw meilisearch.Hit, q Query) (Hit, error) {
	var h struct {
		Kind      Kind
		Ref       int64
		Space     int64
		Path      string
		Languages []string
		Formatted map[string]any `json:"_formatted"`
	}
	data, err := json.Marshal(raw)
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	if err != nil {
		return Hit{}, fmt.Errorf("search engine: a hit: %w", err)
	}
	text := func(field string) string { s, _ := h.Formatted[field].(string); return s }
	best, most := "", -1
	for _, lang := range h.Languages {
		if q.Language != "" && lang != q.Language && lang != "any" {
			continue
		}
		score := 0
		if strings.Contains(text("title_"+lang)+text("summary_"+lang)+text("body_"+lang), foundMark) {
			score += 2
		}
		if lang == q.Reader || lang == "any" {
			score++
		}
		if score > most {
			best, most = lang, score
		}
	}
	hit := Hit{Ref: Ref{h.Kind, h.Ref}, SpaceID: h.Space, Path: h.Path, Title: marked(text("title_" + best))}
	if best != "any" {
		hit.Language = best
	}
	excerpt := text("summary_" + best)
	if body := text("body_" + best); !strings.Contains(excerpt, foundMark) && (strings.Contains(body, foundMark) || excerpt == "") {
		excerpt = body
	}
	hit.Excerpt = marked(excerpt)
	return hit, nil
}

// marked reads a text in which what was found is marked.
func marked(text string) []Span {
	var out []Span
	add := func(s string, found bool) {
		if s != "" {
			out = append(out, Span{strings.Map(unbroken, s), found})
		}
	}
	for text != "" {
		plain, rest, _ := strings.Cut(text, foundMark)
		add(plain, false)
		var found string
		found, text, _ = strings.Cut(rest, endMark)
		add(found, true)
	}
	return out
}
