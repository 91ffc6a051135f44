// Package enrolment decides who may come to a seminar and gives the seats: facts heard on the bus, gates that decide from
// them, seminars, registrations with their waiting list, and attendance.
//
// Locks are taken in one order: seminar, then gates, then person. A seminar's row is the lock of its seats: whoever gives
// or frees one holds it. See lock.go.
package enrolment
