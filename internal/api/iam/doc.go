// Package iam is the front door of AWS IAM (awsQuery, 2010-05-08) for the native
// accounts: roles with their policies and boundaries, managed policies, SAML
// providers and the account's alias. The account is always the caller's own.
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
// Users, groups, instance profiles and everything else of IAM that Identity
// Center does not need are not served and answer as such.
package iam
