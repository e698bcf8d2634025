// Package orgread reads an organization through AWS's own APIs into an orgfile.File: IAM Identity Center, its identity
// store, Organizations, and the IAM of the accounts. It asks Gatehouse and Amazon's Identity Center the same
// questions and never writes.
//
// [Read] takes a [Source]: an AWS configuration with credentials of the management account, or of a delegated
// administrator, and if there is one a way into the member accounts. An account that cannot be looked into is told as
// a warning, and stays without its IAM part in the file, so that nobody takes it for an account without policies.
//
// The steps are in the order of the files: organization.go, permissionset.go, directory.go, assignment.go, iam.go.
// Independent questions are asked side by side, a few at a time; throttling is the SDK's business.
package orgread
