package views_test

import (
	"github.com/a-h/templ"

	"halqa/community/notify"
	"halqa/events"
	"halqa/web/views"
)

func init() {
	register("mail-choices", func(p views.Page) templ.Component {
		v := views.MailChoicesView{Page: p, Load: notify.Load{Attention: notify.Attention{Rhythm: notify.AtOnce, Budget: 4}, Spent: 2, Waiting: 3, DueAt: p.Now},
			Followed: []views.FollowedLine{{FollowView: views.FollowView{Subject: notify.OfThread, ID: 3, Level: notify.Watch}, Title: "Qui vient ؟", Href: "/threads/3"},
				{FollowView: views.FollowView{Subject: notify.OfSpace, ID: 3, Level: notify.Track}, Title: "التمويل", Href: "/spaces/x"},
				{FollowView: views.FollowView{Subject: notify.OfSpace, ID: 4, Level: notify.Listed, Post: "s-abc@halqa.example", Hushed: true}, Title: "Projets", Href: "/spaces/y"},
				{FollowView: views.FollowView{Subject: notify.OfPerson, ID: 3, Level: notify.Mute}, Title: "Amel", Href: "/people/3"}}}
		for i, topic := range []notify.Topic{notify.AboutOpenings, notify.AboutSeats, notify.AboutPromotions, notify.AboutCancellations, notify.AboutNewsletters,
			notify.AboutContributions, notify.AboutOrganisations, notify.AboutProgress, notify.AboutRequests, notify.AboutModeration} {
			v.List = append(v.List, notify.Choice{Topic: topic, Mailed: i%2 == 0, Pushable: i < 4, Pushed: i != 1})
		}
		v.PushKey, v.Devices = "BKey", []notify.Device{{ID: 4, Agent: "Mozilla/5.0 (Linux; Android 14) Chrome/130", CreatedAt: p.Now}}
		v.Form = views.AttentionForm(v.Load.Attention, v.List)
		return views.MailChoices(v)
	})
	for _, why := range []string{"unknown", "full", "blocked", "other"} {
		register("mail-choices/"+why, func(p views.Page) templ.Component {
			p.MailStopped = true
			return views.MailChoices(views.MailChoicesView{Page: p, Form: views.AttentionForm(notify.Attention{}, nil),
				Stop: notify.Stop{Address: "amel@example.org", Since: p.Now, Why: why, Said: "550 5.1.1 no such user"}})
		})
	}
	for name, v := range map[string]views.UnsubscribeView{
		"list": {Unsubscription: notify.Unsubscription{Mailed: true, Topic: "list-3", Space: events.Text{"fr": "Financement", "ar": "التمويل", "en": "Funding"}}},
		"ask":  {Unsubscription: notify.Unsubscription{Mailed: true}}, "already": {}, "done": {Done: true},
	} {
		register("unsubscribe/"+name, func(p views.Page) templ.Component {
			v.Page, v.Action, v.Address = p, "/unsubscribe/x", "a…@example.org"
			if v.Topic == "" {
				v.Topic = notify.AboutReplies
			}
			return views.Unsubscribe(v)
		})
	}
}
