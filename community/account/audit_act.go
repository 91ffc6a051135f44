package account

import (
	"encoding/json"
	"slices"

	"halqa/events"
)

// AuditAct is a thing that somebody does and the audit tells: there is a sentence for each.
type AuditAct struct {
	Kind string // what the list can be narrowed to, such as "roles"
	What string // such as "role_granted"
	of   string // the type of event it is told from
	only string // what the payload holds then, as JSON; "" for anything that no act before it of that type holds
}

// erasedFor is the act of who erases somebody else's account: its sentence says why.
const erasedFor = "account_erased_for"

// AuditActs are all of them. Of a type of event, the first that fits tells what happened.
// Replies and their corrections are read where they are.
var AuditActs = []AuditAct{
	{"roles", "role_granted", events.RoleGranted{}.EventType(), ""},
	{"roles", "role_revoked", events.RoleRevoked{}.EventType(), ""},
	{"roles", "sessions_ended", events.SessionsEnded{}.EventType(), ""},
	{"organisations", "organisation_requested", events.OrganisationRequested{}.EventType(), ""},
	{"organisations", "organisation_validated", events.OrganisationDecided{}.EventType(), `{"validated": true}`},
	{"organisations", "organisation_refused", events.OrganisationDecided{}.EventType(), ""},
	{"organisations", "organisation_changed", events.OrganisationChanged{}.EventType(), ""},
	{"organisations", "membership_requested", events.MembershipChanged{}.EventType(), `{"state": "requested"}`},
	{"organisations", "membership_active", events.MembershipChanged{}.EventType(), `{"state": "active"}`},
	{"organisations", "membership_ended", events.MembershipChanged{}.EventType(), ""},
	{"spaces", "space_created", events.SpaceChanged{}.EventType(), `{"created": true}`},
	{"spaces", "space_changed", events.SpaceChanged{}.EventType(), ""},
	{"spaces", "space_joined", events.SpaceJoined{}.EventType(), ""},
	{"spaces", "space_left", events.SpaceLeft{}.EventType(), ""},
	{"offices", "office_created", events.OfficeChanged{}.EventType(), `{"created": true}`},
	{"offices", "office_changed", events.OfficeChanged{}.EventType(), ""},
	{"axes", "axis_created", events.AxisChanged{}.EventType(), `{"state": "created"}`},
	{"axes", "axis_renamed", events.AxisChanged{}.EventType(), `{"state": "renamed"}`},
	{"axes", "axis_moved", events.AxisChanged{}.EventType(), `{"state": "moved"}`},
	{"axes", "axis_retired", events.AxisChanged{}.EventType(), `{"state": "retired"}`},
	{"axes", "axis_restored", events.AxisChanged{}.EventType(), ""},
	{"modules", "module_published", events.ModulePublished{}.EventType(), ""},
	{"modules", "module_left", events.ModuleRetired{}.EventType(), `{"title": null}`},
	{"modules", "module_retired", events.ModuleRetired{}.EventType(), ""},
	{"forum", "thread_started", events.ThreadStarted{}.EventType(), ""},
	{"forum", "thread_archived", events.ThreadChanged{}.EventType(), `{"archived": true}`},
	{"forum", "thread_pinned_locked", events.ThreadChanged{}.EventType(), `{"pinned": true, "locked": true}`},
	{"forum", "thread_pinned", events.ThreadChanged{}.EventType(), `{"pinned": true}`},
	{"forum", "thread_locked", events.ThreadChanged{}.EventType(), `{"locked": true}`},
	{"forum", "thread_plain", events.ThreadChanged{}.EventType(), ""},
	{"forum", "thread_moved", events.ThreadMoved{}.EventType(), `{"state": "moved"}`},
	{"forum", "thread_merged", events.ThreadMoved{}.EventType(), `{"state": "merged"}`},
	{"forum", "thread_split", events.ThreadMoved{}.EventType(), ""},
	{"forum", "tag_listed", events.TagChanged{}.EventType(), `{"state": "listed"}`},
	{"forum", "tag_renamed", events.TagChanged{}.EventType(), `{"state": "renamed"}`},
	{"forum", "tag_dropped", events.TagChanged{}.EventType(), ""},
	{"forum", "post_hidden", events.ContributionHidden{}.EventType(), ""},
	{"forum", "post_restored", events.ContributionRestored{}.EventType(), ""},
	{"forum", "post_deleted", events.ContributionDeleted{}.EventType(), ""},
	{"forum", "post_reported", events.PostReported{}.EventType(), ""},
	{"forum", "report_hidden", events.ReportDecided{}.EventType(), `{"hidden": true}`},
	{"forum", "report_kept", events.ReportDecided{}.EventType(), ""},
	{"forum", "poll_closed", events.PollClosed{}.EventType(), ""},
	{"forum", "case_released", events.CaseAssigned{}.EventType(), `{"person_id": 0}`},
	{"forum", "case_assigned", events.CaseAssigned{}.EventType(), ""},
	{"forum", "held_approved", events.HeldDecided{}.EventType(), `{"state": "approved"}`},
	{"forum", "held_refused", events.HeldDecided{}.EventType(), `{"state": "refused"}`},
	{"forum", "held_gone", events.HeldDecided{}.EventType(), ""},
	{"forum", "guard_changed", events.GuardChanged{}.EventType(), ""},
	{"forum", "newsletter_sent", events.NewsletterSent{}.EventType(), ""},
	{"measures", "measure_warn", events.MeasureTaken{}.EventType(), `{"state": "warn"}`},
	{"measures", "measure_suspend", events.MeasureTaken{}.EventType(), `{"state": "suspend"}`},
	{"measures", "measure_ban", events.MeasureTaken{}.EventType(), ""},
	{"measures", "measure_appealed", events.MeasureAppealed{}.EventType(), ""},
	{"measures", "measure_upheld", events.MeasureDecided{}.EventType(), `{"state": "upheld"}`},
	{"measures", "measure_lifted", events.MeasureDecided{}.EventType(), ""},
	{"library", "document_proposed", events.DocumentProposed{}.EventType(), ""},
	{"library", "document_published", events.DocumentPublished{}.EventType(), ""},
	{"library", "document_refused", events.DocumentRefused{}.EventType(), ""},
	{"library", "document_changed", events.DocumentChanged{}.EventType(), ""},
	{"library", "document_left", events.DocumentWithdrawn{}.EventType(), `{"title": null}`},
	{"library", "document_withdrawn", events.DocumentWithdrawn{}.EventType(), ""},
	{"seminars", "seminar_cancelled", events.SeminarChanged{}.EventType(), `{"state": "cancelled"}`},
	{"seminars", "seminar_published", events.SeminarChanged{}.EventType(), ""},
	{"seminars", "twin_proposed", events.TwinProposed{}.EventType(), ""},
	{"seminars", "twin_accepted", events.TwinProposalDecided{}.EventType(), `{"state": "accepted"}`},
	{"seminars", "twin_declined", events.TwinProposalDecided{}.EventType(), `{"state": "declined"}`},
	{"seminars", "twin_withdrawn", events.TwinProposalDecided{}.EventType(), ""},
	{"seminars", "gate_changed", events.GateChanged{}.EventType(), ""},
	{"seminars", "registration_requested", events.RegistrationChanged{}.EventType(), `{"state": "requested"}`},
	{"seminars", "registration_pending", events.RegistrationChanged{}.EventType(), `{"state": "pending"}`},
	{"seminars", "registration_conditional", events.RegistrationChanged{}.EventType(), `{"state": "conditional"}`},
	{"seminars", "registration_confirmed", events.RegistrationChanged{}.EventType(), `{"state": "confirmed"}`},
	{"seminars", "registration_waitlisted", events.RegistrationChanged{}.EventType(), `{"state": "waitlisted"}`},
	{"seminars", "registration_offered", events.RegistrationChanged{}.EventType(), `{"state": "offered"}`},
	{"seminars", "registration_cancelled", events.RegistrationChanged{}.EventType(), `{"state": "cancelled"}`},
	{"seminars", "registration_changed", events.RegistrationChanged{}.EventType(), ""},
	{"seminars", "seat_reminded", events.SeatReminded{}.EventType(), ""},
	{"seminars", "absence_policy_changed", events.AbsencePolicyChanged{}.EventType(), ""},
	{"seminars", "attendance_present", events.AttendanceRecorded{}.EventType(), `{"present": true}`},
	{"seminars", "attendance_absent", events.AttendanceRecorded{}.EventType(), ""},
	{"accounts", "person_confirmed", events.PersonConfirmed{}.EventType(), ""},
	{"accounts", "account_erased", events.AccountErased{}.EventType(), `{"own": true}`},
	{"accounts", erasedFor, events.AccountErased{}.EventType(), ""},
	{"lookups", "audit_exported", events.AuditExported{}.EventType(), ""},
	{"lookups", "pseudonym_looked_behind", events.PseudonymLookedBehind{}.EventType(), ""},
	{"system", "consumer_replayed", events.ConsumerReplayed{}.EventType(), ""},
	{"system", "dead_letters_retried", events.DeadLettersRetried{}.EventType(), ""},
}

// AuditKinds are the kinds of acts that the audit list can be narrowed to.
func AuditKinds() []string {
	var kinds []string
	for _, a := range AuditActs {
		if !slices.Contains(kinds, a.Kind) {
			kinds = append(kinds, a.Kind)
		}
	}
	return kinds
}

// narrowed are the types of events that a filter speaks of, and what their payloads must hold and may not.
func (f AuditFilter) narrowed() (types []string, only json.RawMessage, except []json.RawMessage) {
	for _, a := range AuditActs {
		if (f.Kind == "" || a.Kind == f.Kind) && (f.What == "" || a.What == f.What) && !slices.Contains(types, a.of) {
			types = append(types, a.of)
		}
	}
	for _, a := range AuditActs {
		switch {
		case f.What == "" || !slices.Contains(types, a.of):
		case a.What == f.What:
			if a.only != "" {
				only = json.RawMessage(a.only)
			}
			return types, only, except
		case a.only != "":
			except = append(except, json.RawMessage(a.only))
		}
	}
	return types, only, except
}

// actsOf are the acts told from each type of event, with what their payloads hold.
var actsOf = func() map[string][]heldAct {
	of := map[string][]heldAct{}
	for _, a := range AuditActs {
		h := heldAct{AuditAct: a}
		if a.only != "" {
			if err := json.Unmarshal([]byte(a.only), &h.holds); err != nil {
				panic(err) // the list above: tests can't pass with a broken one
			}
		}
		of[a.of] = append(of[a.of], h)
	}
	return of
}()

type heldAct struct {
	AuditAct
	holds map[string]any
}

// whatHappened is the act that an event tells, or the zero AuditAct.
func whatHappened(e events.Event) (AuditAct, error) {
	var payload map[string]any
	if err := json.Unmarshal(e.Data, &payload); err != nil {
		return AuditAct{}, err
	}
	var last AuditAct
	for _, a := range actsOf[e.Type] {
		if last = a.AuditAct; a.fits(payload) {
			break
		}
	}
	return last, nil
}

func (a heldAct) fits(payload map[string]any) bool {
	for key, value := range a.holds {
		if payload[key] != value {
			return false
		}
	}
	return true
}
