package community

import (
	"strings"
	"unicode"
)

// Change is a stretch of a text compared with another.
type Change struct {
	What ChangeKind
	Text string
}

// ChangeKind says what became of a stretch.
type ChangeKind int

// What may become of a stretch.
const (
	Kept ChangeKind = iota
	Removed
	Added
)

// Block is a line of the compared texts, each to be shown in its own direction. Texts of both directions that changed line by
// line don't run into each other that way.
type Block []Change

// Compare tells word by word how one text became another, line by line. The kept and removed stretches together are the first
// text, the kept and added ones the second.
func Compare(before, after string) []Block {
	var blocks []Block
	lines := align(splitLines(before), splitLines(after))
	for i := 0; i < len(lines); i++ {
		removed, added := []string{}, []string{}
		for ; i < len(lines) && lines[i].What != Kept; i++ {
			if lines[i].What == Removed {
				removed = append(removed, lines[i].Text)
			} else {
				added = append(added, lines[i].Text)
			}
		}
		blocks = append(blocks, pairUp(removed, added)...)
		if i < len(lines) {
			blocks = append(blocks, Block{lines[i]})
		}
	}
	return blocks
}

// pairUp compares lines that were replaced, each with the one in its place; the others came or went whole.
func pairUp(removed, added []string) []Block {
	var blocks []Block
	for n := range max(len(removed), len(added)) {
		switch {
		case n >= len(removed):
			blocks = append(blocks, Block{{Added, added[n]}})
		case n >= len(added):
			blocks = append(blocks, Block{{Removed, removed[n]}})
		default:
			blocks = append(blocks, join(align(splitWords(removed[n]), splitWords(added[n]))))
		}
	}
	return blocks
}

// join puts neighbours of the same kind together.
func join(changes []Change) Block {
	var b Block
	for _, c := range changes {
		if last := len(b) - 1; last >= 0 && b[last].What == c.What {
			b[last].Text += c.Text
		} else {
			b = append(b, c)
		}
	}
	return b
}

// mostCompared bounds the product of two numbers of parts that are aligned, and so what comparing costs: a line of 2,000 words
// rewritten from end to end stays under it.
const mostCompared = 4 << 20

// align finds the longest sequence of parts that two lists share, what they begin and end with alike set aside first. Beyond
// mostCompared it says that everything between changed.
func align(a, b []string) []Change {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	changes := as(Kept, a[:head])
	changes = append(changes, between(a[head:len(a)-tail], b[head:len(b)-tail])...)
	return append(changes, as(Kept, a[len(a)-tail:])...)
}

func between(a, b []string) []Change {
	if len(a)*len(b) > mostCompared {
		return append(as(Removed, a), as(Added, b)...)
	}
	width := len(b) + 1
	longest := make([]uint16, (len(a)+1)*width) // from a[i:] and b[j:] on
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	var changes []Change
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			changes = append(changes, Change{Kept, a[i]})
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			changes = append(changes, Change{Removed, a[i]})
			i++
		default:
			changes = append(changes, Change{Added, b[j]})
			j++
		}
	}
	return append(append(changes, as(Removed, a[i:])...), as(Added, b[j:])...)
}

func as(what ChangeKind, parts []string) []Change {
	changes := make([]Change, len(parts))
	for n, p := range parts {
		changes[n] = Change{what, p}
	}
	return changes
}

func splitLines(s string) []string { return strings.Split(s, "\n") }

// splitWords cuts a line into words, spaces and signs. Letters that join and the marks on them stay with
// their word: Arabic isn't cut inside one.
func splitWords(line string) []string {
	var words []string
	from, inside, spaced := 0, false, false
	for n, r := range line {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\u200d' || r == '\u200c' || r == 'ـ'
		space := unicode.IsSpace(r)
		if n > from && (!letter || !inside) && (!space || !spaced) {
			words = append(words, line[from:n])
			from = n
		}
		inside, spaced = letter, space
	}
	if from < len(line) {
		words = append(words, line[from:])
	}
	return words
}
