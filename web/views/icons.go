package views

import (
	"maps"
	"slices"

	"github.com/a-h/templ"
)

// icons are drawn on a square of 24, with lines of 1.8; points marks those that show a direction and turn round in Arabic.
var icons = map[string]struct {
	points bool
	body   string
}{
	"home":     {false, `<path d="M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"/>`},
	"spaces":   {false, `<path d="M6.5 6.5h11v11h-11zM12 4.2 19.8 12 12 19.8 4.2 12z"/>`},
	"calendar": {false, `<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>`},
	"ticket":   {false, `<path d="M4 8a1.5 1.5 0 0 1 1.5-1.5h13A1.5 1.5 0 0 1 20 8v2a2 2 0 0 0 0 4v2a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 16v-2a2 2 0 0 0 0-4zM14 7v2m0 2v2m0 2v2"/>`},
	"desk":     {false, `<rect x="5.5" y="5" width="13" height="16" rx="2"/><path d="M9 5a3 2 0 0 1 6 0M9 12l2 2 4-4"/>`},
	"chart":    {false, `<path d="M4 20h16M7 20v-6m5 6V6m5 14v-9"/>`},
	"bell":     {false, `<path d="M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5zM10 20.5a2.2 2.2 0 0 0 4 0"/>`},
	"menu":     {false, `<path d="M4 7h16M4 12h16M4 17h16"/>`},
	"close":    {false, `<path d="m6 6 12 12M18 6 6 18"/>`},
	"person":   {false, `<circle cx="12" cy="8.5" r="3.7"/><path d="M5 20a7 6 0 0 1 14 0"/>`},
	"people":   {false, `<circle cx="9" cy="9" r="3.3"/><path d="M3 19.5a6 5.5 0 0 1 12 0M15.5 6a3.2 3.2 0 0 1 0 6M17 14.5a5.5 5.5 0 0 1 4 5"/>`},
	"globe":    {false, `<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c3 2.6 3 14.4 0 17M12 3.5c-3 2.6-3 14.4 0 17"/>`},
	"lock":     {false, `<rect x="5.5" y="10.5" width="13" height="9.5" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14.5v2"/>`},
	"unlock":   {false, `<rect x="5.5" y="10.5" width="13" height="9.5" rx="2"/><path d="M8.5 10.5V7.5a3.5 3.5 0 0 1 6.8-1M12 14.5v2"/>`},
	"check":    {false, `<path d="m5 12.5 4.5 4.5L19 7.5"/>`},
	"circle":   {false, `<circle cx="12" cy="12" r="7.5"/>`},
	"alert":    {false, `<path d="M12 4.5 21 19.5H3zM12 10v4.5m0 2.3v.2"/>`},
	"info":     {false, `<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5m0-9v.2"/>`},
	"play":     {false, `<path d="M8 5.5v13l10.5-6.5z"/>`},
	"clock":    {false, `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`},
	"place":    {false, `<path d="M12 21c-4-4.5-6.5-7.5-6.5-11a6.5 6.5 0 0 1 13 0c0 3.5-2.5 6.5-6.5 11z"/><circle cx="12" cy="10" r="2.3"/>`},
	"download": {false, `<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14"/>`},
	"mail":     {false, `<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="m4 7.5 8 6 8-6"/>`},
	"phone":    {false, `<path d="M6 4h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2 2A16 16 0 0 1 4 6a2 2 0 0 1 2-2z"/>`},
	"book":     {false, `<path d="M12 6.5C9.5 5 7 4.8 4 5v13.5c3-.2 5.5 0 8 1.5 2.5-1.5 5-1.7 8-1.5V5c-3-.2-5.5 0-8 1.5zM12 6.5V20"/>`},
	"file":     {false, `<path d="M6 3.5h8l4 4V20.5H6zM14 3.5v4h4M9 12h6M9 16h6"/>`},
	"star":     {false, `<path d="M12 3.5 14.5 9l6 .7-4.5 4 1.3 6L12 16.7 6.7 19.7 8 13.7l-4.5-4 6-.7z"/>`},
	"signal":   {false, `<path d="M5 19.5v-3m4.7 3v-6.5m4.6 6.5V9.5M19 19.5V5"/>`},
	"offline":  {false, `<path d="M4 4l16 16M5 12.5a10 10 0 0 1 3.5-2.2M19 12.5a10 10 0 0 0-6-2.9M8.5 16a5 5 0 0 1 5.5-1M12 19.3v.2"/>`},
	"sun":      {false, `<circle cx="12" cy="12" r="4"/><path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/>`},
	"moon":     {false, `<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>`},
	"plus":     {false, `<path d="M12 5v14M5 12h14"/>`},
	"tools":    {false, `<path d="M4 7.5h8.5m5 0H20M4 16.5h2.5m5 0H20"/><circle cx="15" cy="7.5" r="2.4"/><circle cx="9" cy="16.5" r="2.4"/>`},
	"search":   {false, `<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>`},
	"up":       {false, `<path d="M5.5 14.5 12 8l6.5 6.5"/>`},
	"down":     {false, `<path d="M5.5 9.5 12 16l6.5-6.5"/>`},
	"edit":     {true, `<path d="M5 19l1-4L16.5 4.5l3 3L9 18z"/>`},
	"talk":     {false, `<path d="M4 5.5h16v10.5H11l-4.5 4v-4H4z"/>`},
	"question": {false, `<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.7a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8m0 2.8v.2"/>`},
	"heart":    {false, `<path d="M12 19.5C7 16 4 13 4 9.5A4 4 0 0 1 8 5.5c1.7 0 3.2 1 4 2.5.8-1.5 2.3-2.5 4-2.5a4 4 0 0 1 4 4c0 3.5-3 6.5-8 10z"/>`},
	"picture":  {false, `<rect x="4" y="5" width="16" height="14" rx="2"/><circle cx="9" cy="10" r="1.6"/><path d="m5 18 5-5 3 3 3-3 4 4"/>`},
	"table":    {false, `<rect x="4" y="5" width="16" height="14" rx="1.5"/><path d="M4 10h16M4 14.5h16M10 5v14"/>`},
	"pin":      {false, `<path d="M9 4h6l-1 6 3 3v1.5H7V13l3-3zM12 14.5V20"/>`},
	"tag":      {true, `<path d="M4 4.5h7.5l8 8-7 7-8.5-8.5Z"/><path d="M8.2 8.7h.01"/>`},
	"flag":     {true, `<path d="M6 20.5V4.5h11l-2 4 2 4H6"/>`},
	"quote":    {true, `<path d="M10 7H5.5v5H9c0 2.5-1 4-3 5M19 7h-4.5v5H18c0 2.5-1 4-3 5"/>`},
	"hide":     {false, `<path d="M4 4l16 16M10 6.2A9 9 0 0 1 21 12a13 13 0 0 1-2.6 3.3M6.2 8A13 13 0 0 0 3 12c2.5 4 5.5 6 9 6a9 9 0 0 0 3.5-.7M9.8 10a3 3 0 0 0 4.2 4.2"/>`},
	"show":     {false, `<path d="M3 12c2.5-4 5.5-6 9-6s6.5 2 9 6c-2.5 4-5.5 6-9 6s-6.5-2-9-6z"/><circle cx="12" cy="12" r="2.8"/>`},
	"bold":     {false, `<path d="M7.5 5h5.5a3.5 3.5 0 0 1 0 7H7.5zM7.5 12h6.5a3.5 3.5 0 0 1 0 7H7.5z"/>`},
	"italic":   {false, `<path d="M10 5h7M7 19h7M14 5l-4 14"/>`},
	"list":     {true, `<path d="M9.5 6.5H20M9.5 12H20M9.5 17.5H20M4.5 6.5h.5M4.5 12h.5M4.5 17.5h.5"/>`},
	"link":     {false, `<path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>`},
	"window":   {false, `<rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M12.5 12h5v4h-5z"/>`},
	"trash":    {false, `<path d="M5 7.5h14M9.5 7.5V5h5v2.5M7 7.5 8 20h8l1-12.5"/>`},
	"next":     {true, `<path d="M9.5 5.5 16 12l-6.5 6.5"/>`},
	"arrow":    {true, `<path d="M4.5 12h15m-5.5-6 6 6-6 6"/>`},
	"exit":     {true, `<path d="M14 4.5H6a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1h8M10 12h10.5m-4-4 4 4-4 4"/>`},
}

// Icon draws an icon beside a text that says the same; it is hidden from screen readers. It panics on an unknown name, which
// the test of every page finds.
func Icon(name string) templ.Component {
	icon, ok := icons[name]
	if !ok {
		panic("views: no icon " + name)
	}
	class := "icon"
	if icon.points {
		class = "icon points"
	}
	return templ.Raw(`<svg class="` + class + `" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">` + icon.body + `</svg>`)
}

// toneIcon is the icon that stands for a tone.
func toneIcon(t Tone) string {
	switch t {
	case Good:
		return "check"
	case Warn, Bad:
		return "alert"
	}
	return "info"
}

// IconNames lists the icons there are.
func IconNames() []string { return slices.Sorted(maps.Keys(icons)) }
