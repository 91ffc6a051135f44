//go:build nolock

package enrolment

import "context"

// This build exists to prove that the race test would notice a missing lock.
const seminarLock = ""

// abreast lets all who register meet.
const abreast = 10_000

// together lets each register alone: there is no lock to share.
const together = 0

// barrier, when set, holds each registration between its count and its insert.
var barrier func(context.Context)

func beforeSeat(ctx context.Context) {
	if barrier != nil {
		barrier(ctx)
	}
}
