package idc

import "time"

// Instance is the one Identity Center instance of an installation.
type Instance struct {
	ID              string // ssoins-...
	ARN             string
	IdentityStoreID string // d-...
	OwnerAccountID  string // the management account
	Name            string
	Region          string
	StartURLAlias   string // label of the AWS-shaped start URL: https://<alias>.awsapps.com/start
	OrganizationID  string // o-...
	RootID          string // r-...
	PortalSession   time.Duration
	Tags            []Tag
	CreatedAt       time.Time
}
