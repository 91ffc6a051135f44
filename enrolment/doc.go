// Package enrolment decides who may come to a seminar and gives the seats: facts heard on the bus, gates that decide from
// them, seminars, registrations with their waiting list, and attendance.
//
// # Gates
//
// A seminar has two gates, one for each Use: ToRegister (Seminar.Gate) and ToAttend (Seminar.Attend). Each is a Rule with
// its own versions, read by Seminar.Rule and Seminar.RuleVersion; a gate to attend that was never set has version 0 and asks
// for nothing. Decide is pure and knows nothing of uses.
//
// Under a seminar's lock, Service.judge decides one gate for one person now, Service.keep stores that decision for a
// registration to rest on, and Service.admit does both or refuses with NotEligible. Judge several people in ascending
// order of their ids. The table eligibility holds the last answer of each gate for each person it concerns; it is a
// projection of facts and may lag behind them, so a seat is never given from it.
//
// Who becomes eligible to register is told once (events.SeminarUnlocked). When a registered person comes to meet the gate
// to attend, events.AttendGateMet says so: hear it in another transaction, lock the seminar, and judge again.
//
// # Locks
//
// Locks are taken in one order: seminar, then gates, then people by id. A seminar's row is the lock of its seats: whoever
// gives or frees one holds it (see lock.go). lockGates keeps every decision out: who needs it takes it before judging
// anybody.
package enrolment
