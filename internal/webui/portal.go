package webui

import (
	"fmt"
	"strings"
	"time"
)

// Session is the header of every page of a signed-in person.
type Session struct {
	Username    string
	DisplayName string
	// Ends is when the portal session ends.
	Ends time.Time
	// SignOutURL is the path the sign-out form posts to; HomeURL the portal's own.
	SignOutURL string
	HomeURL    string
}

// Portal is the start page: the accounts of the person, each with its roles, and
// the applications. The search is a GET form with the parameter q.
type Portal struct {
	Session Session
	// Query is the search as the person typed it.
	Query string
	// Total counts the accounts before the search.
	Total int
	// Accounts after the search, in the order they are shown.
	Accounts []PortalAccount
	// Applications after the search; TotalApplications counts them before.
	Applications      []PortalApplication
	TotalApplications int
	// SearchURL is the path of the search form, normally /start.
	SearchURL string
}

func (p Portal) meta() meta {
	return meta{template: "portal", title: "Accounts", session: &p.Session, script: true}
}

// PortalAccount is one row of the portal.
type PortalAccount struct {
	ID    string // 12 digits
	Name  string
	Email string
	// Open shows the roles at once; the person opens the others.
	Open  bool
	Roles []PortalRole
}

// PortalApplication is one application of the portal.
type PortalApplication struct {
	Name        string
	Description string // may be empty
	// URL is where signing in begins; empty when the portal cannot open it.
	URL string
}

// PortalRole is one role of an account.
type PortalRole struct {
	// Name is the permission set's or the role's name; Description its description, may be empty.
	Name        string
	Description string
	// ARN is that of a role the account has by itself; empty for a permission set.
	ARN string
	// KeysURL is the address of the role's AccessKeys page.
	KeysURL string
	// ConsoleURL opens the account's web console; empty where there is none.
	ConsoleURL string
	// Ends is when the assignment ends; zero means it has no end.
	Ends time.Time
}

// AccessKeys shows the ways to use one role from the command line.
// Temporary credentials appear after the form was posted (it has no fields of
// its own but Hidden), so that reading the page never mints any.
type AccessKeys struct {
	Form
	Session Session
	BackURL string
	Account PortalAccount // Roles is not used
	Role    PortalRole
	// ProfileName and Profile are the text for ~/.aws/config: the sso-session,
	// the profile and its services section.
	ProfileName string
	Profile     string
	// Credentials is nil until they were asked for.
	Credentials *RoleCredentials
	Region      string
	// Endpoint is this server's address: without it the credentials would go to AWS.
	Endpoint string
}

func (p AccessKeys) meta() meta {
	return meta{template: "access-keys", title: "Access keys", status: p.status(), session: &p.Session, script: true}
}

// RoleCredentials are temporary credentials of a role.
type RoleCredentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
	Expires         time.Time
}

// EnvironmentBlock is a text to paste into one kind of shell.
type EnvironmentBlock struct {
	ID    string // unique on the page
	Shell string
	Text  string
}

// Environment is the credentials as environment variables, for each shell. The
// values are base64 or alphanumeric, so that quotes are all the escaping needed.
func (p AccessKeys) Environment() []EnvironmentBlock {
	if p.Credentials == nil {
		return nil
	}
	variables := [][2]string{
		{"AWS_ACCESS_KEY_ID", p.Credentials.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", p.Credentials.SecretAccessKey},
		{"AWS_SESSION_TOKEN", p.Credentials.SessionToken},
	}
	for _, v := range [][2]string{{"AWS_REGION", p.Region}, {"AWS_ENDPOINT_URL", p.Endpoint}} {
		if v[1] != "" {
			variables = append(variables, v)
		}
	}
	return []EnvironmentBlock{
		{ID: "bash", Shell: "bash, zsh", Text: lines(`export %s="%s"`, variables)},
		{ID: "powershell", Shell: "PowerShell", Text: lines(`$Env:%s="%s"`, variables)},
		{ID: "cmd", Shell: "cmd", Text: lines(`SET %s=%s`, variables)},
	}
}

// CredentialsFile is the credentials as a section of ~/.aws/credentials.
func (p AccessKeys) CredentialsFile() string {
	if p.Credentials == nil {
		return ""
	}
	name := p.Account.ID + "_" + p.Role.Name
	return fmt.Sprintf("[%s]\n", name) + lines("%s=%s", [][2]string{
		{"aws_access_key_id", p.Credentials.AccessKeyID},
		{"aws_secret_access_key", p.Credentials.SecretAccessKey},
		{"aws_session_token", p.Credentials.SessionToken},
	})
}

func lines(format string, variables [][2]string) string {
	var b strings.Builder
	for _, v := range variables {
		fmt.Fprintf(&b, format+"\n", v[0], v[1])
	}
	return b.String()
}
