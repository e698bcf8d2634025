// Package ssoadmin is the front door of IAM Identity Center administration
// (sso-admin, awsJson1.1, 2020-07-20): permission sets, account assignments,
// provisioning, their asynchronous statuses, instances, applications, trusted
// token issuers and tags.
//
// It translates between wire types and package idc and leaves every rule to the
// services permissionset, assignment, provisioning, application, accesscontrol and
// instance.
//
// Every operation is authorised on the resources that AWS's service
// authorization reference names: instance, permission set, account, application.
// Operations on applications are for whoever administers the instance and, on its
// own ones, for the account that made them; the catalogue of providers,
// ListInstances and CreateInstance are for everybody. All else is for whoever
// administers the instance: its owner and, for the organization's, the delegated
// administrator, who gets services that keep out of the management account (door.go)
// and may not change the instance itself.
package ssoadmin
