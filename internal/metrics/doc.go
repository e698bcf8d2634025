// Package metrics counts what the server does, in Prometheus' form, on a
// listener of its own. Labels hold names from the service models and outcomes,
// never user input, ids or secrets, so that neither cardinality nor content can
// be chosen by a caller.
package metrics
