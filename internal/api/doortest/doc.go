// Package doortest calls front doors in tests: through the gateway, so that
// validation, authorisation and the choice of the wire error are the real ones,
// with an edge around it that admits everybody and remembers what was asked.
//
// It is used by the tests of the packages in internal/api.
package doortest
