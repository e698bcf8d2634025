// Package keys keeps the key rings that the rest of the program seals with: one
// ring per purpose, so that a value of one purpose can never be opened as
// another. Data keys live in the database, wrapped by the master key of a
// sealed.KeyProvider; every node loads them at start and again whenever
// store.Watch says that one was added.
//
// The rings for session tokens and authorization messages rotate by age: a new key
// seals, older ones open until the longest-lived credential they sealed is dead,
// then they are forgotten.
// The secrets ring never forgets a key.
//
// Signer gives out the keys that sign tokens (signing.go): one signs for ninety days. They are
// stored sealed by the secrets ring.
package keys
