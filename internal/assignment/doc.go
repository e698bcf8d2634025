// Package assignment says who has what: it keeps the assignments of permission
// sets to users and groups, and computes effective access from them.
//
// An assignment is stored with its scope (one account, an OU, all accounts,
// minus exclusions) and expanded whenever access is decided, so accounts join and
// leave by themselves. It may be valid for a limited time.
//
// Effective is the one function that decides. The portal, provisioning and the
// issue of credentials all call it, so a plan, a page and a credential can never
// disagree. It honours the status of the user, the state of the account, and the
// validity of the membership and of the assignment; a grant is valid where both
// are.
//
// The AWS API sees plain account assignments: Create and Delete are asynchronous
// there. They write the edge, the operation record and a job in one transaction;
// the job is done by package provisioning, which alone may say SUCCEEDED. An
// assignment with a wider scope shows as a row in every account that it reaches.
// Such a row cannot be deleted in one account: that would be an exclusion, and is
// refused with the name of the assignment behind it.
//
// When an assignment is taken away, a fence stops the credentials that were
// issued because of it. When it ends by its own validity no fence is needed:
// credentials never outlive the grant. A job at that instant, and a sweep behind
// it, retire what has ended.
//
// A delegated administrator of IAM Identity Center gets the service that Delegated
// returns (delegate.go): it keeps out of the management account.
//
// AWS's side: "CreateAccountAssignment" and its neighbours in the IAM Identity
// Center API Reference.
package assignment
