package incoming

import (
	"bytes"
	"image"
	_ "image/gif" // the formats of pictures that are measured
	_ "image/jpeg"
	_ "image/png"
	"io"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
	_ "golang.org/x/image/webp" // one more
	"golang.org/x/net/html"
)

// File is something that somebody sent with what they wrote.
type File struct {
	Name string // as it is called where it comes from, without a path; or ""
	Data []byte // nil when it can't be decoded
}

// The bounds of the files of a mail, and of pictures that only adorn it.
const (
	maxFiles     = 20       // more than a post may have: what is beyond the post's is told, not this
	maxFileBytes = 24 << 20 // of all of them, decoded
	speck        = 16       // pixels: a picture that isn't larger either way tells a sender that a mail was opened
	small        = 120      // pixels: a picture of a text that is less, either way, is a logo
	light        = 2 << 10  // bytes: so is one that has less
)

// part is a file of a mail, before it is known whether it belongs to what was said.
type part struct {
	File
	id       string // by which the HTML shows it
	picture  bool
	attached bool // rather than shown in the text
	related  bool // it is there for the HTML alone
}

// take keeps a file of a mail, unless programs put it there of their own: invitations, signatures, cards.
func (r *reading) take(e *message.Entity, kind, name, disposition, within string, cause error) {
	picture := strings.HasPrefix(kind, "image/")
	nameless := name == "" && disposition != "attachment" && !picture
	if len(r.files) == maxFiles || nameless || slices.Contains(ofPrograms, kind) || strings.HasSuffix(strings.ToLower(name), ".vcf") {
		return
	}
	p := part{File: File{Name: name}, picture: picture, attached: disposition == "attachment", related: within == "multipart/related",
		id: strings.Trim(strings.TrimSpace(e.Header.Get("Content-Id")), "<>")}
	if !message.IsUnknownEncoding(cause) {
		p.Data = r.file(e.Body)
	}
	r.files = append(r.files, p)
}

var ofPrograms = []string{"text/calendar", "application/ics", "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
	"text/rfc822-headers", "text/vcard", "text/x-vcard", "text/directory", "text/x-amp-html", "text/watch-html"}

// file reads a file whole, within what is left for all; nil when it can't.
func (r *reading) file(body io.Reader) []byte {
	data, err := io.ReadAll(io.LimitReader(body, int64(r.room)+1))
	if err != nil || len(data) > r.room {
		return nil
	}
	r.room -= len(data)
	return data
}

// kept are the files that belong to what was said, in their order.
func (r *reading) kept() []File {
	shown, said := r.pictures()
	var all []File
	for _, p := range r.files {
		_, placed := shown[p.id]
		keep := true
		switch {
		case !p.picture:
		case placed && p.id != "":
			keep = said[p.id] && !p.adorns()
		case p.attached:
			keep = !within(p.Data, speck)
		default: // shown where nobody says: after the text, by phones; or nowhere
			keep = !p.related && !p.adorns()
		}
		if keep {
			all = append(all, p.File)
		}
	}
	return all
}

// adorns tells whether a picture of a text is too slight to be looked at for itself.
func (p part) adorns() bool {
	if len(p.Data) < light {
		return true
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(p.Data))
	return err == nil && min(c.Width, c.Height) < small
}

// within tells whether a picture is no larger than so many pixels either way.
func within(data []byte, most int) bool {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil && max(c.Width, c.Height) <= most
}

// pictures tells which pictures the HTML shows at all, and which of them in what its writer said: not in a signature, a quote or
// the copy of the mail that is answered, nor as small as a logo.
func (r *reading) pictures() (shown map[string]struct{}, said map[string]bool) {
	shown, said = map[string]struct{}{}, map[string]bool{}
	if !slices.ContainsFunc(r.files, func(p part) bool { return p.picture && p.id != "" }) {
		return shown, said
	}
	var all []picture
	var texts []string
	for _, h := range r.html {
		text, err := plainWith(h, &all)
		if err == nil {
			texts = append(texts, text)
		}
	}
	for _, p := range all {
		shown[p.id] = struct{}{}
	}
	for line := range strings.SplitSeq(Trim(strings.Join(texts, "\n")), "\n") {
		if depth, _ := quotedBy(line); depth > 0 {
			continue
		}
		for _, m := range pictureMark.FindAllStringSubmatch(line, -1) {
			if i, err := strconv.Atoi(m[1]); err == nil && i < len(all) && !all[i].small {
				said[all[i].id] = true
			}
		}
	}
	return shown, said
}

// picture is one that HTML shows.
type picture struct {
	id    string
	small bool // as small as a logo
}

// pictureMark stands in a text made of HTML for a picture, by its number.
var pictureMark = regexp.MustCompile("\x02(\\d{1,6})\x03")

// shownHere is what programs write into a plain text where the HTML shows a picture.
var shownHere = regexp.MustCompile(`(?i)\[(image|cid|صورة|الصورة)\s?:\s?[^\]\n]{1,200}\]`)

// showsPicture notes a picture that came with the mail, and marks where it is shown.
func (w *textOf) showsPicture(n *html.Node) {
	source := strings.TrimSpace(attribute(n, "src"))
	if w.pictures == nil || len(source) < 5 || !strings.EqualFold(source[:4], "cid:") {
		return
	}
	id := source[4:]
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	p := picture{id: id}
	for _, side := range []string{"width", "height"} {
		if n, ok := pixels(n, side); ok && n < small {
			p.small = true
		}
	}
	w.words("\x02" + strconv.Itoa(len(*w.pictures)) + "\x03")
	*w.pictures = append(*w.pictures, p)
}

// styled says a picture's size in a style; units are how many pixels each of its units has.
var (
	styled = map[string]*regexp.Regexp{"width": sizeIn("width"), "height": sizeIn("height")}
	units  = map[string]float64{"px": 1, "pt": 4.0 / 3, "in": 96, "cm": 96 / 2.54}
)

func sizeIn(side string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[;\s])` + side + `\s*:\s*(\d{1,5}(?:\.\d{1,5})?)(px|pt|in|cm)`)
}

// pixels is how wide or high HTML shows a picture, when it says so in a unit that doesn't depend on the screen.
func pixels(n *html.Node, side string) (int, bool) {
	number, unit := strings.TrimSuffix(strings.TrimSpace(attribute(n, side)), "px"), "px"
	if m := styled[side].FindStringSubmatch(attribute(n, "style")); m != nil {
		number, unit = m[1], strings.ToLower(m[2])
	}
	size, err := strconv.ParseFloat(number, 64)
	return int(size * units[unit]), err == nil
}

// nameOf is what a part is called.
func nameOf(disposition, kind map[string]string) string {
	return cleanName(firstOf(disposition["filename"], kind["name"]))
}

var words = mime.WordDecoder{CharsetReader: charset.Reader}
