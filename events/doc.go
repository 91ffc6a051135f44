// Package events is Halqa's event bus: the envelope, the catalogue of event types, the transactional outbox, the relay
// that carries committed events to JetStream, and idempotent consumers.
//
// # What is promised
//
// An event is announced if and only if the transaction that published it commits: [Publish] writes it into the table
// outbox in that transaction. PostgreSQL is the truth; JetStream only carries, and may lose everything it holds.
//
// Carrying is at least once. The relay publishes the unpublished rows in the order of their seq, waits until JetStream
// stored them and then marks them. A relay that dies in between publishes again under the same message id, which
// JetStream drops for two minutes; later, consumers drop it. One relay works at a time: the node whose connection holds
// a session advisory lock. It does all its reading and marking on that connection.
//
// Handling is exactly once as far as the database is concerned. A consumer leaves its mark (consumer, event) and does its
// work in one transaction, then acknowledges; an event that has the mark does nothing. What a handler does outside its
// transaction is at least once, so mails and the like are rows it writes. Two nodes that handle the same delivery at
// once are told apart by the mark's primary key: one waits for the other and then does nothing.
//
// Nothing is forgotten. When a relay begins to lead, and every minute after that, it looks for published events that lack
// a consumer's mark and aren't its dead letters, and sends them again to that consumer alone, under fresh message ids.
// So a bus that comes back empty is filled from the outbox, a new consumer gets all the history whose types it hears,
// and so does a consumer that learned a new type, unless it can't be replayed: then it hears that type from now on.
//
// # Order
//
// None is promised. Events of one key are mostly handled one after another in the order they were published, because they
// go to one goroutine; a failure, a second node, or a redelivery breaks that. Two transactions may also commit in the
// other order than their seqs. Handlers therefore recompute from what they know and never count up.
//
// # Failures
//
// A handler that returns an error or panics is undone, and the event comes again after 1, 2, 4 … seconds. After eight
// failures, counted in the table failure across nodes and restarts, it is a dead letter: [Dead] lists them, [RetryDead]
// has them handled again. A transaction that lost a deadlock is repeated at once and isn't counted. Neither is an error
// that says PostgreSQL is away: the event stays where it is until the database is back.
//
// # Crowds
//
// Most of what an event costs is its transaction. A consumer names the types that come by the hundred in Together, and
// handles all of them that wait in one: when little happens that is one event, and nothing waits for more. They go to one
// goroutine of the node, so that lists are as long as can be and a slow event of another type holds none up. When a list
// fails, each of its events is handled alone, and counted, repeated or laid aside as such.
//
// # Replay
//
// [RequestReplay] empties a consumer's projection and removes its marks in one transaction, under an advisory lock that
// excludes the consumer's handlers; the running relay then sends it everything again, in order, as fast as it handles.
// Progress is the marks themselves. Pages show a growing projection meanwhile. A consumer without Reset refuses.
//
// # Growth
//
// The outbox is kept for ever: it is the log that reports read. A short event takes about 0.4 KB there with its indexes,
// and 0.13 KB in consumed for each consumer that hears it. Neither is pruned. consumer.settled keeps the search for
// lost events from reading them again: it costs as much as there are events not settled yet. The table failure holds
// only events that have failed and weren't handled since. The stream keeps seven days or 512 MiB, whichever is less.
//
// # Limits
//
// A payload is at most 256 KiB of JSON. The relay's connection must reach PostgreSQL itself, or a pooler of sessions.
// NOTIFY makes PostgreSQL commit publishing transactions one at a time. A handler has 30 seconds.
package events
