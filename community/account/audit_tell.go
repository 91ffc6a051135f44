package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/events"
)

// told is what the payloads have in common, as far as a sentence needs it.
type told struct {
	By             int64           `json:"by"`
	PersonID       int64           `json:"person_id"`
	OrganisationID int64           `json:"organisation_id"`
	SpaceID        int64           `json:"space_id"`
	SeminarID      int64           `json:"seminar_id"`
	Scope          string          `json:"kind"`
	ScopeID        int64           `json:"scope_id"`
	Role           Role            `json:"role"`
	Name           json.RawMessage `json:"name"` // a text by language, or a plain one
	Title          events.Text     `json:"title"`
	Consumer       string          `json:"consumer"`
	Count          int             `json:"count"`
	GivenBy        int64           `json:"given_by"`
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
		act, err := whatHappened(e)
		if err != nil {
			return nil, fmt.Errorf("audit of event %s: %w", e.ID, err)
		}
		lines[i] = AuditLine{At: e.Time, Kind: act.Kind, What: act.What, ByID: p.By, PersonID: p.PersonID, Role: p.Role, Number: p.Count}
	}
	names, err := s.Names(ctx, people)
	if err != nil {
		return nil, err
	}
	places, err := s.placeNames(ctx, payloads)
	if err != nil {
		return nil, err
	}
	var erased []int64
	for _, l := range lines {
		if l.What == erasedFor {
			erased = append(erased, l.PersonID)
		}
	}
	reasons, err := s.eraseReasons(ctx, erased)
	if err != nil {
		return nil, err
	}
	for i, p := range payloads {
		lines[i].By, lines[i].Person = names[p.By], names[p.PersonID]
		lines[i].Name = nameIn(p, places)
		lines[i].OrganisationID, lines[i].SpaceID, lines[i].SeminarID = p.OrganisationID, p.SpaceID, p.SeminarID
		switch kind, id := p.place(); kind {
		case OverOrganisation:
			lines[i].OrganisationID = id
		case OverSpace:
			lines[i].SpaceID = id
		}
		if lines[i].What == erasedFor {
			lines[i].Name = reasons[p.PersonID]
		}
	}
	return lines, nil
}

// placeNames are the names of offices and spaces, few enough to read them all, and of the organisations that payloads
// speak of, by kind and id.
func (s *Service) placeNames(ctx context.Context, payloads []told) (map[ScopeKind]map[int64]events.Text, error) {
	names := map[ScopeKind]map[int64]events.Text{OverOffice: {}, OverSpace: {}, OverOrganisation: {}}
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
	var ids []int64
	for _, p := range payloads {
		if kind, id := p.place(); kind == OverOrganisation {
			ids = append(ids, id)
		}
	}
	var organisations []Organisation
	err = s.db.NewSelect().Model(&organisations).Column("id", "name").Where("id in (?)", bun.List(append(ids, 0))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("names of organisations: %w", err)
	}
	for _, o := range organisations {
		names[OverOrganisation][o.ID] = plainText(o.Name)
	}
	return names, nil
}

// place is where a payload says that it happened.
func (p told) place() (ScopeKind, int64) {
	switch {
	case p.OrganisationID != 0:
		return OverOrganisation, p.OrganisationID
	case p.SpaceID != 0:
		return OverSpace, p.SpaceID
	}
	return ScopeKind(p.Scope), p.ScopeID
}

// nameIn is the name of what an event is about.
func nameIn(p told, places map[ScopeKind]map[int64]events.Text) events.Text {
	switch {
	case p.Title != nil:
		return p.Title
	case p.Consumer != "":
		return plainText(p.Consumer)
	case len(p.Name) > 0:
		return nameOf(p.Name)
	}
	kind, id := p.place()
	return places[kind][id]
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
