// Package accountaccess keeps the account access manager: the entitlements by which people of the
// organization's instance reach IAM roles that exist already, beside the permission sets that Identity
// Center makes roles of.
//
//	CreateApplication --Create--> the manager of the instance, at most one
//	CreateEntitlement --Entitle--> principal x role; the role must trust account-access.amazonaws.com
//	sts, portal --Effective--> what a person may use now, with the role and its account
//
// An entitlement never changes: it is made, and it ends. It ends when it is deleted, and with its
// application, its user or group, its role, and the membership of the account in the organization; whoever
// deletes one of those calls Unassign, RoleDeleted or AccountLeft in the same transaction. Its credentials
// are fenced then, as those of an assignment are.
//
// That the role lets the service in is checked when an entitlement is made (Admits), so that a wrong
// trust policy is heard of by the administrator, and by package sts again at every use.
//
// Who may call: the management account everything, a delegated administrator of the service all but
// making and deleting the application, and nothing about roles of the management account.
//
// The rules follow the Account access manager API Reference (service account-access, 2018-05-10) and
// "Account access manager" in the IAM User Guide.
package accountaccess
