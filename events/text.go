package events

// Languages are the languages of the interface, in the order content falls back through.
var Languages = []string{"fr", "ar", "en"}

// Text is a short authored text by language ("fr", "ar", "en"). It may lack some of them.
type Text map[string]string

// In returns the text in lang, or else in the first of Languages that has one, with the language really used,
// so that a page can show the fallback and set its direction.
func (t Text) In(lang string) (text, used string) {
	if s := t[lang]; s != "" {
		return s, lang
	}
	for _, l := range Languages {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	return "", lang
}

// String is the text in the first language that has one.
func (t Text) String() string {
	s, _ := t.In("")
	return s
}
