package main

import (
	"fmt"

	"halqa/community/account"
	"halqa/courses"
)

// Who may write in an open national space, in a space by invitation of the office here, and in a national one by
// invitation.
const (
	writers       = "s ff ff yf ff ff fff yff"
	writersHere   = "s ff ff yn ff yn fff yyn"
	writersCircle = "s ff ff yn ff nn fff ynn"
)

// authorRows are the pages of those who write modules.
func (r *realm) authorRows() []row {
	own := r.course(r.space, "Écriture", true)
	rows := []row{
		{route: "GET /spaces/:key/modules", cells: writers, ask: to("/spaces/%s/modules", r.space.Key)},
		{route: "GET /spaces/:key/modules", about: "by invitation, here", cells: writersHere, ask: to("/spaces/%s/modules", r.closed.Key)},
		{route: "GET /spaces/:key/modules", about: "by invitation", cells: writersCircle, ask: to("/spaces/%s/modules", r.circle.Key)},
		{route: "GET /author", cells: "s ff ff yy ff yy fff yyy", ask: to("/author")},
		{route: "GET /author/modules/new", cells: "s ff ff yy ff yy fff yyy", ask: to("/author/modules/new")},
		{route: "GET /author/modules/:id", cells: writers, ask: to("/author/modules/%d", r.draft.module)},
		{route: "GET /author/modules/:id", about: "by invitation, here", cells: writersHere, ask: to("/author/modules/%d", r.inClosed.module)},
		{route: "GET /author/lessons/:id", cells: writers, ask: to("/author/lessons/%d", r.draft.lesson)},
		{route: "GET /author/lessons/:id", about: "by invitation", cells: writersCircle, ask: to("/author/lessons/%d", r.inCircle.quiz)},
		{route: "GET /author/lessons/:id/preview", cells: writers, ask: to("/author/lessons/%d/preview", r.draft.lesson)},
		{route: "GET /author/lessons/:id/preview", about: "by invitation, here", cells: writersHere, ask: to("/author/lessons/%d/preview", r.inClosed.lesson)},
	}
	for _, place := range []struct {
		about, cells string
		space        account.Space
		course
	}{{"", writers, r.space, own}, {"by invitation, here", writersHere, r.closed, r.inClosed}, {"by invitation", writersCircle, r.circle, r.inCircle}} {
		rows = append(rows, r.writing(place.about, place.cells, place.space, place.course)...)
	}
	reading, err := r.p.courses.AddLesson(r.ctx, r.admin, own.module, courses.Lesson{Kind: courses.Reading, Title: spelled("Lire"), Body: spelled("Lire")})
	r.check(err)
	return append(rows, row{route: "POST /lessons/:id/read", cells: signedIn, lands: "/lessons/", ask: at("/lessons/%d/read", reading.ID).with()})
}

// writing are the forms of one module. Each sends the version that it finds, as its page does.
func (r *realm) writing(about, cells string, space account.Space, in course) []row {
	version := func(table string, id int64) (n int) {
		r.check(r.p.db.NewRaw(fmt.Sprintf(`select version from %s where id = ?`, table), id).Scan(r.ctx, &n))
		return n
	}
	lesson := func(id int64, path string, pairs ...string) func(*comer) ask {
		return func(c *comer) ask {
			return at("/author/lessons/%d%s", id, path).with(append(pairs, "version", fmt.Sprint(version("lesson", id)))...)(c)
		}
	}
	var lang string
	r.check(r.p.db.NewRaw(`select language from track where id = ?`, in.track).Scan(r.ctx, &lang))
	track := fmt.Sprintf("/tracks/%s/", lang)
	upload := at("/author/lessons/%d%sfile", in.lesson, track)
	upload.body = "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ncaptions\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.srt\"\r\n\r\n0:00 --> 0:01\nBonjour\r\n--x--\r\n"
	modules := "/author/modules/"
	return []row{
		{route: "POST /author/modules/new", about: about, cells: cells, lands: modules, ask: at("/author/modules/new?space=%d", space.ID).with("title_fr", "Nouveau")},
		{route: "POST /author/modules/:id", about: about, cells: cells, lands: modules, ask: func(c *comer) ask {
			return at("/author/modules/%d", in.module).with("title_fr", "Écriture", "version", fmt.Sprint(version("module", in.module)))(c)
		}},
		{route: "POST /author/modules/:id/move", about: about, cells: cells, lands: "/spaces/", ask: at("/author/modules/%d/move", in.module).with("do", "up")},
		{route: "POST /author/modules/:id/criterion", about: about, cells: cells, lands: modules,
			ask: at("/author/modules/%d/criterion", in.module).with("version", "1", "mode", "all", "with_played", "yes", "percent_played", "80")},
		{route: "POST /author/modules/:id/publish", about: about, cells: cells, lands: modules, ask: at("/author/modules/%d/publish", in.module).with()},
		{route: "POST /author/modules/:id/lessons", about: about, cells: cells, lands: "/author/lessons/", ask: at("/author/modules/%d/lessons", in.module).with("new_title", "Suite", "kind", "quiz")},
		{route: "POST /author/lessons/:id", about: about, cells: cells, lands: "/author/lessons/", ask: lesson(in.lesson, "", "title_fr", "Leçon")},
		{route: "POST /author/lessons/:id/questions", about: about, cells: cells, lands: "/author/lessons/", ask: lesson(in.quiz, "/questions", "do", "save", "editing", "fr", "q", "0", "q0_kind", "single",
			"q0_prompt_fr", "?", "q0_o", "0", "q0_o", "1", "q0_o0_fr", "oui", "q0_o0_right", "yes", "q0_o1_fr", "non")},
		{route: "POST /author/lessons/:id/tracks/:lang/chapters", about: about, cells: cells, lands: "/author/lessons/", ask: lesson(in.lesson, track+"chapters", "chapters", "0:00 Début")},
		{route: "POST /author/lessons/:id/tracks/:lang/file", about: about, cells: cells, lands: "/author/lessons/", ask: func(*comer) ask { return upload }},
		{route: "POST /author/lessons/:id/tracks/:lang/remove", about: about, cells: cells, lands: "/author/lessons/", ask: at("/author/lessons/%d%sremove", in.lesson, track).with("kind", "captions")},
		{route: "POST /author/lessons/:id/move", about: about, cells: cells, lands: modules, ask: at("/author/lessons/%d/move", in.quiz).with("do", "up")},
		{route: "POST /author/lessons/:id/show", about: about, cells: cells, lands: modules, ask: at("/author/lessons/%d/show", in.lesson).with()},
		{route: "POST /author/lessons/:id/remove", about: about, cells: cells, lands: modules, used: true, ask: func(c *comer) ask {
			l, err := r.p.courses.StartLesson(r.ctx, r.admin, in.module, courses.Quiz, spelled("En trop"))
			r.check(err)
			return at("/author/lessons/%d/remove", l.ID).with()(c)
		}},
		{route: "POST /author/modules/:id/retire", about: about, cells: cells, lands: modules, ask: at("/author/modules/%d/retire", in.module).with()},
		{route: "POST /author/modules/:id/restore", about: about, cells: cells, lands: modules, ask: at("/author/modules/%d/restore", in.module).with()},
	}
}
