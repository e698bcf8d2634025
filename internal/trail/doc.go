// Package trail delivers events as files: CloudTrail's trails.
//
// A trail names a bucket. Which buckets there are, where they lie and which
// accounts may use them is the operator's to say (Service.Buckets); to an account,
// any other bucket does not exist.
//
// StartLogging leaves a job that delivers and queues itself again (deliver.go):
//
//	read the events after the trail's position
//	select them (match.go)
//	write a gzip file of Records for each account and Region (logfile.go)
//	write the position, in one transaction with the files that the digests will name
//
// A node may die anywhere in between; then the same events are written once more
// into files of other names: at least once, never a gap. A destination that fails
// is told in GetTrailStatus and tried again for ever. The job of a trail holds the
// trail's lane, so one node at a time delivers; a node that was taken for dead finds
// the position changed and gives up.
//
// With log file validation, every hour each account and Region of a trail gets a
// digest file (digest.go): it names the log files with their hashes and the digest
// before it, and is signed with an RSA key of the installation (signing.go). What
// `aws cloudtrail validate-logs` computes is what is signed.
//
// Events of data (requests that a proxy asked about) are delivered as the trail's
// event selectors want them. Encryption with KMS, SNS topics, CloudWatch Logs and
// Insights do not exist here; naming one is answered as AWS answers a name that
// does not exist.
//
// Sources: CloudTrail API Reference; CloudTrail User Guide, "Finding your CloudTrail
// log files", "CloudTrail log file integrity validation", "CloudTrail digest file
// structure", "Custom implementations of CloudTrail log file integrity validation",
// "Filtering data events by using advanced event selectors".
package trail
