// Package federation is the front door for those who verify what accounts say of their sessions to others: it
// publishes the OpenID Connect discovery document and the keys of every account that has outbound identity
// federation on.
//
//	GET /outbound/<account id>/.well-known/openid-configuration
//	GET /outbound/<account id>/.well-known/jwks.json
//
// The issuer in a token of sts GetWebIdentityToken is the address before "/.well-known": a relying party needs to
// know nothing else (OpenID Connect Discovery 1.0 section 4; "Federating AWS identities to external services", IAM
// User Guide). Everything here is public and the same for all who ask.
//
// It is used by package server.
package federation
