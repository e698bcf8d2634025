// Package accessreport tells what roles are used for, and what of their
// permissions is not.
//
// A Recorder hears of every request that a role session sends (recorder.go). It
// remembers the last use of each action by each role in memory, which costs a call
// nothing, and writes them together once a minute and at the end: after a crash, what
// was used within the last minute may be missing, as AWS's data are hours late.
// Attempts count, those that were refused, too: so says AWS.
//
// A report is made by a job (generate.go): which services the permissions policies of a
// role, or one managed policy, give access to (grants.go), and when roles used each of
// them last. Boundaries, organization policies and conditions do not count, as in AWS.
// The report of the organization (organization.go) is about an account, an OU or the
// root: which services the service control policies leave, and when accounts used them.
//
// Sources: IAM API Reference, GenerateServiceLastAccessedDetails,
// ListPoliciesGrantingServiceAccess, GenerateOrganizationsAccessReport; IAM User Guide,
// "Refine permissions in AWS using last accessed information".
package accessreport
