package signin

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

// position is the flow of a request, with its user and the browser's secret.
type position struct {
	flow   *idc.SigninFlow
	user   *idc.User
	secret string
}

// locate finds the flow that a request belongs to. When the flow is over, or stands at another step than the
// page is for, reply says where the browser goes instead.
func (d *Door) locate(r *http.Request, step idc.SigninStep) (at *position, reply webui.Reply, err error) {
	secret := d.Site.ReadCookie(r, browserCookie)
	flow, user, err := d.Authn.Flow(r.Context(), r.Form.Get("flow"), secret)
	if idc.KindOf(err) == idc.Expired {
		return nil, webui.Redirect("/signin?over"), nil
	}
	if err != nil {
		return nil, webui.Reply{}, err
	}
	if flow.Step != step && flow.Step != idc.SigninDone {
		reply, err = d.proceed(r, flow, secret)
		return nil, reply, err
	}
	return &position{flow: flow, user: user, secret: secret}, webui.Reply{}, nil
}

// located is locate for a GET, whose form is not parsed yet.
func (d *Door) located(r *http.Request, step idc.SigninStep) (*position, webui.Reply, error) {
	r.Form = r.URL.Query()
	return d.locate(r, step)
}

// form is the form of a step: it carries the flow.
func (p *position) form(action string) webui.Form {
	return webui.Form{Action: action, Hidden: []webui.Hidden{{Name: "flow", Value: p.flow.ID}}}
}

func (p *position) restartURL() string {
	return "/signin?" + url.Values{"return": {p.flow.ReturnTo}, "again": {""}}.Encode()
}

// after ends a step: on success the flow says what is next, a failure shows the page again.
func (d *Door) after(r *http.Request, at *position, flow *idc.SigninFlow, err error, again func(problem string) (webui.Page, error)) (webui.Reply, error) {
	if err == nil {
		return d.proceed(r, flow, at.secret)
	}
	if idc.KindOf(err) == idc.Expired {
		return webui.Redirect("/signin?over"), nil
	}
	problem, status, ok := retry(err)
	if !ok {
		return webui.Reply{}, err
	}
	page, err := again(problem)
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Show(page).WithStatus(status), nil
}

// The second factor.

func (d *Door) factorPage(r *http.Request, at *position, problem string) (webui.Page, error) {
	devices, err := d.Authn.Devices(r.Context(), at.user.ID)
	if err != nil {
		return nil, err
	}
	page := webui.Factor{Form: at.form("/signin/factor"), Username: at.user.UserName, RestartURL: at.restartURL()}
	if len(devices) == 1 {
		page.Device = devices[0].Name
	}
	page.Problem, page.ProblemField = problem, "otp"
	return page, nil
}

func (d *Door) showFactor(r *http.Request) (webui.Reply, error) {
	at, reply, err := d.located(r, idc.SigninFactor)
	if err != nil || at == nil {
		return reply, err
	}
	page, err := d.factorPage(r, at, "")
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Show(page), nil
}

func (d *Door) factor(r *http.Request) (webui.Reply, error) {
	at, reply, err := d.locate(r, idc.SigninFactor)
	if err != nil || at == nil {
		return reply, err
	}
	ctx := r.Context()
	flow, err := d.Authn.Factor(ctx, d.change(ctx, at.user.ID), at.flow.ID, at.secret, r.PostForm.Get("otp"))
	return d.after(r, at, flow, err, func(problem string) (webui.Page, error) { return d.factorPage(r, at, problem) })
}

// The enrolment.

func (d *Door) enrolPage(at *position, problem, field, name string) (webui.Page, error) {
	offer, err := d.Authn.Enrolment(at.flow, at.user)
	if err != nil {
		return nil, err
	}
	page := webui.Enrolment{
		Form: at.form("/signin/enrol"), Username: at.user.UserName, QR: offer.QR, SecretText: offer.Secret,
		DeviceName: name, RestartURL: at.restartURL(),
	}
	page.Problem, page.ProblemField = problem, field
	return page, nil
}

func (d *Door) showEnrol(r *http.Request) (webui.Reply, error) {
	at, reply, err := d.located(r, idc.SigninEnrol)
	if err != nil || at == nil {
		return reply, err
	}
	page, err := d.enrolPage(at, "", "", "")
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Show(page), nil
}

func (d *Door) enrol(r *http.Request) (webui.Reply, error) {
	at, reply, err := d.locate(r, idc.SigninEnrol)
	if err != nil || at == nil {
		return reply, err
	}
	ctx, name := r.Context(), r.PostForm.Get("device_name")
	flow, err := d.Authn.Enrol(ctx, d.change(ctx, at.user.ID), at.flow.ID, at.secret, r.PostForm.Get("otp"), name)
	field := "otp"
	if idc.KindOf(err) == idc.Invalid {
		field = "device_name"
	}
	return d.after(r, at, flow, err, func(problem string) (webui.Page, error) { return d.enrolPage(at, problem, field, name) })
}

// The new password.

func newPasswordPage(at *position, problem, field string) webui.Page {
	page := webui.SetPassword{
		Form: at.form("/signin/new-password"), Reason: webui.PasswordMustChange, Username: at.user.UserName, MinLength: authn.MinPassword,
	}
	page.Problem, page.ProblemField = problem, field
	return page
}

const notTheSame = "The two passwords are not the same."

func (d *Door) showNewPassword(r *http.Request) (webui.Reply, error) {
	at, reply, err := d.located(r, idc.SigninNewPassword)
	if err != nil || at == nil {
		return reply, err
	}
	return webui.Show(newPasswordPage(at, "", "")), nil
}

func (d *Door) newPassword(r *http.Request) (webui.Reply, error) {
	at, reply, err := d.locate(r, idc.SigninNewPassword)
	if err != nil || at == nil {
		return reply, err
	}
	if r.PostForm.Get("new_password") != r.PostForm.Get("confirm_password") {
		return webui.Show(newPasswordPage(at, notTheSame, "confirm_password")), nil
	}
	ctx := r.Context()
	flow, err := d.Authn.NewPassword(ctx, d.change(ctx, at.user.ID), at.flow.ID, at.secret, r.PostForm.Get("new_password"))
	return d.after(r, at, flow, err, func(problem string) (webui.Page, error) { return newPasswordPage(at, problem, "new_password"), nil })
}

// The one-time link.

func linkPage(link *idc.OneTimeLink, user *idc.User, token, problem, field string) webui.Page {
	page := webui.SetPassword{
		Form:   webui.Form{Action: "/signin/link/" + url.PathEscape(token), Problem: problem, ProblemField: field},
		Reason: webui.PasswordInvitation, Username: user.UserName, MinLength: authn.MinPassword,
	}
	if link.Purpose == authn.LinkFirstAdministrator {
		page.Reason = webui.PasswordFirstAdministrator
	}
	return page
}

func (d *Door) showLink(r *http.Request) (webui.Reply, error) {
	token := r.PathValue("token")
	link, user, err := d.Authn.Link(r.Context(), token)
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Show(linkPage(link, user, token, "", "")), nil
}

func (d *Door) link(r *http.Request) (webui.Reply, error) {
	ctx, token := r.Context(), r.PathValue("token")
	link, user, err := d.Authn.Link(ctx, token)
	if err != nil {
		return webui.Reply{}, err
	}
	password := r.PostForm.Get("new_password")
	if password != r.PostForm.Get("confirm_password") {
		return webui.Show(linkPage(link, user, token, notTheSame, "confirm_password")), nil
	}
	secret, reply := d.browser(r)
	flow, err := d.Authn.UseLink(ctx, d.change(ctx, user.ID), token, password, authn.FromRequest(ctx, secret, home))
	if idc.KindOf(err) == idc.Invalid {
		return webui.Show(linkPage(link, user, token, idc.PublicMessage(err), "new_password")), nil
	}
	if err != nil {
		return webui.Reply{}, err
	}
	next, err := d.proceed(r, flow, secret)
	return reply(next), err
}

// browser returns the secret that binds flows to the browser. When it is new, the second value adds its
// cookie to a reply.
func (d *Door) browser(r *http.Request) (secret string, with func(webui.Reply) webui.Reply) {
	// A shorter value is not one of ours.
	if secret = d.Site.ReadCookie(r, browserCookie); len(secret) >= 43 {
		return secret, func(reply webui.Reply) webui.Reply { return reply }
	}
	secret = d.IDs.Token("")
	cookie := d.Site.Cookie(browserCookie, secret, time.Time{})
	return secret, func(reply webui.Reply) webui.Reply { return reply.WithCookie(cookie) }
}
