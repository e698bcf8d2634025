// Package ssooidc is the front door of sso-oidc, through which command-line tools, SDKs and applications get
// their tokens (IAM Identity Center OIDC API Reference). It translates between the wire and package session,
// where the rules are: registration, codes, refresh, exchange and their errors.
//
// The person's half of the story is in package signin: the pages behind verificationUri and /authorize.
// CreateTokenWithIAM is for applications (trusted identity propagation): its caller signs with IAM credentials and
// is authorised by its own policies and the application's actor policy (package authz).
package ssooidc
