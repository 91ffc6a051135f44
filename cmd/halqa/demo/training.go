package demo

import (
	"context"
	"strconv"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
)

// venues are where the buildings of the demonstration stand.
var venues = map[string]enrolment.Point{
	"Maison de la culture Ibn Mandhour": {Latitude: 34.4229, Longitude: 8.7842},
	"Complexe des jeunes":               {Latitude: 34.4311, Longitude: 8.7757},
}

// describe says of a seminar what surrounds its programme: languages, costs, the way there and who trains.
func (s *stage) describe(row *enrolment.Seminar, sem seminar) {
	row.Languages, row.Covered = []string{"ar", "fr"}, []string{"meals"}
	row.Costs = events.Text{"fr": "Repas pour tout le monde ; louage remboursé sur ticket à qui vient de plus de 30 km : demandez au bureau le matin même.",
		"ar": "الوجبات للجميع؛ ويُعوَّض ثمن اللواج لمن يأتي من أكثر من 30 كلم عند تقديم التذكرة: اطلبوه من المكتب في نفس الصباح.",
		"en": "Meals for everybody; shared taxis are paid back against the ticket to those who come from more than 30 km: ask the office on the morning."}
	if point, known := venues[sem.Venue]; known {
		row.Covered = []string{"travel", "meals"}
		row.Place(point)
		row.Directions = events.Text{"fr": "À dix minutes à pied de la station de louages ; l’entrée est du côté du jardin.",
			"ar": "على بعد عشر دقائق مشياً من محطة اللواج؛ المدخل من جهة الحديقة.", "en": "Ten minutes on foot from the shared-taxi station; the entrance is on the garden side."}
		row.Trainers = []enrolment.Trainer{{Name: "Karim Mejri", About: "Formateur, comptabilité associative", Email: email("formateur")},
			{Name: "سلمى العبيدي", About: "خبيرة محاسبة لدى الجمعيات"}}
	}
}

// share puts a link among the documents of a seminar whose venue is known.
func (s *stage) share(ctx context.Context, moderator account.Actor, sem enrolment.Seminar) error {
	if _, known := sem.Point(); !known {
		return nil
	}
	_, err := s.enrolment.AddLink(ctx, moderator, sem.ID, "Budget (Wikipédia)",
		"https://fr.wikipedia.org/wiki/Budget")
	return err
}

// ask adds questions to a seminar whose venue is known: none that must be answered, for people registered before.
func (s *stage) ask(ctx context.Context, moderator account.Actor, sem enrolment.Seminar) error {
	if _, known := sem.Point(); !known {
		return nil
	}
	err := s.enrolment.SetQuestions(ctx, moderator, sem.ID, sem.Version, []enrolment.Question{
		{Kind: enrolment.Line, Label: events.Text{"fr": "Votre rôle dans l’association", "ar": "دوركم في الجمعية", "en": "Your role in the association"}},
		{Kind: enrolment.One, Label: events.Text{"fr": "Repas", "ar": "الوجبة", "en": "Meal"}, Options: []events.Text{
			{"fr": "Tout me va", "ar": "كل شيء يناسبني", "en": "Anything"}, {"fr": "Sans viande", "ar": "بلا لحم", "en": "No meat"}, {"fr": "Sans gluten", "ar": "بلا غلوتين", "en": "No gluten"}}},
		{Kind: enrolment.YesOrNo, Label: events.Text{"fr": "Apportez-vous un ordinateur ?", "ar": "هل ستحضرون حاسوباً؟", "en": "Will you bring a computer?"}},
		{Kind: enrolment.Text, Label: events.Text{"fr": "Ce que vous voulez en rapporter", "ar": "ما تودّون الخروج به", "en": "What you want to take home"}},
	})
	if err != nil {
		return err
	}
	view, err := s.enrolment.DeskSeminar(ctx, moderator, sem.ID)
	s.questions[sem.ID] = view.Questions
	return err
}

// What people answer to the questions of ask that take words.
var (
	duties = []string{"Trésorière", "Secrétaire général", "أمينة المال", "Chargée de projet", "متطوّع", "Présidente"}
	wishes = []string{"Un modèle que je puisse montrer au bureau dès lundi.", "طريقة نقرأ بها تقريرنا قبل أن يقرأه المموّل.",
		"Savoir quoi répondre quand une pièce manque.", "أن أقنع زملائي بأن الميزانية ليست عملي وحدي."}
)

// answers is what somebody answers to the questions of a seminar; one in four says nothing.
func (s *stage) answers(p *player, seminar int64) enrolment.Answers {
	given := enrolment.Answers{}
	for i, q := range s.questions[seminar] {
		if p.number%4 == 3 {
			break
		}
		switch n := p.number + i; q.Kind {
		case enrolment.Line:
			given[q.ID] = []string{duties[n%len(duties)]}
		case enrolment.One:
			given[q.ID] = []string{strconv.Itoa(max(0, n%6-3) % len(q.Options))}
		case enrolment.YesOrNo:
			given[q.ID] = []string{[]string{"yes", "no"}[n%2]}
		case enrolment.Text:
			if n%3 == 0 {
				given[q.ID] = []string{wishes[n/3%len(wishes)]}
			}
		}
	}
	return given
}
