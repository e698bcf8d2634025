// Package organizations is the front door of AWS Organizations (awsJson1.1,
// 2016-11-28): the organization, its accounts and units, and its policies.
//
// It translates between wire types and package idc; the rules are in package
// account. Only the management account may call it, but for DescribeOrganization,
// which members may call too.
//
// Ids are authorised as the ARNs they stand for. The ARN of a policy holds its
// type, so operations on policies look the policy up first and then ask the
// Authorizer themselves.
//
// Service control and resource control policies are enabled from the start and
// the only types; "sso.amazonaws.com" is the only trusted service. Invitations,
// leaving, closing accounts and delegated administrators are not served yet and
// answer as such.
package organizations
