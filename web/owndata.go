package web

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
)

// takeOwnData sends a person all that is kept about them: a file of JSON for each part that has something.
func (s *site) takeOwnData(c *fiber.Ctx) error {
	var parts []account.OwnRows
	for _, read := range s.OwnData {
		more, err := read(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		parts = append(parts, more...)
	}
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	if err := writeOwnData(archive, parts); err != nil {
		return fmt.Errorf("pack one's own data: %w", err)
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("pack one's own data: %w", err)
	}
	name := "halqa-" + s.Now().In(s.Zone).Format(time.DateOnly) + ".zip"
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(packed.Bytes())
}

func writeOwnData(archive *zip.Writer, parts []account.OwnRows) error {
	for _, p := range parts {
		if len(p.Rows) == 0 {
			continue
		}
		w, err := archive.Create(p.Name + ".json")
		if err != nil {
			return err
		}
		in := json.NewEncoder(w)
		in.SetEscapeHTML(false)
		in.SetIndent("", "  ")
		if err := in.Encode(p.Rows); err != nil {
			return err
		}
	}
	return nil
}
