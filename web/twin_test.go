package web

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"halqa/enrolment"
)

// A person who is registered at one place sees what is left at the other, and changes in one press.
func TestChangingPlaces(t *testing.T) {
	f := openFair(t)
	here, there := f.seminar(t, 1, enrolment.Rule{}), f.seminar(t, 1, enrolment.Rule{})
	twins := fmt.Sprintf("/desk/seminars/%d/twins", here.ID)
	expect(t, f.staff.get(twins), 200, "Relier un autre séminaire")
	expect(t, f.staff.send(twins, url.Values{"other": {fmt.Sprint(here.ID)}}), 422, "Choisissez un autre séminaire")
	expect(t, f.staff.send(twins, url.Values{"other": {fmt.Sprint(there.ID)}}), 303, "→ "+twins)
	amel, person := f.person(t, "Amel")
	sami, _ := f.person(t, "Sami")
	page, other := fmt.Sprintf("/seminars/%d", here.ID), fmt.Sprintf("/seminars/%d", there.ID)
	expect(t, amel.get(page), 200, "2 lieux au choix", other)
	expect(t, amel.send(page+"/register", url.Values{}), 303)
	expect(t, amel.get(other), 200, "Votre place est à un autre lieu", "Changer pour ce lieu", other+"/switch")
	expect(t, amel.send(other+"/register", url.Values{}), 303, "→ "+other)
	expect(t, amel.get(other), 200, "changez de lieu plutôt")
	expect(t, amel.send(other+"/switch", url.Values{}), 303, "→ "+other)
	expect(t, amel.get(other), 200, "votre place est ici", "Votre place est confirmée")
	expect(t, sami.get(other), 200, "Il reste des places au même moment", page)
	expect(t, sami.send(page+"/register", url.Values{}), 303)
	expect(t, sami.get(other), 200, "vous gardez la vôtre")
	expect(t, sami.send(other+"/switch", url.Values{}), 303, "→ "+other)
	expect(t, sami.get(other), 200, "La dernière place vient d’être prise ici")
	if v, err := f.deps.Enrolment.Seminar(context.Background(), person, there.ID); err != nil || v.Mine == nil {
		t.Errorf("%+v, %v", v.Mine, err)
	}
	expect(t, amel.get(page), 200, "Votre place est à un autre lieu", "vous gardez la vôtre")
	nour, _ := f.person(t, "Nour")
	expect(t, nour.send(page+"/register", url.Values{}), 303)
	expect(t, nour.get(other), 200, "Vous attendez une place à un autre lieu", "attendre ici plutôt que là-bas")
	expect(t, f.staff.get(twins), 200, "Places prises : 1 sur 1", "1 personne attend", "Ce séminaire")
	expect(t, f.staff.send(twins+"/leave", url.Values{}), 303, "→ "+twins)
	expect(t, sami.get(other), 200, "liste d’attente")
}
