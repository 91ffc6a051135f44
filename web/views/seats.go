package views

import (
	"fmt"
	"strconv"
	"strings"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
)

// Regions are names of governorates by their code.
type Regions map[string]events.Text

// GroupView is where an organisation's administrator names the people to register.
type GroupView struct {
	Page
	Seminar       enrolment.View
	Organisations []Option         // that the person administers; one: it isn't asked
	Organisation  int64            // the one chosen
	Members       []account.Member // of that one
	Form          Form
	Entries       []GroupEntry // what became, or would become, of each; nil before
	None          bool         // the group wanted to come whole and cannot
}

// GroupEntry is what became of one person of a group.
type GroupEntry struct {
	Name string
	Tone Tone
	Text string
}

// OrganisationSeatsView is what an organisation's administrators follow.
type OrganisationSeatsView struct {
	Page
	Organisation account.Organisation
	Asking, Rest []enrolment.OrganisationSeat
	Form         Form  // of a decision that was refused
	FormFor      int64 // its registration
}

// AbsencesView is where an office says what follows absences.
type AbsencesView struct {
	Page
	Offices []AbsenceForm
}

// AbsenceForm is the policy of one office.
type AbsenceForm struct {
	ID   int64
	Name events.Text
	Form Form // absences, months
}

// QuotaName says whom a quota is about, such as "women" or "public actors".
func (r Regions) QuotaName(p Page, q enrolment.Quota) string {
	names := make([]string, 0, len(q.Values))
	for _, v := range q.Values {
		switch q.Trait {
		case enrolment.ByGender:
			names = append(names, p.T("seats.quota_"+v))
		case enrolment.ByOrganisation:
			names = append(names, p.T("account.kind_"+v))
		case enrolment.ByGovernorate:
			name := v
			if t, ok := r[v]; ok {
				name, _ = t.In(p.Lang())
			}
			names = append(names, name)
		}
	}
	if q.Trait == enrolment.ByAge && len(q.Values) == 2 {
		if q.Values[0] == "0" {
			return p.T("seats.quota_age_to", "To", q.Values[1])
		}
		return p.T("seats.quota_age", "From", q.Values[0], "To", q.Values[1])
	}
	return strings.Join(names, p.T("seats.or"))
}

// quotaNames joins the names of quotas.
func (r Regions) quotaNames(p Page, all []enrolment.Quota) string {
	names := make([]string, len(all))
	for i, q := range all {
		names[i] = r.QuotaName(p, q)
	}
	return strings.Join(names, " · ")
}

// waitText says why somebody waits.
func waitText(p Page, r Regions, s enrolment.Seminar, w enrolment.Wait) string {
	if w.Reason == enrolment.NoReason {
		w.Reason = enrolment.WaitFull
	}
	return p.T("seats.wait_"+string(w.Reason), "Who", r.quotaNames(p, w.Quotas), "Until", p.DateTime(s.Released()), "Most", s.PerOrganisation,
		"Deadline", p.DateTime(s.Deadline()))
}

// bounds says how many seats a quota keeps and how many it allows.
func bounds(p Page, q enrolment.Quota) string {
	switch {
	case q.Max == 0:
		return p.T("seats.at_least", "Min", q.Min)
	case q.Min == 0:
		return p.T("seats.at_most", "Max", q.Max)
	}
	return p.T("seats.between", "Min", q.Min, "Max", q.Max)
}

// share is a quota's fill in percent of what it is measured by: its maximum, else its minimum.
func share(s enrolment.Share) int {
	whole := s.Max
	if whole == 0 {
		whole = s.Min
	}
	return min(100, 100*s.Held/max(1, whole))
}

func organisationChoices(v SeminarView) []Option {
	var all []Option
	for _, o := range v.Organisations {
		all = append(all, Option{Value: strconv.FormatInt(o.ID, 10), Label: o.Name})
	}
	return all
}

func memberChoices(v GroupView) []Option {
	var all []Option
	for _, m := range v.Members {
		all = append(all, Option{Value: strconv.FormatInt(m.PersonID, 10), Label: m.Name})
	}
	return all
}

func organisationSeatURL(v OrganisationSeatsView, r enrolment.OrganisationSeat) string {
	return fmt.Sprintf("/organisations/%d/seats/%d", v.Organisation.ID, r.ID)
}

// formOf is the refused form, if it is of this registration.
func (v OrganisationSeatsView) formOf(id int64) Form {
	if v.FormFor == id {
		return v.Form
	}
	return Form{}
}

func (o AbsenceForm) id(field string) string { return fmt.Sprintf("f-%s-%d", field, o.ID) }

// SeatState says what a registration is, to those who follow it.
func SeatState(p Page, r enrolment.Registration) (Tone, string) {
	switch r.State {
	case enrolment.Confirmed, enrolment.Present:
		return Good, p.T("desk.standing_" + string(r.State))
	case enrolment.Waitlisted:
		if r.Place == 0 {
			return Warn, p.T("seats.standing_waitlisted")
		}
		return Warn, p.T("desk.standing_waitlisted", "Place", r.Place)
	case enrolment.Requested, enrolment.Pending:
		return Info, p.T("seats.standing_" + string(r.State))
	case enrolment.Conditional:
		return Warn, p.T("seats.standing_conditional")
	case enrolment.Offered:
		return Warn, p.T("seats.standing_offered", "Until", p.DateTime(r.OfferUntil))
	}
	return Plain, p.T("desk.standing_" + string(r.State))
}

// quotaRows are the rows of quotas to show: those in use and some empty ones.
func (v DeskFormView) quotaRows() []int {
	n := 3
	for i := range 12 {
		if v.Form.Get("quota_"+strconv.Itoa(i)) != "" {
			n = max(n, i+2)
		}
	}
	rows := make([]int, min(n, 12))
	for i := range rows {
		rows[i] = i
	}
	return rows
}

func (v DeskFormView) hasQuotas() bool {
	return v.Form.Get("quota_0") != "" || v.Form.Error("quotas") != "" || v.Form.Error("reserved") != ""
}
