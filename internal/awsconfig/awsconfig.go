package awsconfig

import (
	"fmt"
	"strings"
)

// Session is a sign-in that profiles share.
type Session struct {
	Name     string // of the [sso-session] and [services] sections
	StartURL string
	Region   string
	Endpoint string // this server's base URL
}

// Profile is one role in one account.
type Profile struct {
	Name      string
	AccountID string
	RoleName  string // name of the permission set
}

// services are the names that the services section uses for what we speak.
func services() []string {
	return []string{"sso", "sso_oidc", "sts", "sso_admin", "identitystore", "organizations", "iam", "cloudtrail", "accessanalyzer"}
}

// Text returns the sections of a session and its profiles.
func Text(s Session, profiles ...Profile) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[sso-session %s]\nsso_start_url = %s\nsso_region = %s\nsso_registration_scopes = sso:account:access\n",
		s.Name, s.StartURL, s.Region)
	fmt.Fprintf(&b, "\n[services %s]\n", s.Name)
	for _, name := range services() {
		fmt.Fprintf(&b, "%s =\n  endpoint_url = %s\n", name, s.Endpoint)
	}
	for _, p := range profiles {
		fmt.Fprintf(&b, "\n[profile %s]\nsso_session = %s\nsso_account_id = %s\nsso_role_name = %s\nregion = %s\nservices = %s\n",
			p.Name, s.Name, p.AccountID, p.RoleName, s.Region, s.Name)
	}
	return b.String()
}

// ProfileName makes a profile's name of an account and a permission set, without
// what the file format gives a meaning.
func ProfileName(parts ...string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("+=,.@_-", r):
			return r
		}
		return '-'
	}, strings.Join(parts, "-"))
}
