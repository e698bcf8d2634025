// Package storetest is the contract of package store as tests: whatever is a
// store.Store must pass Run. Every storage bug that is found becomes a case here.
//
// There is one file per noun, and one for each thing that engines disagree on:
// concurrency, collation, time, uniqueness of what is absent, odd text, paging,
// reading the past and watching. rows.go holds what all nouns have in common.
//
// Package sqlstore runs it on SQLite always, and on PostgreSQL when
// GATEHOUSE_TEST_POSTGRES names a server.
package storetest
