// Package web is what people see of Halqa: routes, handlers, view structs, forms and errors over Fiber and templ.
//
// # Adding a page
//
//  1. Texts: add keys to locale/catalogue/<area>.<lang>.toml, in the three languages (files are flat: name = "…", or a
//     table [name] of plural forms).
//  2. View: in views/<group>.templ declare a struct that embeds Page and a component that takes it and wraps its content in
//     @Layout(v.Page). Use the components of views/: Field, Button, Notice, Empty, Progress, Mark… (all at /design).
//     go generate ./web (never templ by hand: what it writes depends on where it runs)
//  3. Handler: in <group>.go write methods of *site: decode, call one use case, render or redirect, return err.
//     GET:  v := views.X{Page: s.page(c, "area.title"), …}; return s.render(c, views.XPage(v))
//     POST: f := s.form(c); err := use case; if s.refused(c, &f, err) { render the form again with 422 };
//     if err != nil { return err }; return s.done(c, "/where", "area.done")
//     Errors of the domain are returned as they are: errors.go maps them once to a status and a page.
//  4. Route: list it in the group's routes() with who may come: {"GET", "/x", SignedIn, s.showX}; the group is named once in
//     routes.go. A service that handlers need is a field of Deps.
//  5. Test: add the view to the registry of views/render_test.go; it is rendered in every language and checked.
//
// Live parts: give an element an id and data-live="seminar:12"; when Hub.Send or Hub.Broadcast carries that subject, open
// pages fetch themselves again and replace the element. See live.go and static/js/parts/live.js.
package web

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate -path . -include-version=false -include-timestamp=false -log-level error
