package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"halqa/events"
)

// AuditKinds are the kinds of acts that the audit list can be narrowed to, with the types of events they are told from.
var AuditKinds = []struct {
	Name  string
	Types []string
}{
	{"roles", []string{events.RoleGranted{}.EventType(), events.RoleRevoked{}.EventType(), events.SessionsEnded{}.EventType()}},
	{"organisations", []string{events.OrganisationRequested{}.EventType(), events.OrganisationDecided{}.EventType(),
		events.OrganisationChanged{}.EventType(), events.MembershipChanged{}.EventType()}},
	{"spaces", []string{events.SpaceChanged{}.EventType(), events.SpaceJoined{}.EventType(), events.SpaceLeft{}.EventType()}},
	{"offices", []string{events.OfficeChanged{}.EventType()}},
	{"modules", []string{events.ModulePublished{}.EventType()}},
	{"seminars", []string{events.SeminarChanged{}.EventType(), events.RegistrationChanged{}.EventType(), events.AttendanceRecorded{}.EventType()}},
	{"accounts", []string{events.PersonConfirmed{}.EventType()}},
	{"system", []string{events.ConsumerReplayed{}.EventType(), events.DeadLettersRetried{}.EventType()}},
}

// AuditFilter narrows the audit list.
type AuditFilter struct {
	PersonID int64  // who acted, or whom it concerns
	Kind     string // name of one of AuditKinds, or ""
	From, To time.Time
	Page     int // from 1
}

// AuditLine is one act: who, when, what, on what.
type AuditLine struct {
	At       time.Time
	What     string // such as "role_granted": there is a sentence for each
	ByID     int64  // 0 for the program
	By       string
	PersonID int64 // whom it concerns, or 0
	Person   string
	Name     events.Text // of the place, organisation, seminar or consumer
	Role     Role
	Number   int
}

// Audit lists who did what, the latest first, and tells whether there is more: over the offices that the actor
// administers, or everything.
func (s *Service) Audit(ctx context.Context, actor Actor, f AuditFilter) (lines []AuditLine, more bool, err error) {
	all, offices := actor.Offices(AdministerPlatform)
	if !all && len(offices) == 0 {
		return nil, false, refuse(actor)
	}
	filter := events.LogFilter{Types: auditTypes(f.Kind), From: f.From, To: f.To, PersonID: f.PersonID, Limit: PageSize + 1,
		Offset: (min(max(f.Page, 1), maxPage) - 1) * PageSize}
	if !all {
		filter.Offices = offices
	}
	found, err := events.Log(ctx, s.db, filter)
	if err != nil {
		return nil, false, err
	}
	more = len(found) > PageSize
	lines, err = s.auditLines(ctx, found[:min(len(found), PageSize)])
	return lines, more, err
}

func auditTypes(kind string) []string {
	var types []string
	for _, k := range AuditKinds {
		if kind == "" || k.Name == kind {
			types = append(types, k.Types...)
		}
	}
	return types
}

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
}

func (s *Service) auditLines(ctx context.Context, all []events.Event) ([]AuditLine, error) {
	lines := make([]AuditLine, len(all))
	payloads := make([]told, len(all))
	var people []int64
	for i, e := range all {
		p := &payloads[i]
		if err := json.Unmarshal(e.Data, p); err != nil {
			return nil, fmt.Errorf("audit of event %s: %w", e.ID, err)
		}
		if p.By == 0 && (e.Type == events.OrganisationRequested{}.EventType() || e.Type == events.PersonConfirmed{}.EventType()) {
			p.By = p.PersonID // these are one's own acts
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
	case events.ModulePublished{}.EventType():
		return "module_published"
	case events.SeminarChanged{}.EventType():
		return either(p.State == "cancelled", "seminar_cancelled", "seminar_published")
	case events.RegistrationChanged{}.EventType():
		known := slices.Contains([]string{"confirmed", "waitlisted", "cancelled"}, p.State)
		return "registration_" + either(known, p.State, "changed")
	case events.AttendanceRecorded{}.EventType():
		return either(p.Present, "attendance_present", "attendance_absent")
	case events.PersonConfirmed{}.EventType():
		return "person_confirmed"
	case events.ConsumerReplayed{}.EventType():
		return "consumer_replayed"
	}
	return "dead_letters_retried"
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
