package account

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// importBatch is how many people one statement stores.
const importBatch = 500

// AddPerson creates a person without a mail, for commands, imports and demonstrations. An empty password leaves magic
// links as the only way in, and an empty governorate is accepted. Organisations are asked for afterwards. It returns
// Invalids, with the address's field when it is taken.
func (s *Service) AddPerson(ctx context.Context, n Newcomer) (Person, error) {
	people, err := s.AddPeople(ctx, []Newcomer{n})
	if err != nil {
		return Person{}, err
	}
	return people[0], nil
}

// AddPeople creates many people as AddPerson does one: all of them, or none.
func (s *Service) AddPeople(ctx context.Context, newcomers []Newcomer) ([]Person, error) {
	people := make([]Person, len(newcomers))
	for i, n := range newcomers {
		p, err := s.imported(ctx, n)
		if err != nil {
			return nil, err
		}
		people[i] = p
	}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for from := 0; from < len(people); from += importBatch {
			if err := insertPeople(ctx, tx, people[from:min(from+importBatch, len(people))]); err != nil {
				return err
			}
		}
		return nil
	})
	return people, err
}

// imported is the person that a newcomer becomes.
func (s *Service) imported(ctx context.Context, n Newcomer) (Person, error) {
	n.JoinID, n.Create = 0, nil
	password := n.Password
	if password == "" {
		n.Password = "not asked of imports"
	}
	if err := s.check(ctx, &n, false); err != nil {
		return Person{}, err
	}
	if password != "" {
		hashed, err := s.hash(ctx, password)
		if err != nil {
			return Person{}, err
		}
		n.Hash = hashed
	}
	return newPerson(awaited{n, n.Hash}, s.now()), nil
}

func insertPeople(ctx context.Context, tx bun.Tx, people []Person) error {
	many := int64(len(people))
	res, err := tx.NewInsert().Model(&people).On("conflict (email) do nothing").Returning("id").Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert people: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n < many {
		return Invalids{{Field: "email", Key: "account.error_email_taken"}}
	}
	news := make([]events.Payload, len(people))
	for i, p := range people {
		news[i] = events.PersonConfirmed{PersonID: p.ID}
	}
	return events.PublishAll(ctx, tx, news)
}

// HashPassword returns what Newcomer.Hash holds: hashing takes a while, and a demonstration gives everybody the same
// password.
func (s *Service) HashPassword(ctx context.Context, password string) (string, error) {
	return s.hash(ctx, password)
}
