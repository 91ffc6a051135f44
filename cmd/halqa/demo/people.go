package demo

import "fmt"

// Password opens every account of the demonstration.
const Password = "halqa-demo-2026"

// SignIn is an account that a visitor of the demonstration may use.
type SignIn struct {
	Role  string // as printed beside it
	Email string
}

// SignIns are one account per role, in the order a visitor would try them.
var SignIns = []SignIn{
	{"learner", "amel@demo.example"},
	{"organisation administrator", "president@demo.example"},
	{"space moderator", "animateur@demo.example"},
	{"office moderator (Gafsa)", "gafsa@demo.example"},
	{"trainer", "formateur@demo.example"},
	{"programme manager", "programme@demo.example"},
	{"administrator", "admin@demo.example"},
}

// person is invented: any likeness is chance.
type person struct {
	email, name, language, governorate, gender string
	birthYear                                  int
}

// cast are the people behind SignIns, and one moderator for each other office.
var cast = []person{
	{"amel@demo.example", "Amel Zouari", "fr", "TN-71", "female", 1994},
	{"president@demo.example", "Hédi Gharsalli", "fr", "TN-71", "male", 1968},
	{"animateur@demo.example", "Samia Ben Youssef", "fr", "TN-11", "female", 1981},
	{"gafsa@demo.example", "منية الغانمي", "ar", "TN-71", "female", 1985},
	{"formateur@demo.example", "Karim Mejri", "fr", "TN-71", "male", 1976},
	{"programme@demo.example", "Leïla Trabelsi", "fr", "TN-11", "female", 1979},
	{"admin@demo.example", "Nabil Chebbi", "fr", "TN-11", "male", 1983},
	{"tunis@demo.example", "Rim Hamdi", "fr", "TN-11", "female", 1988},
	{"kef@demo.example", "Fethi Ayari", "fr", "TN-33", "male", 1974},
	{"sousse@demo.example", "Olfa Chatti", "fr", "TN-51", "female", 1986},
	{"tozeur@demo.example", "بشير القادري", "ar", "TN-72", "male", 1977},
	{"medenine@demo.example", "Zohra Litim", "fr", "TN-82", "female", 1982},
}

var (
	womenFr  = []string{"Amira", "Sonia", "Hela", "Wafa", "Ines", "Mariem", "Sana", "Rahma", "Nour", "Dorra", "Emna", "Faten"}
	menFr    = []string{"Anis", "Walid", "Mehdi", "Sofiane", "Tarek", "Aymen", "Bilel", "Hatem", "Ridha", "Slim", "Yassine", "Zied"}
	familyFr = []string{"Jebali", "Mansouri", "Ferchichi", "Bouazizi", "Gharbi", "Dridi", "Khelifi", "Abidi", "Saidi", "Hammami", "Nasri", "Toumi", "Rezgui"}
	womenAr  = []string{"آمنة", "حنان", "سلوى", "مروى", "نجوى", "هدى", "ابتسام", "ريم"}
	menAr    = []string{"أنور", "حمزة", "خالد", "رضا", "عماد", "ماهر", "نزار", "وسام"}
	familyAr = []string{"العياري", "الدريدي", "البوعزيزي", "الفرشيشي", "الماجري", "السعيدي", "الحمامي", "النصري", "الطرابلسي"}
)

// crowd invents n more people, the same ones each time, spread over governorates.
func crowd(n int, governorates []string) []person {
	people := make([]person, n)
	for i := range people {
		people[i] = invent(i, governorates[i%len(governorates)])
	}
	return people
}

func invent(i int, governorate string) person {
	female := i%5 < 3 // three women for two men
	arabic := i%3 == 2
	given, family, language := menFr, familyFr, "fr"
	switch {
	case arabic && female:
		given, family, language = womenAr, familyAr, "ar"
	case arabic:
		given, family, language = menAr, familyAr, "ar"
	case female:
		given = womenFr
	}
	p := person{
		email:       fmt.Sprintf("personne%03d@demo.example", i+1),
		name:        given[(i*7)%len(given)] + " " + family[(i*11+i/5)%len(family)],
		language:    language,
		governorate: governorate,
		birthYear:   1962 + (i*13)%44,
	}
	if i%7 != 6 { // gender is optional, and some leave it out
		p.gender = map[bool]string{true: "female", false: "male"}[female]
	}
	return p
}
