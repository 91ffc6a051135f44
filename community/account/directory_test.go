package account_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

// marks is a word of each field that nobody else has, to be found by.
var marks = map[account.CardField]string{account.CardName: "Zzname", account.CardBio: "zzbio", account.CardOccupation: "zzoccupation",
	account.CardExpertise: "zzexpertise", account.CardSeeking: "zzseeking", account.CardOrganisation: "zzorganisation", account.CardGovernorate: "XX-gafsa",
	account.CardLanguages: "it", account.CardEmail: "zz@example.org", account.CardPhone: "+216 70 000 000"}

// stage is Zz, with a marked word in every field, and three who look: one shares a space with Zz, one doesn't, and Zz.
type stage struct {
	*bench
	zz, mate, stranger account.Actor
	space              account.Space
	organisation       account.Organisation
}

func newStage(t *testing.T) *stage {
	s := &stage{bench: setup(t)}
	gafsa := accounttest.Office(t, s.db, "gafsa")
	s.exec(t, `insert into axis (key, name) values ('water', '{"fr":"Eau"}')`)
	p := accounttest.Person(t, s.db, marks[account.CardName], func(p *account.Person) { p.Governorate = "XX-gafsa" })
	mate := accounttest.Person(t, s.db, "Mate")
	s.space = accounttest.Space(t, s.db, "eau", 0)
	other := accounttest.Space(t, s.db, "autre", 0)
	s.stranger = accounttest.Actor(t, s.db, "Stranger")
	for _, row := range [][2]int64{{s.space.ID, p.ID}, {s.space.ID, mate.ID}, {other.ID, s.stranger.PersonID}} {
		s.exec(t, "insert into space_member (space_id, person_id) values (?, ?)", row[0], row[1])
	}
	s.organisation = accounttest.Organisation(t, s.db, marks[account.CardOrganisation], gafsa, func(o *account.Organisation) { o.Kind = "media" })
	accounttest.Member(t, s.db, p.ID, s.organisation.ID)
	accounttest.Grant(t, s.db, p.ID, account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: s.space.ID})
	s.zz, s.mate, s.stranger = accounttest.Reload(t, s.db, p.ID), accounttest.Reload(t, s.db, mate.ID), accounttest.Reload(t, s.db, s.stranger.PersonID)
	return s
}

func (s *stage) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	_, err := s.db.ExecContext(ctx, query, args...)
	must(t, err)
}

func (s *stage) show(t interface{ Fatal(...any) }, shown map[account.CardField]account.Audience) {
	err := s.UpdateCard(ctx, s.zz, account.Card{Bio: marks[account.CardBio], Occupation: marks[account.CardOccupation],
		Expertise: marks[account.CardExpertise], Seeking: marks[account.CardSeeking], Axes: []string{"water"}, Languages: []string{"it"}, Email: marks[account.CardEmail],
		Phone: marks[account.CardPhone], Shown: shown})
	if err != nil {
		t.Fatal(err)
	}
}

// told is everything of Zz that an answer tells, in one text.
func told(list []account.Acquaintance, id int64) string {
	for _, p := range list {
		if p.ID == id {
			return fmt.Sprintf("%+v", p)
		}
	}
	return ""
}

// tells says whether an answer about somebody tells a field of theirs.
func (s *stage) tells(text string, f account.CardField) bool {
	switch f {
	case account.CardOrganisation:
		return strings.Contains(text, fmt.Sprintf("Organisations:[%d]", s.organisation.ID))
	case account.CardLanguages:
		return strings.Contains(text, "Languages:[it]")
	case account.CardExpertise:
		return strings.Contains(text, "zzexpertise") || strings.Contains(text, "water")
	}
	return strings.Contains(strings.ToLower(text), strings.ToLower(marks[f]))
}

// TestNothingHiddenIsTold draws an audience for each field, and asks everything of everybody: what isn't for them is
// neither shown nor found, counted, or told by who is in a list.
func TestNothingHiddenIsTold(t *testing.T) {
	s := newStage(t)
	rapid.Check(t, func(t *rapid.T) {
		shown := map[account.CardField]account.Audience{}
		for _, f := range account.CardFields {
			shown[f] = rapid.SampledFrom(account.Audiences).Draw(t, string(f))
		}
		s.show(t, shown)
		for name, viewer := range map[string]account.Actor{"mate": s.mate, "stranger": s.stranger} {
			may := func(f account.CardField) bool {
				for _, needed := range []account.CardField{account.CardName, f} {
					if a := shown[needed]; a != account.ToMembers && !(a == account.ToSpaces && name == "mate") {
						return false
					}
				}
				return true
			}
			s.askEverything(t, name, viewer, may)
		}
	})
}

func (s *stage) askEverything(t *rapid.T, name string, viewer account.Actor, may func(account.CardField) bool) {
	fail := func(what string, f account.CardField, got bool) {
		if got != may(f) {
			t.Errorf("%s: %s of %s is %v", name, what, f, got)
		}
	}
	people := func(l account.Lookup) string {
		list, _, err := s.People(ctx, viewer, l)
		if err != nil {
			t.Fatal(err)
		}
		return told(list, s.zz.PersonID)
	}
	one, err := s.Acquaintance(ctx, viewer, s.zz.PersonID)
	if err != nil && !errors.Is(err, account.ErrNotFound) {
		t.Fatal(err)
	}
	page := told([]account.Acquaintance{one}, s.zz.PersonID)
	for _, f := range account.CardFields {
		fail("the list", f, s.tells(people(account.Lookup{}), f))
		fail("the page", f, s.tells(page, f))
	}
	for f, l := range map[account.CardField]account.Lookup{
		account.CardName: {Words: "zzname"}, account.CardBio: {Words: "ZZBIO"}, account.CardOccupation: {Words: "zzoccup"},
		account.CardExpertise: {Words: "zzexpertise"}, account.CardSeeking: {Words: "zzseeking"}, account.CardOrganisation: {Words: "zzorganisation"}, account.CardGovernorate: {Governorate: "XX-gafsa"},
	} {
		fail("a search", f, people(l) != "")
	}
	fail("who looks for help", account.CardSeeking, people(account.Lookup{Seeking: true}) != "")
	fail("a filter by axis", account.CardExpertise, people(account.Lookup{Axis: "water"}) != "")
	fail("a filter by kind", account.CardOrganisation, people(account.Lookup{Kind: "media"}) != "")
	fail("the organisation's people", account.CardOrganisation, people(account.Lookup{OrganisationID: s.organisation.ID}) != "")
	fail("the space's people", account.CardName, people(account.Lookup{SpaceID: s.space.ID}) != "")
	fail("the space's moderators", account.CardName, people(account.Lookup{ModeratedID: s.space.ID}) != "")
	for _, words := range []string{marks[account.CardEmail], "216 70", "person", "example"} {
		if people(account.Lookup{Words: words}) != "" {
			t.Errorf("%s finds a person by %q", name, words)
		}
	}
	spaces, err := s.OrganisationSpaces(ctx, viewer, s.organisation.ID)
	if err != nil {
		t.Fatal(err)
	}
	fail("the organisation's spaces", account.CardOrganisation, len(spaces) > 0)
	list, _, err := s.Organisations(ctx, viewer, account.Lookup{SpaceID: s.space.ID})
	if err != nil {
		t.Fatal(err)
	}
	fail("the space's organisations", account.CardOrganisation, len(list) > 0)
}

func TestANewPersonShowsTheirNameOnly(t *testing.T) {
	s := newStage(t)
	seen, err := s.Acquaintance(ctx, s.mate, s.zz.PersonID)
	must(t, err)
	if want := (account.Acquaintance{ID: s.zz.PersonID, Name: "Zzname", Reachable: true, NameKey: "zzname"}); fmt.Sprint(seen) != fmt.Sprint(want) {
		t.Errorf("shows %+v", seen)
	}
	card, err := s.MyCard(ctx, s.zz)
	must(t, err)
	if card.To(account.CardName) != account.ToMembers || card.To(account.CardEmail) != account.ToNobody {
		t.Errorf("the card is %+v", card)
	}
	s.show(t, map[account.CardField]account.Audience{account.CardName: account.ToNobody, account.CardEmail: account.ToMembers})
	if _, err := s.Acquaintance(ctx, s.zz, s.zz.PersonID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("who left the directory is still there: %v", err)
	}
	if card, err = s.MyCard(ctx, s.zz); err != nil || card.Phone != "+216 70 000 000" || card.To(account.CardName) != account.ToNobody {
		t.Errorf("the card is %+v, %v", card, err)
	}
}

func TestWhoIsntThereIsntListed(t *testing.T) {
	b := setup(t)
	me := accounttest.Actor(t, b.db, "Amal")
	if _, err := b.db.ExecContext(ctx, `insert into person (name, name_key, email) values ('Sans adresse', 'sans adresse', 'x@example.org')`); err != nil {
		t.Fatal(err)
	}
	list, next, err := b.People(ctx, me, account.Lookup{})
	if must(t, err); len(list) != 1 || list[0].Name != "Amal" || next != "" {
		t.Errorf("listed: %+v", list)
	}
}

func TestTheDirectoryIsForTheSignedIn(t *testing.T) {
	s := newStage(t)
	closed := accounttest.Space(t, s.db, "closed", 0, func(sp *account.Space) { sp.Visibility = account.ByInvitation })
	asked := accounttest.Space(t, s.db, "asked", 0, func(sp *account.Space) { sp.Visibility = account.ByRequest })
	for _, err := range []error{
		last(s.People(ctx, account.Actor{}, account.Lookup{})), last(s.Organisations(ctx, account.Actor{}, account.Lookup{})),
		second(s.Acquaintance(ctx, account.Actor{}, s.zz.PersonID)), second(s.OrganisationSpaces(ctx, account.Actor{}, 1)),
		second(s.MyCard(ctx, account.Actor{})), s.UpdateCard(ctx, account.Actor{}, account.Card{}),
	} {
		if !errors.Is(err, account.ErrSignInRequired) {
			t.Errorf("a visitor: %v", err)
		}
	}
	for id, want := range map[int64]error{closed.ID: account.ErrNotFound, asked.ID: account.ErrForbidden, 99999: account.ErrNotFound} {
		if err := last(s.People(ctx, s.mate, account.Lookup{SpaceID: id})); !errors.Is(err, want) {
			t.Errorf("people of space %d: %v", id, err)
		}
		if err := last(s.People(ctx, s.mate, account.Lookup{ModeratedID: id})); !errors.Is(err, want) {
			t.Errorf("moderators of space %d: %v", id, err)
		}
		if err := last(s.Organisations(ctx, s.mate, account.Lookup{SpaceID: id})); !errors.Is(err, want) {
			t.Errorf("organisations of space %d: %v", id, err)
		}
	}
}

func last[A, B any](_ A, _ B, err error) error { return err }
func second[A any](_ A, err error) error       { return err }

// TestPagesOfTheDirectory reads every page on, among people of the same name, of both scripts and of none.
func TestPagesOfTheDirectory(t *testing.T) {
	b := setup(t)
	gafsa := accounttest.Office(t, b.db, "gafsa")
	me := accounttest.Actor(t, b.db, "Amal")
	want := []int64{me.PersonID}
	for _, name := range []string{"Émna", "emna", "Emna", "آمنة", "أمنة", "!!", "Zied", "Sami 'x' %_"} {
		want = append(want, accounttest.Person(t, b.db, name).ID)
		accounttest.Organisation(t, b.db, name, gafsa)
	}
	var got []int64
	after, pages := "", 0
	for pages = 1; ; pages++ {
		list, next, err := b.People(ctx, me, account.Lookup{After: after, Limit: 2})
		must(t, err)
		for _, p := range list {
			got = append(got, p.ID)
		}
		if after = next; next == "" {
			break
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || pages != 5 {
		t.Errorf("%d pages tell of %v, want %v", pages, got, want)
	}
	orgs := 0
	for after = ""; ; {
		list, next, err := b.Organisations(ctx, me, account.Lookup{After: after, Limit: 3})
		must(t, err)
		if orgs += len(list); next == "" {
			break
		}
		after = next
	}
	if orgs != 8 {
		t.Errorf("the pages tell of %d organisations", orgs)
	}
	for words, n := range map[string]int{"emna": 3, "EMNÀ": 3, "امنه": 2, "%": 9, "_": 9, "sami x": 1, "nobody": 0} {
		list, _, err := b.People(ctx, me, account.Lookup{Words: words, After: "not a cursor"})
		if must(t, err); len(list) != n {
			t.Errorf("%q finds %d people, want %d", words, len(list), n)
		}
	}
}

func TestWrongCards(t *testing.T) {
	s := newStage(t)
	err := s.UpdateCard(ctx, s.zz, account.Card{Bio: strings.Repeat("x", account.MaxText+1), Occupation: strings.Repeat("x", 121),
		Expertise: strings.Repeat("é", 121), Email: "nobody", Phone: "call me",
		Shown: map[account.CardField]account.Audience{account.CardBio: "everybody", "gender": account.ToMembers}})
	var got []string
	invalids, _ := account.InvalidsOf(err)
	for _, f := range invalids {
		got = append(got, f.Field)
	}
	slices.Sort(got)
	want := []string{"card_bio", "card_bio_for", "card_email", "card_expertise", "card_gender_for", "card_occupation", "card_phone"}
	if !slices.Equal(got, want) {
		t.Errorf("wrong are %v, want %v", got, want)
	}
	must(t, s.UpdateCard(ctx, s.zz, account.Card{Axes: []string{"water", "nothing", "water"}, Languages: []string{"fr", "xx", "ar"},
		Occupation: "Trésorière\u202e\n de  l’association", Email: " Zz@Exemple.TN "}))
	card, err := s.MyCard(ctx, s.zz)
	must(t, err)
	if !slices.Equal(card.Axes, []string{"water"}) || !slices.Equal(card.Languages, []string{"ar", "fr"}) ||
		card.Occupation != "Trésorière de l’association" || card.Email != "zz@exemple.tn" {
		t.Errorf("the card is %+v", card)
	}
}

func TestOlderPeopleAreFoundOnceFolded(t *testing.T) {
	b := setup(t)
	me := accounttest.Actor(t, b.db, "Amal")
	if _, err := b.db.ExecContext(ctx, `update person set name_key = ''`); err != nil {
		t.Fatal(err)
	}
	accounttest.Person(t, b.db, "...")
	must(t, b.FoldNames(ctx))
	list, _, err := b.People(ctx, me, account.Lookup{Words: "amal"})
	if must(t, err); len(list) != 1 {
		t.Errorf("finds %+v", list)
	}
}
