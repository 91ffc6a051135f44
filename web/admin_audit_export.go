package web

import (
	"context"
	"encoding/csv"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment/monitoring"
	"halqa/web/views"
)

// auditColumns are the columns of the audit as a file: the names of their headings, and their widths in characters.
var auditColumns = []struct {
	name  string
	width float64
	wrap  bool
}{{"when", 17, false}, {"who", 26, false}, {"kind", 22, false}, {"act", 40, true}, {"what", 64, true}, {"concerned", 26, false}, {"object", 30, false}}

// auditValues are a line's values of those columns.
func auditValues(p views.Page, l account.AuditLine) []any {
	return []any{l.At, p.ActBy(l), p.T("admin.audit_kind_" + l.Kind), p.ActName(l.What), p.ActSentence(l), l.Person, p.Named(l.Name)}
}

// sendAuditSheet sends the lines of a filter as a workbook in the language of the page.
func (s *site) sendAuditSheet(c *fiber.Ctx) error {
	p := s.page(c, "admin.audit")
	return s.sendAudit(c, p, "xlsx", workbookType, func(w io.Writer, each func(add func(...any) error) error) error {
		list := monitoring.List{Language: p.Lang(), Name: p.Title, Zone: s.Zone}
		for _, col := range auditColumns {
			list.Columns = append(list.Columns, monitoring.ListColumn{Heading: p.T("admin.audit_" + col.name), Width: col.width, Wrap: col.wrap})
		}
		return list.Write(w, each)
	})
}

// sendAuditLines sends them as comma-separated values (RFC 4180), with the mark by which spreadsheets know UTF-8.
func (s *site) sendAuditLines(c *fiber.Ctx) error {
	p := s.page(c, "admin.audit")
	return s.sendAudit(c, p, "csv", "text/csv; charset=utf-8", func(w io.Writer, each func(add func(...any) error) error) error {
		if _, err := io.WriteString(w, "\uFEFF"); err != nil {
			return err
		}
		lines := csv.NewWriter(w)
		lines.UseCRLF = true
		record := make([]string, len(auditColumns))
		for i, col := range auditColumns {
			record[i] = p.T("admin.audit_" + col.name)
		}
		if err := lines.Write(record); err != nil {
			return err
		}
		err := each(func(values ...any) error {
			for i, v := range values {
				switch v := v.(type) {
				case time.Time:
					record[i] = v.In(s.Zone).Format(time.DateTime)
				case string:
					record[i] = harmless(v)
				}
			}
			return lines.Write(record)
		})
		if err != nil {
			return err
		}
		lines.Flush()
		return lines.Error()
	})
}

// harmless is a text that no spreadsheet takes for a formula when it reads it from a file of values: OWASP's advice on
// CSV injection. Marks of direction before the sign don't hide it.
func harmless(s string) string {
	if strings.IndexAny(strings.TrimLeft(s, " \u2066\u2067\u2068\u200e\u200f\u202a\u202b\u061c\ufeff"), "=+-@\t\r＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}

func (s *site) sendAudit(c *fiber.Ctx, p views.Page, format, contentType string,
	write func(w io.Writer, each func(add func(...any) error) error) error) error {
	_, f, wrong := s.auditFilter(c)
	if err := wrong.Err(); err != nil {
		return err
	}
	name := "halqa-audit-" + s.Now().In(s.Zone).Format(time.DateOnly) + "." + format
	return s.sendMade(c, contentType, name, func(ctx context.Context, w io.Writer) error {
		return write(w, func(add func(...any) error) error {
			return s.Account.ExportAudit(ctx, p.Actor, f, format, func(l account.AuditLine) error { return add(auditValues(p, l)...) })
		})
	})
}
