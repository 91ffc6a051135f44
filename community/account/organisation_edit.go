package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"halqa/events"
)

// OrganisationFilter narrows the list of organisations.
type OrganisationFilter struct {
	Query    string // words of a name
	State    string
	Kind     string
	OfficeID int64
	Page     int // from 1
}

// ListedOrganisation is an organisation with how many members it has.
type ListedOrganisation struct {
	Organisation `bun:",extend"`

	Members int
}

// AdministeredOrganisations lists the organisations of the actor's offices by name, a page at a time, with how many there are in all.
// It needs ValidateOrganisations somewhere.
func (s *Service) AdministeredOrganisations(ctx context.Context, actor Actor, f OrganisationFilter) (list []ListedOrganisation, total int, err error) {
	if all, offices := actor.Offices(ValidateOrganisations); !all && len(offices) == 0 {
		return nil, 0, refuse(actor)
	}
	q := inOffices(s.db.NewSelect().Model(&list), actor, "organisation.office_id").ColumnExpr("organisation.*").
		ColumnExpr("(select count(*) from membership m where m.organisation_id = organisation.id and m.state = ?) as members", MembershipActive)
	for _, word := range strings.Fields(Fold(f.Query)) {
		q = q.Where("organisation.name_key like ?", "%"+word+"%")
	}
	if f.State != "" {
		q = q.Where("organisation.state = ?", f.State)
	}
	if f.Kind != "" {
		q = q.Where("organisation.kind = ?", f.Kind)
	}
	if f.OfficeID != 0 {
		q = q.Where("organisation.office_id = ?", f.OfficeID)
	}
	n, err := onPage(q, f.Page).OrderExpr("organisation.name_key, organisation.id").ScanAndCount(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("organisations: %w", err)
	}
	return list, int(n), nil
}

// MayEditAll tells whether the actor may change what an office vouches for in an organisation: name, kind, governorate.
func MayEditAll(actor Actor, o Organisation) bool { return actor.Can(ValidateOrganisations, o.Scope()) }

// EditOrganisation changes what is known of an organisation. Its office changes everything; its own administrators only
// the axes and the description, since an office vouched for the rest. An organisation that moves to another governorate
// belongs to that one's office. It returns Invalids, with the fields of CreateOrganisation, and ErrStale unless version is
// the last one.
func (s *Service) EditOrganisation(ctx context.Context, actor Actor, id int64, version int, n NewOrganisation) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		o, err := lockOrganisation(ctx, tx, id)
		if err != nil {
			return err
		}
		if !MayManage(actor, o) {
			return refuse(actor)
		}
		if o.Version != version {
			return fmt.Errorf("organisation %d: %w", id, ErrStale)
		}
		if !MayEditAll(actor, o) {
			n.Name, n.Kind, n.Governorate = o.Name, o.Kind, o.Governorate
		}
		if err := s.checkEdited(ctx, tx, o, &n); err != nil {
			return err
		}
		office, err := officeOf(ctx, tx, n.Governorate)
		if err != nil {
			return err
		}
		o.Name, o.NameKey, o.Kind, o.Governorate, o.OfficeID = n.Name, Fold(n.Name), n.Kind, n.Governorate, office
		o.Description, o.Axes, o.Version = n.Description, n.Axes, version+1
		_, err = tx.NewUpdate().Model(&o).Column("name", "name_key", "kind", "governorate", "office_id", "description", "axes", "version").
			WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("edit organisation %d: %w", id, err)
		}
		return events.Publish(ctx, tx, events.OrganisationChanged{OrganisationID: o.ID, OfficeID: o.OfficeID, Name: o.Name,
			Kind: o.Kind, Governorate: o.Governorate, By: actor.PersonID})
	})
}

// checkEdited is checkOrganisation for one that exists: its own name isn't taken by itself.
func (s *Service) checkEdited(ctx context.Context, tx bun.Tx, o Organisation, n *NewOrganisation) error {
	var wrong Invalids
	if err := s.checkOrganisation(ctx, tx, &wrong, n, o.Axes); err != nil {
		return err
	}
	if Fold(n.Name) == o.NameKey && n.Governorate == o.Governorate {
		wrong = slices.DeleteFunc(wrong, func(w Invalid) bool { return w.Key == "account.error_organisation_exists" })
	}
	return wrong.Err()
}
