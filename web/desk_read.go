package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// readSeminar puts what was typed into sem. It returns what cannot be read; enrolment judges the rest.
func (s *site) readSeminar(c *fiber.Ctx, sem *enrolment.Seminar, f views.Form) (account.Invalids, error) {
	var wrong account.Invalids
	sem.Title, sem.Description = events.Text{}, events.Text{}
	for _, lang := range events.Languages {
		sem.Title[lang], sem.Description[lang] = f.Get("title_"+lang), f.Get("description_"+lang)
	}
	sem.Venue, sem.Address, sem.Governorate = f.Get("venue"), f.Get("address"), f.Get("governorate")
	sem.Capacity, sem.Version = f.Int("capacity"), f.Int("version")
	readSessions(sem, f, &wrong)
	readSeats(sem, f, &wrong)
	readAbout(sem, f, &wrong)
	return wrong, s.readOffice(c, sem, f)
}

// readOffice takes the office that was chosen, or the only one there is to choose.
func (s *site) readOffice(c *fiber.Ctx, sem *enrolment.Seminar, f views.Form) error {
	if id := f.ID("office"); id != 0 {
		sem.OfficeID = id
	}
	if sem.OfficeID != 0 {
		return nil
	}
	space, err := s.spaceToRun(c, sem.SpaceID)
	if err != nil {
		return err
	}
	offices, err := s.officesFor(c, s.page(c, ""), space)
	if err != nil {
		return err
	}
	if len(offices) != 1 {
		return account.ErrForbidden
	}
	sem.OfficeID, err = strconv.ParseInt(offices[0].Value, 10, 64)
	return err
}

func readSessions(sem *enrolment.Seminar, f views.Form, wrong *account.Invalids) {
	zone := sem.Location()
	sem.Sessions = nil
	rows, _ := sessionRows(f, "")
	for _, i := range rows {
		at := strconv.Itoa(i)
		p := enrolment.Session{ID: f.ID("session_" + at)}
		var err error
		if p.StartsAt, err = moment(f.Get("date_"+at), f.Get("from_"+at), zone); err == nil {
			p.EndsAt, err = moment(f.Get("date_"+at), f.Get("to_"+at), zone)
		}
		if err != nil {
			wrong.Add("sessions", "desk.error_session_date")
			return
		}
		sem.Sessions = append(sem.Sessions, p)
	}
}

func moment(day, clock string, zone *time.Location) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", day+" "+clock, zone)
}
