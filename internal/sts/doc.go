// Package sts mints and verifies temporary credentials.
//
// A session token is sealed (package sealed, ring "session-token") and carries
// everything needed to verify a signature and to authorise the call: the access
// key, its secret, the principal, session policies, tags, source identity, why it
// was issued and when it ends. Any node verifies one without a database read.
//
//	GetRoleCredentials --Issue--> token        AssumeRole --AssumeRole--> token
//	signed request --Open--> secret and idc.Caller --> sigv4.Verify --> authz
//
// The role of a permission set is taken as AWS takes it, through the SAML provider
// of its account: Admit asks whether the role's trust policy and the resource control
// policies of its account let the provider in, and the hop is recorded in the
// account's own trail (federation.go, hop.go).
//
// What a sealed token cannot carry is a change of mind. Fences do: a small set
// in memory ("credentials of user U issued before T are void"), kept fresh by
// store.Watch. And a role session has no rights beyond its role: when the role
// is gone, package authz finds no policies.
//
// Decisions about access are read from the store and remembered until anything is
// written that could change them (store.Revision; see remember.go).
//
// A credential never outlives its reason: its duration is the least of what was
// asked, what the permission set allows, and what is left of the assignment.
//
// AWS API pages: AssumeRole, GetCallerIdentity; "Temporary security credentials in IAM".
package sts
