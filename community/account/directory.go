package account

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
)

// seen is every person whom a viewer may know of, reduced to what they show that viewer: a field that isn't for them is
// empty, and so are its search words. All that lists, finds or shows people reads from it and from nothing else, so that
// nothing hidden can be found out by asking. "near" are those who share a space with the viewer; its offset has that asked
// once for each person, where PostgreSQL would ask it for each field.
const seen = `(
	select p.id, p.name, p.name_key,
		case when bio_seen then r.bio else '' end as bio,
		case when bio_seen then r.bio_key else '' end as bio_key,
		case when occupation_seen then r.occupation else '' end as occupation,
		case when occupation_seen then r.occupation_key else '' end as occupation_key,
		case when governorate_seen then coalesce(p.governorate, '') else '' end as governorate,
		case when expertise_seen then r.expertise else '' end as expertise,
		case when expertise_seen then r.expertise_key else '' end as expertise_key,
		case when expertise_seen then r.axes else '{}' end as axes,
		case when seeking_seen then r.seeking else '' end as seeking,
		case when seeking_seen then r.seeking_key else '' end as seeking_key,
		may.reachable,
		case when languages_seen then r.languages else '{}' end as languages,
		case when email_seen then r.email else '' end as email,
		case when phone_seen then r.phone else '' end as phone,
		array(select m.organisation_id from membership m join organisation o on o.id = m.organisation_id
			where organisation_seen and m.person_id = p.id and m.state = 'active' and o.state = 'validated') as organisations
	from person p
	left join profile r on r.person_id = p.id
	cross join lateral (select exists (select from space_member m where m.person_id = p.id and m.space_id in (?0)) as near offset 0) v
	cross join lateral (select
		coalesce(r.bio_for = 'members' or r.bio_for = 'spaces' and near, false) as bio_seen,
		coalesce(r.occupation_for = 'members' or r.occupation_for = 'spaces' and near, false) as occupation_seen,
		coalesce(r.governorate_for = 'members' or r.governorate_for = 'spaces' and near, false) as governorate_seen,
		coalesce(r.organisation_for = 'members' or r.organisation_for = 'spaces' and near, false) as organisation_seen,
		coalesce(r.expertise_for = 'members' or r.expertise_for = 'spaces' and near, false) as expertise_seen,
		coalesce(r.seeking_for = 'members' or r.seeking_for = 'spaces' and near, false) as seeking_seen,
		coalesce(r.reachable_for = 'members' or r.reachable_for = 'spaces' and near, r.person_id is null) as reachable,
		coalesce(r.languages_for = 'members' or r.languages_for = 'spaces' and near, false) as languages_seen,
		coalesce(r.email_for = 'members' or r.email_for = 'spaces' and near, false) as email_seen,
		coalesce(r.phone_for = 'members' or r.phone_for = 'spaces' and near, false) as phone_seen) may
	where p.email_confirmed_at is not null
		and coalesce(r.name_for = 'members' or r.name_for = 'spaces' and near, r.person_id is null)
) seen`

// Acquaintance is a person as far as they show themselves to whoever asks. What isn't shown is empty.
type Acquaintance struct {
	ID            int64
	Name          string
	Bio           string
	Occupation    string
	Governorate   string // ISO 3166-2 code
	Expertise     string
	Seeking       string
	Reachable     bool     // the viewer may ask them for an introduction
	Axes          []string `bun:",array"`
	Languages     []string `bun:",array"` // of SpokenLanguages
	Email         string
	Phone         string
	Organisations []int64 `bun:",array"` // active in, validated

	NameKey string
}

const acquaintanceColumns = `seen.id, seen.name, seen.name_key, seen.bio, seen.occupation, seen.governorate, seen.expertise,
	seen.seeking, seen.reachable, seen.axes, seen.languages, seen.email, seen.phone, seen.organisations`

// Lookup is what a directory is searched by. Empty fields don't narrow it.
type Lookup struct {
	Words          string
	Governorate    string
	Axis           string
	Kind           string // of an organisation
	Seeking        bool   // only people who say what they look for
	SpaceID        int64
	OrganisationID int64  // of people
	ModeratedID    int64  // of people: the space they moderate
	After          string // where the page before ended
	Limit          int    // DirectoryPage when 0
}

// DirectoryPage is how many entries a page of a directory has.
const DirectoryPage = 24

func (l Lookup) limit() int {
	if l.Limit < 1 {
		return DirectoryPage
	}
	return l.Limit
}

// cursor says where a page of a directory ends: an entry's place in the order, and not its identity alone, so that
// nothing can be learned of an entry that one may not see.
func cursor(key string, id int64) string { return strconv.FormatInt(id, 10) + " " + key }

func readCursor(s string) (key string, id int64, ok bool) {
	number, key, _ := strings.Cut(s, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	return Fold(key), id, err == nil
}

// People lists the people who show themselves to the actor and fit, by name, and where the next page begins ("" when
// there is none). It needs a signed-in person, and for a space one who may read it.
func (s *Service) People(ctx context.Context, actor Actor, l Lookup) (list []Acquaintance, next string, err error) {
	if !actor.SignedIn() {
		return nil, "", ErrSignInRequired
	}
	for _, id := range []int64{l.SpaceID, l.ModeratedID} {
		if err := s.mayLookInto(ctx, actor, id); err != nil {
			return nil, "", err
		}
	}
	q := s.db.NewSelect().ColumnExpr(acquaintanceColumns).TableExpr(seen, near(actor)).
		OrderExpr("seen.name_key, seen.id").Limit(int64(l.limit()) + 1)
	q = narrowPeople(q, l)
	if err := q.Scan(ctx, &list); err != nil {
		return nil, "", fmt.Errorf("people: %w", err)
	}
	if len(list) > l.limit() {
		list = list[:l.limit()]
		last := list[len(list)-1]
		next = cursor(last.NameKey, last.ID)
	}
	return list, next, nil
}

// near are the actor's spaces for seen.
func near(actor Actor) any { return bun.List(append([]int64{0}, actor.Spaces...)) }

// mayLookInto refuses whoever may not read a space; 0 is none.
func (s *Service) mayLookInto(ctx context.Context, actor Actor, spaceID int64) error {
	if spaceID == 0 {
		return nil
	}
	sp, err := FindSpace(ctx, s.db, spaceID)
	if err != nil {
		return err
	}
	return sp.Refusal(actor)
}

func narrowPeople(q *bun.SelectQuery, l Lookup) *bun.SelectQuery {
	for _, word := range strings.Fields(Fold(l.Words)) { // Fold leaves letters and digits: nothing to escape
		like := "%" + word + "%"
		q = q.Where(`(seen.name_key like ? or seen.occupation_key like ? or seen.expertise_key like ? or seen.bio_key like ? or seen.seeking_key like ?
			or exists (select from organisation o where o.id = any (seen.organisations) and o.name_key like ?))`, like, like, like, like, like, like)
	}
	if l.Governorate != "" {
		q = q.Where("seen.governorate = ?", l.Governorate)
	}
	if l.Axis != "" {
		q = q.Where("? = any (seen.axes)", l.Axis)
	}
	if l.Seeking {
		q = q.Where("seen.seeking <> ''")
	}
	if l.Kind != "" {
		q = q.Where("exists (select from organisation o where o.id = any (seen.organisations) and o.kind = ?)", l.Kind)
	}
	if l.OrganisationID != 0 {
		q = q.Where("? = any (seen.organisations)", l.OrganisationID)
	}
	if l.SpaceID != 0 {
		q = q.Where("exists (select from space_member m where m.person_id = seen.id and m.space_id = ?)", l.SpaceID)
	}
	if l.ModeratedID != 0 {
		q = q.Where(`exists (select from role_grant g where g.person_id = seen.id and g.space_id = ? and g.role = ?
			and g.revoked_at is null)`, l.ModeratedID, SpaceModerator)
	}
	if key, id, ok := readCursor(l.After); ok {
		q = q.Where("(seen.name_key, seen.id) > (?, ?)", key, id)
	}
	return q
}

// Acquaintance returns a person as they show themselves to the actor, even when that is the actor. It returns ErrNotFound
// for somebody who doesn't.
func (s *Service) Acquaintance(ctx context.Context, actor Actor, id int64) (Acquaintance, error) {
	if !actor.SignedIn() {
		return Acquaintance{}, ErrSignInRequired
	}
	var list []Acquaintance
	err := s.db.NewSelect().ColumnExpr(acquaintanceColumns).TableExpr(seen, near(actor)).Where("seen.id = ?", id).Scan(ctx, &list)
	if err != nil {
		return Acquaintance{}, fmt.Errorf("person %d: %w", id, err)
	}
	if len(list) == 0 {
		return Acquaintance{}, fmt.Errorf("person %d: %w", id, ErrNotFound)
	}
	return list[0], nil
}

// FoldNames fills the search words of people who are older than the column that holds them.
func (s *Service) FoldNames(ctx context.Context) error {
	var last int64
	for {
		var some []Person
		err := s.db.NewSelect().Model(&some).Column("id", "name").Where("name_key = '' and id > ?", last).Order("id").Limit(500).Scan(ctx)
		if err != nil {
			return fmt.Errorf("fold names: %w", err)
		}
		if len(some) == 0 {
			return nil
		}
		for _, p := range some {
			last = p.ID
			_, err := s.db.ExecContext(ctx, `update person set name_key = ? where id = ? and name = ?`, Fold(p.Name), p.ID, p.Name)
			if err != nil {
				return fmt.Errorf("fold names: %w", err)
			}
		}
	}
}
