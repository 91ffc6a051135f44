package account

import (
	"context"
	"fmt"
)

// Numbers are how many there are of what everybody may count.
type Numbers struct {
	People        int // with a proved address
	Organisations int // validated
	Spaces        int // that anybody may find
}

// Numbers counts people, organisations and spaces.
func (s *Service) Numbers(ctx context.Context) (Numbers, error) {
	var n Numbers
	err := s.db.NewRaw(`select (select count(*) from person where email_confirmed_at is not null) as people,
		(select count(*) from organisation where state = ?) as organisations,
		(select count(*) from space where visibility <> ?) as spaces`, OrganisationValidated, ByInvitation).Scan(ctx, &n)
	if err != nil {
		return Numbers{}, fmt.Errorf("count people and organisations: %w", err)
	}
	return n, nil
}
