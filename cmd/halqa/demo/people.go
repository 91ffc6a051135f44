package demo

import (
	"context"
	"fmt"

	"halqa/community/account"
)

// Password opens every account of the demonstration.
const Password = "halqa-demo-2026"

// SignIn is an account that visitors of the demonstration use.
type SignIn struct {
	Role  string // what its owner does, for the terminal
	Email string
}

// SignIns are one account for each role, in the order a visitor would try them.
var SignIns = []SignIn{
	{"learner", "amel@demo.example"},
	{"organisation administrator", "president@demo.example"},
	{"space moderator", "animateur@demo.example"},
	{"office moderator (Gafsa)", "gafsa@demo.example"},
	{"trainer", "formateur@demo.example"},
	{"programme manager", "programme@demo.example"},
	{"administrator", "admin@demo.example"},
}

// person is somebody of the demonstration.
type person struct {
	Email, Name, Language, Governorate, Gender string
	Born                                       int
	card
}

// card is what a person says of themselves.
type card struct {
	Occupation, Expertise, Seeking, Bio string
	Axes                                []string
}

// namesake is what people of one language are put together of.
type namesake struct {
	Women, Men, Families []string
	Cards                []card
}

type peopleText struct {
	Cast   []person
	FR, AR namesake
}

// invent makes person i of the crowd, the same one each time: three women for two men, a third of them writing Arabic.
func (t peopleText) invent(i int, governorate string) person {
	female, from, language := i%5 < 3, t.FR, "fr"
	if i%3 == 2 {
		from, language = t.AR, "ar"
	}
	given := from.Men
	if female {
		given = from.Women
	}
	p := person{
		Email:       email(fmt.Sprint(i + 1)),
		Name:        given[(i*7)%len(given)] + " " + from.Families[(i*11+i/5)%len(from.Families)],
		Language:    language,
		Governorate: governorate,
		Born:        1962 + (i*13)%44,
	}
	if i%7 != 6 { // gender is optional, and some leave it out
		p.Gender = map[bool]string{true: "female", false: "male"}[female]
	}
	if i%5 != 4 && i < 400 {
		p.card = from.Cards[i%len(from.Cards)]
	}
	return p
}

// email is the address of whom the texts call who: a number for one of the crowd, else the first part of the address.
func email(who string) string {
	var n int
	if _, err := fmt.Sscan(who, &n); err == nil {
		return fmt.Sprintf("personne%03d@demo.example", n)
	}
	return who + "@demo.example"
}

// pioneers are there from the beginning; the others of the crowd come over the three months.
const pioneers = fewestPeople

// castPeople creates everybody but those whom only numbers ask for, gives the roles and fills in cards.
func (s *stage) castPeople(ctx context.Context) error {
	text, err := read[peopleText]("people.toml")
	if err != nil {
		return err
	}
	if s.hash, err = s.account.HashPassword(ctx, Password); err != nil {
		return err
	}
	for i, p := range text.Cast {
		if err := s.cast(s.at(ctx, -89, 8), p, -89+i%3); err != nil {
			return err
		}
	}
	s.crowdFrom = len(text.Cast)
	for i := range s.Storied {
		arrives := -88 + (i*7)%20
		if i >= pioneers {
			arrives = -85 + (i*17)%83
		}
		p := text.invent(i, s.codes[i%len(s.codes)])
		if err := s.cast(s.at(ctx, arrives, 9+i%9), p, arrives); err != nil {
			return err
		}
	}
	return s.giveRoles(s.at(ctx, -89, 9))
}

func (s *stage) cast(ctx context.Context, p person, arrives int) error {
	row, err := s.account.AddPerson(ctx, s.newcomer(p))
	if err != nil {
		return fmt.Errorf("%s: %w", p.Email, err)
	}
	one := &player{person: p, id: row.ID, number: len(s.people) + 1, arrives: arrives, asked: map[int64]bool{}}
	s.people = append(s.people, one)
	s.byEmail[p.Email] = one
	if p.Occupation == "" {
		return nil
	}
	return s.as(ctx, one, func(a account.Actor) error { return s.account.UpdateCard(ctx, a, cardOf(one)) })
}

func (s *stage) newcomer(p person) account.Newcomer {
	return account.Newcomer{Name: p.Name, Email: p.Email, Hash: s.hash, Language: p.Language, Governorate: p.Governorate,
		Gender: p.Gender, BirthYear: p.Born}
}

// cardOf shows most of a card to most people: the demonstration's directory has to have all shades. It goes
// by the order of the casting, not by the numbers that a database gives. None of the cast hides their name: they are asked
// for by others.
func cardOf(p *player) account.Card {
	to := account.ToMembers
	if p.number%3 == 0 {
		to = account.ToSpaces
	}
	c := account.Card{Bio: p.Bio, Occupation: p.Occupation, Expertise: p.Expertise, Seeking: p.Seeking, Axes: p.Axes, Languages: []string{"ar", "fr"},
		Shown: map[account.CardField]account.Audience{account.CardOccupation: to, account.CardExpertise: to, account.CardBio: to,
			account.CardSeeking:     account.ToMembers,
			account.CardGovernorate: account.ToMembers, account.CardOrganisation: to, account.CardLanguages: to}}
	if p.number%4 == 1 {
		c.Email, c.Shown[account.CardEmail] = p.Email, to
	}
	if p.number%19 == 14 {
		c.Shown[account.CardName] = account.ToSpaces
	}
	return c
}

// crowd are the people beside the cast.
func (s *stage) crowd() []*player { return s.people[s.crowdFrom:] }
