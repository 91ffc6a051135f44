package main

import (
	"context"
	"time"

	"halqa/community/account"
	"halqa/web"
)

// deps gives the pages what they need, on the clock now (the system's when nil).
func (p *platform) deps(cfg Config, now func() time.Time) (web.Deps, error) {
	secret, err := cfg.Secret()
	if err != nil {
		return web.Deps{}, err
	}
	return web.Deps{
		PublicURL: cfg.PublicURL, TrustedProxies: cfg.TrustedProxies, Secret: secret, MailFrom: cfg.organiser(), Zone: cfg.TimeZone, Now: now,
		Account: p.account, Courses: p.courses, Media: p.media, Enrolment: p.enrolment, Monitoring: p.monitoring,
		Notify: p.notify, Library: p.library, Search: p.search, Community: p.community, Introductions: p.introductions,
		Engine: engine{p: p, data: cfg.Data, since: time.Now(), nats: func() string { return "" }}.pages(),
		Authenticate: func(ctx context.Context, token string) (account.Actor, error) {
			actor, _, err := p.account.Actor(ctx, token)
			return actor, err
		},
		Holder: p.account.Holder,
		OwnData: []func(context.Context, account.Actor) ([]account.OwnRows, error){p.account.OwnData, p.courses.OwnData, p.community.OwnData,
			p.library.OwnData, p.introductions.OwnData, p.notify.OwnData, p.enrolment.OwnData},
		SetLanguage: p.account.SetLanguage,
		Unread:      p.notify.Unread,
		MailStopped: p.notify.Stopped,
	}, nil
}
