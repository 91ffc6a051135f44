package media

import (
	"bufio"
	"encoding/binary"
	"io"
)

// Bit rates in kbit/s of layer III, and samples per second, by the fields of a frame's header (ISO 11172-3, 13818-3).
var (
	rates1  = [16]int64{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	rates2  = [16]int64{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
	samples = [4]int64{44100, 48000, 32000, 0}
)

// frame is one frame of an MP3: its length in bytes, and how much it plays.
type frame struct{ bytes, samples, rate int64 }

// readFrame reads the header of a layer III frame.
func readFrame(head []byte) (frame, bool) {
	if len(head) < 4 {
		return frame{}, false
	}
	h := binary.BigEndian.Uint32(head)
	version, layer := h>>19&3, h>>17&3
	rate := samples[h>>10&3]
	if h>>21 != 0x7ff || version == 1 || layer != 1 || rate == 0 {
		return frame{}, false
	}
	f := frame{samples: 1152, rate: rate}
	bits := rates1[h>>12&15]
	if version != 3 { // MPEG 2 and 2.5: half the rate, half the samples
		f.rate, f.samples, bits = rate/2, 576, rates2[h>>12&15]
		if version == 0 {
			f.rate = rate / 4
		}
	}
	if bits == 0 {
		return frame{}, false
	}
	f.bytes = f.samples/8*bits*1000/f.rate + int64(h>>9&1)
	return f, true
}

func isFrame(head []byte) bool {
	_, ok := readFrame(head)
	return ok
}

const (
	fewFrames = 8       // a file with less isn't taken for MP3: chance makes two or three
	maxTail   = 1 << 20 // bytes after the last frame, for tags
)

// mp3Length adds up the frames of an MP3, in milliseconds. What is mostly something else is ErrUnknownType.
func mp3Length(r io.ReaderAt, size int64) (int64, error) {
	at, err := skipTags(r, size)
	if err != nil {
		return 0, err
	}
	in := bufio.NewReaderSize(io.NewSectionReader(r, at, size-at), 64<<10)
	var frames, played, rate int64
	for {
		head, err := in.Peek(4)
		f, ok := readFrame(head)
		if err != nil || !ok || rate != 0 && f.rate != rate {
			break
		}
		if n, err := in.Discard(int(f.bytes)); err != nil { // the last one may be cut
			at += int64(n)
			break
		}
		at, frames, played, rate = at+f.bytes, frames+1, played+f.samples, f.rate
	}
	if frames < fewFrames || size-at > maxTail {
		return 0, ErrUnknownType
	}
	return played * 1000 / rate, nil
}

// skipTags returns where the first frame begins, after ID3 tags.
func skipTags(r io.ReaderAt, size int64) (int64, error) {
	at := int64(0)
	for {
		head := make([]byte, 10)
		if n, err := r.ReadAt(head, at); n < 10 && err != io.EOF {
			return 0, err
		}
		if string(head[:3]) != "ID3" {
			return at, nil
		}
		length := int64(0)
		for _, b := range head[6:10] {
			if b > 0x7f {
				return 0, ErrUnknownType
			}
			length = length<<7 | int64(b)
		}
		if at += 10 + length; at >= size {
			return 0, ErrUnknownType
		}
	}
}
