package views_test

import (
	"net/url"

	"github.com/a-h/templ"

	"halqa/community"
	"halqa/events"
	"halqa/web/views"
)

var letterText = events.Text{"fr": "Bonjour\n\n# Modules\n\n- [Un](/modules/1)", "ar": "مرحبا"}

var (
	_ = register("newsletter", func(p views.Page) templ.Component {
		f := views.Form{Values: url.Values{"version": {"2"}, "subject_fr": {"Financement"}, "body_fr": {letterText["fr"]}, "body_ar": {"مرحبا"}},
			Errors: []views.FieldError{{Field: "subject_ar", Text: "!"}}}
		return views.Newsletter(views.NewsletterView{Page: inForum(p), Form: f, Space: funding, Preview: true,
			All: community.Newsletters{Draft: community.Newsletter{ID: 3, FromAt: now, UntilAt: now, Version: 2}, Members: 12, Sent: []community.Newsletter{{ID: 1, Subject: projects, SentAt: now}}}})
	})
	_ = register("newsletter-none", func(p views.Page) templ.Component {
		return views.Newsletter(views.NewsletterView{Page: inForum(p), Space: funding})
	})
	_ = register("newsletter-sent", func(p views.Page) templ.Component {
		return views.SentNewsletter(views.SentNewsletterView{Page: inForum(p), Newsletter: community.Newsletter{ID: 1, Subject: projects, Body: letterText, SentAt: now}})
	})
)
