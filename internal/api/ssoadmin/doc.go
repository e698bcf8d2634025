// Package ssoadmin is the front door of IAM Identity Center administration
// (sso-admin, awsJson1.1, 2020-07-20): permission sets, account assignments,
// provisioning, their asynchronous statuses, instances, applications, trusted
// token issuers and tags.
//
// It translates between wire types and package idc and leaves every rule to the
// services permissionset, assignment, provisioning, application and account.
// Operations on attributes for access control and Regions are not served yet and
// answer as such.
//
// Every operation is authorised on the resources that AWS's service
// authorization reference names: instance, permission set, account, application.
// Operations on applications are for whoever administers the instance and, on its
// own ones, for the account that made them; the catalogue of providers and
// ListInstances are for everybody; all else is for callers of the management account.
package ssoadmin
