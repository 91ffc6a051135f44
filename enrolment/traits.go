package enrolment

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

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

// askedTraits names a person and the organisation that they come for: 0 for their first.
type askedTraits struct{ personID, organisationID int64 }

// answeredTraits is what the database says of one.
type answeredTraits struct {
	PersonID                          int64
	Asked                             int64
	Gender, Governorate, Kind, Region string
	Organisation                      int64
	Age                               int
}

// traitsOf reads what quotas ask of a person who comes for an organisation: the one named, else their first. Naming one
// that isn't theirs is an account.Invalid.
func traitsOf(ctx context.Context, db bun.IDB, personID, organisationID int64, sem Seminar) (Traits, error) {
	asked := askedTraits{personID, organisationID}
	all, err := readTraits(ctx, db, []askedTraits{asked}, sem)
	if err != nil {
		return Traits{}, err
	}
	return all[asked].traits(asked)
}

func readTraits(ctx context.Context, db bun.IDB, asked []askedTraits, sem Seminar) (map[askedTraits]answeredTraits, error) {
	people, organisations := make([]int64, len(asked)), make([]int64, len(asked))
	for i, a := range asked {
		people[i], organisations[i] = a.personID, a.organisationID
	}
	var rows []answeredTraits
	err := db.NewRaw(`select person.id as person_id, q.organisation_id as asked,
			coalesce(gender, '') as gender, coalesce(person.governorate, '') as governorate,
			coalesce(?::int - birth_year, 0) as age,
			coalesce(o.id, 0) as organisation, coalesce(o.kind, '') as kind, coalesce(o.governorate, '') as region
		from unnest(?::bigint[], ?::bigint[]) as q (person_id, organisation_id) join person on person.id = q.person_id
		left join lateral (
			select organisation.id, organisation.kind, organisation.governorate from membership
			join organisation on organisation.id = membership.organisation_id
			where membership.person_id = person.id and membership.state = 'active' and organisation.state = 'validated'
				and (q.organisation_id = 0 or organisation.id = q.organisation_id)
			order by membership.asked_at, organisation.id limit 1) o on true`,
		sem.StartsAt.In(sem.Location()).Year(), pgdialect.Array(people), pgdialect.Array(organisations)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("traits: %w", err)
	}
	all := map[askedTraits]answeredTraits{}
	for _, r := range rows {
		all[askedTraits{r.PersonID, r.Asked}] = r
	}
	return all, nil
}

func (r answeredTraits) traits(asked askedTraits) (Traits, error) {
	if r.PersonID == 0 {
		return Traits{}, fmt.Errorf("traits of person %d: %w", asked.personID, account.ErrNotFound)
	}
	if asked.organisationID != 0 && r.Organisation == 0 {
		return Traits{}, account.Invalid{Field: "organisation", Key: "seminars.error_organisation"}
	}
	t := Traits{Gender: r.Gender, Organisation: r.Organisation, Kind: r.Kind, Governorate: r.Governorate, Age: max(0, r.Age)}
	if t.Governorate == "" {
		t.Governorate = r.Region
	}
	return t, nil
}
