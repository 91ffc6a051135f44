package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"halqa/events"
	"halqa/web/views"
)

// showDesign is the living style guide: every token and component, in the page's language.
func (s *site) showDesign(c *fiber.Ctx) error {
	v := views.DesignView{Page: s.page(c, "design.title"), Spaces: sampleSpaces}
	v.Wide, v.Sheets, v.Day = true, []string{"indicators.css", "design.css"}, v.Now
	v.Form = views.Form{Values: url.Values{"name": {""}, "email": {"leila@exemple"}, "way": {"a"}},
		Errors: []views.FieldError{{Field: "name", Text: v.T("design.field_name_missing")}}}
	return s.render(c, views.Design(v))
}

// sampleSpaces are spaces to show marks with, named after the axes of the original setting.
var sampleSpaces = []views.HomeSpace{
	sample("governance", 265, "Gouvernance", "الحوكمة", "Governance"), sample("projects", 205, "Projets", "المشاريع", "Projects"),
	sample("funding", 38, "Financement", "التمويل", "Funding"), sample("advocacy", 350, "Plaidoyer", "المناصرة", "Advocacy"),
	sample("local-democracy", 225, "Démocratie locale", "الديمقراطية المحلية", "Local democracy"), sample("rights", 10, "Droits", "الحقوق", "Rights"),
	sample("women", 320, "Femmes", "المرأة", "Women"), sample("youth", 180, "Jeunesse", "الشباب", "Youth"),
	sample("environment", 120, "Environnement", "البيئة", "Environment"), sample("solidarity-economy", 75, "Économie solidaire", "الاقتصاد التضامني", "Solidarity economy"),
	sample("culture", 290, "Culture", "الثقافة", "Culture"), sample("digital", 195, "Numérique", "الرقمنة", "Digital"),
}

func sample(key string, hue int, fr, ar, en string) views.HomeSpace {
	return views.HomeSpace{Key: key, Hue: hue, Name: events.Text{"fr": fr, "ar": ar, "en": en}, Modules: 2}
}
