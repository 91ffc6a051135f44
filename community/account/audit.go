package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

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
	{"axes", []string{events.AxisChanged{}.EventType()}},
	{"modules", []string{events.ModulePublished{}.EventType(), events.ModuleRetired{}.EventType()}},
	{"forum", []string{events.ThreadStarted{}.EventType(), events.ThreadChanged{}.EventType(), events.ContributionHidden{}.EventType(),
		events.ContributionRestored{}.EventType(), events.ContributionDeleted{}.EventType(), events.PostReported{}.EventType(),
		events.ReportDecided{}.EventType(), events.PollClosed{}.EventType(), events.CaseAssigned{}.EventType(), events.TagChanged{}.EventType(), events.ThreadMoved{}.EventType(),
		events.HeldDecided{}.EventType(), events.GuardChanged{}.EventType(), events.NewsletterSent{}.EventType()}}, // replies and their corrections are read where they are
	{"measures", []string{events.MeasureTaken{}.EventType(), events.MeasureAppealed{}.EventType(), events.MeasureDecided{}.EventType()}},
	{"library", []string{events.DocumentProposed{}.EventType(), events.DocumentPublished{}.EventType(), events.DocumentRefused{}.EventType(),
		events.DocumentChanged{}.EventType(), events.DocumentWithdrawn{}.EventType()}},
	{"seminars", []string{events.SeminarChanged{}.EventType(), events.GateChanged{}.EventType(), events.RegistrationChanged{}.EventType(),
		events.SeatReminded{}.EventType(), events.AbsencePolicyChanged{}.EventType(), events.AttendanceRecorded{}.EventType()}},
	{"accounts", []string{events.PersonConfirmed{}.EventType()}},
	{"system", []string{events.ConsumerReplayed{}.EventType(), events.DeadLettersRetried{}.EventType()}},
}

// AuditFilter narrows the audit list. Empty fields don't.
type AuditFilter struct {
	PersonID int64  // who acted, or whom it concerns
	Who      string // words of their name
	Kind     string // name of one of AuditKinds
	OfficeID int64  // what belongs to an office, its spaces included
	SpaceID  int64  // what belongs to a space
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
	Name     events.Text // of the place, organisation, module, document, seminar or consumer
	Role     Role
	Number   int
}

// Audit lists who did what, the latest first, and tells whether there is more: over the offices whose audit the actor may
// read with their spaces, or everything. It returns ErrForbidden for an office or a space beyond those.
func (s *Service) Audit(ctx context.Context, actor Actor, f AuditFilter) (lines []AuditLine, more bool, err error) {
	all, offices := actor.Offices(ReadAudit)
	if !all && len(offices) == 0 {
		return nil, false, refuse(actor)
	}
	filter := events.LogFilter{Types: auditTypes(f.Kind), From: f.From, To: f.To, Limit: PageSize + 1,
		Offset: (min(max(f.Page, 1), maxPage) - 1) * PageSize, Scoped: !all, Offices: offices}
	if err := s.scopeAudit(ctx, actor, f, &filter); err != nil {
		return nil, false, err
	}
	if filter.People, err = s.auditPeople(ctx, f); err != nil {
		return nil, false, err
	}
	found, err := events.Log(ctx, s.db, filter)
	if err != nil {
		return nil, false, err
	}
	more = len(found) > PageSize
	lines, err = s.auditLines(ctx, found[:min(len(found), PageSize)])
	return lines, more, err
}

// scopeAudit narrows the log to an office or a space, and fills in the spaces of the offices it is narrowed to.
func (s *Service) scopeAudit(ctx context.Context, actor Actor, f AuditFilter, filter *events.LogFilter) error {
	switch {
	case f.SpaceID != 0:
		sp, err := FindSpace(ctx, s.db, f.SpaceID)
		if err != nil {
			return err
		}
		if !actor.Can(ReadAudit, sp.Scope()) {
			return refuse(actor)
		}
		filter.Scoped, filter.Offices, filter.Spaces = true, nil, []int64{sp.ID}
		return nil
	case f.OfficeID != 0:
		if !actor.Can(ReadAudit, Scope{OfficeID: f.OfficeID}) {
			return refuse(actor)
		}
		filter.Scoped, filter.Offices = true, []int64{f.OfficeID}
	case !filter.Scoped:
		return nil
	}
	err := s.db.NewSelect().Model((*Space)(nil)).Column("id").Where("office_id in (?)", bun.List(filter.Offices)).Scan(ctx, &filter.Spaces)
	if err != nil {
		return fmt.Errorf("spaces of the audit: %w", err)
	}
	return nil
}

// auditPeople are the people that a filter speaks of; nil when it speaks of nobody.
func (s *Service) auditPeople(ctx context.Context, f AuditFilter) ([]int64, error) {
	words := strings.Fields(Fold(f.Who))
	if f.PersonID != 0 || len(words) == 0 {
		if f.PersonID == 0 {
			return nil, nil
		}
		return []int64{f.PersonID}, nil
	}
	people := []int64{}
	err := named(s.db.NewSelect().TableExpr("person p").ColumnExpr("p.id"), words).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("people of the audit: %w", err)
	}
	return append(people, 0), nil // not nil: nobody of that name did nothing
}

// AuditPlaces are the offices and the spaces that the actor's audit list can be narrowed to.
func (s *Service) AuditPlaces(ctx context.Context, actor Actor) (offices []Office, spaces []Space, err error) {
	if offices, err = s.Offices(ctx); err != nil {
		return nil, nil, err
	}
	if err := s.db.NewSelect().Model(&spaces).Order("position", "id").Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("spaces of the audit: %w", err)
	}
	offices = slices.DeleteFunc(offices, func(o Office) bool { return !actor.Can(ReadAudit, Scope{OfficeID: o.ID}) })
	spaces = slices.DeleteFunc(spaces, func(sp Space) bool { return !actor.Can(ReadAudit, sp.Scope()) })
	return offices, spaces, nil
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
