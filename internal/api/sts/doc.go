// Package sts is the front door of AWS STS (awsQuery, 2011-06-15): it translates
// the wire to idc and back. Credentials are minted by the service package sts.
//
// GetCallerIdentity needs no permission and cannot be denied. AssumeRole is
// authorised on the role, with the role's trust policy as its resource policy;
// passing tags needs sts:TagSession and setting a source identity
// sts:SetSourceIdentity, each a decision of its own.
//
// DecodeAuthorizationMessage opens what a refused call is told in a header; package
// authz makes the messages and decides who sees how much of one.
package sts
