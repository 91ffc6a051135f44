package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"halqa/events"
)

// AuditFilter narrows the audit list. Empty fields don't.
type AuditFilter struct {
	PersonID int64  // who acted, or whom it concerns
	Who      string // words of their name
	Side     events.Side
	Kind     string // one of AuditKinds
	What     string // of one of AuditActs
	OfficeID int64  // what belongs to an office, its spaces included
	SpaceID  int64  // what belongs to a space
	About    events.About
	From, To time.Time
	Page     int // from 1
}

// AuditLine is one act: who, when, what, on what.
type AuditLine struct {
	At       time.Time
	Kind     string // as in AuditAct
	What     string // such as "role_granted": there is a sentence for each
	ByID     int64  // 0 for the program
	By       string
	PersonID int64 // whom it concerns, or 0
	Person   string
	Name     events.Text // of the place, organisation, module, document, seminar or consumer
	Role     Role
	Number   int

	OrganisationID, SpaceID, SeminarID int64 // that it speaks of, or 0
}

// Audit lists who did what, the latest first, and tells whether there is more: over the offices whose audit the actor may
// read with their spaces, over single spaces without what happens in their seminars, or everything. It returns ErrForbidden
// for an office or a space beyond those.
func (s *Service) Audit(ctx context.Context, actor Actor, f AuditFilter) (lines []AuditLine, more bool, err error) {
	filter, err := s.auditFilter(ctx, actor, f)
	if err != nil {
		return nil, false, err
	}
	filter.Limit, filter.Offset = PageSize+1, (min(max(f.Page, 1), maxPage)-1)*PageSize
	found, err := events.Log(ctx, s.db, filter)
	if err != nil {
		return nil, false, err
	}
	more = len(found) > PageSize
	lines, err = s.auditLines(ctx, found[:min(len(found), PageSize)])
	return lines, more, err
}

// auditFilter is what of the log the actor may read and f speaks of.
func (s *Service) auditFilter(ctx context.Context, actor Actor, f AuditFilter) (events.LogFilter, error) {
	filter := events.LogFilter{From: f.From, To: f.To, Side: f.Side, OwnActs: ownActs, About: f.About}
	if !actor.CanSomewhere(ReadAudit) {
		return filter, refuse(actor)
	}
	filter.Types, filter.Only, filter.Except = f.narrowed()
	if err := s.scopeAudit(ctx, actor, f, &filter); err != nil {
		return filter, err
	}
	var err error
	filter.People, err = s.auditPeople(ctx, f)
	return filter, err
}

// scopeAudit narrows the log to an office or a space, or else to all that the actor may read.
func (s *Service) scopeAudit(ctx context.Context, actor Actor, f AuditFilter, filter *events.LogFilter) error {
	all, offices := actor.Offices(ReadAudit)
	switch {
	case f.SpaceID != 0:
		sp, err := FindSpace(ctx, s.db, f.SpaceID)
		if err != nil {
			return err
		}
		if !actor.Can(ReadAudit, sp.Scope()) {
			return refuse(actor)
		}
		readSpace(actor, sp, filter)
		return nil
	case f.OfficeID != 0:
		if !actor.Can(ReadAudit, Scope{OfficeID: f.OfficeID}) {
			return refuse(actor)
		}
		offices = []int64{f.OfficeID}
	case all:
		return nil
	}
	filter.Scoped, filter.Offices = true, offices
	var spaces []Space
	if err := s.db.NewSelect().Model(&spaces).Column("id", "office_id").Scan(ctx); err != nil {
		return fmt.Errorf("spaces of the audit: %w", err)
	}
	for _, sp := range spaces {
		if slices.Contains(offices, sp.OfficeID) || f.OfficeID == 0 && actor.Can(ReadAudit, sp.Scope()) {
			readSpace(actor, sp, filter)
		}
	}
	return nil
}

// readSpace adds a space to what is read: with what happens in its seminars only for those who may run them.
func readSpace(actor Actor, sp Space, filter *events.LogFilter) {
	filter.Scoped = true
	if actor.Can(RunSeminars, sp.Scope()) {
		filter.Spaces = append(filter.Spaces, sp.ID)
		return
	}
	filter.Parts = append(filter.Parts, sp.ID)
	if filter.PartTypes == nil {
		filter.PartTypes = slices.DeleteFunc(slices.Clone(filter.Types), func(t string) bool { return actsOf[t][0].Kind == "seminars" })
	}
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
