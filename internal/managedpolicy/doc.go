// Package managedpolicy holds the AWS managed policies, as data.
//
// A permission set refers to AWS managed policies by ARN and never carries their text, so whoever
// provisions a role, evaluates a session or answers iam:GetPolicy has to know it. Get finds one
// policy by ARN, List names them all. Only the default version of each is here.
//
// The data is embedded in two files that scripts/managed-policies writes: data/index.tsv, sorted by
// ARN and searched where it lies, and data/documents.bin, in which every document is compressed by
// itself. Nothing is read at start-up; Get costs a search and the decompression of one document, up
// to a few milliseconds for the largest, so evaluators keep what they compiled. data/VERSION says
// which source the data came from.
//
// Two things differ from AWS. The source keeps parsed documents, so the text has AWS's keys, order and
// values but always four spaces of indentation. And it has no policy ids: ID is derived from the
// ARN, in AWS's form and always the same, but not AWS's own.
package managedpolicy
