// Package jobs runs the durable queue: the work that a transaction leaves behind
// for later, such as writing a role into an account.
//
// A service enqueues a job in the transaction that makes it necessary. A Runner,
// one per node, claims due jobs under a lease, at most one of a lane, and gives
// each to the Handler of its kind. What a job's success means to the database (an
// operation that has SUCCEEDED) is written in the transaction that removes the
// job, so it happens exactly once; jobs that end at the same time share one.
// Everything before may happen again, because a node can die at any moment and the
// job then runs once more when its lease ends.
//
// An error that will be the same next time (something does not exist, is
// forbidden, is malformed) ends the job through Handler.Fail. Every other error is
// retried for ever with exponential back-off and jitter: work is never silently
// given up.
//
// A Runner does not poll. It sleeps until the store tells of a new job, a running
// one ends, or the next one falls due. Beside the queue it runs the Recurring
// work of every node: sweeping what has expired.
//
// Stop it by ending its context: jobs that run are finished, no more are claimed.
package jobs
