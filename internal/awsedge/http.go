package awsedge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsquery"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/restjson"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// AuthorizationMessageHeader carries the authorization message of a refusal, for
// sts:DecodeAuthorizationMessage. AWS puts it into the text of the error, for a few
// operations; here every refusal has one and the texts stay as they are.
const AuthorizationMessageHeader = "X-Gatehouse-Authorization-Message"

const (
	// maxBody is the longest body of a call. The largest real ones, SAML
	// assertions and policies, are a tenth of it.
	maxBody = 1 << 20
	// maxDrain is how much more is read and thrown away, so that a client that
	// sends too much gets to see the answer.
	maxDrain = 16 << 20
)

// ServeHTTP answers one call: identify, authenticate, decode, Invoke, encode.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	call := &Call{Host: r.Host, UserAgent: r.UserAgent(), Referer: r.Referer(), TLS: tlsVersion(r)}
	g.complete(ctx, call)
	body, bodyErr := readBody(r)
	t, err := g.identify(r, body)
	call.Operation = t.op
	call.Service = t.service
	g.complete(ctx, call)
	if t.op == nil {
		call.EventName = printable(t.name)
		if t.service != nil {
			call.EventSource = t.service.EventSource
		}
	}
	a := answer{w: w, call: call, protocol: t.protocol, service: t.service}
	if bodyErr == nil && len(body) > longestBody(t.op) {
		bodyErr = tooLarge(longestBody(t.op))
	}
	if bodyErr != nil {
		err = bodyErr
	}
	if refused := g.admitOpen(call); refused != nil {
		a.fault(fault.Of(t.service, t.op, call.RequestID, refused))
		return
	}
	if err != nil {
		_, err = g.record(ctx, call, nil, nil, err)
		a.fault(fault.Of(t.service, t.op, call.RequestID, err))
		return
	}
	g.answer(ctx, r, body, t, &a)
}

// answer goes on with an operation that is known.
func (g *Gateway) answer(ctx context.Context, r *http.Request, body []byte, t target, a *answer) {
	caller, err := g.authenticate(ctx, r, body, t.op)
	if err != nil {
		a.call.ErrorCode = fault.OfAuthentication(t.service, t.op, a.call.RequestID, err).Code
		_, err = g.record(ctx, a.call, nil, nil, err)
		a.fault(fault.OfAuthentication(t.service, t.op, a.call.RequestID, err))
		return
	}
	a.call.Caller = caller
	out, err := g.decodeAndInvoke(ctx, r, body, t, a.call)
	if err != nil {
		a.fault(fault.Of(t.service, t.op, a.call.RequestID, err))
		return
	}
	if err := a.output(t.op, out); err != nil {
		// The call was performed and recorded; only its answer cannot be written.
		failure := &idc.Error{Kind: idc.Internal, Err: fmt.Errorf("encoding the answer: %w", err)}
		g.logOutcome(ctx, a.call, failure)
		a.fault(fault.Of(t.service, t.op, a.call.RequestID, failure))
	}
}

func (g *Gateway) decodeAndInvoke(ctx context.Context, r *http.Request, body []byte, t target, call *Call) (any, error) {
	if g.served[t.op] == nil {
		return g.record(ctx, call, nil, nil, notImplemented(call))
	}
	in, err := decode(r, body, t)
	if err != nil {
		return g.record(ctx, call, nil, nil, err)
	}
	return g.Invoke(ctx, call, in)
}

// authenticate establishes the caller. A panic becomes an error, as in Invoke.
func (g *Gateway) authenticate(ctx context.Context, r *http.Request, body []byte, op *awsapi.Operation) (caller idc.Caller, err error) {
	defer caught(&err)
	if op.Auth == awsapi.NoAuth {
		return idc.Caller{Type: idc.CallerAnonymous}, nil
	}
	return g.Authenticator.Authenticate(ctx, r, body, op)
}

func decode(r *http.Request, body []byte, t target) (in any, err error) {
	defer caught(&err)
	switch t.protocol {
	case awsapi.RestJSON:
		return restjson.Decode(t.op, restjson.Request{Path: t.labels, Query: r.URL.Query(), Header: r.Header, Body: body})
	case awsapi.Query:
		return awsquery.Decode(t.op, t.form)
	}
	return awsjson.Decode(t.op, body)
}

// readBody reads a body that is short enough. Of a longer one the rest is
// thrown away, up to a limit, so that the connection stays usable.
func readBody(r *http.Request) ([]byte, error) {
	refusal := tooLarge(maxBody)
	if r.ContentLength > maxBody && r.Header.Get("Expect") != "" {
		return nil, refusal // the client waits for leave to send
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, &idc.Error{Kind: idc.Invalid, Reason: fault.Serialization, Message: "The request body could not be read.", Err: err}
	}
	if len(body) <= maxBody {
		return body, nil
	}
	// What cannot be drained ends with the connection.
	if _, err := io.CopyN(io.Discard, r.Body, maxDrain); err != nil && !errors.Is(err, io.EOF) {
		refusal = refusal.Because(err)
	}
	return nil, refusal
}

func tooLarge(longest int) *idc.Error {
	return &idc.Error{Kind: idc.Invalid, Reason: fault.TooLarge,
		Message: "The request body must not be longer than " + strconv.Itoa(longest) + " bytes."}
}

func tlsVersion(r *http.Request) string {
	if r.TLS == nil {
		return ""
	}
	return map[uint16]string{tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}[r.TLS.Version]
}

// answer writes the response of one call.
type answer struct {
	w        http.ResponseWriter
	call     *Call
	protocol awsapi.Protocol
	service  *awsapi.Service
}

func (a *answer) output(op *awsapi.Operation, out any) (err error) {
	defer caught(&err)
	var body []byte
	contentType := "application/x-amz-json-1.1"
	switch a.protocol {
	case awsapi.RestJSON:
		contentType = "application/json"
		body, err = restjson.Encode(op, out, a.w.Header())
	case awsapi.Query:
		contentType = "text/xml"
		body, err = awsquery.Encode(op, out, a.call.RequestID)
	default:
		body, err = awsjson.Encode(op, out)
	}
	if err != nil {
		return err
	}
	status := http.StatusOK
	if op.Status != 0 {
		status = op.Status
	}
	if status == http.StatusNoContent {
		body = nil
	}
	a.write(status, contentType, body)
	return nil
}

func (a *answer) fault(f fault.Fault) {
	header := a.w.Header()
	var body []byte
	contentType := "application/x-amz-json-1.1"
	switch {
	case a.protocol == awsapi.RestJSON:
		contentType = "application/json"
		header.Set("X-Amzn-ErrorType", f.Code)
		body = restjson.EncodeFault(a.service, f)
	case a.protocol == awsapi.Query:
		contentType = "text/xml"
		body = awsquery.EncodeFault(a.service, f)
	default:
		header.Set("X-Amzn-ErrorType", f.Code)
		body = awsjson.EncodeFault(f)
	}
	if f.RetryAfterSeconds > 0 {
		header.Set("Retry-After", strconv.Itoa(f.RetryAfterSeconds))
	}
	if f.AuthorizationMessage != "" {
		header.Set(AuthorizationMessageHeader, f.AuthorizationMessage)
	}
	a.write(f.Status, contentType, body)
}

// write sends the answer. Date is set by net/http.
func (a *answer) write(status int, contentType string, body []byte) {
	header := a.w.Header()
	// AWS spells it so; keys are compared without regard to case.
	header["x-amzn-RequestId"] = []string{a.call.RequestID}
	header.Set("Cache-Control", "no-store")
	if len(body) > 0 {
		header.Set("Content-Type", contentType)
	}
	if status != http.StatusNoContent { // RFC 9110 section 8.6
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	a.w.WriteHeader(status)
	if _, err := a.w.Write(body); err != nil {
		return // the client has gone; the call is recorded
	}
}

// logOutcome logs failures: ours with the private cause, the caller's briefly.
func (g *Gateway) logOutcome(ctx context.Context, call *Call, err error) {
	if err == nil {
		return
	}
	level := slog.LevelInfo
	switch idc.KindOf(err) {
	case idc.Internal, idc.Unavailable:
		level = slog.LevelError
	case idc.NotImplemented:
		level = slog.LevelWarn
	}
	g.Log.LogAttrs(ctx, level, "call failed",
		slog.String("request_id", call.RequestID), slog.String("event", call.EventName), slog.String("source", call.EventSource),
		slog.String("code", call.ErrorCode), slog.Any("error", err))
}
