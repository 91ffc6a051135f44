// Command render turns the sources of the demonstration's modules (../src) into
// what the binary embeds: videos, sound, captions and posters (../media) and the
// manifest that describes them (../manifest.json).
//
// Run it from the root of the repository:
//
//	go run ./cmd/halqa/demo/content/render
//
// It needs ffmpeg, chromium, espeak-ng and Noto's fonts, all in Debian 12 main,
// and uses a better French voice (pico2wave) where that one is installed.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"sort"

	"halqa/cmd/halqa/demo/content"
)

// narrated are the languages that get a track; English has titles and quizzes only.
var narrated = []string{"fr", "ar"}

// renderer holds where things are read and written during one run.
type renderer struct {
	dir  string // the folder of package content
	work string // scratch: slides, speech, lists for ffmpeg
	only string // the one module to render, or "" for all
	old  content.Manifest
}

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "cmd/halqa/demo/content", "folder of package content")
	keep := flag.String("keep", "", "keep slides and speech in this folder, to look at them")
	only := flag.String("only", "", "render the media of this module only; the others keep theirs")
	check := flag.Bool("check", false, "check the sources and stop")
	flag.Parse()
	if err := run(*dir, *keep, *only, *check); err != nil {
		log.Fatal("render: ", err)
	}
}

func run(dir, keep, only string, check bool) error {
	sources, err := readSources(filepath.Join(dir, "src"))
	if err != nil || check {
		return err
	}
	if err := requireTools("ffmpeg", "ffprobe", "chromium", "espeak-ng"); err != nil {
		return err
	}
	work := keep
	if work == "" {
		if work, err = os.MkdirTemp("", "halqa-render-"); err != nil {
			return err
		}
		defer os.RemoveAll(work)
	}
	r := &renderer{dir: dir, work: work, only: only}
	if r.old, err = readManifest(filepath.Join(dir, "manifest.json")); err != nil {
		return err
	}
	return r.renderAll(sources)
}

// requireTools fails with the names of every missing program at once.
func requireTools(names ...string) error {
	var missing []string
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			missing = append(missing, n)
		}
	}
	if missing != nil {
		return fmt.Errorf("missing %v; on Debian: apt-get install ffmpeg chromium espeak-ng fonts-noto-core", missing)
	}
	return nil
}

func (r *renderer) renderAll(sources []source) error {
	m := content.Manifest{Version: 1, Languages: []string{"fr", "ar", "en"}}
	for _, s := range sources {
		mod, err := r.module(s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Key, err)
		}
		m.Modules = append(m.Modules, mod)
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	text := joinNumbers(string(b), "\u00a0") // so that no text turns an amount round
	return os.WriteFile(filepath.Join(r.dir, "manifest.json"), []byte(text+"\n"), 0o644)
}

func (r *renderer) module(s source) (content.Module, error) {
	mod := content.Module{Key: s.Key, Space: s.Space, Title: s.Title, Summary: s.Summary, SyntheticVoice: true}
	for _, l := range s.Lessons {
		out := l.Lesson
		if l.Kind == content.KindVideo {
			tracks, err := r.tracks(s, l)
			if err != nil {
				return mod, fmt.Errorf("%s: %w", l.Key, err)
			}
			out.Tracks = tracks
		}
		mod.Lessons = append(mod.Lessons, out)
	}
	return mod, nil
}

// tracks renders a video lesson in every narrated language, or takes what the
// last run made of it when only another module is wanted.
func (r *renderer) tracks(s source, l lesson) ([]content.Track, error) {
	if r.only != "" && r.only != s.Key {
		return r.oldTracks(l.Key)
	}
	var tracks []content.Track
	for _, lang := range narrated {
		t, err := r.track(s, l, lang)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", lang, err)
		}
		log.Printf("%-14s %s  %3d s  video %3d KB  audio %3d KB  (%s)", l.Key, lang, t.DurationMS/1000,
			t.Files[content.FileVideo].Bytes/1024, t.Files[content.FileAudio].Bytes/1024, t.Voice)
		tracks = append(tracks, t)
	}
	return tracks, nil
}

func (r *renderer) oldTracks(key string) ([]content.Track, error) {
	for _, m := range r.old.Modules {
		for _, l := range m.Lessons {
			if l.Key == key && l.Tracks != nil {
				return l.Tracks, nil
			}
		}
	}
	return nil, fmt.Errorf("not rendered yet; run without -only")
}

// track makes the files of one lesson in one language.
func (r *renderer) track(s source, l lesson, lang string) (content.Track, error) {
	work := filepath.Join(r.work, l.Key+"."+lang)
	if err := os.MkdirAll(work, 0o755); err != nil {
		return content.Track{}, err
	}
	v, err := voiceFor(lang)
	if err != nil {
		return content.Track{}, err
	}
	tl, err := narrate(l, lang, v, work)
	if err != nil {
		return content.Track{}, err
	}
	frames, err := drawSlides(s, l, lang, work)
	if err != nil {
		return content.Track{}, err
	}
	t := content.Track{Lang: lang, Voice: v.name, Chapters: tl.chapters}
	return t, r.encode(&t, l, tl, frames, work)
}

func readManifest(path string) (content.Manifest, error) {
	var m content.Manifest
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(b, &m)
}

// readSources reads every module of the folder, in the order of their files'
// "order" fields.
func readSources(dir string) ([]source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []source
	for _, p := range paths {
		s, err := readSource(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(p), err)
		}
		all = append(all, s)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Order < all[j].Order })
	return all, nil
}
