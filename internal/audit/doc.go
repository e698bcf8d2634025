// Package audit keeps the event trail: one CloudTrail-shaped record for every
// call, sign-in step and credential, in the form CloudTrail uses for Identity
// Center since July 2025 (userIdentity of type IdentityCenterUser with
// onBehalfOf.userId and credentialId, no user name).
//
// Two records exist of a change, on purpose: the change record, which the store
// appends in the transaction of the change, and the call record, which the front
// door hands to this package afterwards, denied and failed calls included. The
// request id joins them.
//
// A call record is durable before the answer of the call leaves. Records of
// concurrent calls share one transaction (group commit): the first caller
// writes for all who arrive while it waits for the disk, then passes the pen on.
//
// Parameters arrive already redacted: the front door masks what the service
// model marks as sensitive. This package never sees a secret.
//
// Shapes: "CloudTrail userIdentity element" and "Logging IAM Identity Center API
// calls with AWS CloudTrail" in the AWS documentation.
package audit
