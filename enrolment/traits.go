package enrolment

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Choice is an organisation that a person may come for.
type Choice struct {
	ID   int64
	Name string
	Kind string
}

// organisationsOf lists the validated organisations a person is an active member of, the first joined first.
func organisationsOf(ctx context.Context, db bun.IDB, personID int64) ([]Choice, error) {
	var all []Choice
	err := db.NewRaw(`select organisation.id, organisation.name, organisation.kind from membership
		join organisation on organisation.id = organisation_id
		where person_id = ? and membership.state = 'active' and organisation.state = 'validated'
		order by membership.asked_at, organisation.id`, personID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("organisations of person %d: %w", personID, err)
	}
	return all, nil
}

// traitsOf reads what quotas ask of a person who comes for an organisation: the one named, else their first. Naming one
// that isn't theirs is an account.Invalid.
func traitsOf(ctx context.Context, db bun.IDB, personID, organisationID int64, sem Seminar) (Traits, error) {
	var row struct {
		Gender, Governorate, Kind, Region string
		Organisation                      int64
		Age                               int
	}
	err := db.NewRaw(`select coalesce(gender, '') as gender, coalesce(person.governorate, '') as governorate,
			coalesce(?::int - birth_year, 0) as age,
			coalesce(o.id, 0) as organisation, coalesce(o.kind, '') as kind, coalesce(o.governorate, '') as region
		from person left join lateral (
			select organisation.id, organisation.kind, organisation.governorate from membership
			join organisation on organisation.id = organisation_id
			where person_id = person.id and membership.state = 'active' and organisation.state = 'validated'
				and (?::bigint = 0 or organisation.id = ?)
			order by membership.asked_at, organisation.id limit 1) o on true
		where person.id = ?`,
		sem.StartsAt.In(sem.Location()).Year(), organisationID, organisationID, personID).Scan(ctx, &row)
	if err != nil {
		return Traits{}, fmt.Errorf("traits of person %d: %w", personID, found(err))
	}
	if organisationID != 0 && row.Organisation == 0 {
		return Traits{}, account.Invalid{Field: "organisation", Key: "seminars.error_organisation"}
	}
	t := Traits{Gender: row.Gender, Organisation: row.Organisation, Kind: row.Kind, Governorate: row.Governorate, Age: max(0, row.Age)}
	if t.Governorate == "" {
		t.Governorate = row.Region
	}
	return t, nil
}
