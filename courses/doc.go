// Package courses holds the modules of a space and what people do with them: lessons, the intervals really played,
// quizzes, completion.
//
// # Progress
//
// A video's progress is the union of the intervals really played, in milliseconds, half-open. A union is idempotent
// and commutative, so a report may be lost, repeated, split, merged or late and the result is the same. The server
// alone turns it into percents and completions.
//
// What can't have been played yet is refused whole and may be sent again later: see admit in plausible.go. Reports that
// arrive together share one transaction, and each is answered after its commit.
//
// # Locks
//
// A batch of reports first takes an advisory lock per person, in order, since a person's sessions are judged together;
// then the module_progress rows in order of person and module.
//
// Whatever changes a person's progress in a module first locks their module_progress row for that module, and only
// then writes played, quiz_attempt, progress_step and completion. Two lessons of one module reported at once therefore
// wait for each other: neither can deadlock, and the second sees what the first wrote, so that the completion they
// reach together is not missed. A change of criterion locks the module, then those rows in order of person.
package courses
