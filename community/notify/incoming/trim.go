package incoming

import (
	"regexp"
	"strings"
)

// Trim leaves of a mail's text what its writer said: without what their program quotes from the mail that is answered, and
// without signatures. It knows how Gmail, Outlook, Apple Mail, Thunderbird, Yahoo and phones do so in French, Arabic and English.
// Quotes between which somebody answers point by point stay, as Markdown's quotes.
func Trim(text string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text), "\n")
	lines = beforeCopy(lines)
	blocks := blocksOf(lines)
	blocks = unquote(blocks)
	var out []string
	for _, b := range blocks {
		out = append(out, b.lines...)
	}
	return strings.TrimSpace(squeeze(out))
}

// Above begins the line above which answers are written, in the mails that the platform sends. Answers quote it.
const Above = "##-- "

// beforeCopy cuts where a program puts the mail that is answered under the answer, unmarked.
func beforeCopy(lines []string) []string {
	for i, line := range lines {
		depth, said := quotedBy(line)
		if depth > 0 {
			continue
		}
		if before, _, found := strings.Cut(said, strings.TrimSpace(Above)); found { // some put it into the line of the introduction
			return withoutRule(append(lines[:i:i], before))
		}
		if separator.MatchString(bare(said)) || headBlock(lines[i:]) || said == cutHere {
			return withoutRule(lines[:i])
		}
	}
	return lines
}

// cutHere stands in texts made of HTML for where a program says that its copy begins.
const cutHere = "\x01"

// separator is a line by which programs say that the rest is the mail that is answered.
var separator = regexp.MustCompile(`(?i)^[-_* ]{2,}\s*(original message|original email|message d'origine|message original|message initial|` +
	`e-mail d'origine|forwarded message|message transféré|الرسالة الأصلية|رسالة أصلية|رسالة معاد توجيهها)\s*[-_* ]{2,}$`)

// The heads that Outlook and others copy: a line that says who, followed by lines that say when, to whom and what of.
var (
	headFrom = regexp.MustCompile(`(?i)^\*?(from|de|من|المرسل)\s*:\s*\*?\s*\S`)
	headMore = regexp.MustCompile(`(?i)^\*?(sent|date|to|cc|subject|envoyé|envoyé le|à|objet|répondre à|reply-to|تم الإرسال|تاريخ الإرسال|أُرسلت|أرسلت|التاريخ|` +
		`إلى|الموضوع|نسخة|الرد على)\s*:`)
)

func headBlock(lines []string) bool {
	if !headFrom.MatchString(strings.TrimSpace(bare(lines[0]))) {
		return false
	}
	more, seen := 0, 0
	for _, line := range lines[1:] {
		said := strings.TrimSpace(bare(line))
		if said == "" {
			continue
		}
		if headMore.MatchString(said) {
			more++
		}
		if seen++; seen == 5 || more == 0 { // they stand together
			break
		}
	}
	return more >= 2
}

// rule is a line drawn across.
var rule = regexp.MustCompile(`^[_\-=—─]{5,}$`)

// withoutRule takes the empty lines, the lines drawn across and the introduction of a quote away from the end.
func withoutRule(lines []string) []string {
	for len(lines) > 0 {
		said := strings.TrimSpace(bare(lines[len(lines)-1]))
		if said != "" && !rule.MatchString(said) {
			break
		}
		lines = lines[:len(lines)-1]
	}
	return withoutIntroduction(lines)
}

// introLines is the number of lines over which programs wrap the introduction of a quote, at most.
const introLines = 5

// introductions are how programs introduce a quote: "On …, Halqa wrote:".
var introductions = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(on|le|el|il|am) .{3,300}(wrote|a écrit|écrit|escribió|ha scritto|schrieb)\s?:?$`),
	regexp.MustCompile(`^(في|فى|بتاريخ|يوم|كتب|كتبت) .{3,300}(كتب|كتبت|كتابة|كتب/كتبت|بواسطة|جاء).{0,200}:$`),
	regexp.MustCompile(`(?i)^.{0,100}<\S+@\S+>.{0,80}(wrote|a écrit|كتب|كتبت).{0,80}:$`),
	regexp.MustCompile(`^\d{4}-\d\d-\d\d .{0,200}<\S+@\S+>\s?:$`),
	regexp.MustCompile(`(?i)^\S.{0,100} (wrote|a écrit)\s?(on|le) .{3,100}:$`),
	regexp.MustCompile(`(?i)^(\S.{0,80} )?(a écrit le|wrote on) .{3,100}:$`),
}

// withoutIntroduction takes the introduction of a quote away from the end, however it is wrapped.
func withoutIntroduction(lines []string) []string {
	end := len(lines)
	for end > 0 && strings.TrimSpace(bare(lines[end-1])) == "" {
		end--
	}
	joined := ""
	for n := 1; n <= introLines && n <= end; n++ {
		said := strings.TrimSpace(bare(lines[end-n]))
		if said == "" {
			break
		}
		joined = strings.TrimSpace(said + " " + joined)
		for _, form := range introductions {
			if form.MatchString(joined) {
				return lines[:end-n]
			}
		}
	}
	return lines
}

// block is a run of lines that are quoted, or that aren't.
type block struct {
	quoted bool
	lines  []string
}

func (b block) empty() bool { return strings.TrimSpace(bare(strings.Join(b.lines, ""))) == "" }

func blocksOf(lines []string) []block {
	var all []block
	for _, line := range lines {
		depth, said := quotedBy(line)
		quoted := depth > 0
		if n := len(all); n > 0 && (all[n-1].quoted == quoted || all[n-1].quoted && said == "") {
			all[n-1].lines = append(all[n-1].lines, line)
			continue
		}
		if quoted {
			line = strings.TrimRight(line, " ")
		}
		all = append(all, block{quoted, []string{line}})
	}
	return all
}

// keptQuote is how much is kept of a quote that somebody answers: its end, to which they speak.
const keptQuote = 4

// unquote drops what is quoted under the answer, or above one that is written below; quotes between answers stay.
func unquote(blocks []block) []block {
	var said []block
	for i, b := range blocks {
		if !b.quoted {
			if i+1 < len(blocks) {
				b.lines = withoutIntroduction(b.lines)
			}
			b.lines = unsigned(b.lines)
		}
		if !b.empty() {
			said = append(said, b)
		}
	}
	for len(said) > 0 && said[len(said)-1].quoted {
		said = said[:len(said)-1]
	}
	quotes := 0
	for _, b := range said {
		if b.quoted {
			quotes++
		}
	}
	if quotes == 1 && said[0].quoted { // the answer is below the whole
		return said[1:]
	}
	for i, b := range said {
		if b.quoted {
			said[i].lines = endOf(b.lines)
		} else {
			said[i].lines = append(append([]string{""}, b.lines...), "")
		}
	}
	return said
}

func endOf(lines []string) []string {
	var kept []string
	for _, line := range lines {
		if _, said := quotedBy(line); said != "" {
			kept = append(kept, "> "+said)
		}
	}
	return kept[max(len(kept)-keptQuote, 0):]
}

// squeeze joins lines, with one empty line where there are several, and nothing at their ends.
func squeeze(lines []string) string {
	var b strings.Builder
	empty := 0
	for _, line := range lines {
		line = strings.TrimRight(strings.ReplaceAll(line, "\u00a0", " "), " \t")
		if bare(line) == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
			if empty > 0 {
				b.WriteString("\n")
			}
		}
		empty = 0
		b.WriteString(line)
	}
	return b.String()
}
