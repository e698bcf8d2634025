// Package account keeps the organization: its accounts, its tree of
// organizational units, and the policies attached to them.
//
// There is one organization, founded with the instance; its management account
// owns both. Accounts are made asynchronously, as AWS makes them: CreateAccount
// records an operation and a job, and the job makes the account, lets OnCreate
// furnish it (the role OrganizationAccountAccessRole) and completes the
// operation in one transaction. Add makes an account with a known id at once,
// for imports and the demonstration.
//
// An account that appears or moves may come into the scope of assignments, so
// each of these writes also enqueues JobReconcile, which package provisioning does.
//
// Organization policies (SCPs and RCPs) are stored and attached here and enforced
// by package authz. Both types are enabled from the start; the root, every OU and
// every account begin with p-FullAWSAccess, and RCPFullAWSAccess cannot be
// detached. Disabling a type detaches all of it everywhere (policytype.go).
//
// AWS's side: the AWS Organizations API Reference and "Quotas and service limits"
// of its User Guide.
package account
