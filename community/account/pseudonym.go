package account

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Pseudonym is a made-up name under which a person writes in one space, always the same. It is a person of its own, without
// an address, a role or a card: posts, events, mails and searches carry its id, so that nothing they show leads to whose it is.
// That takes a look behind it, which leaves a trace: see LookBehind.
type Pseudonym struct {
	ID      int64
	Name    string
	SpaceID int64
	Space   events.Text // name of the space
	Looks   []Look      // the latest first
}

// Look is one time that somebody was told who is behind a pseudonym.
type Look struct {
	MaskID int64
	By     string // "" when the account is gone
	Cause  string // one of LookCauses
	Words  string
	At     time.Time
}

// LookCauses are why somebody may look behind a pseudonym.
var LookCauses = []string{"danger", "law", "abuse", "other"}

// NoPseudonyms is an Invalid for who writes under a pseudonym where one can't: it would appear under their name.
func NoPseudonyms() error { return Invalid{Field: "as", Key: "pseudonym.error_off"} }

// Masked returns the actor under their pseudonym in a space. It is drawn when they write under it for the first time; the
// caller has them do so one at a time. It returns NoPseudonyms where the space has none.
func Masked(ctx context.Context, tx bun.Tx, actor Actor, sp Space, now time.Time) (Actor, error) {
	if !sp.Pseudonyms {
		return actor, NoPseudonyms()
	}
	id, err := maskIn(ctx, tx, actor.Self(), sp.ID)
	for range 50 { // almost never more than one
		if err != nil || id != 0 {
			break
		}
		name := drawName(actor.Language)
		if _, err = tx.ExecContext(ctx, `insert into person (name, name_key, language, mask_of, mask_in, created_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
			name, Fold(name), actor.Language, actor.Self(), sp.ID, now); err == nil {
			id, err = maskIn(ctx, tx, actor.Self(), sp.ID)
		}
	}
	switch {
	case err != nil:
		return actor, fmt.Errorf("pseudonym in space %d: %w", sp.ID, err)
	case id == 0:
		return actor, fmt.Errorf("pseudonym in space %d: no name is free", sp.ID)
	}
	if !slices.Contains(actor.Masks, id) {
		actor.Masks = append(slices.Clone(actor.Masks), id)
	}
	return actor.Speaking(id), nil
}

// maskIn is a person's pseudonym in a space, or 0.
func maskIn(ctx context.Context, db bun.IDB, personID, spaceID int64) (id int64, err error) {
	err = db.NewRaw(`select coalesce((select id from person where mask_of = ? and mask_in = ?), 0)`, personID, spaceID).Scan(ctx, &id)
	return id, err
}

// maskNames are what pseudonyms are made of, by language: trees, flowers and birds that offend nobody and mean nobody.
var maskNames = map[string][]string{
	"fr": {"Olivier", "Jasmin", "Amandier", "Figuier", "Grenadier", "Laurier", "Palmier", "Romarin", "Caroubier", "Cyprès", "Lavande", "Myrte",
		"Oranger", "Pistachier", "Hirondelle", "Flamant", "Cigogne", "Huppe", "Alouette", "Rossignol", "Mésange", "Martinet"},
	"ar": {"زيتونة", "ياسمينة", "لوزة", "تينة", "رمّانة", "نخلة", "خزامى", "ريحانة", "خرّوبة", "سروة", "وردة", "نرجس",
		"برتقالة", "صنوبرة", "سنونو", "نحام", "لقلق", "هدهد", "قبّرة", "بلبل", "يمامة", "حسّون"},
	"en": {"Olive", "Jasmine", "Almond", "Fig", "Pomegranate", "Laurel", "Palm", "Rosemary", "Carob", "Cypress", "Lavender", "Myrtle",
		"Orange", "Pistachio", "Swallow", "Flamingo", "Stork", "Hoopoe", "Lark", "Nightingale", "Titmouse", "Swift"},
}

// drawName makes up a name. It is drawn rather than chosen: a name that people choose gives them away, or passes for another's.
func drawName(language string) string {
	words, ok := maskNames[language]
	if !ok {
		words = maskNames[events.Languages[0]]
	}
	return fmt.Sprintf("%s %d", words[rand.IntN(len(words))], 10+rand.IntN(990))
}

// OwnPseudonyms lists the actor's pseudonyms, with who was told that they are theirs.
func (s *Service) OwnPseudonyms(ctx context.Context, actor Actor) ([]Pseudonym, error) {
	if !actor.SignedIn() {
		return nil, ErrSignInRequired
	}
	return pseudonyms(ctx, s.db, `p.mask_of = ?`, actor.Self())
}

// MaskIn is the actor's pseudonym in a space; the zero Pseudonym when they have none yet.
func (s *Service) MaskIn(ctx context.Context, actor Actor, spaceID int64) (Pseudonym, error) {
	list, err := pseudonyms(ctx, s.db, `p.mask_of = ? and p.mask_in = ?`, actor.Self(), spaceID)
	if err != nil || len(list) == 0 {
		return Pseudonym{}, err
	}
	return list[0], nil
}

// pseudonyms reads those for which a condition on person p holds.
func pseudonyms(ctx context.Context, db bun.IDB, where string, args ...any) (list []Pseudonym, err error) {
	err = db.NewRaw(`select p.id, p.name, p.mask_in as space_id, sp.name as space from person p join space sp on sp.id = p.mask_in
		where `+where+` order by p.id`, args...).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("pseudonyms: %w", err)
	}
	ids := []int64{0}
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	var looks []Look
	err = db.NewRaw(`select l.mask_id, coalesce(p.name, '') as by, l.cause, l.words, l.at from pseudonym_look l left join person p on p.id = l.by_id
		where l.mask_id in (?) order by l.id desc`, bun.List(ids)).Scan(ctx, &looks)
	if err != nil {
		return nil, fmt.Errorf("looks behind pseudonyms: %w", err)
	}
	for i, p := range list {
		for _, l := range looks {
			if l.MaskID == p.ID {
				list[i].Looks = append(list[i].Looks, l)
			}
		}
	}
	return list, nil
}
