package idc

import "time"

// OIDCProvider is an IAM OpenID Connect provider in a native account.
type OIDCProvider struct {
	AccountID   string
	URL         string // of the issuer, without "https://": the last part of the ARN
	ARN         string
	ClientIDs   []string // audiences, in the order they were added
	Thumbprints []string
	Tags        []Tag
	CreatedAt   time.Time
}
