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
// Organization policies are stored and attached here. Which types are enabled is
// kept in the organization's record; kind.go has what holds for each type. SCPs and
// RCPs decide about access, enforced by package authz: both are enabled from the
// start; the root, every OU and every account begin with AWS's full-access policies,
// and RCPFullAWSAccess cannot be detached. The other types configure services and
// decide nothing: effective.go merges them along the path to an account, and
// settings.go has the inheritance operators. Disabling a type detaches all of it
// everywhere.
//
// Accounts leave by Remove and come back by an invitation and its acceptance
// (handshake.go); meanwhile they are standalone and out of every scope. Close ends
// all access to an account at once: its state is what packages assignment and authz
// go by, and credentials of its roles are fenced. JobClose moves it on to SUSPENDED
// and, 90 days later, to CLOSED.
//
// Members have a say in the organization as delegated administrators of a service
// (delegation.go), who may read, and by its resource policy (resourcepolicy.go).
//
// AWS's side: the AWS Organizations API Reference and "Quotas and service limits"
// of its User Guide.
package account
