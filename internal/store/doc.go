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
//   - a missing row is an *idc.Error of kind NotFound that names the noun and
//     the id, if it was not looked up by a secret;
//   - a broken uniqueness rule is Conflict with idc.ReasonUniqueness, and
//     Resource names the rule;
//   - text that is not UTF-8 or contains NUL is Invalid, as is a cursor that was
//     not given out;
//   - a database that cannot be reached, or a context that ended, is Unavailable;
//   - transactions that keep getting in each other's way are Conflict with
//     idc.ReasonConcurrentChange;
//   - anything else is Internal, with the cause.
//
// A statement that fails ends its transaction: later calls return the same
// error, and so does Update, also when the closure swallows it. Whoever can live
// with a row that exists already looks before writing. NotFound fails nothing.
//
// Versioned nouns (user, group, membership, account, OU, organization and its
// resource policy, organization policy and attachment, delegated administrator,
// service access, permission set, assignment, eligibility, lease, attributes for
// access control, application and its assignments, trusted token issuer, account
// access application, entitlement) are never overwritten: Put retires the current
// row and writes a new one, Delete retires it, and both append a change record in
// the same transaction. Put sets the Version of what it is given. Versions are
// stamped by the store's clock, and stamps of one row grow even if that stands
// still. Reader.At reads rows as they were at an instant. Everything else is
// stored in place.
//
// Times are kept with microsecond precision in UTC. Lists are ordered by a key
// compared byte by byte, the same on both engines.
//
// The contract is tested by package storetest, the implementation is sqlstore.
package store
