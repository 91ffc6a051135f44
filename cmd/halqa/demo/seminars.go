package demo

import "halqa/events"

// meeting is one session of a seminar: a day counted from the day the demonstration is loaded, and local hours.
type meeting struct {
	day, from, to int
}

// leaf asks for a module by its key: completed, or progressed to percent when that isn't 0.
type leaf struct {
	module  string
	percent int
}

// gate asks for at least k of its leaves; k = len(leaves) asks for all.
type gate struct {
	k      int
	leaves []leaf
}

// seminar is an in-person event of the demonstration.
type seminar struct {
	office, space string
	title         events.Text
	description   events.Text
	venue         string
	address       string
	governorate   string
	capacity      int
	meetings      []meeting
	gate          gate
	end           string // how it ends: "" published, "draft", "cancelled"
}

const (
	budget  = "budget"
	logical = "logframe"
)

func all(leaves ...leaf) gate            { return gate{k: len(leaves), leaves: leaves} }
func any1(leaves ...leaf) gate           { return gate{k: 1, leaves: leaves} }
func completed(module string) leaf       { return leaf{module: module} }
func half(module string) leaf            { return leaf{module: module, percent: 50} }
func oneDay(day, from, to int) []meeting { return []meeting{{day, from, to}} }

var budgetWorkshop = events.Text{
	"fr": "Atelier : boucler le budget de son projet",
	"ar": "ورشة: ضبط ميزانية المشروع",
	"en": "Workshop: closing your project's budget",
}

var budgetWorkshopText = events.Text{
	"fr": "Une journée pour repartir avec un budget complet : apportez votre projet, nous le chiffrons ensemble, ligne par ligne. Le module en ligne est la base commune : on ne le refait pas, on s'en sert.",
	"ar": "يوم كامل تخرجون منه بميزانية مكتملة: أحضروا مشروعكم ونضبط كلفته معاً سطراً بسطر. الوحدة على الخط هي القاعدة المشتركة: لا نعيدها بل ننطلق منها.",
	"en": "A day to leave with a finished budget: bring your project and we cost it together, line by line. The online module is the common base: we use it rather than repeat it.",
}

var logicalTraining = events.Text{
	"fr": "Du cadre logique à la demande de subvention",
	"ar": "من الإطار المنطقي إلى طلب المنحة",
	"en": "From the logical framework to the grant application",
}

var logicalTrainingText = events.Text{
	"fr": "Deux jours en petits groupes : problèmes, objectifs, indicateurs vérifiables, puis la rédaction. Chaque association repart avec une première version de sa demande.",
	"ar": "يومان في مجموعات صغيرة: المشاكل والأهداف والمؤشرات القابلة للتحقّق ثم التحرير. تعود كل جمعية بنسخة أولى من طلبها.",
	"en": "Two days in small groups: problems, objectives, verifiable indicators, then the writing. Each association leaves with a first version of its application.",
}

var seminars = []seminar{
	{
		office: "gafsa", space: "funding", title: budgetWorkshop, description: budgetWorkshopText,
		venue: "Maison de la culture Ibn Mandhour", address: "Avenue Taïeb Mhiri, Gafsa", governorate: "TN-71",
		capacity: 30, meetings: oneDay(16, 9, 16), gate: all(completed(budget)),
	},
	{
		office: "gafsa", space: "projects", title: logicalTraining, description: logicalTrainingText,
		venue: "Complexe des jeunes", address: "Cité des jeunes, Gafsa", governorate: "TN-71",
		capacity: 20, meetings: []meeting{{37, 9, 16}, {38, 9, 13}}, gate: all(completed(budget), completed(logical)),
	},
	{
		office: "tunis", space: "projects", title: logicalTraining, description: logicalTrainingText,
		venue: "Cité de la culture", address: "Avenue Mohamed V, Tunis", governorate: "TN-11",
		capacity: 24, meetings: []meeting{{23, 9, 16}, {24, 9, 13}}, gate: any1(completed(logical), half(budget)),
	},
	{
		office: "sousse", space: "funding", title: budgetWorkshop, description: budgetWorkshopText,
		venue: "Maison des associations", address: "Rue Ali Belhouane, Sousse", governorate: "TN-51",
		capacity: 4, meetings: oneDay(9, 9, 16), gate: all(completed(budget)),
	},
	{
		office: "tozeur", space: "funding", title: budgetWorkshop, description: budgetWorkshopText,
		venue: "Maison des jeunes de Tozeur", address: "Avenue Abou el Kacem Chebbi, Tozeur", governorate: "TN-72",
		capacity: 15, meetings: oneDay(51, 9, 16), gate: all(half(budget)),
	},
	{
		office: "kef", space: "funding", title: budgetWorkshop, description: budgetWorkshopText,
		venue: "Centre culturel Sidi Bou Makhlouf", address: "Place Bou Makhlouf, Le Kef", governorate: "TN-33",
		capacity: 10, meetings: oneDay(-12, 9, 16), gate: all(completed(budget)),
	},
	{
		office: "gafsa", space: "funding", title: budgetWorkshop, description: budgetWorkshopText,
		venue: "Salle de conférences de la municipalité", address: "Place de la République, Gafsa", governorate: "TN-71",
		capacity: 8, meetings: []meeting{{-25, 9, 16}, {-24, 9, 13}}, gate: all(completed(budget)),
	},
	{
		office: "medenine", space: "projects", title: logicalTraining, description: logicalTrainingText,
		venue: "Institut des régions arides", address: "Route de Djorf, Médenine", governorate: "TN-82",
		capacity: 16, meetings: oneDay(30, 9, 16), gate: all(completed(logical)), end: "cancelled",
	},
	{
		office: "medenine", space: "funding", title: budgetWorkshop, description: budgetWorkshopText,
		venue: "Maison de la culture de Médenine", address: "Avenue Habib Bourguiba, Médenine", governorate: "TN-82",
		capacity: 14, meetings: oneDay(64, 9, 16), gate: all(completed(budget)), end: "draft",
	},
}
