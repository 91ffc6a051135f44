package views

import (
	"halqa/community"
	"halqa/community/account"
	"halqa/events"
)

// NewsletterView is the page at "/spaces/:key/newsletter".
type NewsletterView struct {
	Page
	Form
	Space   account.Space
	All     community.Newsletters
	Preview bool // of what was typed
}

// SentNewsletterView is the page at "/newsletters/:id".
type SentNewsletterView struct {
	Page
	Newsletter community.Newsletter
}

// NewsletterURL is the address of the draft of a space's newsletter.
func NewsletterURL(key string) string { return SpaceURL(key) + "/newsletter" }

// languages are those of a newsletter, the page's first.
func (v NewsletterView) languages() []string {
	list := []string{v.Lang()}
	for _, lang := range events.Languages {
		if lang != v.Lang() {
			list = append(list, lang)
		}
	}
	return list
}
