//go:build !nolock

package enrolment

import "context"

// seminarLock makes a seminar's row the lock of its seats. "no key" still excludes every other holder, but lets the fact
// consumer's foreign keys refer to the row meanwhile.
const seminarLock = "for no key update"

// abreast is how many registrations of a node ask the database at a time. The others wait in the order of their arrival
// without a connection: a crowd before one seminar leaves the rest of the platform its connections.
const abreast = 4

// together is how many people at most register at one seminar in one transaction.
const together = 64

// beforeSeat is where the build without the lock can make two registrations meet; here it does nothing.
func beforeSeat(context.Context) {}
