package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// said is what somebody said, with people as they are rather than as they call themselves: who is behind a pseudonym is told
// what is for them, and isn't told what they said themselves. named is the name that everybody is told, which alone people follow.
type said struct {
	events.Contributed
	named int64
}

func unmasked(ctx context.Context, tx bun.Tx, p events.Contributed) (said, error) {
	people, err := behind(ctx, tx, []int64{p.PersonID, p.ThreadAuthorID, p.ReplyToAuthor})
	if err != nil {
		return said{}, err
	}
	s := said{p, p.PersonID}
	s.PersonID, s.ThreadAuthorID, s.ReplyToAuthor = people[0], people[1], people[2]
	return s, nil
}

// behind replaces pseudonyms by who is behind them; other ids stay as they are.
func behind(ctx context.Context, tx bun.Tx, people []int64) ([]int64, error) {
	if len(people) == 0 {
		return people, nil
	}
	type mask struct{ id, of int64 }
	masks, err := events.Prepared(ctx, tx, func(m *mask) []any { return []any{&m.id, &m.of} },
		`select id, mask_of from person where id = any($1::bigint[]) and mask_of is not null`, people)
	if err != nil {
		return nil, fmt.Errorf("who is behind pseudonyms: %w", err)
	}
	all := make([]int64, len(people))
	for i, id := range people {
		all[i] = id
		for _, m := range masks {
			if m.id == id {
				all[i] = m.of
			}
		}
	}
	return all, nil
}
