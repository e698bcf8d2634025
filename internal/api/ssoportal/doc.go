// Package ssoportal is the front door of the access portal API (restJson1, the
// service "sso", 2019-06-10): ListAccounts, ListAccountRoles, GetRoleCredentials
// and Logout, called with an access token in the header x-amz-sso_bearer_token
// instead of a signature. role_name is the name of the permission set.
//
// Portal API Reference: https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/
package ssoportal
