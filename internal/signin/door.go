package signin

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

const (
	// browserCookie binds flows to the browser that began them. It proves nothing by itself.
	browserCookie = "gatehouse-browser"
	home          = "/start"
)

// Door serves the pages of signing in and approving. All fields are required.
type Door struct {
	Site     *webui.Site
	Authn    *authn.Service
	Sessions *session.Service
	Clock    clock.Clock
	IDs      *ids.Source
	// IdentityStoreID is where the people are who sign in here: the organization's.
	IdentityStoreID string
	// Admit refuses a request of /authorize from an address that sends too many (Throttled): each is kept, and
	// nobody has proven anything yet.
	Admit func(ctx context.Context) error
}

// Register puts the pages on the site.
func (d *Door) Register() {
	for pattern, handler := range map[string]webui.Handler{
		"GET /signin":               d.showSignIn,
		"POST /signin":              d.signIn,
		"GET /signin/factor":        d.showFactor,
		"POST /signin/factor":       d.factor,
		"GET /signin/enrol":         d.showEnrol,
		"POST /signin/enrol":        d.enrol,
		"GET /signin/new-password":  d.showNewPassword,
		"POST /signin/new-password": d.newPassword,
		"GET /signin/link/{token}":  d.showLink,
		"POST /signin/link/{token}": d.link,
		"GET /device":               d.showDevice,
		"POST /device":              d.device,
		"POST /device/decide":       d.decideDevice,
		"GET /authorize":            d.authorize,
		"GET /authorize/consent":    d.showConsent,
		"POST /authorize/decide":    d.decideAuthorization,
		"POST /signout":             d.signOut,
	} {
		d.Site.Handle(pattern, handler)
	}
}

// change is the change set of a request; userID is empty before the sign-in.
func (d *Door) change(ctx context.Context, userID string) idc.ChangeSet {
	change := idc.ChangeSet{ID: reqctx.From(ctx).RequestID, At: d.Clock.Now(), Actor: "anonymous", UserID: userID, Door: "signin"}
	change.RequestID = change.ID
	if change.ID == "" {
		change.ID = d.IDs.UUID()
	}
	if userID != "" {
		change.Actor = "user/" + userID
	}
	return change
}

// signedIn returns the session of the request's cookie, or nil.
func (d *Door) signedIn(r *http.Request) (*session.SignedIn, error) {
	in, err := d.Sessions.Session(r.Context(), d.Site.ReadCookie(r, session.Cookie))
	if idc.KindOf(err) == idc.Unauthenticated {
		return nil, nil
	}
	return in, err
}

// toSignIn sends the browser to the sign-in and back to where it wanted to go.
func toSignIn(r *http.Request) webui.Reply {
	return webui.Redirect("/signin?" + url.Values{"return": {r.URL.RequestURI()}}.Encode())
}

// retry shows a form again with what was wrong, when the person can do something about it. Other errors are
// for the error page.
func retry(err error) (problem string, status int, ok bool) {
	switch idc.KindOf(err) {
	case idc.Invalid, idc.Unauthenticated, idc.NotFound, idc.QuotaExceeded:
		return idc.PublicMessage(err), http.StatusBadRequest, true
	case idc.Throttled:
		return idc.PublicMessage(err), http.StatusTooManyRequests, true
	case idc.Expired, idc.Conflict:
		return idc.PublicMessage(err), http.StatusConflict, true
	}
	return "", 0, false
}
