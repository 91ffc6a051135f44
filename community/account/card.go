package account

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"
)

// Audience is to whom a person shows a field of theirs.
type Audience string

// The audiences, the narrowest first.
const (
	ToNobody  Audience = "nobody"
	ToSpaces  Audience = "spaces"  // people who are in a space with them
	ToMembers Audience = "members" // everybody signed in
)

// Audiences lists every audience, the narrowest first.
var Audiences = []Audience{ToNobody, ToSpaces, ToMembers}

// CardField is a thing that a person may show or keep.
type CardField string

// The fields. The name decides for all: who may not see it sees nothing of the person, in no list.
const (
	CardName         CardField = "name"
	CardBio          CardField = "bio"
	CardOccupation   CardField = "occupation"
	CardGovernorate  CardField = "governorate"
	CardOrganisation CardField = "organisation"
	CardExpertise    CardField = "expertise" // with its axes
	CardSeeking      CardField = "seeking"   // what they would like help with
	CardLanguages    CardField = "languages"
	CardEmail        CardField = "email"
	CardPhone        CardField = "phone"
)

// CardFields lists every field, in the order forms show them.
var CardFields = []CardField{CardName, CardOccupation, CardBio, CardGovernorate, CardOrganisation, CardExpertise,
	CardSeeking, CardLanguages, CardEmail, CardPhone}

// SpokenLanguages are the languages a person may say they speak, as ISO 639 codes; "tse" is Tunisian sign language.
var SpokenLanguages = []string{"ar", "fr", "en", "it", "de", "es", "tse"}

// maxLine is the longest one-line field, in characters.
const maxLine = 120

// Card is what a person says of themselves beyond their account. Their name, governorate and organisations are kept
// elsewhere: the card only says who sees them.
type Card struct {
	Bio        string
	Occupation string   // what they do, in a line
	Expertise  string   // what others may ask them about, in a line
	Seeking    string   // what they would like others to help with, in a line
	Reachable  Audience // who may ask for an introduction; everybody who sees the name when empty
	Axes       []string
	Languages  []string // of SpokenLanguages
	Email      string   // for contact; not the one they sign in with
	Phone      string
	Shown      map[CardField]Audience // what is absent is as in a new card
}

// To is the audience of a field: everybody signed in for the name, nobody for the rest, until the person chose.
func (c Card) To(f CardField) Audience {
	if a, ok := c.Shown[f]; ok {
		return a
	}
	if f == CardName {
		return ToMembers
	}
	return ToNobody
}

// profileRow is a card as its table holds it, with what searches look at.
type profileRow struct {
	bun.BaseModel `bun:"table:profile,alias:profile"`

	PersonID      int64 `bun:",pk"`
	Bio           string
	BioKey        string
	Occupation    string
	OccupationKey string
	Expertise     string
	ExpertiseKey  string
	Seeking       string
	SeekingKey    string
	Axes          []string `bun:",array"`
	Languages     []string `bun:",array"`
	Email         string
	Phone         string

	NameFor, BioFor, OccupationFor, GovernorateFor, OrganisationFor, ExpertiseFor, LanguagesFor, EmailFor, PhoneFor, SeekingFor, ReachableFor Audience
}

// audiences are where a row keeps the audience of each field.
func (r *profileRow) audiences() map[CardField]*Audience {
	return map[CardField]*Audience{CardName: &r.NameFor, CardBio: &r.BioFor, CardOccupation: &r.OccupationFor,
		CardGovernorate: &r.GovernorateFor, CardOrganisation: &r.OrganisationFor, CardExpertise: &r.ExpertiseFor,
		CardLanguages: &r.LanguagesFor, CardEmail: &r.EmailFor, CardPhone: &r.PhoneFor, CardSeeking: &r.SeekingFor}
}

// MyCard returns the actor's own card, whole.
func (s *Service) MyCard(ctx context.Context, actor Actor) (Card, error) {
	if !actor.SignedIn() {
		return Card{}, ErrSignInRequired
	}
	r := profileRow{PersonID: actor.PersonID}
	err := s.db.NewSelect().Model(&r).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Card{Reachable: ToMembers}, nil
	}
	if err != nil {
		return Card{}, fmt.Errorf("card of person %d: %w", actor.PersonID, err)
	}
	c := Card{Bio: r.Bio, Occupation: r.Occupation, Expertise: r.Expertise, Seeking: r.Seeking, Reachable: r.ReachableFor, Axes: r.Axes, Languages: r.Languages,
		Email: r.Email, Phone: r.Phone, Shown: map[CardField]Audience{}}
	for f, a := range r.audiences() {
		c.Shown[f] = *a
	}
	return c, nil
}

// UpdateCard replaces the actor's card. It returns Invalids, whose fields are named card_… after CardField, and
// card_…_for for an audience.
func (s *Service) UpdateCard(ctx context.Context, actor Actor, c Card) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	own, err := s.MyCard(ctx, actor)
	if err != nil {
		return err
	}
	if err := s.checkCard(ctx, &c, own.Axes); err != nil {
		return err
	}
	r := profileRow{PersonID: actor.PersonID, Bio: c.Bio, BioKey: Fold(c.Bio), Occupation: c.Occupation,
		OccupationKey: Fold(c.Occupation), Expertise: c.Expertise, ExpertiseKey: Fold(c.Expertise), Seeking: c.Seeking,
		SeekingKey: Fold(c.Seeking), ReachableFor: cmp.Or(c.Reachable, ToMembers), Axes: c.Axes,
		Languages: c.Languages, Email: c.Email, Phone: c.Phone}
	for f, a := range r.audiences() {
		*a = c.To(f)
	}
	q := s.db.NewInsert().Model(&r).On("conflict (person_id) do update")
	for _, column := range []string{"bio", "bio_key", "occupation", "occupation_key", "expertise", "expertise_key", "seeking", "seeking_key", "reachable_for", "axes", "languages", "email", "phone"} {
		q = q.Set("? = excluded.?", bun.Ident(column), bun.Ident(column))
	}
	for _, f := range CardFields {
		q = q.Set("? = excluded.?", bun.Ident(string(f)+"_for"), bun.Ident(string(f)+"_for"))
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("update card: %w", err)
	}
	return nil
}

var phoneNumber = regexp.MustCompile(`^\+?[0-9][0-9 .()/-]{5,28}$`)

// checkCard tidies c in place and returns all that is wrong with it. held are the axes of the card until now.
func (s *Service) checkCard(ctx context.Context, c *Card, held []string) error {
	var wrong Invalids
	c.Bio = paragraph(c.Bio)
	if utf8.RuneCountInString(c.Bio) > MaxText {
		wrong.Add("card_bio", "account.error_long", "Max", MaxText)
	}
	c.Occupation = checkLine(&wrong, "card_occupation", c.Occupation)
	c.Expertise = checkLine(&wrong, "card_expertise", c.Expertise)
	c.Seeking = checkLine(&wrong, "card_seeking", c.Seeking)
	if c.Reachable != "" && !slices.Contains(Audiences, c.Reachable) {
		wrong.Add("card_reachable", "account.error_choice")
	}
	if c.Email = strings.TrimSpace(c.Email); c.Email != "" {
		address, ok := CanonicalEmail(c.Email)
		if !ok {
			wrong.Add("card_email", "account.error_email")
		}
		c.Email = address
	}
	if c.Phone = line(c.Phone); c.Phone != "" && !phoneNumber.MatchString(c.Phone) {
		wrong.Add("card_phone", "people.error_phone")
	}
	for f, a := range c.Shown {
		if !slices.Contains(CardFields, f) || !slices.Contains(Audiences, a) {
			wrong.Add("card_"+string(f)+"_for", "account.error_choice")
		}
	}
	c.Languages = slices.DeleteFunc(slices.Clone(SpokenLanguages), func(l string) bool { return !slices.Contains(c.Languages, l) })
	var err error
	if c.Axes, err = s.chosen(ctx, c.Axes, held...); err != nil {
		return err
	}
	return wrong.Err()
}

func checkLine(wrong *Invalids, field, text string) string {
	text = line(text)
	if utf8.RuneCountInString(text) > maxLine {
		wrong.Add(field, "account.error_long", "Max", maxLine)
	}
	return text
}
