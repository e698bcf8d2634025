package arn

// Trail names a trail of CloudTrail.
func Trail(region, accountID, name string) ARN {
	return ARN{Partition: "aws", Service: "cloudtrail", Region: region, Account: accountID, Resource: "trail/" + name}
}
