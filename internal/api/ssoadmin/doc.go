// Package ssoadmin is the front door of IAM Identity Center administration
// (sso-admin, awsJson1.1, 2020-07-20): permission sets, account assignments,
// provisioning, their asynchronous statuses, instances and tags.
//
// It translates between wire types and package idc and leaves every rule to the
// services permissionset, assignment, provisioning and account. Operations on
// applications, trusted token issuers, attributes for access control and Regions
// are not served yet and answer as such.
//
// Every operation is authorised on the resources that AWS's service
// authorization reference names: instance, permission set, account. All but
// ListInstances are for callers of the management account.
package ssoadmin
