package signin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

const consentPath = "/authorize/consent"

// showDevice asks for the code. A code in the address is filled in; the person still has to send it.
func (d *Door) showDevice(r *http.Request) (webui.Reply, error) {
	in, err := d.signedIn(r)
	if err != nil {
		return webui.Reply{}, err
	}
	if in == nil {
		return toSignIn(r), nil
	}
	return webui.Show(webui.DeviceCode{
		Form: webui.Form{Action: "/device"}, UserCode: session.NormalizeUserCode(r.URL.Query().Get("user_code")), Username: in.User.UserName,
	}), nil
}

// device shows the request behind a code.
func (d *Door) device(r *http.Request) (webui.Reply, error) {
	in, err := d.signedIn(r)
	if err != nil {
		return webui.Reply{}, err
	}
	if in == nil {
		return toDevice(r), nil
	}
	ctx, typed := r.Context(), r.PostForm.Get("user_code")
	pending, err := d.Sessions.LookupDevice(ctx, d.change(ctx, in.User.ID), in.Session.ID, typed)
	if err != nil {
		return deviceAgain(in, typed, err)
	}
	device := pending.Device
	page := d.consent(r, in, pending.Client)
	page.Form = webui.Form{Action: "/device/decide", Hidden: []webui.Hidden{{Name: "user_code", Value: device.UserCode}}}
	page.UserCode, page.Expires = device.UserCode, device.ExpiresAt
	page.Origin = webui.Origin{IP: device.ClientIP, UserAgent: device.UserAgent, At: device.CreatedAt}
	page.SwitchURL = switchURL("/device?" + url.Values{"user_code": {device.UserCode}}.Encode())
	return webui.Show(page), nil
}

// toDevice leads a person whose session ended meanwhile through the sign-in, back to the code.
func toDevice(r *http.Request) webui.Reply {
	back := "/device?" + url.Values{"user_code": {session.NormalizeUserCode(r.PostForm.Get("user_code"))}}.Encode()
	return webui.Redirect("/signin?" + url.Values{"return": {back}}.Encode())
}

func deviceAgain(in *session.SignedIn, typed string, err error) (webui.Reply, error) {
	problem, status, ok := retry(err)
	if !ok {
		return webui.Reply{}, err
	}
	return webui.Show(webui.DeviceCode{
		Form:     webui.Form{Action: "/device", Problem: problem, ProblemField: "user_code"},
		UserCode: typed, Username: in.User.UserName,
	}).WithStatus(status), nil
}

// decision reads the answer of an approval form.
func decision(r *http.Request) (allow bool, err error) {
	switch r.PostForm.Get("decision") {
	case "allow":
		return true, nil
	case "deny":
		return false, nil
	}
	return false, idc.Errorf(idc.Invalid, "The decision must be allow or deny. Nothing was changed.")
}

func (d *Door) decideDevice(r *http.Request) (webui.Reply, error) {
	allow, err := decision(r)
	if err != nil {
		return webui.Reply{}, err
	}
	in, err := d.signedIn(r)
	if err != nil {
		return webui.Reply{}, err
	}
	if in == nil {
		return toDevice(r), nil
	}
	ctx, code := r.Context(), r.PostForm.Get("user_code")
	client, err := d.Sessions.DecideDevice(ctx, d.change(ctx, in.User.ID), in.Session.ID, code, allow)
	if err != nil {
		return deviceAgain(in, code, err)
	}
	return webui.Show(webui.Outcome{Allowed: allow, Client: clientOf(client), PortalURL: home}), nil
}

// authorize takes a request of /authorize. AWS's CLI says scopes, others say scope (RFC 6749 section 3.3).
func (d *Door) authorize(r *http.Request) (webui.Reply, error) {
	query := r.URL.Query()
	for name, values := range query {
		if len(values) > 1 { // RFC 6749 section 3.1
			return webui.Reply{}, idc.Errorf(idc.Invalid, "The parameter %q comes more than once.", webui.Visible(name))
		}
	}
	ctx := r.Context()
	if err := d.Admit(ctx); err != nil {
		return webui.Reply{}, err
	}
	request, answer, err := d.Sessions.BeginAuthorization(ctx, d.change(ctx, ""), session.Authorize{
		ResponseType: query.Get("response_type"), ClientID: query.Get("client_id"), RedirectURI: query.Get("redirect_uri"),
		State: query.Get("state"), CodeChallenge: query.Get("code_challenge"), CodeChallengeMethod: query.Get("code_challenge_method"),
		Scopes: strings.Fields(query.Get("scopes") + " " + query.Get("scope")),
	})
	if answer != nil {
		return webui.RedirectOut(answer), nil
	}
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Redirect(consentPath + "?" + url.Values{"request": {request.ID}}.Encode()), nil
}

func (d *Door) showConsent(r *http.Request) (webui.Reply, error) {
	in, err := d.signedIn(r)
	if err != nil {
		return webui.Reply{}, err
	}
	if in == nil {
		return toSignIn(r), nil
	}
	pending, err := d.Sessions.Authorization(r.Context(), r.URL.Query().Get("request"))
	if err != nil {
		return webui.Reply{}, err
	}
	request := pending.Request
	page := d.consent(r, in, pending.Client)
	page.Form = webui.Form{Action: "/authorize/decide", Hidden: []webui.Hidden{{Name: "request", Value: request.ID}}}
	page.RedirectURI, page.Expires = request.RedirectURI, request.ExpiresAt
	page.Origin = webui.Origin{IP: request.ClientIP, UserAgent: request.UserAgent, At: request.CreatedAt}
	page.SwitchURL = switchURL(r.URL.RequestURI())
	return webui.Show(page), nil
}

func (d *Door) decideAuthorization(r *http.Request) (webui.Reply, error) {
	allow, err := decision(r)
	if err != nil {
		return webui.Reply{}, err
	}
	in, err := d.signedIn(r)
	if err != nil {
		return webui.Reply{}, err
	}
	id := r.PostForm.Get("request")
	if in == nil {
		back := consentPath + "?" + url.Values{"request": {id}}.Encode()
		return webui.Redirect("/signin?" + url.Values{"return": {back}}.Encode()), nil
	}
	ctx := r.Context()
	to, err := d.Sessions.DecideAuthorization(ctx, d.change(ctx, in.User.ID), in.Session.ID, id, allow)
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.RedirectOut(to), nil
}

// consent is what both kinds of approval show.
func (d *Door) consent(r *http.Request, in *session.SignedIn, client *idc.Client) webui.Consent {
	return webui.Consent{
		Username: in.User.UserName, DisplayName: in.User.DisplayName, Client: clientOf(client),
		Grants: grants(client, in.Session.ExpiresAt), YourIP: reqctx.From(r.Context()).ClientIP,
	}
}

func switchURL(back string) string {
	return "/signin?" + url.Values{"return": {back}, "again": {""}}.Encode()
}

func clientOf(c *idc.Client) webui.Client { return webui.Client{Name: c.Name, Registered: c.CreatedAt} }

// grants says in words what a client gets.
func grants(client *idc.Client, sessionEnds time.Time) []string {
	until := "until your session ends on " + sessionEnds.UTC().Format("2 January 2006 at 15:04 UTC") + ", unless you sign out before"
	list := []string{
		"See the AWS accounts and roles you have access to",
		"Get temporary credentials for each of these roles, in your name",
	}
	if slices.Contains(client.Scopes, session.ScopeAccountAccess) || slices.Contains(client.Scopes, session.ScopePortal) {
		return append(list, "Renew this access by itself "+until)
	}
	return append(list, "Keep this access "+until)
}
