// Package oidctest is an OpenID Connect issuer for tests: it signs tokens and publishes its keys, as a Fetcher
// without a network or, through ServeHTTP, on a test server.
package oidctest
