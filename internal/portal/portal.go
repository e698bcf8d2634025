package portal

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

// Door serves the portal. All fields are required.
type Door struct {
	Site         *webui.Site
	Sessions     *session.Service
	STS          *sts.Service
	Applications *application.Service
	Clock        clock.Clock
	Instance     *idc.Instance
	BaseURL      string
	// Mint mints credentials in the person's name through GetRoleCredentials.
	Mint func(ctx context.Context, caller idc.Caller, accountID, roleName string) (*idc.Credentials, error)
}

const (
	home     = "/start"
	keysPath = "/start/keys"
	signIn   = "/signin"
	signOut  = "/signout"
	// openUpTo is how many accounts show their roles at once.
	openUpTo = 4
)

// Register adds the portal's pages to the site.
func (d *Door) Register() {
	d.Site.Handle("GET /{$}", func(*http.Request) (webui.Reply, error) { return webui.Redirect(home), nil })
	d.Site.Handle("GET "+home, d.start)
	d.Site.Handle("GET "+home+"/{$}", func(*http.Request) (webui.Reply, error) { return webui.Redirect(home), nil })
	d.Site.Handle("GET "+keysPath, d.showKeys)
	d.Site.Handle("POST "+keysPath, d.mintKeys)
}

// start shows the accounts. A HEAD comes from AWS CLIs that check whether the
// start URL leads to an AWS host; the answer is never followed.
func (d *Door) start(r *http.Request) (webui.Reply, error) {
	if r.Method == http.MethodHead {
		to, err := url.Parse(session.StartURL(d.Instance))
		if err != nil {
			return webui.Reply{}, err
		}
		return webui.RedirectOut(to), nil
	}
	in, reply, err := d.who(r)
	if in == nil {
		return reply, err
	}
	access, err := d.STS.ListAccess(r.Context(), in.User.ID)
	if err != nil {
		return webui.Reply{}, err
	}
	applications, err := d.Applications.OfUser(r.Context(), in.User.ID, d.Clock.Now())
	if err != nil {
		return webui.Reply{}, err
	}
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	page := webui.Portal{Session: header(in), Query: query, Total: len(access), TotalApplications: len(applications), SearchURL: home}
	for _, a := range applications {
		if contains(query, a.Name, a.Description) {
			page.Applications = append(page.Applications, webui.PortalApplication{Name: a.Name, Description: a.Description, URL: link(a.Portal.SignInURL)})
		}
	}
	for _, a := range access {
		if row := accountRow(a); matches(row, query) {
			page.Accounts = append(page.Accounts, row)
		}
	}
	for i := range page.Accounts {
		page.Accounts[i].Open = len(page.Accounts) <= openUpTo
	}
	return webui.Show(page), nil
}

// link is the address behind an application's button; none for what is no web page.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return address
}

// who returns the signed-in person; in is nil when the reply or error is the answer.
func (d *Door) who(r *http.Request) (in *session.SignedIn, reply webui.Reply, err error) {
	in, err = d.Sessions.Session(r.Context(), d.Site.ReadCookie(r, session.Cookie))
	if err == nil {
		return in, webui.Reply{}, nil
	}
	if idc.KindOf(err) != idc.Unauthenticated {
		return nil, webui.Reply{}, err
	}
	back := home
	if r.Method == http.MethodGet {
		back = r.URL.RequestURI()
	}
	return nil, webui.Redirect(signIn + "?" + url.Values{"return": {back}}.Encode()), nil
}

func header(in *session.SignedIn) webui.Session {
	return webui.Session{Username: in.User.UserName, DisplayName: in.User.DisplayName, Ends: in.Session.ExpiresAt,
		SignOutURL: signOut, HomeURL: home}
}

func accountRow(a sts.Access) webui.PortalAccount {
	row := webui.PortalAccount{ID: a.Account.ID, Name: a.Account.Name, Email: a.Account.Email}
	for _, e := range a.Roles {
		row.Roles = append(row.Roles, roleOf(a.Account.ID, e))
	}
	return row
}

func roleOf(accountID string, e sts.Entry) webui.PortalRole {
	query := url.Values{"account_id": {accountID}, "role_name": {e.Name}}
	row := webui.PortalRole{Name: e.Name, Description: e.Description, ARN: e.RoleARN, Ends: e.EndsAt, KeysURL: keysPath + "?" + query.Encode()}
	if _, _, name, err := arn.ParseRole(e.RoleARN); err == nil {
		row.Name = name // where a permission set has the name, the role is asked for by its ARN
	}
	return row
}

// matches searches name, id, e-mail address and roles, without regard to case.
func matches(a webui.PortalAccount, query string) bool {
	text := []string{a.Name, a.ID, a.Email}
	for _, r := range a.Roles {
		text = append(text, r.Name)
	}
	return contains(query, text...)
}

func contains(query string, text ...string) bool {
	return strings.Contains(strings.ToLower(strings.Join(text, "\n")), strings.ToLower(query))
}
