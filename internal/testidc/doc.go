// Package testidc gives tests a small world to stand in: an in-memory SQLite
// store, a clock that stands still until told, seeded identifiers, and an
// instance with its organization. In-memory SQLite is our fake of a database: it
// runs the same SQL as production.
package testidc
