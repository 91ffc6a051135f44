package demo

import "halqa/events"

// space is a thematic space of the demonstration. Its key is also what modules name.
type space struct {
	key, axis   string
	hue         int // degrees on the colour wheel
	visibility  string
	name        events.Text
	description events.Text
}

var spaces = []space{
	{
		key: "funding", axis: "funding", hue: 32, visibility: "open",
		name: events.Text{"fr": "Financement et budget", "ar": "التمويل والميزانية", "en": "Funding and budgets"},
		description: events.Text{
			"fr": "Monter un budget qui tient, chercher des fonds, rendre des comptes. Pour trésorières, trésoriers et porteurs de projet.",
			"ar": "إعداد ميزانية متماسكة والبحث عن التمويل وتقديم الحساب. فضاء لأمناء المال وحاملي المشاريع.",
			"en": "Build a budget that holds, look for funds, account for them. For treasurers and project leads.",
		},
	},
	{
		key: "projects", axis: "projects", hue: 212, visibility: "open",
		name: events.Text{"fr": "Gestion de projet", "ar": "إدارة المشاريع", "en": "Project management"},
		description: events.Text{
			"fr": "De l'idée au rapport final : cadre logique, planification, suivi et évaluation, avec des exemples du terrain.",
			"ar": "من الفكرة إلى التقرير النهائي: الإطار المنطقي والتخطيط والمتابعة والتقييم، بأمثلة من الميدان.",
			"en": "From the idea to the final report: logical framework, planning, monitoring and evaluation, with field examples.",
		},
	},
	{
		key: "local-democracy", axis: "local-democracy", hue: 92, visibility: "open",
		name: events.Text{"fr": "Démocratie locale", "ar": "الديمقراطية المحلية", "en": "Local democracy"},
		description: events.Text{
			"fr": "Travailler avec sa municipalité : réunions participatives, accès à l'information, redevabilité.",
			"ar": "العمل مع البلدية: الاجتماعات التشاركية والنفاذ إلى المعلومة والمساءلة.",
			"en": "Working with one's municipality: participatory meetings, access to information, accountability.",
		},
	},
	{
		key: "digital", axis: "digital", hue: 276, visibility: "open",
		name: events.Text{"fr": "Culture numérique", "ar": "الثقافة الرقمية", "en": "Digital culture"},
		description: events.Text{
			"fr": "Outils libres, données des bénéficiaires, sécurité au quotidien : le numérique au service de l'association.",
			"ar": "أدوات حرّة وحماية معطيات المنتفعين والسلامة اليومية: الرقمنة في خدمة الجمعية.",
			"en": "Free tools, beneficiaries' data, everyday safety: digital means in the service of the association.",
		},
	},
}
