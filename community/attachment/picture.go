package attachment

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif" // so that image.Decode knows it: its first frame
	"image/jpeg"
	"image/png"
	"io"

	scale "golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// The renditions: the longest side of each, in pixels, and its quality as JPEG has it.
const (
	largeSide, largeQuality = 1600, 82
	lightSide, lightQuality = 640, 70
)

// maxPixels is the size of the largest picture that is read, which phones of many lenses take: decoded, it takes at most four
// bytes each.
const maxPixels = 52_000_000

// encoded is a picture as a file.
type encoded struct {
	ext  string
	data []byte
	size image.Point
}

func (e encoded) rendition() Rendition {
	return Rendition{Ext: e.ext, Width: e.size.X, Height: e.size.Y, Bytes: int64(len(e.data))}
}

// isPicture tells by the first bytes whether a file claims to be a picture of a kind that is shown.
func isPicture(r io.ReaderAt) bool {
	head := make([]byte, 12)
	n, _ := r.ReadAt(head, 0)
	head = head[:n]
	return bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}) || bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) ||
		bytes.HasPrefix(head, []byte("GIF8")) || n == 12 && string(head[:4]) == "RIFF" && string(head[8:]) == "WEBP"
}

// renditions makes a picture anew, upright, in two sizes. light has no data for a picture that is light enough itself. A picture
// that can't be read is ErrUnknownType, one of too many pixels ErrTooManyDots.
func renditions(r io.ReadSeeker) (large, light encoded, err error) {
	config, format, err := image.DecodeConfig(r)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return large, light, ErrUnknownType
	}
	if int64(config.Width)*int64(config.Height) > maxPixels {
		return large, light, ErrTooManyDots
	}
	up := 1
	if format == "jpeg" {
		up = orientation(rewound(r))
	}
	source, _, err := image.Decode(rewound(r))
	if err != nil {
		return large, light, ErrUnknownType
	}
	img := turn(shrink(source, largeSide), up)
	if large, err = encode(img, format, largeQuality); err != nil {
		return large, light, err
	}
	if max(large.size.X, large.size.Y) <= lightSide {
		return large, light, nil
	}
	small := shrink(img, lightSide)
	if light, err = encode(small, large.ext, lightQuality); err == nil && light.ext != large.ext {
		light, err = encodeAs(small, large.ext, lightQuality) // one type for both
	}
	return large, light, err
}

func rewound(r io.ReadSeeker) io.Reader {
	_, _ = r.Seek(0, io.SeekStart) // in memory or on disk: never fails
	return r
}

// encode chooses between the two types: what can be seen through, and drawings such as screens, are PNG unless that is far larger.
func encode(img *image.RGBA, format string, quality int) (encoded, error) {
	if !img.Opaque() {
		return encodeAs(img, "png", quality)
	}
	photo, err := encodeAs(img, "jpg", quality)
	if err != nil || format == "jpeg" || format == "jpg" || format == "webp" {
		return photo, err
	}
	drawing, err := encodeAs(img, "png", quality)
	if err == nil && len(drawing.data) > len(photo.data)*3/2 {
		return photo, nil
	}
	return drawing, err
}

func encodeAs(img *image.RGBA, ext string, quality int) (encoded, error) {
	var b bytes.Buffer
	var err error
	if ext == "png" {
		err = (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	}
	if err != nil {
		return encoded{}, fmt.Errorf("write picture: %w", err)
	}
	return encoded{ext: ext, data: b.Bytes(), size: img.Rect.Size()}, nil
}

// shrink is a picture no longer than side, or as it is when it isn't.
func shrink(source image.Image, side int) *image.RGBA {
	b := source.Bounds()
	longest := max(b.Dx(), b.Dy())
	img := reduce(source, max(1, longest/side))
	if longest = max(img.Rect.Dx(), img.Rect.Dy()); longest <= side {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, img.Rect.Dx()*side/longest), max(1, img.Rect.Dy()*side/longest)))
	scale.ApproxBiLinear.Scale(small, small.Rect, img, img.Rect, draw.Src, nil) // to more than a half: no point is passed by
	return small
}

// reduce makes one point of k × k, their mean. It reads the picture strip by strip: no second one of its size is made.
func reduce(source image.Image, k int) *image.RGBA {
	b := source.Bounds()
	kx, ky := min(k, b.Dx()), min(k, b.Dy()) // of a picture that is hardly more than a line
	w, h := b.Dx()/kx, b.Dy()/ky
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if k == 1 {
		draw.Draw(out, out.Rect, source, b.Min, draw.Src)
		return out
	}
	strip := image.NewRGBA(image.Rect(0, 0, w*kx, ky))
	for y := range h {
		draw.Draw(strip, strip.Rect, source, image.Pt(b.Min.X, b.Min.Y+y*ky), draw.Src)
		for x := range w {
			var sum [4]int
			for dy := range ky {
				row := strip.Pix[dy*strip.Stride+x*kx*4:][:kx*4]
				for i, v := range row {
					sum[i&3] += int(v)
				}
			}
			for i, v := range sum {
				out.Pix[y*out.Stride+x*4+i] = uint8((v + kx*ky/2) / (kx * ky))
			}
		}
	}
	return out
}
