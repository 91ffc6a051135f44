package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// Expert is somebody who may help where something is asked, as they show themselves to whoever looks for help.
type Expert struct {
	Acquaintance
	Axis    bool // they say that they know about the axis
	Words   int  // of the questions that what they know says
	Answers int  // of theirs that were accepted
}

// Asked is for what experts are looked for.
type Asked struct {
	SpaceID int64
	Axis    string        // of the space, or ""
	Words   string        // of its questions
	Answers map[int64]int // accepted answers by person
	Limit   int
}

// The words of questions that are looked for: the first of them that are long enough to mean something.
const (
	askedWords   = 40
	askedLetters = 5
)

// Experts lists people who aren't in a space and may help there, the likeliest first: only those who show the actor what
// makes them so. It needs a signed-in person who may read the space.
func (s *Service) Experts(ctx context.Context, actor Actor, a Asked) ([]Expert, error) {
	if !actor.SignedIn() {
		return nil, ErrSignInRequired
	}
	if err := s.mayLookInto(ctx, actor, a.SpaceID); err != nil {
		return nil, err
	}
	words := a.words()
	likes := make([]string, len(words))
	for i, w := range words {
		likes[i] = "%" + w + "%"
	}
	answerers := make([]int64, 0, len(a.Answers))
	for id := range a.Answers {
		answerers = append(answerers, id)
	}
	var list []Expert
	err := s.db.NewSelect().ColumnExpr(acquaintanceColumns).
		ColumnExpr("? <> '' and ? = any (seen.axes) as axis", a.Axis, a.Axis).
		ColumnExpr("(select count(*) from unnest(?::text[]) w where seen.expertise_key like w) as words", pgdialect.Array(likes)).
		TableExpr(seen, near(actor)).
		Where(`seen.id in (select r.person_id from profile r where r.expertise_for <> 'nobody' and (?0 <> '' and ?0 = any (r.axes) or r.expertise_key like any (?1))
			union select unnest(?2::bigint[]))`, a.Axis, pgdialect.Array(likes), pgdialect.Array(answerers)).
		Where("seen.id <> ? and not exists (select from space_member m where m.space_id = ? and m.person_id = seen.id)", actor.PersonID, a.SpaceID).
		Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("experts for space %d: %w", a.SpaceID, err)
	}
	for i := range list {
		list[i].Answers = a.Answers[list[i].ID]
	}
	list = slices.DeleteFunc(list, func(e Expert) bool { return e.weight() == 0 })
	slices.SortFunc(list, func(a, b Expert) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(a.NameKey, b.NameKey), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), max(a.Limit, 0))], nil
}

// weight is how likely an expert is to help: saying that one knows the axis is worth three words or accepted answers, of which five
// count at most.
func (e Expert) weight() int {
	w := min(e.Words, 5) + min(e.Answers, 5)
	if e.Axis {
		w += 3
	}
	return w
}

// words are what is looked for.
func (a Asked) words() (words []string) {
	for _, w := range strings.Fields(Fold(a.Words)) {
		w = strings.TrimPrefix(w, "ال")
		if utf8.RuneCountInString(w) >= askedLetters && !slices.Contains(words, w) && len(words) < askedWords {
			words = append(words, w)
		}
	}
	return words
}
