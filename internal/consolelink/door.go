package consolelink

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

// Path is the address of this door.
const Path = "/federation"

// Door answers console links. All fields are required.
type Door struct {
	Site     *webui.Site
	Accounts *account.Service
	Clock    clock.Clock
	Log      *slog.Logger
	Instance *idc.Instance
	Public   *url.URL     // the address of this server
	Ring     *sealed.Ring // of session tokens

	// Open verifies a session token and gives its secret and whom it stands for (sts.Service.Open).
	Open func(ctx context.Context, accessKeyID, sessionToken string) (secret string, caller idc.Caller, err error)
	// Admit asks whether an address has anything left of a budget.
	Admit func(address string, budget awsedge.Budget) error
	// Record makes an event durable in the trail (audit.Service.Record).
	Record func(ctx context.Context, c audit.Call) error
}

// Handler serves Path: sign-in tokens to programs, and the page to people.
func (d *Door) Handler() http.Handler {
	d.Site.Handle("GET "+Path, d.login)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A form is how large sessions are sent. A browser that was made to send one from another site gets
		// nothing that the site could read.
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if asksForToken(r) {
			d.getSigninToken(w, r)
			return
		}
		d.Site.ServeHTTP(w, r)
	})
}

// maxForm bounds a form in bytes: three credentials, the longest a session token, percent-encoded.
const maxForm = 64 << 10

func asksForToken(r *http.Request) bool {
	if r.Method == http.MethodPost {
		// What cannot be read has no Action and gets the page that says so.
		return r.ParseForm() == nil && r.Form.Get("Action") == actionToken
	}
	return r.Method == http.MethodGet && r.URL.Query().Get("Action") == actionToken
}

// The values of Action.
const (
	actionToken = "getSigninToken"
	actionLogin = "login"
)

// typeConsoleSignIn is CloudTrail's event type of both steps.
const typeConsoleSignIn = "AwsConsoleSignIn"

// record puts a step of a known session into the account's trail ("AWS Management Console sign-in events",
// "Example sign-in events in CloudTrail log").
func (d *Door) record(r *http.Request, name string, caller idc.Caller, failure error) error {
	info := reqctx.From(r.Context())
	elements := map[string]any{name: "Success"}
	mfa := "No"
	if caller.MFA {
		mfa = "Yes"
	}
	c := audit.Call{
		Time: d.Clock.Now(), RequestID: info.RequestID, Name: name, Source: audit.SourceSignin, Type: typeConsoleSignIn,
		Caller: caller, Region: info.Region, ClientIP: info.ClientIP, UserAgent: info.UserAgent, Host: r.Host,
		RecipientAccountID: caller.AccountID, ResponseElements: elements,
		AdditionalEventData: map[string]string{"MobileVersion": "No", "MFAUsed": mfa},
	}
	switch {
	case failure != nil:
		elements[name] = "Failure"
		c.ErrorMessage = idc.PublicMessage(failure)
	case name == eventToken:
		elements["credentials"] = map[string]string{"accessKeyId": caller.AccessKeyID}
	}
	return d.Record(r.Context(), c)
}

// The names of the two events.
const (
	eventToken = "GetSigninToken"
	eventLogin = "ConsoleLogin"
)
