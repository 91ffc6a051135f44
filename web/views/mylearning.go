package views

import (
	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/web/locale"
)

// MyLearningView is the page at "/my/learning".
type MyLearningView struct {
	Page
	Paths    []courses.Path
	Needs    []SeminarNeed // soonest first
	Sharings []courses.Sharing
}

// SeminarNeed is a coming seminar with what its gate still wants of the person.
type SeminarNeed struct {
	enrolment.Card
	Summary string
	Steps   []Step
}

// SharedProgressView is what administrators of an organisation see of the members who agreed.
type SharedProgressView struct {
	Page
	Organisation account.Organisation
	Shared       []courses.Shared
	Members      int // active ones, whether or not they agreed
}

// AttestationView is the page of an attestation: the same text in two languages.
type AttestationView struct {
	Page
	courses.Attestation
	Versions []*locale.Localizer
	Address  string // whole, to be typed
}

// AttestationURL is the address of an attestation.
func AttestationURL(code string) string { return "/attestations/" + code }

// toAsk are the organisations that wait for a first answer.
func (v MyLearningView) toAsk() (all []courses.Sharing) {
	for _, s := range v.Sharings {
		if !s.Answered {
			all = append(all, s)
		}
	}
	return all
}

// pathLead says how far a person is on a path: "1 of 3 modules completed · 12 min left, about 9 MB".
func pathLead(p Page, path courses.Path) string {
	done := p.N("courses.modules_done", path.Completed(), "Of", len(path.Modules))
	if ms, bytes := path.Left(p.Lang()); ms > 0 {
		return done + " · " + p.T("myhome.left", "Time", p.Duration(millis(ms)), "Size", p.Bytes(bytes))
	}
	return done
}

// pathLeft says what is left of one module on its path.
func pathLeft(p Page, o courses.Outline) string {
	r := o.Remaining(p.Lang())
	switch {
	case o.CompletedAt != nil:
		return p.Date(*o.CompletedAt)
	case r.MS > 0:
		return p.T("myhome.left", "Time", p.Duration(millis(r.MS)), "Size", p.Bytes(r.Bytes))
	case len(r.MissingQuiz) > 0:
		return p.T("myhome.left_quiz")
	case len(r.MissingRead) > 0:
		return p.T("authoring.left_reading")
	case r.Contributions > 0:
		return p.N("courses.left_contributions", r.Contributions)
	}
	return ""
}

// pathState is where a person stands in a module, in a word or two.
func pathState(p Page, o courses.Outline) (Tone, string) {
	switch {
	case o.CompletedAt != nil:
		return Good, p.T("courses.completed")
	case o.Started():
		return Info, p.T("mylearning.begun", "Percent", p.Percent(o.Percent))
	}
	return Plain, p.T("mylearning.to_begin")
}

// viewers says who sees a person's progress.
func viewers(p Page, s courses.Sharing) string {
	if len(s.Viewers) == 0 {
		return p.T("mylearning.viewers_none")
	}
	names := make([]string, len(s.Viewers))
	for n, name := range s.Viewers {
		names[n] = p.Isolate(name)
	}
	return p.T("mylearning.viewers", "Names", p.And(names))
}

// attestedRule says, in a language, what was asked for the completion.
func attestedRule(l *locale.Localizer, rule courses.Criterion) []string {
	var all []string
	for _, item := range rule.Items {
		switch item.Kind {
		case courses.ByPlaying:
			all = append(all, l.T("courses.need_played", "Percent", item.Percent))
		case courses.ByQuiz:
			all = append(all, l.T("mylearning.attested_quiz", "Percent", l.Percent(item.Percent)))
		case courses.ByReading:
			all = append(all, l.T("mylearning.attested_reading"))
		case courses.ByContribution:
			all = append(all, l.N("courses.need_contributions", item.Count))
		}
	}
	return all
}
