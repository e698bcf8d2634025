// Package iam is the front door of AWS IAM (awsQuery, 2010-05-08) for the native
// accounts: roles with their policies and boundaries, managed policies, SAML and
// OpenID Connect providers, outbound federation and the account's alias, and for the
// organization central root access. The account is always the caller's own.
//
// It translates between wire types and package idc; the rules are in package
// role. The AWS managed policies come from package managedpolicy.
//
// Roles are named without their paths in most inputs, but policies are written
// against ARNs with paths. Such operations declare the role they find, so that
// what is authorised is the stored ARN and no spelling of a name gets around a
// policy.
//
// The policy simulator and the context keys of policies are package authz's.
//
// What roles were last used for, and reports on it, are package accessreport's.
//
// There are no users, groups, instance profiles and server certificates, and nothing
// makes any. What audit tools read of them is served nevertheless (absent.go,
// credentialreport.go): lists are empty, names are not found. Everything else of IAM
// is not served and answers as such.
package iam
