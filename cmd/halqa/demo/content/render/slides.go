package main

import (
	"bytes"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Slides are drawn at twice the size of the video, then scaled down.
const (
	slideW, slideH = 854, 480
	// perSheet keeps a sheet of stacked slides under the height chromium can draw.
	perSheet = 30
)

// syntheticLabel says in every language that nobody spoke these words.
const syntheticLabel = "Voix de synthèse · صوت اصطناعي · Synthetic voice"

// picture is one state of a slide, as the template wants it.
type picture struct {
	face
	Layout, Lang, Dir, Module, Hue string
	Label                          string
	Items                          int // how many items are visible
	Last                           int // the item just revealed, or 0
}

// drawSlides draws every shot of a lesson and returns the picture of each,
// by slide and number of items.
func drawSlides(s source, l lesson, lang, work string) (map[[2]int]string, error) {
	var pics []picture
	var keys [][2]int
	for i, sl := range l.Slides {
		f := sl.face(lang)
		first := 0
		if f.reveals() == 0 {
			first = f.items()
		}
		for n := first; n <= f.items(); n++ {
			pics = append(pics, newPicture(s, sl, f, lang, n, f.reveals() > 0))
			keys = append(keys, [2]int{i, n})
		}
	}
	files := map[[2]int]string{}
	for at := 0; at < len(pics); at += perSheet {
		end := min(at+perSheet, len(pics))
		names, err := drawSheet(pics[at:end], work, at)
		if err != nil {
			return nil, err
		}
		for i, n := range names {
			files[keys[at+i]] = n
		}
	}
	return files, nil
}

func newPicture(s source, sl slide, f face, lang string, items int, built bool) picture {
	p := picture{face: f, Layout: sl.Layout, Lang: lang, Dir: "ltr", Module: s.Title[lang], Hue: s.Hue, Items: items, Label: syntheticLabel}
	if lang == "ar" {
		p.Dir = "rtl"
	}
	if built {
		p.Last = items
	}
	return p
}

// drawSheet has chromium draw several slides at once, one under the other, and
// cuts them apart: starting it once for each would take minutes.
func drawSheet(pics []picture, work string, at int) ([]string, error) {
	var b bytes.Buffer
	if err := sheet.Execute(&b, pics); err != nil {
		return nil, err
	}
	page := filepath.Join(work, fmt.Sprintf("sheet-%03d.html", at))
	shot := filepath.Join(work, fmt.Sprintf("sheet-%03d.png", at))
	if err := os.WriteFile(page, b.Bytes(), 0o644); err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(page)
	if err != nil {
		return nil, err
	}
	// The window is a little higher than the page: headless chromium may keep
	// some of it for itself.
	cmd := exec.Command("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
		"--force-device-scale-factor=1", "--user-data-dir="+filepath.Join(filepath.Dir(abs), "chromium"),
		fmt.Sprintf("--window-size=%d,%d", slideW, slideH*len(pics)+200), "--screenshot="+shot, "file://"+abs)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("chromium: %w: %s", err, out)
	}
	return cutSheet(shot, work, at, len(pics))
}

func cutSheet(shot, work string, at, n int) ([]string, error) {
	f, err := os.Open(shot)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	if b := img.Bounds(); b.Dx() < slideW || b.Dy() < slideH*n {
		return nil, fmt.Errorf("chromium drew %v, not %d slides", b.Size(), n)
	}
	var names []string
	for i := range n {
		one := image.NewRGBA(image.Rect(0, 0, slideW, slideH))
		draw.Draw(one, one.Bounds(), img, image.Pt(0, i*slideH), draw.Src)
		// The page's script marks a slide whose text doesn't fit.
		if one.RGBAAt(4, 4) == (color.RGBA{255, 0, 255, 255}) {
			return nil, fmt.Errorf("text overflows picture %d of %s", at+i, filepath.Base(work))
		}
		name := filepath.Join(work, fmt.Sprintf("slide-%03d.png", at+i))
		if err := writePNG(name, one); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

func writePNG(name string, img image.Image) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		return err
	}
	return f.Close()
}

var (
	strong  = regexp.MustCompile(`\*([^*]+)\*`)
	formula = regexp.MustCompile("`([^`]+)`")
)

// rich turns the marks of an author's text into HTML.
func rich(s string) template.HTML {
	s = template.HTMLEscapeString(joinNumbers(s, "\u00a0"))
	s = strings.ReplaceAll(s, "\n", "<br>")
	s = strong.ReplaceAllString(s, "<b>$1</b>")
	return template.HTML(formula.ReplaceAllString(s, `<bdi dir="ltr" class="f">$1</bdi>`))
}

// state is the class of an item: hidden yet, just revealed, or there.
func (p picture) state(i int) string {
	switch {
	case i > p.Items:
		return "off"
	case i == p.Last:
		return "now"
	}
	return "on"
}

// ItemClass is state for the i-th item of the slide, from 0.
func (p picture) ItemClass(i int) string { return p.state(i + 1) }

// Lines counts the lines of a table, to draw a long one smaller.
func (p picture) Lines() int {
	n := len(p.Rows)
	if p.Head != nil {
		n++
	}
	if p.Foot != nil {
		n++
	}
	return n
}

// FootClass and NoteClass are the states of what comes after points and rows.
func (p picture) FootClass() string { return p.state(len(p.Points) + len(p.Rows) + 1) }

// NoteClass is the state of the last item.
func (p picture) NoteClass() string { return p.state(p.items()) }

var sheet = template.Must(template.New("sheet").Funcs(template.FuncMap{
	"rich": rich,
	"css":  func(s string) template.CSS { return template.CSS(s) },
	"star": func() template.HTML { return star },
}).Parse(sheetHTML))

// star is the eight-pointed star of zellige tiling: two squares, one turned.
const star template.HTML = `<svg class="star" viewBox="-12 -12 24 24"><path d="M-8-8H8V8H-8Z"/><path d="M-8-8H8V8H-8Z" transform="rotate(45)"/><circle r="4.4"/></svg>`

const sheetHTML = `<!doctype html><meta charset="utf-8"><style>
*{box-sizing:border-box;margin:0;padding:0}
body{width:854px;background:#fff;-webkit-font-smoothing:antialiased}
.s{position:relative;width:854px;height:480px;overflow:hidden;background:#fbf7ef;color:#16263a;
 font:500 40px/1.3 "Noto Sans",sans-serif;padding:34px 44px 30px;border-block-end:10px solid #0b4a75}
.s:lang(ar){font-family:"Noto Sans Arabic","Noto Sans",sans-serif;line-height:1.5}
h1{display:flex;gap:18px;align-items:center;font-size:44px;line-height:1.2;font-weight:700;color:#0b4a75;margin-bottom:20px}
:lang(ar) h1{line-height:1.35;margin-bottom:12px}
.star{width:46px;height:46px;flex:none}.star path{fill:var(--hue)}.star circle{fill:#fbf7ef}
b{font-weight:700;color:#0b4a75}.f{font-family:"Noto Sans";white-space:nowrap}
.off{opacity:.16}.note.off,.foot.off{visibility:hidden}
ul{list-style:none}li{display:flex;gap:16px;padding:7px 0}
li::before{content:"";flex:none;width:16px;height:16px;margin-top:18px;background:var(--hue);transform:rotate(45deg)}
:lang(ar) li::before{margin-top:24px}
li:lang(ar){padding-block:4px}
li.now,tr.now td{background:#f3e3c3}
li{border-radius:10px;padding-inline:10px;margin-inline:-10px}
.note{position:absolute;inset-inline:0;bottom:0;background:#0b4a75;color:#fff;padding:14px 44px 12px;font-weight:700;font-size:34px;line-height:1.25}
:lang(ar) .note{line-height:1.45;padding-top:10px}.note b{color:#ffd98a}
table{width:100%;border-collapse:collapse;font-size:38px;line-height:1.25}.long table{font-size:32px;line-height:1.2}.long td{padding-block:5px}
:lang(ar) table{line-height:1.4}
th{font-size:28px;text-align:start;color:#5b6675;font-weight:700;padding:0 10px 5px}
td{padding:7px 10px;border-top:2px solid #e2d6bf;text-align:start}
:lang(ar) td{padding-block:3px}.long:lang(ar) td{padding-block:0}
.table td:not(:first-child),.table th:not(:first-child){text-align:right;white-space:nowrap;width:1%}
.table td:not(:first-child){font-family:"Noto Sans","Noto Sans Arabic";padding-inline-start:26px}
tr.foot td{border-top:4px solid #0b4a75;font-weight:700;color:#0b4a75;font-size:1.1em}
.text table{font-size:34px}
.text td:first-child{font-weight:700;color:#0b4a75;white-space:nowrap;padding-inline-end:22px}
.bars .r{display:grid;grid-template-columns:300px 1fr 140px;gap:14px;align-items:center;font-size:36px;padding:10px 0}
.bars .t{height:34px;position:relative}.bars .t i{position:absolute;inset-block:0;inset-inline-start:0;background:var(--hue);border-radius:4px}
.bars .v{text-align:right;font-weight:700;white-space:nowrap;font-family:"Noto Sans"}
.compare .r{display:grid;grid-template-columns:1fr 1fr;gap:18px;font-size:35px;line-height:1.22;padding:8px 0}
:lang(ar).compare .r{line-height:1.4}
.compare .r>div{border-radius:10px;padding:10px 16px 10px;border:0 solid;border-inline-start-width:10px}
.compare .r>.x{background:#fae4dc;border-color:#b4482a}.compare .r>.y{background:#e7edd6;border-color:#5f7526}
.compare .x::before{content:"✗ ";color:#b4482a;font-weight:700}.compare .y::before{content:"✓ ";color:#4c5f1b;font-weight:700}
.ladder .r{display:flex;align-items:stretch;font-size:31px;line-height:1.22;margin-bottom:8px;border-radius:10px;overflow:hidden;background:#fff;border:2px solid #e2d6bf}
:lang(ar).ladder .r{line-height:1.38}
.ladder .k{flex:none;width:228px;background:#0b4a75;color:#fff;font-weight:700;padding:9px 14px;display:flex;align-items:center}
.ladder .r:nth-of-type(2) .k{background:#1c6a8f}.ladder .r:nth-of-type(3) .k{background:#5f7526}.ladder .r:nth-of-type(4) .k{background:#a8502f}
.ladder:lang(ar) .k{width:250px}
.ladder .d{flex:1;padding:9px 16px}.r.now .d{background:#f3e3c3}
.title{background:#0b4a75;color:#fff;border-color:var(--hue);display:flex;flex-direction:column;justify-content:center;padding-inline:56px 230px}
.title h1{color:#fff;font-size:54px;line-height:1.16;display:block}.title .star{display:none}
:lang(ar).title h1{line-height:1.35}
.title .sub{font-size:34px;color:#f3e3c3}
.title .label{position:absolute;inset-inline-start:56px;bottom:20px;font:500 24px/1.3 "Noto Sans","Noto Sans Arabic";color:#cfe0ea}
.title .z{position:absolute;inset-inline-end:0;top:-10px;width:200px;height:500px}
</style>
{{range .}}{{$p := .}}<section class="s {{.Layout}}{{if gt .Lines 6}} long{{end}}" lang="{{.Lang}}" dir="{{.Dir}}" style="--hue:{{css .Hue}}">
{{- if eq .Layout "title"}}
<svg class="z" viewBox="0 0 200 500"><defs><pattern id="p{{.Lang}}" width="100" height="100" patternUnits="userSpaceOnUse">
<g fill="none" stroke="#f3e3c3" stroke-width="3"><path d="M25 25H75V75H25Z" fill="{{css .Hue}}"/><path d="M25 25H75V75H25Z" transform="rotate(45 50 50)" fill="{{css .Hue}}"/>
<circle cx="50" cy="50" r="13" fill="#0b4a75"/><path d="M0 50H14M86 50H100M50 0V14M50 86V100M0 0L18 18M100 0L82 18M0 100L18 82M100 100L82 82"/></g></pattern></defs>
<rect width="200" height="500" fill="url(#p{{.Lang}})"/></svg>
{{- end}}
<h1>{{star}}<span>{{rich .Title}}</span></h1>
{{- if eq .Layout "title"}}<p class="sub">{{rich .Sub}}</p>{{if .Label}}<p class="label">{{.Label}}</p>{{end}}{{end}}
{{- if .Points}}<ul>{{range $i, $t := .Points}}<li class="{{$p.ItemClass $i}}"><span>{{rich $t}}</span></li>{{end}}</ul>{{end}}
{{- if or (eq .Layout "table") (eq .Layout "text")}}<table>{{if .Head}}<tr>{{range .Head}}<th>{{rich .}}</th>{{end}}</tr>{{end}}
{{- range $i, $r := .Rows}}<tr class="{{$p.ItemClass $i}}">{{range $r}}<td>{{rich .}}</td>{{end}}</tr>{{end}}
{{- if .Foot}}<tr class="foot {{.FootClass}}">{{range .Foot}}<td>{{rich .}}</td>{{end}}</tr>{{end}}</table>{{end}}
{{- if eq .Layout "bars"}}{{range $i, $r := .Rows}}<div class="r {{$p.ItemClass $i}}"><span>{{rich (index $r 0)}}</span><span class="t"><i style="width:{{css (index $r 2)}}"></i></span><span class="v">{{rich (index $r 1)}}</span></div>{{end}}{{end}}
{{- if eq .Layout "compare"}}{{range $i, $r := .Rows}}<div class="r {{$p.ItemClass $i}}"><div class="x">{{rich (index $r 0)}}</div><div class="y">{{rich (index $r 1)}}</div></div>{{end}}{{end}}
{{- if eq .Layout "ladder"}}{{range $i, $r := .Rows}}<div class="r {{$p.ItemClass $i}}"><div class="k">{{rich (index $r 0)}}</div><div class="d">{{rich (index $r 1)}}</div></div>{{end}}{{end}}
{{- if .Note}}<p class="note {{.NoteClass}}">{{rich .Note}}</p>{{end}}
</section>{{end}}
<script>
for (const s of document.querySelectorAll(".s")) {
  const top = s.getBoundingClientRect().top, note = s.querySelector(".note")
  const limit = (note ? note.getBoundingClientRect().top - top : 470)
  let low = 0
  for (const e of s.querySelectorAll("h1,ul,table,.r,.sub")) low = Math.max(low, e.getBoundingClientRect().bottom - top)
  if (low > limit || s.scrollWidth > s.clientWidth) {
    const flag = document.createElement("div")
    flag.style.cssText = "position:absolute;left:0;top:0;width:9px;height:9px;background:#f0f"
    s.append(flag)
  }
}
</script>`
