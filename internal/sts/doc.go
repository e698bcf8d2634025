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
// A role that exists anyhow is taken for whoever is entitled to it, by the service
// account-access.amazonaws.com (entitlement.go).
//
// Others come into an account by an identity provider of its own, without a signature:
//
//	SAML response --saml.Open--> assertion --saml.go-->  who, tags, source identity --takeRole--> token
//	JSON Web Token --oidc.Verify--> claims --webidentity.go-->        likewise
//
// The provider must be one of the role's account, and the role's trust policy let it in
// (federated.go); the instance's own provider is not for them.
//
// The other way round a session identifies itself elsewhere with a token that this server
// signs (outbound.go, signingkey.go); package federation publishes the keys. AssumeRoot
// mints a session of a member account's root user for one task (root.go). There are no long-term keys
// and hence no GetSessionToken.
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
// AWS API pages: AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity, AssumeRoot,
// GetWebIdentityToken, GetAccessKeyInfo; "Temporary security credentials in IAM".
package sts
