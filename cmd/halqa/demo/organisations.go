package demo

// organisation is invented: none of these exists.
type organisation struct {
	name, kind, governorate string
	axes                    []string
}

var organisations = []organisation{
	{"Association Jeunes de Gafsa pour l'initiative", "association", "TN-71", []string{"youth", "projects"}},
	{"جمعية واحات الجريد للبيئة", "association", "TN-72", []string{"environment"}},
	{"Femmes rurales de Sidi Bouzid", "association", "TN-43", []string{"women", "solidarity-economy"}},
	{"Réseau Sahel Citoyen", "network", "TN-51", []string{"local-democracy", "advocacy"}},
	{"Association Mémoire du Kef", "association", "TN-33", []string{"culture"}},
	{"جمعية التضامن بجندوبة", "association", "TN-32", []string{"solidarity-economy"}},
	{"Municipalité de Oued Ellil", "public_actor", "TN-14", []string{"local-democracy"}},
	{"Coopérative Tissage de Kairouan", "social_enterprise", "TN-41", []string{"women", "solidarity-economy"}},
	{"Radio Ribat", "media", "TN-52", []string{"culture", "digital"}},
	{"جمعية الأمل لذوي الإعاقة بمدنين", "association", "TN-82", []string{"rights"}},
	{"Association Développement durable de Gabès", "association", "TN-81", []string{"environment", "advocacy"}},
	{"Clic Solidaire Tunis", "association", "TN-11", []string{"digital", "youth"}},
	{"Direction régionale de la jeunesse de Kasserine", "public_actor", "TN-42", []string{"youth"}},
	{"جمعية نساء مبادرات بالقصرين", "association", "TN-42", []string{"women", "funding"}},
	{"Association Eau et Terre de Béja", "association", "TN-31", []string{"environment"}},
	{"Forum des jeunes de Sfax", "network", "TN-61", []string{"youth", "governance"}},
	{"جمعية تراث تطاوين", "association", "TN-83", []string{"culture"}},
	{"Association Santé pour tous Bizerte", "association", "TN-23", []string{"rights"}},
	{"Municipalité de Tozeur Nord", "public_actor", "TN-72", []string{"local-democracy", "environment"}},
	{"Association Lire à Siliana", "association", "TN-34", []string{"culture", "youth"}},
	{"جمعية المواطنة الفاعلة بنابل", "association", "TN-21", []string{"governance", "rights"}},
	{"Pêcheurs artisans de Mahdia", "association", "TN-53", []string{"solidarity-economy"}},
	{"Association Dattes et Partage Kébili", "association", "TN-73", []string{"solidarity-economy", "environment"}},
	{"Observatoire citoyen de l'Ariana", "association", "TN-12", []string{"governance", "advocacy"}},
}

// awaiting are organisations whose office has not decided yet.
var awaiting = []organisation{
	{"Club Robotique Métlaoui", "association", "TN-71", []string{"digital", "youth"}},
	{"جمعية بذور الغد بالرديف", "association", "TN-71", []string{"environment"}},
	{"Association Parcours Monastir", "association", "TN-52", []string{"youth"}},
}
