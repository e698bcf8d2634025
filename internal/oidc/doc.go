// Package oidc verifies JSON Web Tokens against the OpenID Connect provider that issued them: a trusted token
// issuer of the instance (sso-oidc CreateTokenWithIAM, grant jwt-bearer) or an identity provider of an account
// (sts AssumeRoleWithWebIdentity).
//
//	issuer URL --Discovery 1.0 section 4--> jwks_uri --RFC 7517--> keys, remembered
//	token --RFC 7515, RFC 7519--> header: algorithm on the list, key by "kid"; signature; iss, exp, nbf, aud --> Claims
//
// A key is only ever taken from what the issuer publishes: what a token says about keys itself (jku, x5u, jwk) is
// not looked at, an unsigned token or one signed with a shared secret is no token, and a document that belongs to
// another issuer is refused.
//
// Keys are remembered for KeysFresh. A token with an unknown key id asks the issuer again, but not more often than
// every KeysRetry, so that strangers cannot make this server call others; an issuer that is down does not
// matter until KeysStale.
//
// The addresses are fetched through a Fetcher: package fetch reads them over HTTPS, tests use a map.
package oidc
