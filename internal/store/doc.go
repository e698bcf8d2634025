// Package store is the seam between the services and the database.
//
// All reads happen in a View, all writes in an Update: a closure that runs in
// one transaction and is retried when the engine reports a serialization
// failure, so it must not have side effects outside the transaction. Services
// never see begin, commit or SQL.
//
// Reader and Tx are composed of small per-noun interfaces, one file per noun.
// The error contract is the same on every engine:
//
//   - a missing row is an *idc.Error of kind NotFound that names the noun and id;
//   - a broken uniqueness rule is Conflict with idc.ReasonUniqueness;
//   - a database that cannot be reached is Unavailable;
//   - anything else is Internal, with the cause.
//
// Versioned nouns (user, group, membership, account, OU, organization policy
// and attachment, permission set, assignment, eligibility, lease) are never
// overwritten: Put retires the current row and writes a new one, Delete retires
// it, and both append a change record in the same transaction. Reader.At reads
// them as they were at an instant. Everything else is stored in place.
//
// Times are kept with microsecond precision in UTC. Lists are ordered by a key
// compared byte by byte, the same on both engines.
//
// The contract is tested by package storetest, the implementation is sqlstore.
package store
