package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
)

func eventOf(t *testing.T, p events.Payload, at time.Time) events.Event {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return events.Event{ID: uuid.Must(uuid.NewV7()).String(), Type: p.EventType(), Key: p.EventKey(), Time: at, Data: data}
}

// written is a seminar as a moderator types it.
func written(f *fair) url.Values {
	day := f.now.AddDate(0, 0, 10).Format(time.DateOnly)
	return url.Values{
		"do": {"save"}, "rows": {"0"}, "title_fr": {"Atelier budget"}, "description_fr": {"Le matin"}, "venue": {"Maison des jeunes"}, "capacity": {"2"},
		"date_0": {day}, "from_0": {"09:00"}, "to_0": {"12:00"},
	}
}

func TestWritingASeminar(t *testing.T) {
	f := openFair(t)
	form := fmt.Sprintf("/desk/seminars/new?space=%d", f.space)
	expect(t, f.staff.get("/desk"), 200, "Aucun séminaire à venir", "/desk/seminars/new")
	expect(t, f.staff.get("/desk/seminars/new"), 200, "Gestion de projet", form)
	expect(t, f.staff.get(form), 200, `name="date_0"`)

	v := written(f)
	v.Set("do", "add")
	expect(t, f.staff.send(form, v), 200, `name="date_1"`, `value="Atelier budget"`, `name="rows" value="0 1"`)
	v.Set("rows", "0 1")
	v.Set("do", "remove 0")
	if a := f.staff.send(form, v); strings.Contains(a.body, `name="date_0"`) || !strings.Contains(a.body, `name="rows" value="1"`) {
		t.Error("the first session is still there")
	}
	v = written(f)
	v.Set("venue", " ")
	expect(t, f.staff.send(form, v), 422, "Dites où cela se passe", `value="Atelier budget"`)
	v = written(f)
	v.Set("from_0", "soon")
	expect(t, f.staff.send(form, v), 422, "Donnez le jour et les deux heures")

	a := f.staff.send(form, written(f))
	expect(t, a, 303, "/desk/seminars/")
	desk := a.Header.Get("Location")
	expect(t, f.staff.get(desk), 200, "Brouillon", "Publier", "Aucune condition", desk+"/gates/register")
	expect(t, f.staff.send(desk+"/publish", url.Values{}), 303)
	expect(t, f.staff.get(desk), 200, "Le séminaire est publié", "Personne n’est encore inscrit")

	all, err := f.deps.Enrolment.Desk(context.Background(), f.moderator)
	if err != nil || len(all) != 1 || all[0].StartsAt.In(f.deps.Zone).Hour() != 9 || all[0].OfficeID != f.office.ID {
		t.Errorf("saved %+v, %v", all, err)
	}
}

func TestEditingASeminar(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 2, enrolment.Rule{Mode: enrolment.All, Of: []enrolment.Rule{budgetDone(f)}})
	desk := fmt.Sprintf("/desk/seminars/%d", sem.ID)
	expect(t, f.staff.get(desk+"/edit"), 200, `value="Atelier budget"`, `value="Maison des jeunes"`, `name="version" value="2"`)
	v := written(f)
	v.Set("session_0", fmt.Sprint(sem.Sessions[0].ID))
	v.Set("version", "1")
	expect(t, f.staff.send(desk+"/edit", v), 409, "Quelqu’un d’autre a modifié", `name="version" value="2"`)
	v.Set("version", "2")
	expect(t, f.staff.send(desk+"/edit", v), 303, "→ "+desk)
	expect(t, f.staff.send(desk+"/cancel", url.Values{"reason": {""}}), 422, "Donnez une raison")
	expect(t, f.staff.send(desk+"/cancel", url.Values{"reason": {"Inondations"}}), 303)
	expect(t, f.staff.get(desk), 200, "Inondations", "Annulé le")
}

func TestTheDoor(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 2, enrolment.Rule{})
	desk, session := fmt.Sprintf("/desk/seminars/%d", sem.ID), fmt.Sprint(sem.Sessions[0].ID)
	var regs []string
	for _, name := range []string{"Amel", "Sami", "Olfa"} {
		_, a := f.person(t, name)
		reg, err := f.deps.Enrolment.Register(context.Background(), a, sem.ID)
		if err != nil {
			t.Fatal(err)
		}
		regs = append(regs, fmt.Sprint(reg.ID))
	}
	expect(t, f.staff.get(desk), 200, "Places prises : 2 sur 2", "Amel", "1 personne en attente", "En attente : 1")
	guest := desk + "/registrations/" + regs[0]
	expect(t, f.staff.get(guest), 200, "Pourquoi cette inscription a été acceptée", "version 1")
	expect(t, f.staff.send(guest+"/cancel", url.Values{"reason": {""}}), 422, "Donnez une raison")
	expect(t, f.staff.send(guest+"/cancel", url.Values{"reason": {"Doublon"}}), 303)
	expect(t, f.staff.get(desk), 200, "Doublon", "1 inscription annulée")

	ticks := url.Values{"session": {session}, "listed": regs[1:], "present": regs[1:2]}
	expect(t, f.staff.get(desk+"/attendance"), 200, "douze heures avant")
	expect(t, f.staff.send(desk+"/attendance", ticks), 303)
	expect(t, f.staff.get(desk), 200, "Confirmé")
	f.now = sem.StartsAt
	expect(t, f.staff.send(desk+"/attendance", ticks), 303)
	expect(t, f.staff.get(desk+"/attendance"), 200, "Présents : 1 sur 2", "Les présences sont enregistrées")
	expect(t, f.staff.get(desk), 200, "Présent", "Absent")
	expect(t, f.staff.get(desk+"/sheet"), 200, "Sami", "Olfa", "Signature")
}

func TestADeskIsItsOfficesOnly(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 2, enrolment.Rule{})
	draft := f.seminar(t, 0, enrolment.Rule{})
	desk := fmt.Sprintf("/desk/seminars/%d", sem.ID)
	_, a := f.person(t, "Amel")
	reg, err := f.deps.Enrolment.Register(context.Background(), a, sem.ID)
	if err != nil {
		t.Fatal(err)
	}
	guest := fmt.Sprintf("%s/registrations/%d", desk, reg.ID)
	stranger, _ := f.person(t, "Sonia", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: f.sousse.ID})
	trainer, _ := f.person(t, "Tarek", account.Grant{Role: account.Trainer, Kind: account.OverOffice, ScopeID: f.office.ID})
	learner, _ := f.person(t, "Lina")
	for _, path := range []string{"", "/edit", "/attendance", "/sheet"} {
		for who, v := range map[string]*visitor{"another office": stranger, "a learner": learner} {
			if a := v.get(desk + path); a.StatusCode != 403 {
				t.Errorf("GET %s by %s: %d", path, who, a.StatusCode)
			}
		}
	}
	expect(t, stranger.get(fmt.Sprintf("/desk/seminars/%d", draft.ID)), 404)
	expect(t, stranger.get(guest), 403)
	for path, v := range map[string]url.Values{
		"/publish": {}, "/cancel": {"reason": {"x"}}, "/edit": written(f),
		"/attendance": {"session": {fmt.Sprint(sem.Sessions[0].ID)}},
		fmt.Sprintf("/registrations/%d/cancel", reg.ID): {"reason": {"x"}},
	} {
		for who, by := range map[string]*visitor{"another office": stranger, "a learner": learner} {
			if a := by.send(desk+path, v); a.StatusCode != 403 {
				t.Errorf("POST %s by %s: %d", path, who, a.StatusCode)
			}
		}
		if a := trainer.send(desk+path, v); path != "/attendance" && a.StatusCode != 403 {
			t.Errorf("POST %s by the trainer: %d", path, a.StatusCode)
		}
	}
	expect(t, trainer.get(desk), 200, "Amel")
	expect(t, trainer.get("/desk"), 200, "Atelier budget")
	if a := stranger.get("/desk"); strings.Contains(a.body, "Atelier budget") {
		t.Error("the desk lists another office’s seminar")
	}
	// A form for an office one doesn't run is refused, whatever was typed.
	v := written(f)
	v.Set("office", fmt.Sprint(f.office.ID))
	expect(t, stranger.send(fmt.Sprintf("/desk/seminars/new?space=%d", f.space), v), 403)
}

// A seminar's own office edits it in a space by invitation that nobody of the office is in, but begins none there.
func TestEditingASeminarOfAClosedSpace(t *testing.T) {
	f := openFair(t)
	sem := f.seminar(t, 2, enrolment.Rule{Mode: enrolment.All, Of: []enrolment.Rule{budgetDone(f)}})
	if _, err := f.db.ExecContext(context.Background(), `update space set visibility = 'invitation' where id = ?`, f.space); err != nil {
		t.Fatal(err)
	}
	desk := fmt.Sprintf("/desk/seminars/%d", sem.ID)
	expect(t, f.staff.get(desk), 200, "Atelier budget")
	expect(t, f.staff.get(desk+"/edit"), 200, `value="Atelier budget"`)
	v := written(f)
	v.Set("version", "2")
	v.Set("do", "add")
	expect(t, f.staff.send(desk+"/edit", v), 200, `name="date_1"`)
	v.Set("do", "save")
	v.Set("venue", "Salle de l’oasis")
	v.Set("title_fr", "")
	expect(t, f.staff.send(desk+"/edit", v), 422, "Salle de l’oasis")
	v.Set("title_fr", "Atelier fermé")
	expect(t, f.staff.send(desk+"/edit", v), 303, desk)
	expect(t, f.staff.get(desk), 200, "Atelier fermé", "Salle de l’oasis")
	expect(t, f.staff.get(fmt.Sprintf("/desk/seminars/new?space=%d", f.space)), 404)
}
