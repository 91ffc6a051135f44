package main

func (r *realm) offlineRows() []row {
	return []row{
		{route: "GET /saved", cells: public, ask: to("/saved")},
		{route: "GET /me", cells: public, ask: to("/me")},
		{route: "GET /modules/:id/pack", cells: signedIn, ask: to("/modules/%d/pack", r.open.module)},
		{route: "GET /modules/:id/pack", about: "by request", cells: "s fy ff yf yf yf yyf yyf", ask: to("/modules/%d/pack", r.inRequested.module)},
		{route: "GET /modules/:id/pack", about: "by invitation, here", cells: "s ny nn yn yn yn yyn yyn", ask: to("/modules/%d/pack", r.inClosed.module)},
		{route: "GET /modules/:id/pack", about: "unknown", cells: "s nn nn nn nn nn nnn nnn", ask: to("/modules/999999/pack")},
	}
}
