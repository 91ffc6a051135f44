package courses

import (
	"strings"
	"time"
)

// wordsAMinute is twice the mean speed at which adults read aloud the paragraphs of the International Reading Speed
// Texts (Trauzettel-Klosinski and Dietz, Investigative Ophthalmology & Visual Science 53, 2012, doi:10.1167/iovs.11-8284:
// 138 words a minute in Arabic, 228 in English, 195 in French, with deviations of 20, 30 and 26). Hardly anybody who understands what they read is faster, even in silence.
var wordsAMinute = map[string]int{"ar": 2 * 138, "en": 2 * 228, "fr": 2 * 195}

// readingTime is the least time that reading the track's transcript takes, in whole seconds.
func (t Track) readingTime() time.Duration {
	pace := wordsAMinute[t.Language]
	if pace == 0 {
		pace = wordsAMinute["en"]
	}
	words := len(strings.Fields(t.spoken()))
	return (time.Duration(words) * time.Minute / time.Duration(pace)).Truncate(time.Second)
}

// reading is a text that a person opened to read.
type reading struct {
	LessonID int64
	OpenedAt time.Time
	NeedMS   int64 // the least time it takes
	Followed bool  // it was read, and its questions answered
}

func (r reading) need() time.Duration { return time.Duration(r.NeedMS) * time.Millisecond }

// readFrom is the moment from which a text can have been read. Texts are read one after the other: whoever opens several
// at once hasn't read them all in the time of one. From the opening of any text on, those opened since and followed never
// need more time together than has passed.
func (r reading) readFrom(all []reading) time.Time {
	from := r.OpenedAt.Add(r.need())
	for _, first := range all {
		if first.LessonID != r.LessonID && !first.Followed || first.OpenedAt.After(r.OpenedAt) {
			continue
		}
		sum := r.need()
		for _, o := range all {
			if o.LessonID != r.LessonID && o.Followed && !o.OpenedAt.Before(first.OpenedAt) {
				sum += o.need()
			}
		}
		if at := first.OpenedAt.Add(sum); at.After(from) {
			from = at
		}
	}
	return from
}
