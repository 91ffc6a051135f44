package web

import (
	"fmt"
	"testing"
)

// What is said of a seminar comes back in its form, is shown on its page, and a refusal keeps what was typed.
func TestWritingAboutASeminar(t *testing.T) {
	f := openFair(t)
	form := fmt.Sprintf("/desk/seminars/new?space=%d", f.space)
	v := written(f)
	v["languages"], v["covered"] = []string{"ar", "fr"}, []string{"meals", "gold"}
	for name, value := range map[string]string{"point": "34.425؛", "costs_fr": "Écrivez-nous.", "directions_fr": "Derrière la poste.",
		"description_fr": "## Matin\n\n- cas pratiques", "trainer_name_0": "Hédi", "trainer_about_0": "Comptable", "trainer_email_1": "x@example.org"} {
		v.Set(name, value)
	}
	expect(t, f.staff.send(form, v), 422, "Écrivez la latitude", `value="34.425؛"`, `value="Hédi"`, `value="x@example.org"`)
	v.Set("point", "geo:34.425,8.784")
	expect(t, f.staff.send(form, v), 422, "Écrivez son nom")
	v.Del("trainer_email_1")
	a := f.staff.send(form, v)
	expect(t, a, 303, "/desk/seminars/")
	desk := a.Header.Get("Location")
	expect(t, f.staff.get(desk+"/edit"), 200, `value="34.425, 8.784"`, `value="Hédi"`, "Derrière la poste.")
	expect(t, f.staff.get(desk[len("/desk"):]), 200, "<h2", "cas pratiques</li>", `href="geo:34.425,8.784"`,
		"openstreetmap.org", "Comptable", "français, arabe", "repas", "Écrivez-nous.")
}
