package views

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Mark draws a space's mark from its key: a rosette of zellige with eightfold symmetry. The same key and hue (0–359)
// always give the same drawing. It is decorative: the space's name stands beside it.
func Mark(key string, hue int) templ.Component { return templ.Raw(MarkSVG(key, hue, "mark")) }

// MarkSVG is the markup of Mark, for what is no page.
func MarkSVG(key string, hue int, class string) string {
	m := newMark(key, hue)
	m.ground()
	m.ring()
	m.star()
	m.core()
	return `<svg class="` + class + `" viewBox="-50 -50 100 100" width="40" height="40" aria-hidden="true" focusable="false">` +
		m.String() + `</svg>`
}

// mark is a drawing under way. Its choices are taken one after the other from the digits of the key's hash.
type mark struct {
	strings.Builder
	seed                        uint64
	deep, mid, pale, spark, ink string // colours: ground, tiles, star, core, lines
}

func newMark(key string, hue int) *mark {
	h := fnv.New64a()
	_, _ = h.Write([]byte("zellige/" + key)) // never fails
	seed := h.Sum64()
	seed ^= seed >> 29
	seed *= 0xbf58476d1ce4e5b9
	seed ^= seed >> 32
	m := &mark{seed: seed}
	m.deep = hsl(hue, 52, 30)
	m.mid = hsl(hue, 42, 52)
	m.pale = hsl(hue, 38, 93)
	m.ink = hsl(hue, 55, 22)
	m.spark = []string{"#e0a458", "#c8643c", "#e9c46a", "#8a9a5b"}[m.pick(4)]
	return m
}

// pick takes one of n choices.
func (m *mark) pick(n uint64) uint64 {
	v := m.seed % n
	m.seed /= n
	return v
}

func (m *mark) ground() {
	switch m.pick(3) {
	case 0:
		fmt.Fprintf(m, `<circle r="50" fill="%s"/>`, m.deep)
	case 1:
		fmt.Fprintf(m, `<rect x="-48" y="-48" width="96" height="96" rx="20" fill="%s"/>`, m.deep)
	default:
		m.fill(m.deep, polygon(8, 51, math.Pi/8))
	}
}

// ring sets eight or sixteen tiles around the star.
func (m *mark) ring() {
	turn := math.Pi / 8
	switch m.pick(4) {
	case 0: // kites that point outward
		m.around(m.mid, turn, [][2]float64{{22, 0}, {34, 7}, {46, 0}, {34, -7}})
	case 1: // lozenges lying along the edge
		m.around(m.mid, turn, [][2]float64{{33, 0}, {39, 11}, {45, 0}, {39, -11}})
	case 2: // a second star behind, sixteen points
		m.fill(m.mid, starPath(16, 46, 34, 0))
	default: // petals
		for i := range 8 {
			a := turn + float64(i)*math.Pi/4
			fmt.Fprintf(m, `<circle cx="%s" cy="%s" r="6.5" fill="%s"/>`, num(37*math.Cos(a)), num(37*math.Sin(a)), m.mid)
		}
	}
}

// star draws the khatam, the eight-pointed star at the centre.
func (m *mark) star() {
	turn := float64(m.pick(2)) * math.Pi / 8
	switch m.pick(4) {
	case 0: // two squares, one on the other
		m.fill(m.pale, starPath(8, 38, 29.1, turn))
		m.line(m.deep, polygon(4, 38, turn)+polygon(4, 38, turn+math.Pi/4))
	case 1: // the sharper star of every third point
		m.fill(m.pale, starPath(8, 42, 22.7, turn))
	case 2: // the same, drawn as a ribbon
		m.fill(m.pale, starPath(8, 42, 26, turn))
		m.fill(m.deep, starPath(8, 31, 19, turn))
	default: // petals that meet
		m.fill(m.pale, flower(40, 19, turn))
	}
}

func (m *mark) core() {
	switch m.pick(5) {
	case 0:
		m.fill(m.spark, starPath(8, 16, 12.2, 0))
	case 1:
		fmt.Fprintf(m, `<circle r="9" fill="%s"/><circle r="13.5" fill="none" stroke="%s" stroke-width="2.5"/>`, m.spark, m.spark)
	case 2:
		m.fill(m.spark, polygon(8, 14, math.Pi/8))
		m.fill(m.ink, starPath(8, 8, 4.5, 0))
	case 3:
		m.fill(m.spark, starPath(8, 19, 8, math.Pi/8))
	default:
		m.fill(m.spark, flower(17, 7, 0))
	}
}

func (m *mark) fill(colour, path string) { fmt.Fprintf(m, `<path fill="%s" d="%s"/>`, colour, path) }

func (m *mark) line(colour, path string) {
	fmt.Fprintf(m, `<path fill="none" stroke="%s" stroke-width="2.5" d="%s"/>`, colour, path)
}

// around repeats a tile, given by its corners (distance from the centre, offset aside), eight times.
func (m *mark) around(colour string, turn float64, corners [][2]float64) {
	var b strings.Builder
	for i := range 8 {
		a := turn + float64(i)*math.Pi/4
		sin, cos := math.Sincos(a)
		points := make([][2]float64, len(corners))
		for j, c := range corners {
			points[j] = [2]float64{c[0]*cos - c[1]*sin, c[0]*sin + c[1]*cos}
		}
		b.WriteString(closed(points))
	}
	m.fill(colour, b.String())
}

// polygon is a regular polygon of n corners at radius r.
func polygon(n int, r, turn float64) string {
	points := make([][2]float64, n)
	for i := range points {
		sin, cos := math.Sincos(turn + float64(i)*2*math.Pi/float64(n))
		points[i] = [2]float64{r * cos, r * sin}
	}
	return closed(points)
}

// starPath is a star of n points at radius outer with notches at radius inner.
func starPath(n int, outer, inner, turn float64) string {
	points := make([][2]float64, 2*n)
	for i := range points {
		r := outer
		if i%2 == 1 {
			r = inner
		}
		sin, cos := math.Sincos(turn + float64(i)*math.Pi/float64(n))
		points[i] = [2]float64{r * cos, r * sin}
	}
	return closed(points)
}

// flower is eight pointed petals of length r, bulging to width w.
func flower(r, w, turn float64) string {
	var b strings.Builder
	for i := range 8 {
		sin, cos := math.Sincos(turn + float64(i)*math.Pi/4)
		at := func(along, aside float64) string { return num(along*cos-aside*sin) + " " + num(along*sin+aside*cos) }
		b.WriteString("M0 0Q" + at(r*.55, w*.75) + " " + at(r, 0) + "Q" + at(r*.55, -w*.75) + " 0 0Z")
	}
	return b.String()
}

func closed(points [][2]float64) string {
	var b strings.Builder
	for i, p := range points {
		b.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + num(p[0]) + " " + num(p[1]))
	}
	b.WriteString("Z")
	return b.String()
}

func num(x float64) string {
	s := strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
	if s == "-0" {
		return "0"
	}
	return s
}

func hsl(h, s, l int) string { return fmt.Sprintf("hsl(%d %d%% %d%%)", ((h%360)+360)%360, s, l) }

// HueClass is the class that sets the accent of a space inside an element, the hue rounded to one of 24.
func HueClass(hue int) string { return "hue h" + strconv.Itoa((((hue%360)+360)%360+7)/15%24) }
