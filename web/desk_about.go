package web

import (
	"strconv"
	"strings"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// readAbout reads what is said of the seminar besides its title and programme, and who trains.
func readAbout(sem *enrolment.Seminar, f views.Form, wrong *account.Invalids) {
	sem.Costs, sem.Directions = events.Text{}, events.Text{}
	for _, lang := range events.Languages {
		sem.Costs[lang], sem.Directions[lang] = f.Get("costs_"+lang), f.Get("directions_"+lang)
	}
	sem.Languages, sem.Covered = f.All("languages"), f.All("covered")
	sem.Latitude, sem.Longitude = nil, nil
	if typed := f.Get("point"); strings.TrimSpace(typed) != "" {
		if p, ok := readPoint(typed); ok {
			sem.Place(p)
		} else {
			wrong.Add("point", "training.error_point")
		}
	}
	sem.Trainers = nil
	for i := range views.MaxTrainerRows {
		at := strconv.Itoa(i)
		sem.Trainers = append(sem.Trainers, enrolment.Trainer{ID: f.ID("trainer_" + at), Name: f.Get("trainer_name_" + at),
			About: f.Get("trainer_about_" + at), Email: f.Get("trainer_email_" + at)})
	}
}

// readPoint reads a latitude and a longitude, as maps give them to copy.
func readPoint(typed string) (enrolment.Point, bool) {
	parts := strings.FieldsFunc(strings.TrimPrefix(strings.TrimSpace(typed), "geo:"), func(r rune) bool {
		return strings.ContainsRune(",;،  \t", r)
	})
	if len(parts) != 2 {
		return enrolment.Point{}, false
	}
	lat, err := strconv.ParseFloat(parts[0], 64)
	if err != nil {
		return enrolment.Point{}, false
	}
	lon, err := strconv.ParseFloat(parts[1], 64)
	return enrolment.Point{Latitude: lat, Longitude: lon}, err == nil
}

// aboutValues fills the fields that readAbout reads.
func aboutValues(f views.Form, sem enrolment.Seminar) {
	for _, lang := range events.Languages {
		f.Values.Set("costs_"+lang, sem.Costs[lang])
		f.Values.Set("directions_"+lang, sem.Directions[lang])
	}
	f.Values["languages"], f.Values["covered"] = sem.Languages, sem.Covered
	if p, ok := sem.Point(); ok {
		f.Values.Set("point", p.String())
	}
	for i, t := range sem.Trainers {
		at := strconv.Itoa(i)
		f.Values.Set("trainer_"+at, strconv.FormatInt(t.ID, 10))
		f.Values.Set("trainer_name_"+at, t.Name)
		f.Values.Set("trainer_about_"+at, t.About)
		if t.PersonID != 0 {
			f.Values.Set("trainer_linked_"+at, "yes")
		}
	}
}
