// Package cloudtrail is the front door of AWS CloudTrail (awsJson1.1,
// 2013-11-01): LookupEvents over the event trail of package audit. A caller sees
// the events of its own account.
package cloudtrail
