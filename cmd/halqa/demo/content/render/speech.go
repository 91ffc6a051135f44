package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"halqa/cmd/halqa/demo/content"
)

// voice turns a text into a WAV file.
type voice struct {
	name string
	say  func(text, wav string) *exec.Cmd
}

// voiceFor picks the best voice that is installed.
func voiceFor(lang string) (voice, error) {
	switch lang {
	case "fr":
		if _, err := exec.LookPath("pico2wave"); err == nil {
			return voice{"SVOX Pico fr-FR", func(text, wav string) *exec.Cmd {
				return exec.Command("pico2wave", "-l", "fr-FR", "-w", wav, `<speed level="94">`+strings.ReplaceAll(text, "%", "pour cent")+`</speed>`)
			}}, nil
		}
		return espeak("fr", 150), nil
	case "ar":
		v := espeak("ar", 172)
		plain := v.say
		v.say = func(text, wav string) *exec.Cmd { return plain(respell(text), wav) }
		return v, nil
	}
	return voice{}, fmt.Errorf("no voice speaks %q", lang)
}

func espeak(lang string, wordsPerMinute int) voice {
	return voice{"eSpeak NG " + lang, func(text, wav string) *exec.Cmd {
		return exec.Command("espeak-ng", "-v", lang, "-s", fmt.Sprint(wordsPerMinute), "-p", "40", "-a", "120", "-w", wav, text)
	}}
}

// sound is 16-bit mono.
type sound struct {
	rate    int
	samples []int16
}

func (s *sound) ms() int64 {
	if s.rate == 0 {
		return 0
	}
	return int64(len(s.samples)) * 1000 / int64(s.rate)
}

func (s *sound) pause(ms int64) {
	s.samples = append(s.samples, make([]int16, int64(s.rate)*ms/1000)...)
}

// grid lengthens the sound to a whole number of frames, so that slides and
// keyframes start exactly where chapters do.
func (s *sound) grid(ms int64) {
	want := (int64(len(s.samples))*1000 + int64(s.rate)*ms - 1) / (int64(s.rate) * ms) * int64(s.rate) * ms / 1000
	s.samples = append(s.samples, make([]int16, want-int64(len(s.samples)))...)
}

// trim removes the silence a synthesiser adds around what it says, so that the
// pauses, and the captions, are ours.
func (s *sound) trim() {
	const quiet = 200
	loud := func(v int16) bool { return v > quiet || v < -quiet }
	a, b := 0, len(s.samples)
	for a < b && !loud(s.samples[a]) {
		a++
	}
	for b > a && !loud(s.samples[b-1]) {
		b--
	}
	edge := s.rate / 50 // 20 ms, so as not to cut into a soft beginning or end
	s.samples = s.samples[max(0, a-edge):min(len(s.samples), b+edge)]
}

// readWAV reads what the synthesisers write: a RIFF file of 16-bit mono, whose
// sizes may be wrong where it was streamed.
func readWAV(path string) (*sound, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(b) < 44 || string(b[:4]) != "RIFF" {
		return nil, errors.New("not a WAV file")
	}
	s := &sound{}
	for at := 12; at+8 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8 : min(len(b), at+8+size)]
		switch string(b[at : at+4]) {
		case "fmt ":
			if binary.LittleEndian.Uint16(body[2:]) != 1 || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, errors.New("not 16-bit mono")
			}
			s.rate = int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			s.samples = make([]int16, len(body)/2)
			for i := range s.samples {
				s.samples[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
		}
		at += 8 + size + size%2
	}
	return s, nil
}

func writeWAV(path string, s *sound) error {
	n := uint32(2 * len(s.samples))
	b := make([]byte, 0, 44+n)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, 36+n)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(2*s.rate))
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, n)
	for _, v := range s.samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return os.WriteFile(path, b, 0o644)
}

// timeline is the narration of a lesson, and what happens when.
type timeline struct {
	sound    *sound
	cues     []content.Cue
	shots    []shot
	chapters []content.Chapter
	// cuts are the times of new slides, where the video gets a keyframe.
	cuts []int64
}

// shot is a picture from a time on: a slide with so many of its items.
type shot struct {
	startMS      int64
	slide, items int
}

// Lengths of silence, in milliseconds.
const (
	frameMS       = 100 // one frame of the video
	beforeSlide   = 400
	afterSlide    = 650
	afterSentence = 450
	afterQuestion = 800 // time to think
	afterClause   = 260
)

// narrate speaks a whole lesson and notes when each thing happens.
func narrate(l lesson, lang string, v voice, work string) (*timeline, error) {
	tl := &timeline{}
	for i, sl := range l.Slides {
		if err := tl.slide(i, sl, lang, v, work); err != nil {
			return nil, fmt.Errorf("slide %d: %w", i+1, err)
		}
	}
	return tl, nil
}

func (tl *timeline) slide(i int, sl slide, lang string, v voice, work string) error {
	f := sl.face(lang)
	start := int64(0)
	if tl.sound != nil {
		tl.sound.grid(frameMS)
		start = tl.sound.ms()
	}
	tl.cuts = append(tl.cuts, start)
	if sl.Chapter != nil {
		tl.chapters = append(tl.chapters, content.Chapter{StartMS: start, Title: sl.Chapter[lang], Titles: sl.Chapter})
	}
	items := 0
	if f.reveals() == 0 {
		items = f.items()
	}
	tl.shots = append(tl.shots, shot{start, i, items})
	for j, s := range f.Say {
		if err := tl.utter(s, v, filepath.Join(work, fmt.Sprintf("say-%02d-%02d.wav", i, j)), j == 0); err != nil {
			return err
		}
		if n := pluses(s); n > 0 {
			items += n
			tl.shots = append(tl.shots, shot{tl.cues[len(tl.cues)-1].StartMS, i, items})
		}
	}
	tl.sound.pause(afterSlide)
	return nil
}

// utter speaks one utterance and captions it for exactly as long as it is heard.
func (tl *timeline) utter(s string, v voice, wav string, first bool) error {
	if out, err := v.say(spoken(s), wav).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", v.name, err, out)
	}
	snd, err := readWAV(wav)
	if err != nil {
		return fmt.Errorf("%q: %w", s, err)
	}
	snd.trim()
	if snd.ms() < 300 {
		return fmt.Errorf("%s says nothing for %q", v.name, s)
	}
	if tl.sound == nil {
		tl.sound = &sound{rate: snd.rate}
	}
	if first {
		tl.sound.pause(beforeSlide)
	}
	start := tl.sound.ms()
	tl.sound.samples = append(tl.sound.samples, snd.samples...)
	tl.cues = append(tl.cues, content.Cue{StartMS: start, EndMS: tl.sound.ms(), Text: strings.Join(wrap(shown(s)), "\n")})
	tl.sound.pause(pauseAfter(s))
	return nil
}

func pauseAfter(s string) int64 {
	switch r := []rune(s); r[len(r)-1] {
	case '?', '؟':
		return afterQuestion
	case '.', '!', ':':
		return afterSentence
	}
	return afterClause
}

// vtt writes the captions as WebVTT.
func vtt(lang string, cues []content.Cue) string {
	var b strings.Builder
	fmt.Fprintf(&b, "WEBVTT\nKind: captions\nLanguage: %s\n\nNOTE %s\n", lang, syntheticLabel)
	for _, c := range cues {
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", clock(c.StartMS), clock(c.EndMS), c.Text)
	}
	return b.String()
}

func clock(ms int64) string {
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}
