// Package sqlstore keeps Gatehouse's memory in SQLite or PostgreSQL. It is the
// only package that contains SQL, and the only implementation of store.Store.
//
// One text serves both engines. What they disagree on is held by two small
// types: dialect (clauses and error codes) and engine (how a transaction runs).
//
//   - sqlite.go: one writer connection in WAL mode with synchronous=FULL and a
//     pool of readers. Updates that queue while the writer is busy share one
//     commit, so that one fsync makes them all durable (group commit).
//   - postgres.go: serializable transactions, repeated when the server reports a
//     serialization failure; other nodes hear of commits by NOTIFY.
//
// How a noun is stored is described once, as data, in the file of the noun: the
// columns (column.go) of a versioned table (versioned.go) or of one that is
// changed in place (inplace.go). Columns exist for what is a key, unique,
// filtered or ordered by, and for small rows that are read often; the rest of
// the struct is one JSON text, body, that no query looks into (body.go).
// tables.go gathers the descriptions, migrate.go makes the tables from
// migrations/{sqlite,postgres}, and watch.go tells subscribers what was written.
//
// Package server opens the store; services see package store only. The reasons
// are in docs/decisions/0003-storage-rows.md; the contract is package storetest.
package sqlstore
