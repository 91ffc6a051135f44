package views_test

import (
	"github.com/a-h/templ"

	"halqa/community/notify"
	"halqa/web/views"
)

func init() {
	register("mail-choices", func(p views.Page) templ.Component {
		v := views.MailChoicesView{Page: p}
		for i, topic := range []notify.Topic{notify.AboutOpenings, notify.AboutSeats, notify.AboutPromotions, notify.AboutCancellations, notify.AboutReplies,
			notify.AboutContributions, notify.AboutOrganisations, notify.AboutProgress, notify.AboutRequests, notify.AboutModeration} {
			v.List = append(v.List, notify.Choice{Topic: topic, Mailed: i%2 == 0})
		}
		return views.MailChoices(v)
	})
	for name, v := range map[string]views.UnsubscribeView{
		"ask": {Unsubscription: notify.Unsubscription{Mailed: true}}, "already": {}, "done": {Done: true},
	} {
		register("unsubscribe/"+name, func(p views.Page) templ.Component {
			v.Page, v.Action, v.Topic, v.Address = p, "/unsubscribe/x", notify.AboutReplies, "a…@example.org"
			return views.Unsubscribe(v)
		})
	}
}
