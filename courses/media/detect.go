package media

import (
	"bytes"
	"encoding/binary"
	"io"
)

type fileType struct{ ext, mime string }

var (
	mp4  = fileType{".mp4", "video/mp4"}
	m4a  = fileType{".m4a", "audio/mp4"}
	mp3  = fileType{".mp3", "audio/mpeg"}
	vtt  = fileType{".vtt", "text/vtt; charset=utf-8"}
	jpeg = fileType{".jpg", "image/jpeg"}

	mimeOf = map[string]string{mp4.ext: mp4.mime, m4a.ext: m4a.mime, mp3.ext: mp3.mime, vtt.ext: vtt.mime, jpeg.ext: jpeg.mime}
)

const maxVTT = 2 << 20 // bytes; an hour of captions takes about 60 KB

// detect tells what the size bytes of r are.
func detect(r io.ReaderAt, size int64) (fileType, error) {
	head := make([]byte, 16)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return fileType{}, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}):
		return jpeg, nil
	case len(head) >= 8 && string(head[4:8]) == "ftyp":
		return detectMP4(r, size)
	case bytes.HasPrefix(bytes.TrimPrefix(head, []byte("\ufeff")), []byte("WEBVTT")) && size <= maxVTT:
		return detectVTT(r, size)
	case bytes.HasPrefix(head, []byte("ID3")) || isFrame(head):
		_, err := mp3Length(r, size)
		return mp3, err
	}
	return fileType{}, ErrUnknownType
}

// Sound tells the extension and the media type of a recording of sound alone, MP3 or M4A. It returns ErrUnknownType for anything
// else.
func Sound(r io.ReaderAt, size int64) (ext, mime string, err error) {
	kind, err := detect(r, size)
	if err != nil || kind != mp3 && kind != m4a {
		return "", "", ErrUnknownType
	}
	return kind.ext[1:], kind.mime, nil
}

func detectVTT(r io.ReaderAt, size int64) (fileType, error) {
	text, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return fileType{}, err
	}
	if _, err := ParseVTT(text); err != nil {
		return fileType{}, ErrUnknownType
	}
	return vtt, nil
}

// detectMP4 looks at the kinds of track in the file: a picture makes it a video, sound alone an audio file.
func detectMP4(r io.ReaderAt, size int64) (fileType, error) {
	var sound, picture bool
	err := boxes(r, 0, size, 0, func(handler string) {
		sound = sound || handler == "soun"
		picture = picture || handler == "vide"
	})
	switch {
	case err != nil:
		return fileType{}, err
	case picture:
		return mp4, nil
	case sound:
		return m4a, nil
	}
	return fileType{}, ErrUnknownType
}

// boxes walks the ISO base media boxes in [from, to) down to the handlers of moov/trak/mdia (ISO 14496-12).
func boxes(r io.ReaderAt, from, to int64, depth int, handler func(string)) error {
	for from+8 <= to {
		name, body, end, ok := readBox(r, from, to)
		if !ok {
			return ErrUnknownType
		}
		switch {
		case name == "hdlr" && end-body >= 12:
			kind := make([]byte, 4)
			if _, err := r.ReadAt(kind, body+8); err != nil {
				return ErrUnknownType
			}
			handler(string(kind))
		case depth < 3 && (name == "moov" || name == "trak" || name == "mdia"):
			if err := boxes(r, body, end, depth+1, handler); err != nil {
				return err
			}
		}
		from = end
	}
	return nil
}

// readBox reads the header at from: where the body starts and where the box ends. Not ok when it leaves [from, to).
func readBox(r io.ReaderAt, from, to int64) (name string, body, end int64, ok bool) {
	head := make([]byte, 16)
	n, _ := r.ReadAt(head, from)
	if n < 8 {
		return "", 0, 0, false
	}
	size, body := int64(binary.BigEndian.Uint32(head)), from+8
	switch size {
	case 0: // to the end of the file
		size = to - from
	case 1:
		if n < 16 {
			return "", 0, 0, false
		}
		large := binary.BigEndian.Uint64(head[8:])
		if large > uint64(to) {
			return "", 0, 0, false
		}
		size, body = int64(large), from+16
	}
	end = from + size
	return string(head[4:8]), body, end, end >= body && end <= to
}
