package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment/monitoring"
	"halqa/web/locale"
	"halqa/web/views"
)

// exportTime bounds the making of a workbook, which may take longer than a page.
const exportTime = 2 * time.Minute

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (s *site) indicatorRoutes() []Route {
	return []Route{
		{"GET", "/indicators", May(account.ReadIndicators), s.showIndicators},
		{"GET", "/indicators.xlsx", May(account.ReadIndicators), s.sendWorkbook},
	}
}

func (s *site) showIndicators(c *fiber.Ctx) error {
	f, filter, wrong := s.indicatorFilter(c)
	v := views.IndicatorsView{Page: s.page(c, "monitoring.title"), Form: f, Zone: s.Zone}
	v.Sheets = []string{"indicators.css"}
	v.Wide = true
	if s.refused(c, &v.Form, wrong.Err()) {
		filter.From, filter.To = time.Time{}, time.Time{}
	}
	var err error
	if v.Dashboard, err = s.Monitoring.Dashboard(c.UserContext(), actor(c), filter); err != nil {
		return err
	}
	return s.render(c, views.Indicators(v))
}

// indicatorFilter reads the filter of an address, such as ?from=2026-07-01&to=2026-09-30&office=2&space=3.
func (s *site) indicatorFilter(c *fiber.Ctx) (f views.Form, filter monitoring.Filter, wrong account.Invalids) {
	f.Values = url.Values{}
	for _, name := range []string{"from", "to", "office", "space"} {
		if value := c.Query(name); value != "" {
			f.Values.Set(name, value)
		}
	}
	filter.OfficeID, filter.SpaceID = f.ID("office"), f.ID("space")
	filter.From, filter.To = s.day(f, "from", &wrong), s.day(f, "to", &wrong)
	if !filter.From.IsZero() && !filter.To.IsZero() && filter.To.Before(filter.From) {
		wrong.Add("to", "monitoring.error_order")
	}
	return f, filter, wrong
}

func (s *site) day(f views.Form, field string, wrong *account.Invalids) time.Time {
	if f.Get(field) == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, f.Get(field), s.Zone)
	if err != nil {
		wrong.Add(field, "monitoring.error_date")
	}
	return t
}

// sendWorkbook sends the workbook of a selection.
func (s *site) sendWorkbook(c *fiber.Ctx) error {
	_, filter, wrong := s.indicatorFilter(c)
	if err := wrong.Err(); err != nil {
		return err
	}
	content := monitoring.Full
	if c.Query("content") == string(monitoring.Shared) {
		content = monitoring.Shared
	}
	lang := locale.Known(c.Query("language"))
	if lang == "" {
		lang = s.localizer(c).Lang()
	}
	who := actor(c)
	return s.sendMade(c, workbookType, content.FileName(time.Now().In(s.Zone)), func(ctx context.Context, w io.Writer) error {
		_, err := s.Monitoring.Export(ctx, who, filter, content, lang, w)
		return err
	})
}

// sendMade has make write into a file without a name, so that a failure is still told as a page and nothing stays behind,
// and sends that as name.
func (s *site) sendMade(c *fiber.Ctx, contentType, name string, make func(ctx context.Context, w io.Writer) error) error {
	file, err := os.CreateTemp("", "halqa-export-*")
	if err != nil {
		return fmt.Errorf("make a file: %w", err)
	}
	size, err := fill(c.UserContext(), file, make)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	c.Set(fiber.HeaderContentType, contentType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.SendStream(file, size) // which closes it
}

// fill has make write into a file that loses its name, and returns the size of what it wrote.
func fill(ctx context.Context, file *os.File, make func(ctx context.Context, w io.Writer) error) (size int, err error) {
	if err := os.Remove(file.Name()); err != nil {
		return 0, fmt.Errorf("make a file: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportTime)
	defer cancel()
	err = make(ctx, file)
	if errors.Is(err, monitoring.ErrTooManyLines) {
		return 0, account.Invalid{Key: "monitoring.export_too_many"}
	}
	if err != nil {
		return 0, err
	}
	end, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, fmt.Errorf("make a file: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("make a file: %w", err)
	}
	return int(end), nil
}
