// Package cloudtrail is the front door of AWS CloudTrail (awsJson1.1,
// 2013-11-01): LookupEvents over the event trail of package audit, and the trails
// of package trail, which deliver events as files.
//
// A caller sees the events and trails of its own account, and the trails of the
// organization it belongs to.
//
// Event data stores (CloudTrail Lake), channels, imports, queries and Insights are
// not served and answer as such; GetInsightSelectors tells that a trail has none.
package cloudtrail
