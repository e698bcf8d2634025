// Package session is the grant engine: portal sessions, OAuth clients, and the tokens that descend from an
// approval. Its skins are api/ssooidc (AWS's JSON), signin (the pages where a person approves) and the
// portal API, which presents the tokens.
//
// # What descends from what
//
//	PortalSession (a signed-in browser; Instance.PortalSession long, 8 h by default)
//	   |-- approves a DeviceAuthorization (RFC 8628)  or an AuthorizationRequest (RFC 6749 4.1, RFC 7636)
//	           |-- redeemed once by the Client for a family of Tokens
//	                 access token   1 h for a client with scopes, else as long as the portal session
//	                 refresh token  clients with scopes only; rotates at every use
//
// Nothing outlives what it descends from: a token ends with its portal session, and signing out ends all
// tokens of the session in one transaction.
//
// # Codes and tokens
//
// All are 256 random bits, stored as SHA-256, and good once. Redeeming happens in one serializable
// transaction, so that of two polls, two exchanges or two refreshes at the same time one gets the tokens.
//
//   - A code presented a second time revokes the family it was redeemed for (RFC 6749 section 4.1.2). A code
//     with a wrong verifier, client or redirect URI is burnt: somebody else has it.
//   - A refresh token presented a second time revokes its family (RFC 9700 section 4.14.2), unless the same
//     client does it within RefreshGrace of the first: programs that share one token cache refresh at the same
//     moment, and each of them gets tokens that work.
//   - Polling faster than the interval is answered slow_down and changes nothing (RFC 8628 section 3.5).
//
// # Applications
//
// CreateApplicationToken (CreateTokenWithIAM) gives an application tokens for a person: for the token of a trusted
// issuer (package oidc verifies it, and each is good once), for the access token of another application that
// names this one as a target, for a refresh token, or for a code. Whoever asks has been let in by package authz;
// here the grant, the scopes and the person's assignment are checked, at every use anew. Beside the access
// token come an id token, and sealed into it the context with which STS opens a session that acts for the person.
//
// # Checking a token
//
// Authenticate looks in a bounded cache first, which store.Watch keeps right: a revocation is seen as soon as
// its event arrives, on every node, and by the next call where it was this service that revoked. Lost events
// empty the cache.
//
// # Where to look
//
//	client.go          RegisterClient
//	starturl.go        which start URLs are ours
//	device.go          StartDeviceAuthorization and the decision of the person
//	authorization.go   /authorize and the decision of the person
//	token.go           CreateToken: what all grants share
//	grant_*.go         one file per grant
//	iam*.go            CreateTokenWithIAM, its grants, and applications that reach AWS accounts
//	idtoken.go         id tokens; identitycontext.go the contexts in them
//	portalsession.go   sign in, verify, sign out
//	verify.go          Authenticate and its cache
//	failure.go         the errors of RFC 6749 section 5.2 and RFC 8628 section 3.5
package session
