package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"halqa/cmd/halqa/demo/content"
)

// encode writes the files of a track and describes them in t.
func (r *renderer) encode(t *content.Track, l lesson, tl *timeline, frames map[[2]int]string, work string) error {
	tl.sound.grid(frameMS)
	wav := filepath.Join(work, "narration.wav")
	if err := writeWAV(wav, tl.sound); err != nil {
		return err
	}
	base := l.Key + "." + t.Lang
	out := func(suffix string) string { return filepath.Join(r.dir, "media", base+suffix) }
	meta := metadata(l.Title[t.Lang], t.Lang)
	voiceM4A := filepath.Join(work, "voice.m4a")
	steps := [][]string{
		audioArgs(wav, voiceM4A, meta),
		append(append([]string{"-i", voiceM4A, "-c", "copy"}, meta...), "-movflags", "+faststart", out(".audio.m4a")),
	}
	list, err := concatList(tl, frames, work)
	if err != nil {
		return err
	}
	steps = append(steps, videoArgs(list, voiceM4A, out(".240p.mp4"), tl, meta), posterArgs(frames, tl, out(".jpg")))
	for _, s := range steps {
		if err := ffmpeg(s...); err != nil {
			return err
		}
	}
	if err := os.WriteFile(out(".vtt"), []byte(vtt(t.Lang, tl.cues)), 0o644); err != nil {
		return err
	}
	return r.describe(t, base)
}

func metadata(title, lang string) []string {
	iso := map[string]string{"fr": "fra", "ar": "ara"}[lang]
	return []string{"-metadata", "title=" + title, "-metadata", "artist=Halqa", "-metadata", "comment=" + syntheticLabel,
		"-metadata:s:a:0", "language=" + iso, "-fflags", "+bitexact"}
}

// audioArgs encodes the voice at one loudness for every synthesiser, and takes
// off what a phone's loudspeaker only turns into noise.
func audioArgs(wav, out string, meta []string) []string {
	a := []string{"-i", wav, "-af", "highpass=f=90,lowpass=f=7000,loudnorm=I=-17:TP=-2:LRA=7",
		"-ar", "16000", "-ac", "1", "-c:a", "aac", "-b:a", "20k", "-flags:a", "+bitexact"}
	return append(append(a, meta...), "-movflags", "+faststart", out)
}

func videoArgs(list, audio, out string, tl *timeline, meta []string) []string {
	var cuts []string
	for _, ms := range tl.cuts {
		cuts = append(cuts, seconds(ms))
	}
	a := []string{"-f", "concat", "-safe", "0", "-i", list, "-i", audio, "-map", "0:v", "-map", "1:a",
		"-vf", "fps=10,scale=426:240:flags=lanczos,format=yuv420p", "-t", seconds(tl.sound.ms()),
		"-c:v", "libx264", "-profile:v", "main", "-preset", "veryslow", "-tune", "stillimage", "-crf", "24",
		"-maxrate", "100k", "-bufsize", "400k", "-g", "100", "-force_key_frames", strings.Join(cuts, ","),
		"-threads", "1", "-flags:v", "+bitexact", "-c:a", "copy"}
	return append(append(a, meta...), "-movflags", "+faststart", out)
}

func posterArgs(frames map[[2]int]string, tl *timeline, out string) []string {
	s := tl.shots[0]
	return []string{"-i", frames[[2]int{s.slide, s.items}], "-vf", "scale=426:240:flags=lanczos", "-q:v", "17",
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-frames:v", "1", "-update", "1", out}
}

// concatList writes the list of pictures and their durations that ffmpeg reads.
func concatList(tl *timeline, frames map[[2]int]string, work string) (string, error) {
	var b strings.Builder
	b.WriteString("ffconcat version 1.0\n")
	var last string
	for i, s := range tl.shots {
		end := tl.sound.ms()
		if i+1 < len(tl.shots) {
			end = tl.shots[i+1].startMS
		}
		abs, err := filepath.Abs(frames[[2]int{s.slide, s.items}])
		if err != nil {
			return "", err
		}
		last = abs
		fmt.Fprintf(&b, "file '%s'\nduration %s\n", abs, seconds(end-s.startMS))
	}
	fmt.Fprintf(&b, "file '%s'\n", last) // the demuxer ignores the last duration otherwise
	name := filepath.Join(work, "shots.ffconcat")
	return name, os.WriteFile(name, []byte(b.String()), 0o644)
}

func seconds(ms int64) string { return fmt.Sprintf("%d.%03d", ms/1000, ms%1000) }

// ffmpeg runs at low priority: the machine may be serving or testing meanwhile.
func ffmpeg(args ...string) error {
	all := append([]string{"-n", "15", "ffmpeg", "-nostdin", "-v", "error", "-y"}, args...)
	if out, err := exec.Command("nice", all...).CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	return nil
}

// describe fills in the track's duration and files from what was written.
func (r *renderer) describe(t *content.Track, base string) error {
	kinds := map[string][2]string{
		content.FileVideo:    {".240p.mp4", "video/mp4"},
		content.FileAudio:    {".audio.m4a", "audio/mp4"},
		content.FileCaptions: {".vtt", "text/vtt"},
		content.FilePoster:   {".jpg", "image/jpeg"},
	}
	t.Files = map[string]content.File{}
	for k, s := range kinds {
		st, err := os.Stat(filepath.Join(r.dir, "media", base+s[0]))
		if err != nil {
			return err
		}
		t.Files[k] = content.File{Name: base + s[0], Bytes: st.Size(), Mime: s[1]}
	}
	var err error
	t.DurationMS, err = probe(filepath.Join(r.dir, "media", t.Files[content.FileVideo].Name))
	return err
}

// probe returns the duration of a container in milliseconds.
func probe(path string) (int64, error) {
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json", path).Output()
	if err != nil {
		return 0, fmt.Errorf("ffprobe %s: %w", path, err)
	}
	var p struct {
		Format struct {
			Duration string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal(out, &p); err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(p.Format.Duration, 64)
	return int64(f*1000 + 0.5), err
}
