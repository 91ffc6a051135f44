package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
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

// An office proposes its seminar to another one's, which answers on the page where it says what are twins.
func TestProposingPlaces(t *testing.T) {
	f := openFair(t)
	salma, theirs := f.person(t, "Salma", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: f.sousse.ID})
	elsewhere := func() int64 {
		start := f.now.Add(240 * time.Hour)
		sem, err := f.deps.Enrolment.Create(context.Background(), theirs, enrolment.Seminar{OfficeID: f.sousse.ID, SpaceID: f.space,
			Title: events.Text{"fr": "Atelier de Sousse"}, Venue: "Ribat", Zone: "Africa/Tunis", Capacity: 3,
			Sessions: []enrolment.Session{{StartsAt: start, EndsAt: start.Add(time.Hour)}}})
		if err == nil {
			err = f.deps.Enrolment.Publish(context.Background(), theirs, sem.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		return sem.ID
	}
	here, there := f.seminar(t, 2, enrolment.Rule{}), elsewhere()
	mine, other := fmt.Sprintf("/desk/seminars/%d/twins", here.ID), fmt.Sprintf("/desk/seminars/%d/twins", there)
	propose := url.Values{"other": {fmt.Sprint(there)}}
	last := func() (id int64) {
		if err := f.db.NewRaw(`select max(id) from twin_proposal`).Scan(context.Background(), &id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	act := func(desk, act string) string { return fmt.Sprintf("%s/%d/%s", desk, last(), act) }
	expect(t, f.staff.get(mine), 200, "Atelier de Sousse", "à proposer", ">Proposer<")
	expect(t, f.staff.send(mine, propose), 303, "→ "+mine)
	expect(t, f.staff.get(mine), 200, "l’autre bureau doit l’accepter", "Attend une réponse", act(mine, "withdraw"))
	expect(t, salma.get(other), 200, "À vous de répondre", "Proposée par", "Moez", act(other, "accept"), act(other, "decline"))
	expect(t, salma.send(act(other, "decline"), url.Values{"words": {strings.Repeat("x", 600)}}), 422, "500")
	expect(t, salma.send(act(other, "decline"), url.Values{"words": {"La salle est petite."}}), 303, "→ "+other)
	expect(t, f.staff.get(mine), 200, "Déclinée par", "La salle est petite.", ">Proposer<")
	expect(t, salma.send(act(other, "accept"), url.Values{}), 303, "→ "+other)
	expect(t, salma.get(other), 200, "déjà répondu à cette proposition")
	expect(t, f.staff.send(mine, propose), 303, "→ "+mine)
	expect(t, f.staff.send(act(mine, "accept"), url.Values{}), 404)
	expect(t, f.staff.send(act(mine, "withdraw"), url.Values{}), 303, "→ "+mine)
	expect(t, salma.get(other), 200, "Retirée par")
	expect(t, f.staff.send(mine, propose), 303, "→ "+mine)
	amel, _ := f.person(t, "Amel")
	for _, id := range []int64{here.ID, there} {
		expect(t, amel.send(fmt.Sprintf("/seminars/%d/register", id), url.Values{}), 303)
	}
	expect(t, salma.send(act(other, "accept"), url.Values{}), 422, "inscrites à plusieurs de ces séminaires", "À vous de répondre")
	var registration int64
	if err := f.db.NewRaw(`select id from registration where seminar_id = ?`, there).Scan(context.Background(), &registration); err != nil {
		t.Fatal(err)
	}
	expect(t, amel.send(fmt.Sprintf("/seminars/%d/cancel", there), url.Values{"registration": {fmt.Sprint(registration)}}), 303)
	expect(t, salma.send(act(other, "accept"), url.Values{}), 303, "→ "+other)
	expect(t, salma.get(other), 200, "Ces séminaires sont reliés", "Ce séminaire", "Maison des jeunes")
	expect(t, f.staff.get(mine), 200, "Ribat")
}
