// Package server wires everything: it is the only place that knows every
// package. Build opens the database, loads the keys, makes the instance on the
// first start, builds services and front doors and the one gateway; Run serves the
// listener, the control socket, the metrics listener, the job queue and the
// caches until its context ends, then finishes what is running.
//
//	request -> request id, client address, log line -> AWS? gateway : pages
//
// The adapters in this package translate between the edge and the services:
// authenticate.go (signatures and bearer tokens to callers), authorize.go,
// auditor.go (calls to CloudTrail records).
package server
