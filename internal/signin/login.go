package signin

import (
	"net/http"
	"net/url"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

// longestReturn bounds the return address that a flow keeps.
const longestReturn = 4096

func returnPath(raw string) string {
	if len(raw) > longestReturn {
		return home
	}
	return webui.ReturnPath(raw, home)
}

// flowOver is what a person is told who comes back to a flow that ended.
const flowOver = "The sign-in took too long or was finished already. Start again."

// showSignIn shows the first page. Who is signed in already goes on, unless another person wants to ("again").
func (d *Door) showSignIn(r *http.Request) (webui.Reply, error) {
	query := r.URL.Query()
	in, err := d.signedIn(r)
	if err != nil {
		return webui.Reply{}, err
	}
	to := returnPath(query.Get("return"))
	if in != nil && !query.Has("again") {
		return webui.Redirect(to), nil
	}
	page := d.signInPage(r, to)
	if query.Has("over") {
		page.Notice = flowOver
	}
	return webui.Show(page), nil
}

func (d *Door) signInPage(r *http.Request, to string) webui.SignIn {
	return webui.SignIn{
		Form: webui.Form{Action: "/signin", Hidden: []webui.Hidden{{Name: "return", Value: to}}},
		For:  d.waitingClient(r, to),
	}
}

// waitingClient names the program that waits at the return address, "" when there is none.
func (d *Door) waitingClient(r *http.Request, to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Path != consentPath {
		return ""
	}
	pending, err := d.Sessions.Authorization(r.Context(), u.Query().Get("request"))
	if err != nil {
		return "" // the consent page will say what is wrong
	}
	return pending.Client.Name
}

// signIn judges user name and password and begins the flow.
func (d *Door) signIn(r *http.Request) (webui.Reply, error) {
	ctx, form := r.Context(), r.PostForm
	to := returnPath(form.Get("return"))
	secret, reply := d.browser(r)
	flow, err := d.Authn.Password(ctx, d.change(ctx, ""), d.IdentityStoreID, form.Get("username"), form.Get("password"), authn.FromRequest(ctx, secret, to))
	if err != nil {
		problem, status, ok := retry(err)
		if !ok {
			return webui.Reply{}, err
		}
		page := d.signInPage(r, to)
		page.Username, page.Problem, page.ProblemField = form.Get("username"), problem, "password"
		return webui.Show(page).WithStatus(status), nil
	}
	next, err := d.proceed(r, flow, secret)
	return reply(next), err
}

// signOut ends the session of the browser, and all that descends from it.
func (d *Door) signOut(r *http.Request) (webui.Reply, error) {
	in, err := d.signedIn(r)
	if err != nil {
		return webui.Reply{}, err
	}
	if in != nil {
		if err := d.Sessions.SignOut(r.Context(), d.change(r.Context(), in.User.ID), in.Session.ID); err != nil {
			return webui.Reply{}, err
		}
	}
	return webui.Show(webui.SignedOut{SignInURL: "/signin"}).WithCookie(d.Site.ClearCookie(session.Cookie)), nil
}

// proceed sends the browser to where its flow stands. It is the end of every step, and the only place that
// knows their pages.
func (d *Door) proceed(r *http.Request, flow *idc.SigninFlow, secret string) (webui.Reply, error) {
	at := "?" + url.Values{"flow": {flow.ID}}.Encode()
	switch flow.Step {
	case idc.SigninNewPassword:
		return webui.Redirect("/signin/new-password" + at), nil
	case idc.SigninFactor:
		return webui.Redirect("/signin/factor" + at), nil
	case idc.SigninEnrol:
		return webui.Redirect("/signin/enrol" + at), nil
	}
	ctx := r.Context()
	in, cookie, to, err := d.Sessions.SignIn(ctx, d.change(ctx, flow.UserID), flow.ID, secret)
	if idc.KindOf(err) == idc.Expired {
		return webui.Redirect("/signin?over"), nil
	}
	if err != nil {
		return webui.Reply{}, err
	}
	return webui.Redirect(returnPath(to)).WithCookie(d.Site.Cookie(session.Cookie, cookie, in.Session.ExpiresAt)), nil
}
