package portal

import (
	"net/http"

	"github.com/gatehouse-idc/gatehouse/internal/awsconfig"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

func (d *Door) showKeys(r *http.Request) (webui.Reply, error) {
	in, reply, err := d.who(r)
	if in == nil {
		return reply, err
	}
	page, _, err := d.keysPage(r, in)
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Show(page), nil
}

// mintKeys shows the page with new credentials. It answers the form itself and
// does not redirect: credentials are shown once and kept nowhere.
func (d *Door) mintKeys(r *http.Request) (webui.Reply, error) {
	in, reply, err := d.who(r)
	if in == nil {
		return reply, err
	}
	page, roleName, err := d.keysPage(r, in)
	if err != nil {
		return webui.Reply{}, err
	}
	caller, err := d.Sessions.Caller(r.Context(), in)
	if err != nil {
		return webui.Reply{}, err
	}
	creds, err := d.Mint(r.Context(), caller, page.Account.ID, roleName)
	if err != nil {
		return webui.Reply{}, err
	}
	page.Credentials = &webui.RoleCredentials{AccessKeyID: creds.AccessKeyID, SecretAccessKey: creds.SecretAccessKey,
		SessionToken: creds.SessionToken, Expires: creds.ExpiresAt}
	return webui.Show(page), nil
}

// keysPage is the page of a role that the person may use, with the name by which its
// credentials are asked for.
func (d *Door) keysPage(r *http.Request, in *session.SignedIn) (page webui.AccessKeys, roleName string, err error) {
	accountID, roleName := r.URL.Query().Get("account_id"), r.URL.Query().Get("role_name")
	access, err := d.STS.ListAccess(r.Context(), in.User.ID)
	if err != nil {
		return webui.AccessKeys{}, "", err
	}
	for _, a := range access {
		if a.Account.ID != accountID {
			continue
		}
		for _, e := range a.Roles {
			if e.Name == roleName {
				return d.fill(in, accountRow(a), roleOf(a.Account.ID, e), roleName), roleName, nil
			}
		}
	}
	return webui.AccessKeys{}, "", idc.Errorf(idc.NotFound, "You have no such role, or no longer.")
}

func (d *Door) fill(in *session.SignedIn, account webui.PortalAccount, role webui.PortalRole, roleName string) webui.AccessKeys {
	name := awsconfig.ProfileName(account.Name, role.Name)
	shared := awsconfig.Session{
		Name: awsconfig.ProfileName(d.Instance.StartURLAlias), StartURL: session.StartURL(d.Instance),
		Region: d.Instance.Region, Endpoint: d.BaseURL,
	}
	return webui.AccessKeys{
		Form: webui.Form{Action: role.KeysURL}, Session: header(in), BackURL: home, Account: account, Role: role,
		ProfileName: name, Region: d.Instance.Region, Endpoint: d.BaseURL,
		Profile: awsconfig.Text(shared, awsconfig.Profile{Name: name, AccountID: account.ID, RoleName: roleName}),
	}
}
