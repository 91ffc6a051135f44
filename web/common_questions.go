package web

import (
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// commonQuestions are the questions that offices ask most, ready in every language to be kept or reworded.
var commonQuestions = []views.CommonQuestion{
	{Key: "meals", Question: enrolment.Question{Kind: enrolment.Many,
		Label: events.Text{"fr": "Que faut-il savoir pour vos repas ?", "ar": "ما الذي ينبغي أن نعرفه عن وجباتكم؟", "en": "What should we know about your meals?"},
		Options: []events.Text{
			{"fr": "Tout me convient", "ar": "كل شيء يناسبني", "en": "Anything suits me"},
			{"fr": "Sans viande", "ar": "بلا لحم", "en": "No meat"},
			{"fr": "Sans gluten", "ar": "بلا غلوتين", "en": "No gluten"},
			{"fr": "Diabète", "ar": "مرض السكري", "en": "Diabetes"},
			{"fr": "Allergie : appelez-moi", "ar": "حساسية: اتصلوا بي", "en": "Allergy: please call me"},
		}}},
	{Key: "access", Question: enrolment.Question{Kind: enrolment.Many,
		Label: events.Text{"fr": "De quoi avez-vous besoin pour participer ?", "ar": "ما الذي تحتاجونه للمشاركة؟", "en": "What do you need to take part?"},
		Options: []events.Text{
			{"fr": "Un accès sans marches", "ar": "مدخل بلا درج", "en": "Access without steps"},
			{"fr": "La langue des signes", "ar": "لغة الإشارات", "en": "Sign language"},
			{"fr": "Des documents en gros caractères", "ar": "وثائق بأحرف كبيرة", "en": "Documents in large print"},
			{"fr": "Une place pour la personne qui m’aide", "ar": "مكان لمن يرافقني ويساعدني", "en": "A place for the person who helps me"},
		}}},
	{Key: "transport", Question: enrolment.Question{Kind: enrolment.One,
		Label: events.Text{"fr": "Comment viendrez-vous ?", "ar": "كيف ستأتون؟", "en": "How will you come?"},
		Options: []events.Text{
			{"fr": "En louage, en bus ou en train", "ar": "باللواج أو الحافلة أو القطار", "en": "By shared taxi, bus or train"},
			{"fr": "En voiture, et j’ai des places à offrir", "ar": "بالسيارة، وعندي أماكن لغيري", "en": "By car, and I can take others"},
			{"fr": "En voiture, sans place libre", "ar": "بالسيارة، دون أماكن شاغرة", "en": "By car, without a free seat"},
			{"fr": "Je cherche une place en voiture", "ar": "أبحث عن مكان في سيارة", "en": "I am looking for a ride"},
		}}},
	{Key: "childcare", Question: enrolment.Question{Kind: enrolment.One,
		Label: events.Text{"fr": "Viendrez-vous avec des enfants à garder ?", "ar": "هل سيرافقكم أطفال يحتاجون إلى رعاية؟", "en": "Will you bring children to be looked after?"},
		Options: []events.Text{
			{"fr": "Non", "ar": "لا", "en": "No"},
			{"fr": "Oui, de moins de 3 ans", "ar": "نعم، دون 3 سنوات", "en": "Yes, under 3"},
			{"fr": "Oui, de 3 ans et plus", "ar": "نعم، 3 سنوات فأكثر", "en": "Yes, 3 and over"},
			{"fr": "Oui, des deux âges", "ar": "نعم، من العمرين", "en": "Yes, of both ages"},
		}}},
	{Key: "expectations", Question: enrolment.Question{Kind: enrolment.Text,
		Label: events.Text{"fr": "Qu’attendez-vous de ce séminaire ?", "ar": "ماذا تنتظرون من هذه الندوة؟", "en": "What do you expect from this seminar?"}}},
}
