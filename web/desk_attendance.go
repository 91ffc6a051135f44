package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

// showAttendance opens the session asked for, or else the one that is nearest.
func (s *site) showAttendance(c *fiber.Ctx) error {
	d, err := s.deskSeminar(c, "desk.attendance")
	if err != nil {
		return err
	}
	v := views.DeskAttendanceView{Page: d.Page, DeskView: d.DeskView}
	v.Wide = false
	wanted, _ := strconv.ParseInt(c.Query("session"), 10, 64)
	session, ok := sessionOf(d.Seminar, wanted, v.Now)
	if !ok {
		return account.ErrNotFound
	}
	v.Session, v.Early = session, v.Now.Before(session.Doors())
	return s.render(c, views.DeskAttendance(v))
}

func sessionOf(sem enrolment.Seminar, wanted int64, now time.Time) (enrolment.Session, bool) {
	var best enrolment.Session
	for _, p := range sem.Sessions {
		if p.ID == wanted {
			return p, true
		}
		if best.ID == 0 || !now.Before(p.Doors()) {
			best = p
		}
	}
	return best, wanted == 0 && best.ID != 0
}

// saveAttendance marks everybody on the list that was shown: ticked, present; not ticked, absent.
func (s *site) saveAttendance(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	marks := map[int64]bool{}
	for _, field := range []string{"listed", "present"} {
		for _, text := range f.All(field) {
			registration, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return fiber.ErrBadRequest
			}
			marks[registration] = field == "present"
		}
	}
	back := deskPath(id) + "/attendance?session=" + strconv.FormatInt(f.ID("session"), 10)
	if err := s.Enrolment.RecordAttendance(c.UserContext(), actor(c), f.ID("session"), marks); err != nil {
		return s.refusedSeat(c, err, back)
	}
	return s.done(c, back, "desk.attendance_saved")
}

func (s *site) showSheet(c *fiber.Ctx) error {
	v, err := s.deskSeminar(c, "desk.sheet")
	if err != nil {
		return err
	}
	return s.render(c, views.DeskSheet(v))
}
