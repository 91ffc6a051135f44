package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// Organisations lists the validated organisations that fit, by name, and where the next page begins ("" when there is
// none). An organisation is in a space when one of its members is who shows both to the actor. It needs a signed-in
// person, and for a space one who may read it.
func (s *Service) Organisations(ctx context.Context, actor Actor, l Lookup) (list []Organisation, next string, err error) {
	if !actor.SignedIn() {
		return nil, "", ErrSignInRequired
	}
	if err := s.mayLookInto(ctx, actor, l.SpaceID); err != nil {
		return nil, "", err
	}
	q := s.db.NewSelect().Model(&list).Where("organisation.state = ?", OrganisationValidated).
		OrderExpr("organisation.name_key, organisation.id").Limit(int64(l.limit()) + 1)
	for _, word := range strings.Fields(Fold(l.Words)) {
		q = q.Where("organisation.name_key like ?", "%"+word+"%")
	}
	if l.Governorate != "" {
		q = q.Where("organisation.governorate = ?", l.Governorate)
	}
	if l.Axis != "" {
		q = q.Where("? = any (organisation.axes)", l.Axis)
	}
	if l.Kind != "" {
		q = q.Where("organisation.kind = ?", l.Kind)
	}
	if l.SpaceID != 0 {
		q = q.Where(`organisation.id in (select unnest(seen.organisations) from `+seen+`
			join space_member m on m.person_id = seen.id and m.space_id = ?1)`, near(actor), l.SpaceID)
	}
	if key, id, ok := readCursor(l.After); ok {
		q = q.Where("(organisation.name_key, organisation.id) > (?, ?)", key, id)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("organisations: %w", err)
	}
	if len(list) > l.limit() {
		list = list[:l.limit()]
		last := list[len(list)-1]
		next = cursor(last.NameKey, last.ID)
	}
	return list, next, nil
}

// OrganisationsByID returns validated organisations by their identity.
func (s *Service) OrganisationsByID(ctx context.Context, ids ...int64) (map[int64]Organisation, error) {
	var list []Organisation
	err := s.db.NewSelect().Model(&list).Where("id in (?) and state = ?", bun.List(append(ids, 0)), OrganisationValidated).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("organisations: %w", err)
	}
	all := make(map[int64]Organisation, len(list))
	for _, o := range list {
		all[o.ID] = o
	}
	return all, nil
}

// OrganisationSpaces lists the spaces in which an organisation takes part by members who show it, as far as the actor may
// read them.
func (s *Service) OrganisationSpaces(ctx context.Context, actor Actor, organisationID int64) ([]Space, error) {
	if !actor.SignedIn() {
		return nil, ErrSignInRequired
	}
	var all []Space
	err := s.db.NewSelect().Model(&all).Where(`space.id in (select m.space_id from `+seen+`
		join space_member m on m.person_id = seen.id where ?1 = any (seen.organisations))`, near(actor), organisationID).
		Order("position", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("spaces of organisation %d: %w", organisationID, err)
	}
	return slices.DeleteFunc(all, func(sp Space) bool { return !sp.ReadableBy(actor) }), nil
}
