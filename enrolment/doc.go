// Package enrolment decides who may come to a seminar and gives the seats: facts heard on the bus, gates that decide from
// them, seminars, registrations with their waiting list, and attendance.
//
// # Gates
//
// A seminar has two gates, one for each Use: ToRegister (Seminar.Gate) and ToAttend (Seminar.Attend). Each is a Rule with
// its own versions, read by Seminar.Rule and Seminar.RuleVersion; a gate to attend that was never set has version 0 and asks
// for nothing. Decide is pure and knows nothing of uses.
//
// A rule's leaves speak of facts, which the fact consumer keeps from events (fact.go): of a person, of an organisation, or
// of a post. Whom a fact concerns, colleagues included, and in which order their turns are taken is said in concern.go.
// One person is judged in memory (evidence.go reads, Decide decides), many in sets (gate_sql.go): a test holds the two
// together, now and for any past day. SaveGate and PreviewGate edit one gate; Edit leaves both alone. Shortest is the
// cheapest way for a person to meet a gate.
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
// Locks are taken in one order: seminar, then gates, then organisations, then people by id. A seminar's row is the lock of its seats: whoever
// gives or frees one holds it (see lock.go). lockGates keeps every decision out: who needs it takes it before judging
// anybody.
package enrolment
