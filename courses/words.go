package courses

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Words are what a published module says, by language, for finding it.
type Words struct {
	SpaceID   int64
	Title     events.Text
	Summary   events.Text
	Body      events.Text // lessons' titles and summaries, chapters and transcripts
	Published bool        // else it isn't to be found, and the rest is empty
}

// PublishedIDs lists the published modules, for whoever asks.
func PublishedIDs(ctx context.Context, db bun.IDB) ([]int64, error) {
	var ids []int64
	if err := db.NewRaw(`select id from module where state = 'published' order by id`).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("published modules: %w", err)
	}
	return ids, nil
}

// WordsOf reads what a module says, whoever asks: who may find it is for the caller to see to.
func WordsOf(ctx context.Context, db bun.IDB, id int64) (Words, error) {
	var modules []Module
	err := db.NewRaw(`select id, space_id, title, summary from module where id = ? and state = 'published'`, id).Scan(ctx, &modules)
	if err != nil || len(modules) == 0 {
		return Words{}, err
	}
	m := modules[0]
	lessons, err := lessonsOf(ctx, db, []int64{id})
	if err != nil {
		return Words{}, fmt.Errorf("words of module %d: %w", id, err)
	}
	var said []Track
	err = db.NewRaw(`select t.id, t.transcript from track t join lesson l on l.id = t.lesson_id where l.module_id = ?`, id).Scan(ctx, &said)
	if err != nil {
		return Words{}, fmt.Errorf("words of module %d: %w", id, err)
	}
	transcripts := map[int64]string{}
	for _, t := range said {
		transcripts[t.ID] = t.spoken()
	}
	w := Words{SpaceID: m.SpaceID, Title: m.Title, Summary: m.Summary, Body: events.Text{}, Published: true}
	for _, l := range lessons[id] {
		w.hear(l, transcripts)
	}
	return w, nil
}

// spoken is the transcript as one text.
func (t Track) spoken() string {
	lines := make([]string, len(t.Transcript))
	for i, cue := range t.Transcript {
		lines[i] = cue.Text
	}
	return strings.Join(lines, " ")
}

// hear adds a lesson to the body, each sentence in its language.
func (w *Words) hear(l Lesson, transcripts map[int64]string) {
	w.say(l.Title)
	w.say(l.Summary)
	for _, t := range l.Tracks {
		for _, c := range t.Chapters {
			w.say(events.Text{t.Language: c.Title[t.Language]})
		}
		w.say(events.Text{t.Language: transcripts[t.ID]})
	}
}

func (w *Words) say(text events.Text) {
	for lang, s := range text {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if !strings.ContainsAny(s[len(s)-1:], ".!?…") {
			s += "."
		}
		if w.Body[lang] != "" {
			w.Body[lang] += "\n"
		}
		w.Body[lang] += s
	}
}
