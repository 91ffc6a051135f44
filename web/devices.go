package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/community/notify"
	"halqa/web/views"
)

// devices puts into a page what it needs for the devices of its person.
func (s *site) devices(c *fiber.Ctx, v *views.MailChoicesView) (err error) {
	if v.PushKey, err = s.Notify.PushKey(); err != nil || v.PushKey == "" {
		return err
	}
	v.Scripts = []string{"push.js"}
	v.Devices, err = s.Notify.Devices(c.UserContext(), v.Actor)
	return err
}

// addDevice has a browser show what its person follows: push.js fills in what the browser said.
func (s *site) addDevice(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Notify.AddDevice(c.UserContext(), actor(c), notify.Device{Endpoint: f.Get("endpoint"), P256dh: f.Get("p256dh"), Auth: f.Get("auth"),
		Agent: c.Get(fiber.HeaderUserAgent)}, f.Get("old"))
	if s.refused(c, &f, err) {
		return s.warn(c, "/notifications/choices#devices", "notify.device_invalid")
	}
	if err != nil {
		return err
	}
	if wantsJSON(c) { // nobody asked, nobody waits for a word
		return c.SendStatus(fiber.StatusNoContent)
	}
	load, err := s.Notify.Attention(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	said := "notify.device_added"
	if load.Rhythm == notify.Pushed {
		said = "notify.device_done"
	}
	return s.done(c, "/notifications/choices#devices", said)
}

func (s *site) removeDevice(c *fiber.Ctx) error {
	if err := s.Notify.RemoveDevice(c.UserContext(), actor(c), s.form(c).ID("id")); err != nil {
		return err
	}
	return s.done(c, "/notifications/choices#devices", "notify.device_removed")
}
