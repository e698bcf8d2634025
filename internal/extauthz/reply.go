package extauthz

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// The headers of an answer. Each is in every answer, empty where nothing is known, so that a proxy
// that sets them overwrites what a client may have sent under the name.
const (
	headerDecision      = "X-Gatehouse-Decision"
	headerReason        = "X-Gatehouse-Reason"
	headerRequestID     = "X-Gatehouse-Request-Id"
	headerPrincipal     = "X-Gatehouse-Principal-Arn"
	headerAccount       = "X-Gatehouse-Account"
	headerUserID        = "X-Gatehouse-User-Id"
	headerUserName      = "X-Gatehouse-User-Name"
	headerPermissionSet = "X-Gatehouse-Permission-Set"
)

// More headers, for proxies alone: they must not reach the service.
const (
	headerSecret = "X-Gatehouse-Proxy-Secret" // from the proxy
	headerTarget = "X-Gatehouse-Target"       // path and query that were judged
	headerBody   = "X-Gatehouse-Error-Body"   // of a denial, on one line of ASCII
	headerType   = "X-Gatehouse-Error-Type"   // its media type
	headerStatus = "X-Gatehouse-Error-Status" // the status it should have
)

// headers returns what a service may learn of a decision, in order.
func (a *answer) headers() [][2]string {
	c := a.caller
	return [][2]string{
		{headerDecision, decision(a.allow)},
		{headerReason, headerText(a.reason)},
		{headerRequestID, a.inquiry.RequestID},
		{headerPrincipal, headerText(c.ARN)},
		{headerAccount, c.AccountID},
		{headerUserID, headerText(userID(c))},
		{headerUserName, headerText(c.SessionName)},
		{headerPermissionSet, headerText(permissionSet(c))},
	}
}

// userID is the person who asks: the one who signed in, or the one an application acts for. A context that
// is for the trail alone makes nobody that person.
func userID(c idc.Caller) string {
	switch {
	case c.Context == nil:
		return c.UserID
	case c.Context.AuditOnly:
		return ""
	}
	return c.Context.UserID
}

// permissionSet is the name in AWSReservedSSO_NAME_0123456789abcdef.
func permissionSet(c idc.Caller) string {
	const suffix = len("_0123456789abcdef")
	name, reserved := strings.CutPrefix(c.RoleName, "AWSReservedSSO_")
	if !reserved || len(name) <= suffix {
		return ""
	}
	return name[:len(name)-suffix]
}

// maxHeader bounds what a client's own text can put into a header: nginx has one page for all of them.
const maxHeader = 700

// headerText makes text fit for a header.
func headerText(s string) string {
	if len(s) > maxHeader {
		s = s[:maxHeader] + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

// body is a denial in the words of the service's protocol, on one line of ASCII.
func (a *answer) body() (contentType, text string) {
	if a.service.Style != StyleS3 {
		message, err := json.Marshal(map[string]string{"__type": string(a.code), "message": headerText(a.reason)})
		if err != nil {
			message = []byte("{}") // of two strings of ASCII: cannot happen
		}
		return "application/json", string(message)
	}
	resource, _, _ := strings.Cut(a.inquiry.Target, "?")
	if a.task != nil {
		resource = a.task.resource
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><Error>`)
	for _, element := range [][2]string{{"Code", string(a.code)}, {"Message", headerText(a.reason)}, {"Resource", headerText(resource)},
		{"RequestId", a.inquiry.RequestID}} {
		b.WriteString("<" + element[0] + ">")
		if err := xml.EscapeText(&b, []byte(element[1])); err != nil {
			return "application/xml", "" // a strings.Builder does not fail
		}
		b.WriteString("</" + element[0] + ">")
	}
	b.WriteString("</Error>")
	return "application/xml", b.String()
}

// errorHeaders are the headers of a denial that go to the client.
func (a *answer) errorHeaders() [][2]string {
	contentType, _ := a.body()
	out := [][2]string{{"Content-Type", contentType}}
	if a.service.Style == StyleS3 {
		return append(out, [2]string{"X-Amz-Request-Id", a.inquiry.RequestID})
	}
	return append(out, [2]string{"X-Amzn-Requestid", a.inquiry.RequestID}, [2]string{"X-Amzn-Errortype", string(a.code)})
}

// write answers over HTTP with a status. All the proxy may need is in headers, since nginx reads no body.
func (a *answer) write(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	for _, header := range a.headers() {
		h.Set(header[0], header[1])
	}
	if a.allow {
		h.Set(headerTarget, a.task.target)
		w.WriteHeader(status)
		return
	}
	_, body := a.body()
	for _, header := range a.errorHeaders() {
		h.Set(header[0], header[1])
	}
	h.Set(headerType, h.Get("Content-Type"))
	h.Set(headerBody, body)
	h.Set(headerStatus, strconv.Itoa(a.code.status()))
	w.WriteHeader(status)
	// The only failure here is the proxy having gone away.
	_, _ = w.Write([]byte(body))
}
