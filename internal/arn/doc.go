// Package arn reads and builds Amazon Resource Names, the names everything has on the AWS wire.
//
// An ARN is arn:partition:service:region:account:resource. Parse takes one apart and says what is
// wrong with a bad one. One function builds the ARN of each kind of thing the product knows, so
// that no other package assembles one from strings; their files are named after the service that
// owns the name. Where the product must find the id inside an ARN that a client sent
// (permission sets, instances, roles and so on) there is a Parse function for that kind too.
//
// All builders name things in the partition "aws"; ARN.In moves a name to another partition
// (aws-us-gov, aws-cn). Patterns in policies, with their wildcards, belong to package policy.
//
// Forms: "Identify AWS resources with ARNs" in the IAM User Guide, and the patterns of the service
// models of sso-admin, identitystore, iam and organizations.
package arn
