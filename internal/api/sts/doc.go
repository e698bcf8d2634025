// Package sts is the front door of AWS STS (awsQuery, 2011-06-15): it translates
// the wire to idc and back. Credentials are minted by the service package sts.
//
// GetCallerIdentity needs no permission and cannot be denied. AssumeRole is
// authorised on the role, with the role's trust policy as its resource policy;
// passing tags needs sts:TagSession and setting a source identity
// sts:SetSourceIdentity, each a decision of its own.
//
// AssumeRoleWithSAML and AssumeRoleWithWebIdentity carry no signature: what the input
// brings is the proof, and the trust policy of the role decides alone. Whoever was
// identified by it is the caller of the record, refused or not.
//
// GetSessionToken and GetFederationToken are for long-term keys, which nobody has here,
// and refuse sessions as AWS does; GetDelegatedAccessToken trades in what nobody here
// gives out.
//
// DecodeAuthorizationMessage opens what a refused call is told in a header; package
// authz makes the messages and decides who sees how much of one.
package sts
