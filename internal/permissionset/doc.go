// Package permissionset keeps permission sets: the templates from which roles
// are made in accounts.
//
// A permission set is a name, a session duration, a relay state and policies of
// four sorts: AWS managed policies, references to customer managed policies
// that each account must have, one inline policy and one permissions boundary.
// Changing one touches no account. It makes PermissionSet.Revision grow, so that
// package provisioning can tell a role of the newest revision from an older one,
// and ProvisionPermissionSet or the next assignment carries it into accounts.
//
// What AWS checks late is checked late here too: whether a customer managed
// policy exists shows when the permission set is provisioned. What can be known
// at once is refused at once: a malformed policy, an AWS managed policy that
// does not exist, a quota.
//
// Who administers Identity Center from a member account may not change permission
// sets that reach the management account. Which these are package assignment knows:
// its Protected is the guard that api/ssoadmin gives to Guarded.
//
// The rules and the texts of refusals follow "Permission sets" in the IAM
// Identity Center API Reference and "Quotas and limits" in its User Guide.
//
// Used by api/ssoadmin; read by assignment, provisioning and sts.
package permissionset
