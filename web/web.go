package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/web/static"
)

// New makes the application. It panics when the embedded assets can't be bundled, which no build that passed its tests does.
func New(d Deps) *fiber.App { return newApp(d) }

func newApp(d Deps, more ...Route) *fiber.App {
	files, err := static.Load()
	if err != nil {
		panic(err)
	}
	s := &site{Deps: d.withDefaults().compose(), files: files}
	routes := append(s.routes(), more...)
	s.streams = streamsOf(routes)
	app := fiber.New(fiber.Config{
		Immutable:                    true, // values of a request stay valid after it
		BodyLimit:                    s.BodyLimit,
		StreamRequestBody:            true, // takeBody reads what isn't an upload, within the limit
		DisablePreParseMultipartForm: true,
		ReadTimeout:                  time.Minute,
		WriteTimeout:                 15 * time.Minute, // a lesson's file over a slow network; the live stream extends its own
		IdleTimeout:                  90 * time.Second,
		ReadBufferSize:               16 << 10,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.answerEarly,
	})
	app.Server().HeaderReceived = roomFor
	app.Use(s.observe, s.headers, compressed(), s.catch)
	app.Get("/healthz", s.health)
	app.Get("/readyz", s.readiness)
	app.Get("/metrics", s.sendMetrics)
	app.Get("/static/:name", s.sendStatic)
	app.Get("/favicon.ico", s.sendFavicon)
	app.Get("/sw.js", s.sendWorker)
	app.Get("/manifest.webmanifest", s.sendManifest)
	app.Use(s.withTimeout, s.recognise, s.firstThings, s.takeBody, s.checkForm)
	for _, r := range routes {
		app.Add(r.Method, r.Path, s.guard(r.Access), r.Handle)
		if r.Method == fiber.MethodGet {
			app.Add(fiber.MethodHead, r.Path, s.guard(r.Access), r.Handle)
		}
	}
	app.Use(func(*fiber.Ctx) error { return fiber.ErrNotFound })
	return app
}
