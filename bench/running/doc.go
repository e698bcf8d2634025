// Package running starts what the benchmarks measure: a program as a process of its own (process.go),
// Gatehouse with the organization of its demo (product.go), and a person who signs in through the pages
// (browser.go). What was started is ended; nothing leaves loopback.
package running
