package consolelink

import (
	"net/http"
	"regexp"

	"github.com/gatehouse-idc/gatehouse/internal/awsconfig"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

// login shows what a console link stands for. A HEAD, as link previews send it, is no sign-in and is not recorded.
func (d *Door) login(r *http.Request) (webui.Reply, error) {
	if err := d.Admit(reqctx.From(r.Context()).ClientIP, awsedge.BudgetOpen); err != nil {
		return webui.Reply{}, err
	}
	query := r.URL.Query()
	if query.Get("Action") != actionLogin {
		return webui.Reply{}, idc.Errorf(idc.Invalid, "Action must be %s or %s.", actionToken, actionLogin)
	}
	destination, err := d.destination(query.Get("Destination"))
	if err != nil {
		return webui.Reply{}, err
	}
	caller, err := d.redeem(r.Context(), query.Get("SigninToken"))
	if err != nil {
		return webui.Reply{}, err
	}
	of, err := d.Accounts.Get(r.Context(), caller.AccountID)
	if err != nil {
		return webui.Reply{}, err
	}
	if of.State != idc.AccountActive {
		err = idc.Errorf(idc.Denied, "The account is not active.")
	}
	if r.Method != http.MethodHead {
		if recorded := d.record(r, eventLogin, caller, err); recorded != nil {
			return webui.Reply{}, recorded
		}
	}
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Show(d.page(of, caller, destination)), nil
}

// reserved is the name of a permission set's role.
var reserved = regexp.MustCompile(`^AWSReservedSSO_(.+)_[0-9a-f]{16}$`)

func (d *Door) page(of *idc.Account, caller idc.Caller, destination string) webui.ConsoleLink {
	base := d.Public.String()
	page := webui.ConsoleLink{
		AccountID: of.ID, AccountName: of.Name, RoleName: caller.RoleName, SessionName: caller.SessionName,
		Expires: caller.ExpiresAt, Destination: destination, PortalURL: base + "/start", Endpoint: base,
	}
	name := reserved.FindStringSubmatch(caller.RoleName)
	if name == nil {
		return page
	}
	page.RoleName = name[1]
	page.ProfileName = awsconfig.ProfileName(of.Name, name[1])
	page.Profile = awsconfig.Text(awsconfig.Session{
		Name: awsconfig.ProfileName(d.Instance.StartURLAlias), StartURL: session.StartURL(d.Instance), Region: d.Instance.Region, Endpoint: base,
	}, awsconfig.Profile{Name: page.ProfileName, AccountID: of.ID, RoleName: name[1]})
	return page
}
