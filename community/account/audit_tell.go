package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"halqa/events"
)

// told is what the payloads have in common, as far as a sentence needs it.
type told struct {
	By             int64           `json:"by"`
	PersonID       int64           `json:"person_id"`
	OrganisationID int64           `json:"organisation_id"`
	SpaceID        int64           `json:"space_id"`
	Scope          string          `json:"kind"`
	ScopeID        int64           `json:"scope_id"`
	Role           Role            `json:"role"`
	State          string          `json:"state"`
	Name           json.RawMessage `json:"name"` // a text by language, or a plain one
	Title          events.Text     `json:"title"`
	Consumer       string          `json:"consumer"`
	Created        bool            `json:"created"`
	Validated      bool            `json:"validated"`
	Present        bool            `json:"present"`
	Count          int             `json:"count"`
	GivenBy        int64           `json:"given_by"`
	Pinned         bool            `json:"pinned"`
	Locked         bool            `json:"locked"`
	Archived       bool            `json:"archived"`
	Hidden         bool            `json:"hidden"`
}

// ownActs are the events that say of one's own act, who acted being whom it concerns.
var ownActs = []string{events.OrganisationRequested{}.EventType(), events.PersonConfirmed{}.EventType(), events.ThreadStarted{}.EventType(),
	events.ContributionDeleted{}.EventType(), events.DocumentProposed{}.EventType()}

func (s *Service) auditLines(ctx context.Context, all []events.Event) ([]AuditLine, error) {
	lines := make([]AuditLine, len(all))
	payloads := make([]told, len(all))
	var people []int64
	for i, e := range all {
		p := &payloads[i]
		if err := json.Unmarshal(e.Data, p); err != nil {
			return nil, fmt.Errorf("audit of event %s: %w", e.ID, err)
		}
		if p.By == 0 && slices.Contains(ownActs, e.Type) {
			p.By = max(p.PersonID, p.GivenBy)
		}
		if p.PersonID == 0 {
			p.PersonID = p.GivenBy
		}
		people = append(people, p.By, p.PersonID)
		lines[i] = AuditLine{At: e.Time, What: whatHappened(e.Type, *p), ByID: p.By, PersonID: p.PersonID, Role: p.Role, Number: p.Count}
	}
	names, err := s.Names(ctx, people)
	if err != nil {
		return nil, err
	}
	places, err := s.placeNames(ctx)
	if err != nil {
		return nil, err
	}
	for i, p := range payloads {
		lines[i].By, lines[i].Person = names[p.By], names[p.PersonID]
		if lines[i].Name, err = s.nameIn(ctx, p, places); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// whatHappened is the name of the sentence that tells an event.
func whatHappened(eventType string, p told) string {
	either := func(yes bool, a, b string) string {
		if yes {
			return a
		}
		return b
	}
	switch eventType {
	case events.RoleGranted{}.EventType():
		return "role_granted"
	case events.RoleRevoked{}.EventType():
		return "role_revoked"
	case events.SessionsEnded{}.EventType():
		return "sessions_ended"
	case events.OrganisationRequested{}.EventType():
		return "organisation_requested"
	case events.OrganisationDecided{}.EventType():
		return either(p.Validated, "organisation_validated", "organisation_refused")
	case events.OrganisationChanged{}.EventType():
		return "organisation_changed"
	case events.MembershipChanged{}.EventType():
		return "membership_" + p.State
	case events.SpaceChanged{}.EventType():
		return either(p.Created, "space_created", "space_changed")
	case events.SpaceJoined{}.EventType():
		return "space_joined"
	case events.SpaceLeft{}.EventType():
		return "space_left"
	case events.OfficeChanged{}.EventType():
		return either(p.Created, "office_created", "office_changed")
	case events.AxisChanged{}.EventType():
		return "axis_" + p.State
	case events.ModulePublished{}.EventType():
		return "module_published"
	case events.ModuleRetired{}.EventType():
		return either(p.Title == nil, "module_left", "module_retired")
	case events.SeminarChanged{}.EventType():
		return either(p.State == "cancelled", "seminar_cancelled", "seminar_published")
	case events.GateChanged{}.EventType():
		return "gate_changed"
	case events.RegistrationChanged{}.EventType():
		known := slices.Contains([]string{"confirmed", "waitlisted", "cancelled", "requested", "pending", "conditional", "offered"}, p.State)
		return "registration_" + either(known, p.State, "changed")
	case events.SeatReminded{}.EventType():
		return "seat_reminded"
	case events.AbsencePolicyChanged{}.EventType():
		return "absence_policy_changed"
	case events.AttendanceRecorded{}.EventType():
		return either(p.Present, "attendance_present", "attendance_absent")
	case events.PersonConfirmed{}.EventType():
		return "person_confirmed"
	case events.ConsumerReplayed{}.EventType():
		return "consumer_replayed"
	}
	if what := talkHappened(eventType, p); what != "" {
		return what
	}
	return "dead_letters_retried"
}

// talkHappened is whatHappened for forums and libraries; "" for anything else.
func talkHappened(eventType string, p told) string {
	switch eventType {
	case events.ThreadStarted{}.EventType():
		return "thread_started"
	case events.ThreadChanged{}.EventType():
		if p.Archived {
			return "thread_archived"
		}
		return map[[2]bool]string{{}: "thread_plain", {true, false}: "thread_pinned", {false, true}: "thread_locked",
			{true, true}: "thread_pinned_locked"}[[2]bool{p.Pinned, p.Locked}]
	case events.ThreadMoved{}.EventType():
		return "thread_" + p.State
	case events.PollClosed{}.EventType():
		return "poll_closed"
	case events.TagChanged{}.EventType():
		return "tag_" + p.State
	case events.ContributionHidden{}.EventType():
		return "post_hidden"
	case events.ContributionRestored{}.EventType():
		return "post_restored"
	case events.ContributionDeleted{}.EventType():
		return "post_deleted"
	case events.PostReported{}.EventType():
		return "post_reported"
	case events.ReportDecided{}.EventType():
		return map[bool]string{true: "report_hidden", false: "report_kept"}[p.Hidden]
	case events.HeldDecided{}.EventType():
		return "held_" + p.State
	case events.NewsletterSent{}.EventType():
		return "newsletter_sent"
	case events.GuardChanged{}.EventType():
		return "guard_changed"
	case events.CaseAssigned{}.EventType():
		return map[bool]string{true: "case_assigned", false: "case_released"}[p.PersonID != 0]
	case events.MeasureTaken{}.EventType(), events.MeasureDecided{}.EventType():
		return "measure_" + p.State
	case events.MeasureAppealed{}.EventType():
		return "measure_appealed"
	case events.DocumentProposed{}.EventType():
		return "document_proposed"
	case events.DocumentPublished{}.EventType():
		return "document_published"
	case events.DocumentChanged{}.EventType():
		return "document_changed"
	case events.DocumentRefused{}.EventType():
		return "document_refused"
	case events.DocumentWithdrawn{}.EventType():
		return map[bool]string{true: "document_left", false: "document_withdrawn"}[p.Title == nil]
	}
	return ""
}

// placeNames are the names of offices and spaces by kind and id: few enough to read them all.
func (s *Service) placeNames(ctx context.Context) (map[ScopeKind]map[int64]events.Text, error) {
	names := map[ScopeKind]map[int64]events.Text{OverOffice: {}, OverSpace: {}}
	offices, err := s.Offices(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range offices {
		names[OverOffice][o.ID] = o.Name
	}
	var spaces []Space
	if err := s.db.NewSelect().Model(&spaces).Column("id", "name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("names of spaces: %w", err)
	}
	for _, sp := range spaces {
		names[OverSpace][sp.ID] = sp.Name
	}
	return names, nil
}

// nameIn is the name of what an event is about.
func (s *Service) nameIn(ctx context.Context, p told, places map[ScopeKind]map[int64]events.Text) (events.Text, error) {
	kind, id := ScopeKind(p.Scope), p.ScopeID
	switch {
	case p.Title != nil:
		return p.Title, nil
	case p.Consumer != "":
		return events.Text{"fr": p.Consumer, "ar": p.Consumer, "en": p.Consumer}, nil
	case len(p.Name) > 0:
		return nameOf(p.Name), nil
	case p.OrganisationID != 0:
		kind, id = OverOrganisation, p.OrganisationID
	case p.SpaceID != 0:
		kind, id = OverSpace, p.SpaceID
	}
	if kind != OverOrganisation {
		return places[kind][id], nil
	}
	var name string
	err := s.db.NewRaw(`select coalesce((select name from organisation where id = ?), '')`, id).Scan(ctx, &name)
	if err != nil {
		return nil, fmt.Errorf("name of organisation %d: %w", id, err)
	}
	return plainText(name), nil
}

// nameOf reads a name that is one text or one by language.
func nameOf(raw json.RawMessage) events.Text {
	var t events.Text
	var one string
	if json.Unmarshal(raw, &t) == nil {
		return t
	}
	_ = json.Unmarshal(raw, &one) // a name of neither shape stays empty
	return plainText(one)
}

// plainText is a text that reads the same in every language, such as an organisation's name.
func plainText(s string) events.Text {
	t := events.Text{}
	for _, lang := range events.Languages {
		t[lang] = s
	}
	return t
}
