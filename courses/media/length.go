package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Errors of Inspect.
var (
	ErrNoLength   = errors.New("media: the file doesn't say how long it lasts")
	ErrUnplayable = errors.New("media: browsers can't play this codec")
)

// Recording is what a film or a sound says of itself.
type Recording struct {
	MS      int64
	Picture bool
}

// unplayable are codecs that some recent browser doesn't play, by the names of their sample entries (ISO 14496-12): HEVC
// above all, which phones make.
var unplayable = []string{"hvc1", "hev1", "dvh1", "dvhe", "mp4v", "s263", "ap4h", "apch", "apcn", "mjpg", "jpeg", "ac-3",
	"ec-3", "alac", "samr", "sowt", "twos", "lpcm", "encv", "enca"}

// Inspect reads the length of a stored film or sound. It returns ErrNotFound, ErrNoLength for what isn't one or doesn't
// tell, and ErrUnplayable for a codec that browsers don't play, such as HEVC.
func (f *Folder) Inspect(name string) (Recording, error) {
	path, mime, err := f.Path(name)
	if err != nil {
		return Recording{}, err
	}
	file, err := os.Open(path)
	if err != nil {
		return Recording{}, fmt.Errorf("inspect blob %s: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return Recording{}, fmt.Errorf("inspect blob %s: %w", name, err)
	}
	switch mime {
	case mp3.mime:
		ms, err := mp3Length(file, info.Size())
		return Recording{MS: ms}, err
	case mp4.mime, m4a.mime:
		ms, err := mp4Length(file, info.Size())
		return Recording{MS: ms, Picture: mime == mp4.mime}, err
	}
	return Recording{}, ErrNoLength
}

// mp4Length reads the length in milliseconds from the movie's header, or from that of its fragments.
func mp4Length(r io.ReaderAt, size int64) (int64, error) {
	var scale, units, fragments uint64
	odd := false
	err := walk(r, 0, size, nil, func(path []string, body, end int64) {
		switch path[len(path)-1] {
		case "mvhd":
			scale, units = readHeader(r, body, end)
		case "mehd":
			fragments = readFragments(r, body, end)
		case "stsd":
			odd = odd || !plays(r, body, end)
		}
	})
	switch {
	case err != nil:
		return 0, err
	case odd:
		return 0, ErrUnplayable
	case units == 0 || units == 1<<32-1 || units == 1<<64-1:
		units = fragments
	}
	if scale == 0 || units == 0 || units > 1<<40 {
		return 0, ErrNoLength
	}
	return int64(units * 1000 / scale), nil
}

// inside are the boxes that walk goes into.
var inside = []string{"moov", "mvex", "trak", "mdia", "minf", "stbl"}

// walk visits the boxes in [from, to), each with the names of those around it.
func walk(r io.ReaderAt, from, to int64, around []string, visit func(path []string, body, end int64)) error {
	for from+8 <= to {
		name, body, end, ok := readBox(r, from, to)
		if !ok {
			return ErrUnknownType
		}
		path := append(slices.Clip(around), name)
		visit(path, body, end)
		if len(around) < 6 && slices.Contains(inside, name) {
			if err := walk(r, body, end, path, visit); err != nil {
				return err
			}
		}
		from = end
	}
	return nil
}

// readHeader reads the time scale and the duration of an mvhd box; zero when it is cut short.
func readHeader(r io.ReaderAt, body, end int64) (scale, units uint64) {
	b := make([]byte, 32)
	n, _ := r.ReadAt(b[:min(32, end-body)], body)
	switch {
	case n >= 20 && b[0] == 0:
		return uint64(binary.BigEndian.Uint32(b[12:])), uint64(binary.BigEndian.Uint32(b[16:]))
	case n >= 32 && b[0] == 1:
		return uint64(binary.BigEndian.Uint32(b[20:])), binary.BigEndian.Uint64(b[24:])
	}
	return 0, 0
}

func readFragments(r io.ReaderAt, body, end int64) uint64 {
	b := make([]byte, 12)
	n, _ := r.ReadAt(b[:min(12, end-body)], body)
	switch {
	case n >= 8 && b[0] == 0:
		return uint64(binary.BigEndian.Uint32(b[4:]))
	case n >= 12 && b[0] == 1:
		return binary.BigEndian.Uint64(b[4:])
	}
	return 0
}

// plays tells whether the first sample entry of an stsd box has a codec that browsers play.
func plays(r io.ReaderAt, body, end int64) bool {
	if end-body < 16 {
		return true
	}
	b := make([]byte, 4)
	if _, err := r.ReadAt(b, body+12); err != nil {
		return true
	}
	return !slices.Contains(unplayable, string(b))
}
