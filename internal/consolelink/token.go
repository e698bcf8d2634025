package consolelink

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
)

// lifetime is how long a sign-in token can be used.
const lifetime = 15 * time.Minute

// The bounds of SessionDuration, in seconds.
const (
	shortestSession = 900
	longestSession  = 43200
)

// signinToken is the content of a sign-in token.
type signinToken struct {
	AccessKeyID  string `json:"k"`
	SessionToken string `json:"t"`
	ExpiresAt    int64  `json:"e"` // Unix seconds
}

// tokenAAD keeps sign-in tokens apart from session tokens.
var tokenAAD = sealed.Token("console-signin")

// credentials is the parameter Session.
type credentials struct {
	SessionID    string `json:"sessionId"`
	SessionKey   string `json:"sessionKey"`
	SessionToken string `json:"sessionToken"`
}

func invalidSession() *idc.Error {
	return idc.Errorf(idc.Invalid, "The session is not valid: it must hold the credentials of a role session that has not ended.")
}

// getSigninToken answers programs: JSON when it works, one line of text when it does not.
func (d *Door) getSigninToken(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	form := r.URL.Query()
	if r.Method == http.MethodPost {
		form = r.Form
	}
	token, err := d.issue(r, form)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	body, err := json.Marshal(map[string]string{"SigninToken": token})
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	h.Set("Content-Type", "application/json")
	if _, err := w.Write(body); err != nil {
		d.Log.DebugContext(r.Context(), "sign-in token not delivered", "request_id", reqctx.From(r.Context()).RequestID, "error", err)
	}
}

func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusBadRequest
	switch idc.KindOf(err) {
	case idc.Throttled:
		status = http.StatusTooManyRequests
	case idc.Internal, idc.Unavailable:
		status = http.StatusInternalServerError
		d.Log.ErrorContext(r.Context(), "sign-in token", "request_id", reqctx.From(r.Context()).RequestID, "error", err)
	}
	http.Error(w, idc.PublicMessage(err), status)
}

func (d *Door) issue(r *http.Request, form url.Values) (string, error) {
	if err := d.Admit(reqctx.From(r.Context()).ClientIP, awsedge.BudgetOpen); err != nil {
		return "", err
	}
	if kind := form.Get("SessionType"); kind != "" && kind != "json" {
		return "", idc.Errorf(idc.Invalid, "SessionType must be json.")
	}
	var c credentials
	if err := json.Unmarshal([]byte(form.Get("Session")), &c); err != nil {
		return "", idc.Errorf(idc.Invalid, "Session must be a JSON object with sessionId, sessionKey and sessionToken.")
	}
	secret, caller, err := d.open(r.Context(), c.SessionID, c.SessionToken)
	if err != nil {
		return "", err
	}
	err = checkSession(caller, secret, c.SessionKey, form.Get("SessionDuration"))
	if recorded := d.record(r, eventToken, caller, err); recorded != nil {
		return "", recorded
	}
	if err != nil {
		return "", err
	}
	return d.seal(c.SessionID, c.SessionToken)
}

// checkSession decides whether the session may have a console link.
func checkSession(caller idc.Caller, secret, given, duration string) error {
	if subtle.ConstantTimeCompare([]byte(secret), []byte(given)) != 1 {
		return invalidSession()
	}
	if duration == "" {
		return nil
	}
	seconds, err := strconv.Atoi(duration)
	if err != nil || seconds < shortestSession || seconds > longestSession {
		return idc.Errorf(idc.Invalid, "SessionDuration must be between %d and %d seconds.", shortestSession, longestSession)
	}
	if caller.Chained {
		return idc.Errorf(idc.Invalid, "SessionDuration is not for a role that was taken with the credentials of another role.")
	}
	return nil
}

// open verifies a session token. Only role sessions can have a link; what is wrong with others is not told apart.
func (d *Door) open(ctx context.Context, accessKeyID, sessionToken string) (string, idc.Caller, error) {
	secret, caller, err := d.Open(ctx, accessKeyID, sessionToken)
	if err != nil {
		if kind := idc.KindOf(err); kind == idc.Unauthenticated || kind == idc.Expired {
			return "", idc.Caller{}, invalidSession().Because(err)
		}
		return "", idc.Caller{}, err
	}
	if caller.Type != idc.CallerAssumedRole {
		return "", idc.Caller{}, invalidSession()
	}
	return secret, caller, nil
}

func (d *Door) seal(accessKeyID, sessionToken string) (string, error) {
	plain, err := json.Marshal(signinToken{AccessKeyID: accessKeyID, SessionToken: sessionToken, ExpiresAt: d.Clock.Now().Add(lifetime).Unix()})
	if err != nil {
		return "", err
	}
	return d.Ring.SealString(plain, tokenAAD), nil
}

// redeem finds out whom a sign-in token stands for, now.
func (d *Door) redeem(ctx context.Context, token string) (idc.Caller, error) {
	gone := idc.Errorf(idc.Expired, "The link is not valid, or no longer: links last %d minutes. Ask your tool for a new one.", int(lifetime.Minutes()))
	plain, err := d.Ring.OpenString(token, tokenAAD)
	if err != nil {
		return idc.Caller{}, gone.Because(err)
	}
	var t signinToken
	if err := json.Unmarshal(plain, &t); err != nil {
		return idc.Caller{}, gone.Because(err)
	}
	if d.Clock.Now().Unix() >= t.ExpiresAt {
		return idc.Caller{}, gone
	}
	_, caller, err := d.open(ctx, t.AccessKeyID, t.SessionToken)
	if err != nil && idc.KindOf(err) == idc.Invalid {
		return idc.Caller{}, idc.Errorf(idc.Expired, "The session behind this link has ended, or its access was withdrawn.").Because(err)
	}
	return caller, err
}
