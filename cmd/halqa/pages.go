package main

import (
	"context"

	"halqa/community/account"
	"halqa/web"
)

// deps gives the pages what they need.
func (n *node) deps() (web.Deps, error) {
	secret, err := n.cfg.Secret()
	if err != nil {
		return web.Deps{}, err
	}
	p := n.platform
	return web.Deps{
		PublicURL: n.cfg.PublicURL, TrustedProxies: n.cfg.TrustedProxies, Secret: secret, Zone: n.cfg.TimeZone,
		Log: n.log, Live: n.hub,
		Account: p.account, Courses: p.courses, Media: p.media, Enrolment: p.enrolment, Monitoring: p.monitoring,
		Notify: p.notify,
		Authenticate: func(ctx context.Context, token string) (account.Actor, error) {
			actor, _, err := p.account.Actor(ctx, token)
			return actor, err
		},
		SetLanguage: p.account.SetLanguage,
		Unread:      p.notify.Unread,
		Ready:       map[string]func(context.Context) error{"database": p.ready, "bus": n.busReady},
	}, nil
}
