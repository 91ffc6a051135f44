package views

import "halqa/courses"

// SavedView is the page of what is kept on the phone.
type SavedView struct{ Page }

// PackFiles are the files that following a module's films without network takes, in lang or the language each falls back
// to: the film or the sound, the captions, the picture before it plays.
func PackFiles(o courses.Outline, lang string, audio bool) []courses.File {
	var files []courses.File
	for _, l := range o.Lessons {
		t, ok := l.Track(lang)
		if !ok {
			continue
		}
		for _, f := range []courses.File{playable(t, audio), t.File(courses.Captions), t.File(courses.Poster)} {
			if f.Name != "" {
				files = append(files, f)
			}
		}
	}
	return files
}

// packBytes is what those files weigh.
func packBytes(o courses.Outline, lang string, audio bool) (sum int64) {
	for _, f := range PackFiles(o, lang, audio) {
		sum += f.Bytes
	}
	return sum
}

func packURL(o courses.Outline, audio bool) string {
	if audio {
		return ModuleURL(o.ID) + "/pack?mode=audio"
	}
	return ModuleURL(o.ID) + "/pack"
}

// films tells whether a module has pictures to save, or sounds alone.
func films(o courses.Outline, lang string) bool {
	for _, l := range o.Lessons {
		if t, ok := l.Track(lang); ok && t.File(courses.Film).Name != "" {
			return true
		}
	}
	return false
}

func sounds(o courses.Outline, lang string) bool {
	for _, l := range o.Lessons {
		if t, ok := l.Track(lang); ok && t.File(courses.Audio).Name != "" {
			return true
		}
	}
	return false
}
