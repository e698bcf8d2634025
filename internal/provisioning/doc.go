// Package provisioning makes accounts agree with assignments: where a permission
// set is assigned its role exists and is what the permission set says, and where
// it is not assigned any more the role is gone.
//
// Desired and observed are different things. Reconcile works out what is desired
// from the store (the permission set, and whether assignment.Reached), writes it
// through the account's Target, and reads the target back. Only when that equals
// the definition is it recorded as provisioned and may an operation succeed.
//
// Every step can be repeated, so a crash between any two of them is finished by
// the job when it runs again. Jobs that write into one account share a lane and
// never run at the same time; different accounts run in parallel.
//
//	JobProvision         one permission set in one account (assignment.Work)
//	JobSpread            which accounts must gain or lose a permission set
//	account.JobReconcile which permission sets an account must gain or lose
//
// The two that spread work compare what assignments reach with what is recorded
// as provisioned, and enqueue a JobProvision for every difference. Converge does
// this for all permission sets from time to time, so that work that failed for
// good, such as a missing customer managed policy, is tried again.
//
// A role is a target's business: native writes it through package role, dryrun
// remembers what would be written. Names, path, trust policy and everything else
// of the role follow "IAM roles created by IAM Identity Center" in the User Guide.
package provisioning
