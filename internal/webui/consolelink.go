package webui

import "time"

// ConsoleLink is where a console link ends: which session it is of, and what can be done with it. Native accounts
// have no AWS console.
type ConsoleLink struct {
	AccountID   string // 12 digits
	AccountName string
	// RoleName is the permission set's name, or the role's; SessionName whose session it is.
	RoleName    string
	SessionName string
	// Expires is when the session ends.
	Expires time.Time
	// Destination is a page of AWS's or of ours that the link was made for.
	Destination string
	// PortalURL is the address of the portal; Endpoint this server's.
	PortalURL string
	Endpoint  string
	// ProfileName and Profile are the text for ~/.aws/config; empty for roles that are not of a permission set.
	ProfileName string
	Profile     string
}

func (p ConsoleLink) meta() meta {
	return meta{template: "console-link", title: "No console in this account", script: true}
}
