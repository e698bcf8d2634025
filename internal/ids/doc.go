// Package ids makes every identifier and random secret of the product, each in the form AWS gives it.
//
// AWS clients check identifiers by pattern (the service models carry the patterns), people read
// them in ARNs and logs, and some carry meaning in their shape: the four letters of AROA or ASIA,
// the Region in an identity store id, the missing vowels of a user code. Each form is one method
// of Source, so that no caller builds an identifier by hand.
//
// A Source is a stream of random bytes. Random is the operating system's generator and the only
// one that may make anything in production. Seeded repeats itself and serves tests and the
// demonstration organization, whose identifiers are the same each time it is built.
//
// Identifiers that are derived rather than drawn, such as the name of a provisioned role, are
// plain functions of what they derive from: see ReservedRoleName.
//
// Where the forms come from: the patterns of the AWS service models, "IAM identifiers" in the IAM
// User Guide, and "Referencing permission sets in resource policies" in the IAM Identity Center
// User Guide.
package ids
