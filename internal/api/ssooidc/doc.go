// Package ssooidc is the front door of sso-oidc, through which command-line tools and SDKs get their tokens
// (IAM Identity Center OIDC API Reference). It translates between the wire and package session, where the
// rules are: registration, codes, refresh and their errors.
//
// The person's half of the story is in package signin: the pages behind verificationUri and /authorize.
// CreateTokenWithIAM belongs to applications with trusted identity propagation and is not served.
package ssooidc
